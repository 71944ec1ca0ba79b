"""What is to be left alone: `restart web, but not web-2`, `restart everything in shop but web`."""

import re
from collections.abc import Callable, Sequence

import msgspec

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.offline.directory import WORKLOADS, Directory
from kubegenie_tui.genie.wishes.clauses import clause_of
from kubegenie_tui.genie.wishes.moods import MoodReader
from kubegenie_tui.genie.wishes.phrases import Phrases
from kubegenie_tui.genie.wishes.resolving import MOST_CHOICES, Deed, Resolver
from kubegenie_tui.genie.wishes.targets import Target, TargetReader
from kubegenie_tui.genie.wishes.wish import Step, Wish

Deeds = Callable[[Sequence[str]], list[Deed] | None]
_EACH = re.compile(r"\b(?:every|each)\b", re.IGNORECASE)
_MADE = frozenset({"pods", "replicasets.apps", "jobs.batch"})
"""Kinds that others make."""
_APART = frozenset(WORKLOADS) - _MADE
_WHY = "I propose changes of objects that you name, not of all but some."
_AS_A_WHOLE = "{changed} is changed as a whole, and {spared} with it, so I propose nothing."
_APART_ANYWAY = "{spared} is no part of {changed}: if that alone is meant, say it without {spared}."
_NAMED_TOO = "You named {spared} both as what is to be changed and as what is not, so I propose nothing."


class Sparer:
    """Reads what is not to be touched."""

    def __init__(self, directory: Directory, focus: Focus, language: Phrases) -> None:
        self._directory = directory
        self._focus = focus
        self._language = language
        self._targets = TargetReader(directory, language)
        self._resolver = Resolver(directory, focus)
        self._moods = MoodReader(directory, language)

    def spared(self, sentence: str) -> set[ObjectRef]:
        """The live things that a sentence forbids to touch, and no more than that: `don't touch web`."""
        spares = self._language.moods.spares
        match = spares.fullmatch(sentence) or spares.fullmatch(clause_of(sentence, self._language).text)
        refs = self._meant(match["T"]) if match is not None else []
        return {*refs} if all(ref.namespace for ref in refs) else set()

    def without_spared(self, wish: Wish, told: Sequence[str]) -> Wish:
        """A question back without those choices that later sentences forbid to touch."""
        spared = {ref for sentence in told[1:] for ref in self.spared(sentence)}
        left = tuple(ref for ref in wish.choices if ref not in spared)
        return msgspec.structs.replace(wish, choices=left) if left else wish

    def takes_along(self, step: Step, spared: ObjectRef) -> bool:
        """Whether a change may reach what is to be spared: of the same stem, or inside of a namespace or on a node."""
        return self._reaches(step.ref, spared)

    def _reaches(self, changed: ObjectRef, spared: ObjectRef) -> bool:
        if not changed.namespace:
            return True
        if changed.namespace != spared.namespace:
            return False
        return changed.name == spared.name or (_is_akin(changed.name, spared.name) and not self._is_apart(spared))

    def rest(self, told: Sequence[str], deeds: Deeds) -> Wish | None:
        """The question which of the others is meant, for a change of all but some; None for anything else.

        Args:
            told: the sentences of a text.
            deeds: understands a clause.
        """
        bulk, but = self._cut(told)
        spared = self._meant(but) if but else []
        if not spared or self._moods.is_doubtful(bulk):
            return self._of_named(told, deeds)
        found = deeds([bulk]) or []
        deed = found[0] if len(found) == 1 else None
        if deed is None or not deed.target.too_much or deed.target.names or deed.target.unknown:
            return self._of_named(told, deeds)
        others = self._others(deed, spared)
        why = f"{_WHY} Not meant: {', '.join(sorted({ref.name for ref in spared}))}."
        choices = tuple(others[:MOST_CHOICES])
        wish = Wish("ambiguous", deed.verb, choices=choices, kind=deed.target.kind, args=deed.args, why=why)
        return wish if others else None

    def _of_named(self, told: Sequence[str], deeds: Deeds) -> Wish | None:
        """Why there is no part of a named thing that is left out: `restart redis except redis-0`."""
        match = self._language.except_some.fullmatch(told[0]) if len(told) == 1 else None
        spared = self._meant(match["T"]) if match is not None else []
        if match is None or not spared or self._moods.is_doubtful(match["all"]):
            return None
        found = deeds([match["all"]]) or []
        changed = [ref for deed in found if not deed.target.too_much for ref in self._named(deed)]
        why = self.why(changed, spared)
        return Wish("refuse", found[0].verb, why=why) if why else None

    def _named(self, deed: Deed) -> list[ObjectRef]:
        refs = [ref for name in deed.target.names for ref in self._found(name, deed.target)]
        return self._resolver.able(deed, refs)

    def why(self, changed: Sequence[ObjectRef], spared: Sequence[ObjectRef]) -> str:
        """Why some are not spared where others are changed, as a sentence; empty where nothing is known of either."""
        if not changed or not spared:
            return ""
        if any(ref.name in self._language.too_much for ref in changed):
            return f"{_WHY} Not meant: {_listed(spared)}."
        both = [ref for ref in spared if ref in changed]
        if both:
            return _NAMED_TOO.format(spared=_listed(both))
        as_a_whole = any(self._reaches(one, other) for one in changed for other in spared)
        return (_AS_A_WHOLE if as_a_whole else _APART_ANYWAY).format(spared=_listed(spared), changed=_listed(changed))

    def _cut(self, told: Sequence[str]) -> tuple[str, str]:
        """What is to be done, and the words for what is left out of it."""
        match = self._language.but.fullmatch(told[0]) if len(told) == 1 else None
        if match is not None:
            return _EACH.sub("all", match["all"]), match["T"]
        spares = self._language.moods.spares.fullmatch(told[1]) if len(told) == 2 else None
        return (told[0], spares["T"]) if spares is not None else ("", "")

    def _meant(self, phrase: str) -> list[ObjectRef]:
        """The live things of a phrase whose every word is understood."""
        target = self._targets.read(phrase)
        if not target.is_clear or target.points or target.unknown or target.too_much or target.lost_space:
            return []
        return [ref for name in target.names for ref in self._found(name, target)]

    def _found(self, name: str, target: Target) -> list[ObjectRef]:
        refs = self._directory.find(name, target.kind)
        return [ref for ref in refs if not target.namespaces or ref.namespace in target.namespaces]

    def _others(self, deed: Deed, spared: Sequence[ObjectRef]) -> list[ObjectRef]:
        """Those that it can be done to where the spared ones live."""
        apart = {ref.name for ref in spared if ref.kind == "namespaces"}
        things = [ref for ref in spared if ref.kind != "namespaces"]
        able = {ref.namespace for ref in self._resolver.able(deed, things)} or ({""} if apart else set())
        seen = {*self._focus.namespaces} or able
        spaces = {*deed.target.namespaces} or seen
        kinds = (deed.target.kind,) if deed.target.kind else WORKLOADS
        if len(spaces) != 1:
            return []
        [space] = spaces
        found = [ref for kind in kinds for ref in self._directory.containing("", kind, space)]
        names = {ref.name for ref in things}
        able_refs = self._resolver.able(deed, dict.fromkeys(ref for ref in found if ref.namespace not in apart))
        return [ref for ref in able_refs if not any(name == ref.name or _is_akin(ref.name, name) for name in names)]

    def _is_apart(self, ref: ObjectRef) -> bool:
        """Whether it is a workload of its own, and nothing that another one made."""
        kinds = {each.kind for each in self._directory.find(ref.name, namespace=ref.namespace)}
        return not kinds.isdisjoint(_APART) and kinds.isdisjoint(_MADE) and self._directory.is_made_by_hand(ref.name)


def _listed(refs: Sequence[ObjectRef]) -> str:
    return " and ".join(sorted({ref.name for ref in refs}))


def _is_akin(one: str, other: str) -> bool:
    return one.startswith(f"{other}-") or other.startswith(f"{one}-")

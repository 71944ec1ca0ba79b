"""What is left out by where it lives: `restart checkout, but not the one in staging`, `... everywhere but in prod`."""

import re
from collections.abc import Callable, Sequence

import msgspec

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.wishes.moods import MoodReader
from kubegenie_tui.genie.wishes.phrases import Phrases
from kubegenie_tui.genie.wishes.resolving import MOST_CHOICES, TOO_MUCH, Deed, Resolver
from kubegenie_tui.genie.wishes.wish import Wish

Deeds = Callable[[Sequence[str]], list[Deed] | None]
_BETWEEN = re.compile(r",? (?:and|or|nor) (?:not )?(?:in )?(?:the )?|, ")


class Apart:
    """Reads wishes for what lives in several namespaces, some of which are left out."""

    def __init__(self, directory: Directory, focus: Focus, language: Phrases) -> None:
        self._directory = directory
        self._focus = focus
        self._language = language
        self._resolver = Resolver(directory, focus)
        self._moods = MoodReader(directory, language)

    def wish(self, told: Sequence[str], deeds: Deeds) -> Wish | None:
        """The wish for those that live elsewhere; None where no namespace is left out.

        Args:
            told: the sentences of a text.
            deeds: understands a clause.
        """
        moods, text = self._language.moods, ", ".join(told)
        if len(told) > 2 or not (self._names_a_space(text) or moods.everywhere.search(text.strip(" ,.!?"))):
            return None
        text = self._bare(text)
        bulk, spaces = self._cut(text, moods.apart)
        rest = moods.everywhere.sub("", bulk)
        if spaces and (deed := self._deed(rest, deeds)):
            return self._elsewhere(deed, spaces, everywhere=rest != bulk)
        bulk, spaces = self._cut(text, moods.only)
        if spaces and (deed := self._deed(bulk, deeds)) and not deed.target.namespaces:
            target = msgspec.structs.replace(deed.target, namespaces=tuple(spaces))
            return self._resolver.resolve(msgspec.structs.replace(deed, target=target), None)
        rest = moods.everywhere.sub("", text) if len(told) == 1 else text
        return self._asked_of_all(deed) if rest != text and (deed := self._deed(rest, deeds)) else None

    def _names_a_space(self, text: str) -> bool:
        return any(word.strip(",.!?").lower() in self._directory.namespaces for word in text.split())

    def _asked_of_all(self, deed: Deed) -> Wish | None:
        """All of a name were asked for with no word of which there are: each is a change of its own."""
        refs = [ref for name in deed.target.names for ref in self._able(deed, name)]
        return self._asked(deed, refs, "") if len(refs) > len(deed.target.names) else None

    def _deed(self, bulk: str, deeds: Deeds) -> Deed | None:
        found = deeds([bulk]) or [] if not self._moods.is_doubtful(bulk) else []
        return found[0] if len(found) == 1 and not found[0].asks and self._is_of_names(found[0]) else None

    def _cut(self, text: str, pattern: re.Pattern[str]) -> tuple[str, frozenset[str]]:
        """What is to be done, and the namespaces that are spoken of beside it."""
        match = pattern.fullmatch(text)
        if match is None:
            return "", frozenset()
        spaces = [space.lower() for space in _BETWEEN.split(match["NS"])]
        are_spaces = all(self._is_space(space, is_inside=bool(match["in"])) for space in spaces)
        return (match["all"], frozenset(spaces)) if are_spaces else ("", frozenset())

    def _bare(self, text: str) -> str:
        """The text without politeness at its end."""
        while (rest := self._language.polite_end.sub("", text.strip(" ,.!?"))) != text:
            text = rest
        return text

    def _is_space(self, word: str, *, is_inside: bool) -> bool:
        """Whether a word is a namespace here, and of nothing else the name where `in` does not stand before it."""
        is_one = word in self._directory.namespaces
        return is_one and (is_inside or all(ref.kind == "namespaces" for ref in self._directory.find(word)))

    def _is_of_names(self, deed: Deed) -> bool:
        target = deed.target
        said = target.points or target.unknown or target.too_much or target.lost_space
        return bool(target.names) and not said and self._resolver.all_fit(deed)

    def _elsewhere(self, deed: Deed, spared: frozenset[str], *, everywhere: bool) -> Wish | None:
        refs = [ref for name in deed.target.names for ref in self._able(deed, name) if ref.namespace not in spared]
        lost = sorted({*deed.target.names} - {ref.name for ref in refs})
        where, spaces = " or ".join(sorted(spared)), {ref.namespace for ref in refs}
        if "" in spaces:
            return None
        if lost:
            why = f"{' and '.join(lost)} lives nowhere else than in {where}, so I propose nothing."
            return Wish("refuse", deed.verb, why=why)
        seen = {*self._focus.namespaces} & spaces if not (everywhere or deed.target.namespaces) else spaces
        if len(seen or spaces) > 1 and not everywhere:
            return self._asked(deed, refs, where)
        target = msgspec.structs.replace(deed.target, namespaces=tuple(sorted(seen or spaces)))
        return self._resolver.resolve(msgspec.structs.replace(deed, target=target), None)

    def _able(self, deed: Deed, name: str) -> list[ObjectRef]:
        spaces = deed.target.namespaces
        refs = self._resolver.able(deed, self._directory.find(name, deed.target.kind))
        return [ref for ref in refs if not spaces or ref.namespace in spaces]

    def _asked(self, deed: Deed, refs: list[ObjectRef], where: str) -> Wish:
        names = ", ".join(deed.target.names)
        return Wish(
            "ambiguous", deed.verb, choices=tuple(refs[:MOST_CHOICES]), name=names, kind=deed.target.kind,
            args=deed.args, why=f"Not meant: {names} in {where}." if where else TOO_MUCH,
        )  # fmt: skip

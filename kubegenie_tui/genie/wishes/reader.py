"""Reads wishes: every word of one has to be understood, every name has to live, and a doubt is a question back."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.nearness import distance
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.wishes.arguments import NotSaid, arguments, unknown_flags
from kubegenie_tui.genie.wishes.clauses import Clause, clause_of, sentences, unquoted, wishes_in
from kubegenie_tui.genie.wishes.creating import Creator
from kubegenie_tui.genie.wishes.moods import QUESTION, MoodReader
from kubegenie_tui.genie.wishes.pasted import Pasted
from kubegenie_tui.genie.wishes.phrases import Form, phrases
from kubegenie_tui.genie.wishes.repeating import Repeater
from kubegenie_tui.genie.wishes.resolving import Deed, Resolver
from kubegenie_tui.genie.wishes.targets import TargetReader
from kubegenie_tui.genie.wishes.wish import Step, Wish

_INSIDE = re.compile(
    r"(?P<rest>.+?) (?:in|inside|within)(?: the)?(?: namespace| ns)? (?P<space>[a-z0-9][\w-]*)(?: namespace| ns)?",
    re.IGNORECASE,
)
_REMARK = re.compile(r"^\s*(?:#|//)\s*\w", re.MULTILINE)
"""A comment, which is somebody's text and no wish."""
_SHORTEST_MENDED = 5
_COMMANDS = {
    "scale": "scale", "autoscale": "autoscale", "expose": "expose", "set-resources": "set resources",
    "rollback": "rollout undo", "drain": "drain",
}  # fmt: skip
"""Commands whose flags say what words say elsewhere: `scale deploy/web --replicas=3`."""


class WishReader:
    """Reads the wishes of one text."""

    def __init__(
        self, directory: Directory, focus: Focus, it: ObjectRef | None = None, last: Wish | None = None
    ) -> None:
        """A reader for one moment of a conversation.

        Args:
            directory: what lives in the cluster.
            focus: what the person looks at.
            it: what was talked about last.
            last: the wish before this text.
        """
        self._directory = directory
        self._it = it
        self._last = last
        self._language = phrases()
        self._targets = TargetReader(directory, self._language)
        self._moods = MoodReader(directory, self._language)
        self._resolver = Resolver(directory, focus)
        self._creator = Creator(directory, focus, self._language.numbers)
        self._pasted = Pasted(directory, focus)
        self._body: dict[str, Any] = {}

    def read(self, text: str) -> Wish | None:
        """The wish, or why nothing is proposed; None when the text speaks of no change."""
        if (pasted := self._pasted.manifest(text)) is not None:
            return self._applied(*pasted)
        if (patch := self._pasted.patch(text)) is not None:
            text, self._body = patch
        told, quoted = sentences(text)
        if self._moods.speaks_of_change(told[-1:]) and (_REMARK.search(text) or self._is_question(text)):
            return Wish("refuse", why=QUESTION) if not self._moods.reads(told[-1]) else None
        steps: list[Step] = []
        for number, said in enumerate(told):
            sentence = self._language.correction.sub("", said, count=1) if number else said
            if sentence != said and self._language.correction.match(said):
                steps = []
            wish = self._sentence(sentence)
            if wish is None:
                self._remember(sentence)
                if self._moods.spoils(sentence, after=bool(steps)) and self._moods.speaks_of_change(told):
                    return self._not_wished(told, quoted, had=bool(steps))
                continue
            if wish.outcome != "write":
                return wish
            steps += wish.steps
            self._it, self._last = wish.steps[-1].ref, wish
        if not steps:
            return self._not_wished(told, quoted, had=False)
        steps = [
            msgspec.structs.replace(
                step, args=unquoted(step.args, quoted), body=self._body if step.verb == "patch" else step.body
            )
            for step in steps
        ]
        return Wish("write", steps[0].verb, tuple(steps))

    def _is_question(self, text: str) -> bool:
        """Whether it ends with a question mark and no word of it is polite: `kubectl delete pod web-0?`."""
        return text.rstrip().endswith("?") and not self._language.asks_politely.search(text)

    def _applied(self, intro: str, body: str) -> Wish | None:
        """What is to be applied; words that deny, ask or suppose before it make it none."""
        clause = clause_of(intro, self._language)
        wish = self._pasted.applied(clause.text, body, clause.flags)
        if wish is None or self._moods.is_doubtful(intro):
            speaks = self._moods.speaks_of_change([intro])
            return Wish("refuse", "apply", why=self._moods.why_not([intro])) if speaks else None
        return wish

    def _not_wished(self, told: Sequence[str], quoted: Sequence[str], *, had: bool) -> Wish | None:
        withheld = told and (had or self._moods.is_withheld(told, quoted))
        return Wish("refuse", why=self._moods.why_not(told)) if withheld else None

    def _remember(self, text: str) -> None:
        """What a sentence that is no wish is about: the only live name in it."""
        words = [word.strip(",.:;").lower() for word in text.split()]
        named = list(
            dict.fromkeys(word for word in words if word in self._directory and word not in self._language.words.verbs)
        )
        if len(named) == 1:
            self._it = self._directory.find(named[0])[0]

    def _sentence(self, sentence: str) -> Wish | None:
        if self._moods.reads(sentence):
            return None
        parts = self._language.correction.split(sentence)
        if len(parts) > 1:
            self._remember(parts[-2])
        sentence = parts[-1]
        cuts = [found for cut in wishes_in(sentence) if (found := self._deeds(cut)) is not None]
        if not cuts and len(parts) > 1 and (again := self._repeater.same(sentence)) is not None:
            cuts = [[again]]
        if not cuts:
            return self._created(sentence)
        if self._moods.is_doubtful(sentence):
            return Wish("refuse", why=self._moods.why_not([sentence]))
        return self._resolved(min(cuts, key=lambda deeds: max(self._doubt(each) for each in deeds)))

    def _created(self, sentence: str) -> Wish | None:
        wish = self._creator.wish(clause_of(sentence, self._language))
        if wish is not None and self._moods.is_doubtful(sentence):
            return Wish("refuse", why=self._moods.why_not([sentence]))
        return wish

    @property
    def _repeater(self) -> Repeater:
        return Repeater(self._last, self._targets, self._language.numbers)

    def _deeds(self, cut: Sequence[str]) -> list[Deed] | None:
        """What each part of a sentence wants done; None when one of them is not understood."""
        found: list[Deed] = []
        for part in cut:
            clause = clause_of(part, self._language)
            deed = self._deed(clause)
            if deed is None:
                deed = self._repeater.after(clause.text, found[-1]) if found else self._repeater.again(clause.text)
            if deed is None:
                return None
            found.append(deed)
        return found

    def _deed(self, clause: Clause) -> Deed | None:
        """The way to understand a clause, the namespace at its end taken off where the whole makes no sense."""
        clause = msgspec.structs.replace(clause, text=self._mended(clause.text))
        if (deed := self._surest(clause)) is not None:
            return deed
        inside = _INSIDE.fullmatch(clause.text)
        if inside is None or {"-n", "--namespace"} & clause.flags.keys():
            return None
        return self._surest(Clause(inside["rest"], clause.flags | {"-n": inside["space"].lower()}, clause.is_command))

    def _surest(self, clause: Clause) -> Deed | None:
        """The way to understand it whose target is surest, and takes the fewest words."""
        found: list[tuple[int, int, Deed]] = []
        for form in self._language.forms:
            match = form.pattern.fullmatch(clause.text) or _by_flags(form, clause)
            deed = self._taken(form, match.groupdict(), clause) if match is not None else None
            if deed is not None and match is not None:
                found.append((self._doubt(deed), len((match["T"] or "").split()), deed))
        return min(found, key=lambda each: each[:2])[2] if found else None

    def _taken(self, form: Form, groups: dict[str, str | None], clause: Clause) -> Deed | None:
        said = {name: text for name, text in groups.items() if text}
        namespace = clause.flags.get("-n") or clause.flags.get("--namespace") or ""
        target = self._targets.read(said.get("T", ""), namespace)
        if not target.is_clear or unknown_flags(form.verb, clause):
            return None
        try:
            args: dict[str, Any] = arguments(form, said, clause, self._language.numbers)
        except (NotSaid, KeyError, ValueError):
            return None
        return Deed(form.verb, target, args, form.kinds)

    def _mended(self, text: str) -> str:
        """The clause with a slip in its first word mended: `restrat web`."""
        first, _, rest = text.partition(" ")
        word = first.lower()
        if len(word) < _SHORTEST_MENDED or word in self._language.words.verbs or word in self._directory or not rest:
            return text
        near = [
            verb
            for verb in self._language.words.verbs
            if abs(len(verb) - len(word)) <= 1 and distance(word, verb, 1) <= 1
        ]
        return f"{near[0]} {rest}" if len(near) == 1 else text

    def _doubt(self, deed: Deed) -> int:
        """How far a target is from something that is there and can do it."""
        target = deed.target
        if target.unknown or target.lost_space:
            return 3
        if not target.names:
            return 1
        return 0 if self._resolver.all_fit(deed) else 2

    def _resolved(self, deeds: Sequence[Deed]) -> Wish:
        steps: list[Step] = []
        for deed in deeds:
            wish = self._resolver.resolve(deed, self._it)
            if wish.outcome != "write":
                return wish
            steps += wish.steps
            self._it = wish.steps[-1].ref
        return Wish("write", steps[0].verb, tuple(steps))


def _by_flags(form: Form, clause: Clause) -> re.Match[str] | None:
    command = _COMMANDS.get(form.verb)
    if command is None or form.sets or not clause.flags:
        return None
    return re.fullmatch(rf"{command} (?P<T>.+)", clause.text, re.IGNORECASE)

"""Reads wishes: every word of one has to be understood, every name has to live, and a doubt is a question back."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.wishes.apart import Apart
from kubegenie_tui.genie.wishes.arguments import NotSaid, arguments, unknown_flags
from kubegenie_tui.genie.wishes.clauses import Clause, clause_of, sentences, uncounted, unquoted, wishes_in
from kubegenie_tui.genie.wishes.contrasts import without_contrast
from kubegenie_tui.genie.wishes.creating import Creator
from kubegenie_tui.genie.wishes.free import FreeReader
from kubegenie_tui.genie.wishes.moods import LOGGED, NO, QUESTION, MoodReader
from kubegenie_tui.genie.wishes.pasted import Pasted, is_logged
from kubegenie_tui.genie.wishes.phrases import Form, Phrases, phrases
from kubegenie_tui.genie.wishes.placed import at_that_place, spread
from kubegenie_tui.genie.wishes.repeating import Repeater
from kubegenie_tui.genie.wishes.resolving import Deed, Resolver
from kubegenie_tui.genie.wishes.slips import Slips
from kubegenie_tui.genie.wishes.sparing import Sparer
from kubegenie_tui.genie.wishes.statements import Statements
from kubegenie_tui.genie.wishes.taking_back import deed_back
from kubegenie_tui.genie.wishes.targets import Target, TargetReader
from kubegenie_tui.genie.wishes.topics import (
    either,
    of_marked,
    of_topic,
    topic_of,
    unneeded,
    with_object,
)
from kubegenie_tui.genie.wishes.waking import completed, renumbered
from kubegenie_tui.genie.wishes.wish import Step, Wish
from kubegenie_tui.genie.wishes.written import all_written

_INSIDE = re.compile(
    r"(?P<rest>.+?) (?:in|inside|within)(?: the)?(?: namespace| ns)? (?P<space>[a-z0-9][\w-]*)(?: namespace| ns)?",
    re.IGNORECASE,
)
_INSIDE_FIRST = re.compile(
    r"(?:in|inside|within|for|on)(?: the)?(?: namespace| ns)? (?P<space>[a-z0-9][\w-]*)(?: namespace| ns)?,?"
    r" (?P<rest>.+)",
    re.IGNORECASE,
)
_TOPIC = re.compile(r"(?P<topic>[^,:]+?)(?P<mark>:|,| -+>?) (?P<rest>.+)")
"""What is spoken of stands before what is wished for: `worker-3: drain it`, `cart is slow, restart it`."""
_REMARK = re.compile(r"^\s*(?:#|//)\s*\w", re.MULTILINE)
"""A comment, which is somebody's text and no wish."""
_LAST = re.compile(r",? (?:afterwards|after that|thereafter|at the end)$", re.IGNORECASE)
_IT = "it"
"""What a form is about that names nothing: `go back to the previous version`."""
_OF_IT = ("from it", "on it", "to it")
_OF_IT_TOLD = re.compile(r"(?:it|this|that|they)\b", re.IGNORECASE)
_SAYS_HOW_MUCH = re.compile(r"\d|=")
"""A wish that names nothing, and is of what was talked about: `scale to 0`; a verb alone is of what is marked."""
_OF_PARTS = frozenset({"set-env", "label", "annotate"})
"""Verbs that change what can but be a part of something."""
_UNSURE = 2
"""The doubt from which a clause in free order is none."""
_COMMANDS = {
    "scale": "scale", "autoscale": "autoscale", "expose": "expose", "set-resources": "set resources",
    "rollback": "rollout undo", "drain": "drain",
}  # fmt: skip
"""Commands whose flags say what words say elsewhere: `scale deploy/web --replicas=3`."""


class WishReader:
    """Reads the wishes of one text."""

    def __init__(
        self,
        directory: Directory,
        focus: Focus,
        it: ObjectRef | Target | None = None,
        last: Wish | None = None,
        earlier: Sequence[Wish] = (),
    ) -> None:
        """A reader for one moment of a conversation.

        Args:
            directory: what lives in the cluster.
            focus: what the person looks at.
            it: what was talked about last; a target where that may be several things.
            last: the wish before this text.
            earlier: those before that one.
        """
        self._directory = directory
        self._marks_one = focus.selected is not None
        self._it = it if isinstance(it, ObjectRef) else None
        self._last = last
        self._earlier = earlier
        self._language = phrases()
        self._targets = TargetReader(directory, self._language)
        self._free = FreeReader(self._language, self._targets)
        self._moods = MoodReader(directory, self._language)
        self._resolver = Resolver(directory, focus)
        self._apart = Apart(directory, focus, self._language)
        self._sparer = Sparer(directory, focus, self._language)
        self._slips = Slips(directory, self._language)
        self._creator = Creator(directory, focus, self._language.numbers)
        self._pasted = Pasted(directory, focus)
        self._body: dict[str, Any] = {}
        self._topic = it if isinstance(it, Target) else None
        """What the words before a wish speak of, not looked up yet."""

    def read(self, text: str) -> Wish | None:
        """The wish, or why nothing is proposed; None when the text speaks of no change."""
        if (pasted := self._pasted.manifest(text)) is not None:
            return self._applied(*pasted)
        if (patch := self._pasted.patch(text)) is not None:
            text, self._body = patch
        is_of_one = self._marks_one or (self._it is not None and _SAYS_HOW_MUCH.search(text) is not None)
        text = uncounted(of_marked(text, self._language) if is_of_one else text)
        told, quoted = sentences(text)
        cluster = _cluster_of(told, self._language)
        if cluster not in ("", self._directory.cluster) and self._moods.speaks_of_change(told):
            return Wish("refuse", why=f"I know no cluster {cluster}, so I propose nothing for it.")
        if len(told) == 1 and self._moods.forbids(told[0]):
            return Wish("refuse", why=NO)
        if is_logged(text) and self._moods.speaks_of_change(told):
            return Wish("refuse", why=LOGGED)
        if self._moods.speaks_of_change(told[-1:]) and (_REMARK.search(text) or self._moods.is_question(text)):
            looks = self._moods.reads(told[-1]) or self._moods.tells_of_failure(told[-1])
            is_read = looks and not self._moods.asks_how(told[-1])
            return None if is_read else Wish("refuse", why=QUESTION)
        there = self._repeater.asked_elsewhere(told[-1]) if told and self._moods.is_question(text) else None
        if there is not None and (wish := self._resolver.asked(there)) is not None:
            return wish
        if (rest := self._apart.wish(told, self._deeds) or self._sparer.rest(told, self._deeds)) is not None:
            return rest if rest.outcome != "write" else all_written(rest.steps, quoted, self._body)
        wish = self._in_order(told, quoted, is_strict=self._moods.is_listed(text, told))
        if wish is not None and wish.outcome == "ambiguous":
            asked = msgspec.structs.replace(wish, args=unquoted(wish.args, quoted))
            return self._sparer.without_spared(asked, told)
        is_asked = wish is not None and wish.outcome == "write" and self._moods.is_question(text)
        return Wish("refuse", why=QUESTION) if is_asked else wish

    def _in_order(self, told: list[str], quoted: list[str], *, is_strict: bool) -> Wish | None:
        """The wishes of sentences; `is_strict`: those beside them must say that they are to be done, or nothing."""
        steps: list[Step] = []
        spared: set[ObjectRef] = set()
        topic: Target | None = None
        is_spoilt = False
        for number, said in enumerate(told):
            sentence = self._language.correction.sub("", said, count=1) if number else said
            if sentence != said and self._language.correction.match(said):
                if steps and self._moods.leaves(sentence):
                    return Wish("refuse", why=NO)
                steps = []
            if len(told) > 1 and not is_strict and (named := self._sparer.spared(sentence)):
                spared |= named
                continue
            wish = self._sentence(sentence)
            if wish is None:
                topic = either(topic, topic_of(sentence, self._directory, self._language))
                self._topic = topic or self._topic
                is_spoilt = is_spoilt or self._moods.spoils(sentence, after=bool(steps) or is_strict)
                if is_spoilt and (steps or self._moods.speaks_of_change(told)):
                    return self._not_wished(
                        told, quoted, had=bool(steps) or _has_wish(told[number + 1 :], self._sentence)
                    )
                continue
            if wish.outcome != "write":
                return wish
            steps += wish.steps
            self._it, self._last, topic = wish.steps[-1].ref, wish, None
        if not steps or is_spoilt:
            return self._not_wished(told, quoted, had=bool(steps))
        if any(self._sparer.takes_along(step, each) for step in steps for each in spared):
            why = self._sparer.why([step.ref for step in steps], [*spared])
            return Wish("refuse", steps[0].verb, why=why)
        return all_written(steps, quoted, self._body)

    def _applied(self, intro: str, body: str) -> Wish | None:
        """What is to be applied; words that deny, ask or suppose before it make it none."""
        told = [each for each in sentences(intro)[0] if not self._language.amen.fullmatch(each)]
        plain = Statements(self._directory, self._language).without(", ".join(told)) if "?" not in intro[:-1] else []
        clause = clause_of([*told, *plain][-1] if plain or len(told) == 1 else intro, self._language)
        wish = self._pasted.applied(clause.text, body, clause.flags)
        if wish is None or self._moods.is_doubtful(intro) or self._moods.is_question(intro):
            speaks = self._moods.speaks_of_change([intro])
            return Wish("refuse", "apply", why=self._moods.why_not([intro])) if speaks else None
        return wish

    def _not_wished(self, told: Sequence[str], quoted: Sequence[str], *, had: bool) -> Wish | None:
        withheld = told and (had or self._moods.is_withheld(told, quoted))
        return Wish("refuse", why=self._moods.why_not(told)) if withheld else None

    def _remember(self, text: str) -> None:
        self._topic = topic_of(text, self._directory, self._language) or self._topic

    def _sentence(self, sentence: str) -> Wish | None:
        if self._moods.reads(sentence):
            return None
        parts = self._language.correction.split(sentence)
        if len(parts) > 1:
            self._remember(parts[-2])
        sentence, about = without_contrast(parts[-1], self._targets, self._language)
        self._remember(about)
        if (made := self._created(sentence)) is not None and made.outcome == "write":
            return made
        back = deed_back(clause_of(sentence, self._language).text, self._wishes, self._language)
        if isinstance(back, Wish):
            return back
        ways = [*filter(None, [spread(sentence, self._directory)]), *wishes_in(sentence)]
        cuts = [[back]] if back else [found for cut in ways if (found := self._deeds(cut)) is not None]
        if not cuts and len(parts) > 1 and (again := self._repeater.same(sentence)) is not None:
            cuts = [[again]]
        if not cuts and len(parts) > 1 and not self._moods.is_doubtful(parts[-2]):
            cuts = [*filter(None, [renumbered(self._deeds([parts[-2]]) or [], sentence)])]
        if not cuts and (rest := self._after_topic(sentence)) is not None:
            cuts, sentence = [rest[0]], rest[1]
        if not cuts:
            return self._created(sentence)
        if self._moods.is_doubtful(sentence):
            return Wish("refuse", why=self._moods.why_not([sentence]))
        return self._resolved(min(cuts, key=lambda deeds: max(self._doubt(each) for each in deeds)))

    def _after_topic(self, sentence: str) -> tuple[list[Deed], str] | None:
        """What is wished for of a thing that is named, or said to be in some state, before it; and the words of it."""
        if _TOPIC.fullmatch(sentence) is None:
            return None
        while (rest := self._language.polite.sub("", sentence)) != sentence:
            sentence = rest
        match = _TOPIC.fullmatch(sentence)
        if match is None:
            return None
        rest = of_marked(match["rest"], self._language) if self._marks_one else match["rest"]
        rest = with_object(rest, clause_of(rest, self._language).text, self._language)
        deeds = next((found for cut in wishes_in(rest) if (found := self._deeds(cut))), None)
        if deeds is None or not all(deed.target.points for deed in deeds[:1]):
            return None
        gone = unneeded(match["topic"], self._language)
        topic = self._targets.read(gone or clause_of(match["topic"], self._language).text)
        is_state = match["mark"] == "," and not gone and self._moods.states(match["topic"])
        if not (is_state or (topic.is_clear and topic.names and not topic.unknown)):
            return None
        self._remember(gone or match["topic"])
        is_of_it = (self._it is not None or self._marks_one) and _OF_IT_TOLD.match(match["topic"]) is not None
        return (deeds, match["rest"]) if self._topic or is_of_it else None

    def _created(self, sentence: str) -> Wish | None:
        wish = self._creator.wish(clause_of(sentence, self._language))
        if wish is not None and self._moods.is_doubtful(sentence):
            return Wish("refuse", why=self._moods.why_not([sentence]))
        return wish

    @property
    def _wishes(self) -> list[Wish]:
        return [*self._earlier, *filter(None, [self._last])]

    @property
    def _repeater(self) -> Repeater:
        about = (self._it.name,) if self._it else ()
        return Repeater(self._last, self._targets, self._language.numbers, self._topic.names if self._topic else about)

    def _deeds(self, cut: Sequence[str]) -> list[Deed] | None:
        """What each part of a sentence wants done; None when one of them is not understood."""
        found: list[Deed] = []
        for part in cut:
            clause = clause_of(_LAST.sub("", part) if found else part, self._language)
            text = at_that_place(clause.text, found[-1].target if found else self._topic, self._it)
            clause = msgspec.structs.replace(clause, text=text)
            deed = self._deed(clause)
            if deed is None and not unknown_flags("", clause):
                deed = (
                    self._repeater.after(clause.text, found[-1]) if found else self._repeater.again(clause.text, part)
                )
            if deed is None and part.partition(" ")[0].lower() in self._directory:
                deed = self._deed(clause_of(f"the {part}", self._language))
            if deed is None and found:
                deed = self._carried(cut[0], clause) or _more_of_it(clause, self._deed)
            if deed is None:
                return None
            found.append(deed)
        return found

    def _carried(self, first: str, clause: Clause) -> Deed | None:
        """A part that leaves out the verb of the first: `label a x=1 and b y=2`."""
        verb = clause_of(first, self._language).text.partition(" ")[0]
        deed = self._deed(msgspec.structs.replace(clause, text=f"{verb} {clause.text}"))
        return deed if deed is not None and self._doubt(deed) < _UNSURE else None

    def _deed(self, clause: Clause) -> Deed | None:
        """The way to understand a clause; one that makes no sense is read with its slips mended."""
        clause = msgspec.structs.replace(clause, text=self._slips.first(clause.text))
        deed = self._understood(clause)
        if deed is not None and self._doubt(deed) < _UNSURE:
            return deed
        mended = self._slips.others(clause.text)
        again = self._understood(msgspec.structs.replace(clause, text=mended)) if mended != clause.text else None
        return again if again is not None and (deed is None or self._doubt(again) < _UNSURE) else deed

    def _understood(self, clause: Clause) -> Deed | None:
        """The way to understand a clause: by its form, else word by word, else without the namespace it says."""
        deed = self._surest(clause)
        if deed is not None and self._doubt(deed) < _UNSURE:
            return deed
        free = [each for each in self._free.deeds(clause) if self._doubt(each) < _UNSURE]
        inside = self._elsewhere(clause) if not free else None
        return min([*free, *(each for each in (deed, inside) if each)], key=self._doubt, default=None)

    def _elsewhere(self, clause: Clause) -> Deed | None:
        """The clause with the namespace at its begin or end taken off."""
        first = _INSIDE_FIRST.fullmatch(clause.text)
        if first is not None and first["space"].lower() in self._directory.namespaces:
            rest = clause_of(first["rest"], self._language)
            clause = Clause(rest.text, clause.flags | rest.flags | {"-n": first["space"].lower()}, clause.is_command)
            return self._surest(clause)
        inside = _INSIDE.fullmatch(clause.text)
        if inside is None or {"-n", "--namespace"} & clause.flags.keys():
            return None
        return self._surest(Clause(inside["rest"], clause.flags | {"-n": inside["space"].lower()}, clause.is_command))

    def _surest(self, clause: Clause) -> Deed | None:
        """The way to understand it whose target is surest, begins with what to do, and takes the fewest words."""
        found: list[tuple[int, bool, bool, int, Deed]] = []
        for form in self._language.forms:
            match = form.pattern.fullmatch(clause.text) or _by_flags(form, clause)
            deed = self._taken(form, match.groupdict(), clause) if match is not None else None
            if deed is not None and match is not None:
                phrase = match.groupdict().get("T") or ""
                is_late, words = bool(phrase) and match.start("T") == 0, len(phrase.split())
                found.append((self._doubt(deed), bool(deed.asks), is_late, words, deed))
        return min(found, key=lambda each: each[:4])[4] if found else None

    def _taken(self, form: Form, groups: dict[str, str | None], clause: Clause) -> Deed | None:
        said = {name: text for name, text in groups.items() if text}
        namespace = clause.flags.get("-n") or clause.flags.get("--namespace") or ""
        phrase = said.get("T", _IT)
        phrase = self._targets.singular(phrase) if {"N", "D"} & said.keys() else phrase
        target = self._targets.read(phrase, namespace)
        if not target.is_clear or unknown_flags(form.verb, clause):
            return None
        try:
            args: dict[str, Any] = arguments(form, said, clause, self._language.numbers)
        except (NotSaid, KeyError, ValueError):
            return None
        return Deed(form.verb, target, args, form.kinds, form.asks)

    def _doubt(self, deed: Deed) -> int:
        """How far a target is from something that is there and can do it."""
        target = deed.target
        if target.unknown or target.lost_space:
            return 3
        if not target.names:
            return 1 if self._resolver.may_mean(deed, self._it) else _UNSURE
        return 0 if self._resolver.all_fit(deed) else 2

    def _resolved(self, deeds: Sequence[Deed]) -> Wish:
        steps: list[Step] = []
        for deed in deeds:
            if deed.target.points and not deed.target.names and self._topic is not None:
                if not self._topic.is_clear:
                    return self._resolver.which(deed, self._topic)
                deed = msgspec.structs.replace(deed, target=of_topic(deed.target, self._topic))
            wish = self._resolver.resolve(deed, self._it)
            if deed.asks and wish.outcome == "write":
                wish = completed(wish, deed.asks, self._wishes)
            if wish.outcome != "write":
                return wish
            steps += wish.steps
            self._it, self._topic = wish.steps[-1].ref, None
        return Wish("write", steps[0].verb, tuple(steps))


def _more_of_it(clause: Clause, read: Callable[[Clause], Deed | None]) -> Deed | None:
    """A part that leaves out what it is about, where it can only be that of the one before: `and drop OLD_FLAG`."""
    for place in _OF_IT:
        deed = read(msgspec.structs.replace(clause, text=f"{clause.text} {place}"))
        if deed is not None and deed.verb in _OF_PARTS and deed.target.points:
            return deed
    return None


def _has_wish(told: Sequence[str], read: Callable[[str], Wish | None]) -> bool:
    """Whether any of the sentences, taken by itself, is a wish."""
    return any(wish is not None and wish.outcome == "write" for wish in map(read, told))


def _cluster_of(told: Sequence[str], language: Phrases) -> str:
    """The cluster that a flag names; what is known of others has been taken off before."""
    said = (clause_of(sentence, language).flags.get("--context", "") for sentence in told if "--" in sentence)
    return next(filter(None, said), "")


def _by_flags(form: Form, clause: Clause) -> re.Match[str] | None:
    command = _COMMANDS.get(form.verb)
    if command is None or form.sets or form.asks or not clause.flags:
        return None
    return re.fullmatch(rf"{command} (?P<T>.+)", clause.text, re.IGNORECASE)

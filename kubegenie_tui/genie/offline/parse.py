"""From a sentence to its parts: verb, kind, names, namespace, details. Live names guide it; nothing is asked."""

import re
from typing import Literal

import msgspec

from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.offline.following import THERE, goes_on
from kubegenie_tui.genie.offline.grammar import ARE_ALL, SHOWS, change_asked, take_verb
from kubegenie_tui.genie.offline.intent import Asked, Details, Verb
from kubegenie_tui.genie.offline.passed import passed_over
from kubegenie_tui.genie.offline.places import inside, take_namespace, take_node
from kubegenie_tui.genie.offline.questions import Question, question_in
from kubegenie_tui.genie.offline.slots import take_details
from kubegenie_tui.genie.offline.spelling import mend
from kubegenie_tui.genie.offline.spoken_states import OPPOSITES, state_of
from kubegenie_tui.genie.offline.spoken_usage import usage_in
from kubegenie_tui.genie.offline.vocabulary import DEEDS, GRAMMAR
from kubegenie_tui.genie.offline.wishes import reply_to
from kubegenie_tui.genie.offline.words import QUOTE, Said, phrase

_SLASH = re.compile(r"^([a-z][a-z.]*)/([a-z0-9][\w.-]*)$")
_ALL = re.compile(r"all(?: (?:of|the|my|our|namespaces?|ns|pods|nodes|deployments|services|events|logs|kinds)\b)")
_SENTENCES = re.compile(r"(?<=[.!?])\s+|\n+|\s+(?:-+|—|–)\s+")
_LETTER = re.compile(r"[a-z]", re.IGNORECASE)
_IT = phrase(r"it|its|them|their|they|these|those|that one|the same|which ones|which (?:are|is) (?:it|they)")
_THIS = phrase(
    r"(?:the )?(?:selected|marked) (?=(?:pod|deployment|node|service|job|claim|pvc|volume|object|row|thing|resource))"
    r"|this(?! (?:week|morning|hour))|(?:the )?(?:selected|marked)(?: one)?|that (?:pod|deployment|node|service|job)"
)
_WHY_SO = phrase(
    r"^(?:and |so )*(?:why|how come)(?: (?:not |so |still |always )*"
    r"(?:ready|pending|failing|crashing|restarting|broken|down"
    r"|stuck|slow|dead|unhealthy|red|unavailable))?$"
)
"""Asks about what is marked: no word says what is so."""
_CPU = phrase(r"cpu|processor|cores?")
_MEMORY = phrase(r"memory|ram|mem")
_ROOM = phrase(r"left|free|spare|available|remaining|full|fullest|capacity|how busy|how loaded")
_EVENTS = phrase("events")
_KINDS = {"deploy": "deployments", "no": "nodes", "ev": "events"}
"""Short names of kinds that mean something else in a sentence."""
_OF = (["of"], ["for"], ["from"])
_SMALL = frozenset({"to", "of", "in", "on", "at", "the", "a", "an", "it", "is", "by", "as", "or", "and"})
"""Words that are a name only beside its kind."""
_ALONE = frozenset({"the", "that", "one", "·"})
"""Words beside a kind that pick one of several: `the statefulset`."""
_WARNINGS = phrase("warnings?")
_JSON = phrase("json|-o ?json|as json")
_COMMAND = phrase("^(?:and )?(get|describe)")
_RUNS_THERE = phrase(
    r"^(?:and |list |show |get |me |the )*(?:what|who|which pods|pods)(?: else)?(?: is| are)?"
    r"(?: (?:runs?|running|lives?|sits?|scheduled))?(?: there| here"
    r"| on (?:it"
    r"|that|this)(?: node| machine| one)?)"
)
_GOES_ON = phrase(
    r"^\S+ too$|^(?:and|what about|how about|also|only|but|same|instead|the same|more|which ones|just|sort(?:ed)?|order"
    r"|grouped?"
    r"|by(?= (?:the )?(?:cpu|memory|mem|ram|restarts?|age|name|namespace|node|status)))|^(?:why|how come"
    r"|which|where|how many)(?: not| so| though| tho| exactly| is that| are there| do we have"
    r"| of (?:them|those|these))?$"
)
_NOW = phrase(r"^(?:and |ok |okay )*now (?:only |just )*(?:the|its|their|all|those)")
"""Goes on from the sentence before, unlike the `now` of politeness."""
_WHAT_ABOUT = phrase(r"^(?:and )?(?:what about|how about|same for|the same for|and)(?: with| for| the)*")
_BEFORE_A_NAME = phrase(
    r"(?:logs?|events?|yaml|manifest|details?|status|output|warnings|health|usage|state|pods|info"
    r"|information) (?:of|for|from|about|on|in)(?: the| my)?"
    r"|(?:describe|inspect|explain|diagnose|debug|troubleshoot|investigate)(?: the| my)?|(?:wrong|matter|up"
    r"|happened|happening) (?:with|to)(?: the| my)?"
    r"|why (?:is|are|does|do|did|was|has|can|will)(?: the| my)?"
    r"|^why (?:not )?(?:pending|failing|crashing|restarting|broken|down|stuck|slow|dead|unhealthy|not ready)"
    r"(?: the| my)?"
    r"|^(?:is|does|are|do|did|has|was)(?: the| my)?|named|called"
    r"|^(?:how many|how much|what|which)(?: \S+){1,2} (?:does|do|did|has|have|is|are)(?: the| my)?"
    r"|^how (?:is|are|does|do|did)(?: the| my)?|(?:uses?|mounts?|references?|depends on|needs)(?: the| my)?"
    r"|(?:runs?|running|used|mounted) (?:in|by)(?: the| my)?"
    r"|about(?: the| my)?|(?:with|for|of)(?: the)?"
)


_SHOWN = phrase(
    r"^(?:(?:please|can you|could you|just) )*(?:show|get|view|see|display|open|give|check|go to|take me to)"
    r"(?: me)?(?: the| my| our)?$"
)
"""Before a last word that says what is done with things: it can but be a name."""
_WIDE = phrase(r"(?:--output[ =])?wide(?: output| format| view)?")


_FOLLOWING = frozenset({"watch", "follow", "stream"})
"""Words that begin a sentence as its verb."""


class _Seen(msgspec.Struct, frozen=True):
    """Words that stand in a sentence before its verb is taken out of it."""

    by: str
    """CPU, MEM, or empty."""
    all_of_them: bool
    """`are all pods ready?`."""
    room: bool
    """What is free, or full."""
    events: bool
    there: bool
    """`what runs on it?`."""


class Parser:
    """Reads one sentence."""

    def __init__(self, text: str, directory: Directory) -> None:
        self._said = Said(text)
        self._directory = directory
        self._kinds: list[tuple[int, int, str]] = []
        """First word, word after the last, kind id."""

    def parse(self) -> Asked:
        """The parts of the sentence."""
        said, directory = self._said, self._directory
        mend(said, directory)
        pair = self._take_slash()
        plain = said.text
        self._protect()
        question = question_in(said, directory, plain)
        if question is not None:
            return self._questioned(question, pair)
        change = change_asked(said)
        shows, goes_on = said.has(SHOWS), said.has(_GOES_ON) or _NOW.search(said.whole) is not None
        if change:
            return Asked("change", raw=change, reply=reply_to(said))
        self._find_kinds()
        points = self._points()
        seen = _Seen(
            "MEM" if said.has(_MEMORY) else "CPU" if said.has(_CPU) else "",
            all_of_them=bool(self._kinds) and said.has(ARE_ALL),
            room=said.has(_ROOM),
            events=said.has(_EVENTS),
            there=said.take(_RUNS_THERE) is not None,
        )
        output = "json" if said.has(_JSON) else "yaml"
        command, warns = _COMMAND.search(said.text), said.has(_WARNINGS)
        verb = "list" if seen.there else take_verb(said, names_kind=bool(self._kinds))
        said.take(_WHAT_ABOUT)
        details = self._details(verb, seen, output, warns=warns)
        namespace = take_namespace(said, directory) if pair[0] is None else pair[0]
        self._find_kinds()
        names = self._names()
        names, namespace = self._placed(names, namespace)
        points = "" if names and not goes_on else points
        kind, of_kind = self._kind_ids(pair[1])
        goes_on = goes_on or (bool(kind) and not names and self._is_kind_alone())
        asked = Asked(
            verb, kind, names, namespace, details, of_kind=of_kind, shows=shows, goes_on=goes_on, points=points,
            plural=self._is_plural(), command=command[1] if command else "", passed_over=passed_over(said, verb, names),
        )  # fmt: skip
        return _sharpened(asked, seen, said)

    def is_question(self, *, first: bool) -> bool:
        """Whether its shape tells that it is a question; `first`: though it begins like a wish for change."""
        mend(self._said, self._directory)
        plain = self._said.text
        self._protect()
        return question_in(self._said, self._directory, plain, first=first) is not None

    def _questioned(self, question: Question, pair: tuple[str | None, str]) -> Asked:
        """A question whose shape is known: what is left tells about what."""
        if question.reply:
            return Asked("change", reply=question.reply)
        said, points, whole = self._said, self._points(), self._said.text
        words = question.rest.split()
        if len(words) == 1:
            words = [self._kept(words[0]) if words[0] in self._directory else _KINDS.get(words[0], words[0])]
        said.text = f" {' '.join(words)} "
        self._find_kinds()
        details = msgspec.structs.replace(take_details(said, question.verb), **question.sets)
        namespace = take_namespace(said, self._directory) if pair[0] is None else pair[0]
        names = self._names()
        kind, of_kind = self._kind_ids(pair[1])
        return Asked(
            question.verb, question.kind or kind, names, question.namespace or namespace or self._tail(whole, names),
            details, of_kind=of_kind, points="" if names else points, plural=self._is_plural(),
            goes_on=question.goes_on,
        )  # fmt: skip

    def _tail(self, text: str, names: tuple[str, ...]) -> str | None:
        """The namespace that a question with a name says outside of its form: `why is web failing in staging?`."""
        space = inside(" ".join(self._said.unquoted(word) for word in text.split()), self._directory)
        return space if names and space not in names else None

    def _details(self, verb: Verb, seen: "_Seen", output: str, *, warns: bool) -> Details:
        details = take_details(self._said, verb)
        if verb == "events" and warns:
            details = msgspec.structs.replace(details, warnings=True)
        if verb == "get":
            details = msgspec.structs.replace(details, output=output)
        if verb in ("top", "") and seen.by and not (details.sort or details.missing):
            details = msgspec.structs.replace(details, sort=seen.by)
        if verb in ("list", "get", "") and (self._said.take(_WIDE) or "-o wide" in self._said.raw):
            details = msgspec.structs.replace(details, output="wide")
        if seen.all_of_them:
            details = msgspec.structs.replace(details, status=OPPOSITES.get(details.status, details.status))
        if not details.node and verb in ("list", "count", "top", ""):
            details = msgspec.structs.replace(details, node=take_node(self._said, self._directory))
        return details

    def _points(self) -> Literal["", "it", "this"]:
        if self._said.has(_IT):
            return "it"
        return "this" if self._said.has(_THIS) or self._said.has(_WHY_SO) else ""

    # Names where they can only be names

    def _take_slash(self) -> tuple[str | None, str]:
        """`shop/web` and `deploy/web`: the namespace and the kind that it tells; the name stays."""
        words = self._said.words()
        for place, word in enumerate(words):
            match = _SLASH.match(word)
            if match is None:
                continue
            first, second = match.groups()
            named = self._directory.kinds.find(first)
            kind = named.id if named else self._directory.kind_words.get(first, "")
            if kind or first in self._directory.namespaces:
                words[place] = self._kept(second)
                self._said.text = f" {' '.join(words)} "
                return (None, kind) if kind else (first, "")
        return None, ""

    def _kept(self, word: str) -> str:
        self._said.quotes.append(word)
        return f"{QUOTE}{len(self._said.quotes) - 1}"

    def _protect(self) -> None:
        """Keep live names out of the grammar: always when they mean nothing else, else where a name must stand."""
        words = self._said.words()
        for place, word in enumerate(words):
            if word not in self._directory or (word == "all" and _is_every(words, place)):
                continue
            if self._begins_kind(words, place) or (not place and word in _FOLLOWING and len(words) > 1):
                continue
            if self._is_space(words, place):
                words[place] = self._kept(word)
            if (word not in GRAMMAR and word not in self._directory.kind_words) or self._stands_as_name(words, place):
                words[place] = self._kept(word)
        self._said.text = f" {' '.join(words)} "

    def _begins_kind(self, words: list[str], place: int) -> bool:
        """Whether a name is but the first word of a kind: `the config map web`, where something is called config."""
        lengths = (length for length in (2, 3, 4) if place + length <= len(words))
        return any(" ".join(words[place : place + length]) in self._directory.kind_words for length in lengths)

    def _is_space(self, words: list[str], place: int) -> bool:
        """Whether a namespace with a word of grammar for a name is one here: `pods in logs`."""
        is_alone = all(ref.kind == "namespaces" for ref in self._directory.find(words[place]))
        is_said = place > 0 and words[place - 1] in ("in", "namespace", "ns", "-n")
        return is_alone and is_said and words[place] in GRAMMAR and words[place + 1 : place + 2] not in _OF

    def _stands_as_name(self, words: list[str], place: int) -> bool:
        if not place and words[0] in ("logs", "events", "top"):
            return False
        before = f" {' '.join(words[:place])} "
        after = words[place + 1] if place + 1 < len(words) else ""
        last = words[place - 1] if place else ""
        kinds = self._directory.kind_words
        if kinds.get(after) and not after.endswith("s"):
            named = words[place + 2 : place + 3]
            return not (words[place] in GRAMMAR and named and named[0] in self._directory)
        if (
            kinds.get(last)
            and not last.endswith("s")
            and words[place] not in ("failing", "running", "ready", "healthy")
        ):
            return True
        if words[place] in _SMALL:
            return False
        if re.search(rf"(?<![\w-]){re.escape(words[place])}['’]s\b", self._said.raw, re.IGNORECASE):
            return True
        if not after and words[place] in DEEDS and _SHOWN.search(before):
            return True
        return any(match.end() == len(before) - 1 for match in _BEFORE_A_NAME.finditer(before))

    # Kinds

    def _find_kinds(self) -> None:
        """Kind words, the longest first at every place."""
        words, known = self._said.words(), self._directory.kind_words
        self._kinds, place = [], 0
        while place < len(words):
            for length in (4, 3, 2, 1):
                kind = known.get(" ".join(words[place : place + length])) if place + length <= len(words) else None
                if kind:
                    self._kinds.append((place, place + length, kind))
                    place += length - 1
                    break
            place += 1

    def _kind_ids(self, told: str) -> tuple[str, str]:
        """The kind that is wanted, and the kind of what it belongs to."""
        ids = list(dict.fromkeys([kind for _, _, kind in self._kinds]))
        if told:
            return (ids[0], told) if ids and ids[0] != told else (told, "")
        return (ids[0] if ids else "", ids[1] if len(ids) > 1 else "")

    def _is_kind_alone(self) -> bool:
        """Whether nothing but one kind is said, which picks one of several: `the statefulset`."""
        words = [word for word in self._said.words() if word not in self._directory.kind_words]
        return all(word in _ALONE for word in words) and not self._is_plural()

    def _is_plural(self) -> bool:
        words = self._said.words()
        return any(words[end - 1].endswith("s") for _, end, _ in self._kinds)

    # Names

    def _names(self) -> tuple[str, ...]:
        """Words that may be names: kept ones first, then those beside a kind, then the rest."""
        words = self._said.words()
        self._find_kinds()
        of_kinds = {place for start, end, _ in self._kinds for place in range(start, end)}
        beside = {place for start, end, _ in self._kinds for place in (start - 1, end)}
        ranked = []
        for place, word in enumerate(words):
            kept = word.startswith(QUOTE)
            if place in of_kinds or (not kept and (word in GRAMMAR or not word[0].isalnum() or word.isdigit())):
                continue
            ranked.append((not kept, place not in beside, place, self._said.unquoted(word)))
        return tuple(dict.fromkeys(word for *_, word in sorted(ranked)))

    def _placed(self, names: tuple[str, ...], namespace: str | None) -> tuple[tuple[str, ...], str | None]:
        """The names with the namespace that stands among them: `checkout staging`."""
        found = self._directory.find
        spaces = [name for name in names if name in self._directory.namespaces and len(found(name)) == 1]
        others = tuple(name for name in names if name not in spaces)
        if namespace is not None or len(spaces) != 1 or not any(other in self._directory for other in others):
            return names, namespace
        return others, spaces[0]


def _is_every(words: list[str], place: int) -> bool:
    """Whether `all` means all of them, and no object of that name."""
    return _ALL.match(" ".join(words[place:])) is not None or words[max(place - 1, 0)] == "at"


def _sharpened(asked: Asked, seen: _Seen, said: Said) -> Asked:
    """What only the whole of a sentence tells."""
    details = asked.details
    if seen.there:
        return msgspec.structs.replace(asked, kind="pods", details=msgspec.structs.replace(details, node=THERE))
    if (used := usage_in(asked, seen.by, said)) is not None:
        return used
    if asked.verb == "top" and seen.room and not asked.kind:
        return msgspec.structs.replace(asked, kind="nodes")
    if asked.verb == "count" and seen.events and not asked.kind:
        return msgspec.structs.replace(
            asked, verb="events", details=msgspec.structs.replace(details, everything=True, terms=())
        )
    if asked.verb == "images" and asked.names:
        return msgspec.structs.replace(asked, details=msgspec.structs.replace(details, status=""))
    if details.tail and asked.verb in ("", "list", "describe"):
        return msgspec.structs.replace(asked, verb="logs")
    if asked.verb in ("list", "") and details.sort == "AGE" and asked.kind and not (asked.plural or details.limit):
        return msgspec.structs.replace(asked, details=msgspec.structs.replace(details, limit=1))
    if asked.verb == "why" and asked.kind and not asked.names:
        return msgspec.structs.replace(asked, details=msgspec.structs.replace(details, status=state_of(said)))
    return asked


def is_question(text: str, directory: Directory) -> bool:
    """Whether a sentence is a question though it begins like a wish for change: `can i delete pods?`."""
    return Parser(text, directory).is_question(first=True)


def parted(text: str, directory: Directory) -> list[str]:
    """The sentences of a text, where the last one asks something by itself; else the text as one."""
    parts = [part for part in _SENTENCES.split(text) if _LETTER.search(part)]
    if len(parts) < 2 or Parser(text, directory).is_question(first=False):
        return [text]
    last = parse(parts[-1], directory)
    if last.verb in ("why", "overview") and not names_anything(parts[:-1], directory):
        return parts[-1:]
    return parts if last.verb and (last.names or last.kind or last.points or goes_on(last)) else [text]


def names_anything(parts: list[str], directory: Directory) -> bool:
    """Whether a live thing or a kind is spoken of."""
    words = (word.strip(",.:;!?").lower() for part in parts for word in part.split())
    return any(word in directory or word in directory.kind_words for word in words)


def parse(text: str, directory: Directory) -> Asked:
    """The parts of a sentence."""
    return Parser(text, directory).parse()

"""From a sentence to its parts: verb, kind, names, namespace, details. Live names guide it; nothing is asked."""

import re
from typing import Literal

import msgspec

from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.offline.following import THERE
from kubegenie_tui.genie.offline.grammar import ARE_ALL, SHOWS, change_asked, take_verb
from kubegenie_tui.genie.offline.intent import Asked
from kubegenie_tui.genie.offline.slots import OPPOSITES, state_of, take_details
from kubegenie_tui.genie.offline.spelling import mend
from kubegenie_tui.genie.offline.vocabulary import GRAMMAR, STOP
from kubegenie_tui.genie.offline.words import QUOTE, Said, phrase

_WORD = rf"({QUOTE}\d+|[a-z0-9][\w.-]*)"
_DETERMINERS = r"(?:the |my |our |your |their |this |that )?"
_ALL_SPACES = phrase(
    r"(?:(?:in|across|from|over|for|of|within) )?(?:all|any|every|each"
    r"|the other)(?: of)?(?: the)? (?:namespaces?|ns)|-a|--all-namespaces"
    r"|cluster-?wide|(?:in|across|on|within|of|for) (?:the |my |this |our )?(?:whole |entire )?(?:cluster"
    r"|kubernetes)|everywhere|anywhere"
)
_HERE = phrase(r"(?:in |of |from )?(?:this|my|the|our|the current|current) (?:namespace|ns)")
_NAMED_SPACE = phrase(
    rf"(?:in|from|within|inside|of|for|on|under|to)? ?(?:the )?(?:namespaces?|ns|project|-n"
    rf"|--namespace)[ =](?:named |called )?{_WORD}"
)
_SPACE_NAMED = phrase(
    rf"(?:in |from |within |inside |of |for |to )?{_DETERMINERS}{_WORD} (?:namespace|ns|environment|env)"
)
_IN = phrase(rf"(?:in|within|inside|from|across|under|at|to|into) {_DETERMINERS}{_WORD}")
_ON = phrase(rf"(?:running |scheduled |placed )?on {_WORD}")
_SLASH = re.compile(r"^([a-z][a-z.]*)/([a-z0-9][\w.-]*)$")
_IT = phrase(r"it|its|them|their|they|these|those|that one|the same|which ones|which (?:are|is) (?:it|they)")
_THIS = phrase(
    r"this(?! (?:week|morning|hour))|(?:the )?(?:selected|marked)(?: one)?|that (?:pod|deployment|node|service|job)"
)
_CPU = phrase(r"cpu|processor|cores?")
_MEMORY = phrase(r"memory|ram|mem")
_ROOM = phrase(r"left|free|spare|available|remaining|full|fullest|capacity|how busy|how loaded")
_RUNS_THERE = phrase(
    r"^(?:and )?(?:what|who|which pods|pods)(?: else)?(?: is| are)? (?:runs?|running|lives?|scheduled)(?: there"
    r"| on (?:it"
    r"|that|this)(?: node| machine| one)?)"
)
_GOES_ON = phrase(
    r"^(?:and|what about|how about|also|only|but|same|instead|the same|more|which ones|just)|^(?:why|how come"
    r"|which|where|how many)(?: not| so| is that)?$"
)
_WHAT_ABOUT = phrase(r"^(?:and )?(?:what about|how about|same for|the same for|and)(?: with| for| the)*")
_BEFORE_A_NAME = phrase(
    r"(?:logs?|events?|yaml|manifest|details?|status|output|warnings|health|usage|state|pods|info"
    r"|information) (?:of|for|from|about|on|in)(?: the| my)?"
    r"|(?:describe|inspect|explain|diagnose|debug|troubleshoot|investigate)(?: the| my)?|(?:wrong|matter|up"
    r"|happened|happening) (?:with|to)(?: the| my)?"
    r"|why (?:is|are|does|do|did|was|has|can|will)(?: the| my)?|^(?:is|does|are|do)(?: the| my)?|named|called"
    r"|about(?: the| my)?|(?:with|for|of)(?: the)?"
)


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
        self._protect()
        change = change_asked(said)
        shows, goes_on = said.has(SHOWS), said.has(_GOES_ON)
        if change:
            return Asked("change", names=self._names(), raw=change)
        self._find_kinds()
        points = self._points()
        by, are_all = (
            "MEM" if said.has(_MEMORY) else "CPU" if said.has(_CPU) else "",
            bool(self._kinds) and said.has(ARE_ALL),
        )
        room = said.has(_ROOM)
        runs_there = said.take(_RUNS_THERE) is not None
        verb = "list" if runs_there else take_verb(said, names_kind=bool(self._kinds))
        said.take(_WHAT_ABOUT)
        details = take_details(said, verb)
        if verb in ("top", "") and by and not details.sort:
            details = msgspec.structs.replace(details, sort=by)
        if are_all:
            details = msgspec.structs.replace(details, status=OPPOSITES.get(details.status, details.status))
        if not details.node and verb in ("list", "count", "top", ""):
            details = msgspec.structs.replace(details, node=self._take_node())
        namespace = self._take_namespace() if pair[0] is None else pair[0]
        self._find_kinds()
        names = self._names()
        points = "" if names and not goes_on else points
        kind, of_kind = self._kind_ids(pair[1])
        if verb == "top" and room and not kind:
            kind = "nodes"
        if runs_there:
            kind, details = "pods", msgspec.structs.replace(details, node=THERE)
        if verb == "why" and not names and kind:
            details = msgspec.structs.replace(details, status=state_of(said))
        return Asked(
            verb, kind, names, namespace, details, of_kind=of_kind, shows=shows, goes_on=goes_on, points=points,
            plural=self._is_plural(),
        )  # fmt: skip

    def _points(self) -> Literal["", "it", "this"]:
        if self._said.has(_IT):
            return "it"
        return "this" if self._said.has(_THIS) else ""

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
            if word not in self._directory:
                continue
            if (word not in GRAMMAR and word not in self._directory.kind_words) or self._stands_as_name(words, place):
                words[place] = self._kept(word)
        self._said.text = f" {' '.join(words)} "

    def _stands_as_name(self, words: list[str], place: int) -> bool:
        before = f" {' '.join(words[:place])} "
        after = words[place + 1] if place + 1 < len(words) else ""
        last = words[place - 1] if place else ""
        kinds = self._directory.kind_words
        if kinds.get(after) and not after.endswith("s"):
            return True
        if (
            kinds.get(last)
            and not last.endswith("s")
            and words[place] not in ("failing", "running", "ready", "healthy")
        ):
            return True
        return any(match.end() == len(before) - 1 for match in _BEFORE_A_NAME.finditer(before))

    def _take_node(self) -> str:
        """`on node-3`: the live node that is meant."""
        match = next((m for m in _ON.finditer(self._said.text) if self._is_node(m[1])), None)
        return self._said.unquoted(self._cut(match, match[1])) if match else ""

    def _is_node(self, word: str) -> bool:
        return bool(self._directory.find(self._said.unquoted(word), "nodes"))

    # Namespace

    def _take_namespace(self) -> str | None:
        said, spaces = self._said, self._directory.namespaces
        if said.take(_ALL_SPACES):
            return "*"
        if said.take(_HERE):
            return None
        for pattern in (_NAMED_SPACE, _SPACE_NAMED):
            match = pattern.search(said.text)
            if match is not None and match[1] not in STOP and match[1] not in self._directory.kind_words:
                said.take(pattern)
                return said.unquoted(match[1])
        for match in _IN.finditer(said.text):
            word = said.unquoted(match[1])
            if word in spaces:
                return self._cut(match, word)
            if word == self._directory.cluster:
                return self._cut(match, "*")
        return self._near_namespace()

    def _near_namespace(self) -> str | None:
        for match in _IN.finditer(self._said.text):
            word = self._said.unquoted(match[1])
            if word in self._directory or word in GRAMMAR or word in self._directory.kind_words or word[0].isdigit():
                continue
            if match[0].startswith("in ") and not self._directory.near(word):
                return self._cut(match, word)
        return None

    def _cut(self, match: re.Match[str], word: str) -> str:
        self._said.text = f"{self._said.text[: match.start()]}·{self._said.text[match.end() :]}"
        return word

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


def parse(text: str, directory: Directory) -> Asked:
    """The parts of a sentence."""
    return Parser(text, directory).parse()

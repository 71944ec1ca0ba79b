"""The object that a phrase means. Every word of it has to be understood: what is left over is no target."""

import re

import msgspec

from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.offline.vocabulary import GRAMMAR
from kubegenie_tui.genie.wishes.phrases import Phrases

_KINDS = {"deploy": "deployments.apps", "config": "configmaps", "cron": "cronjobs.batch"}
"""Words that mean a kind beside a name only."""
_PAIR = re.compile(r"^([a-z][\w.-]*)/([a-z0-9][\w.-]*)$", re.IGNORECASE)
_NAME = re.compile(r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", re.IGNORECASE)
_AND = "and"
_ANY = frozenset({"a", "an"})
_CALLED = frozenset({"called", "named"})
_POINTED = frozenset({"the", "that", "this"})
"""Words before `one of` that mean one that is known: `the one of shop`."""
_NEVER_BESIDE = frozenset({"it", "them"})
"""Pronouns that stand in place of a name: what is before them is none, as in `scale it`."""
_ONE = "one"
"""No pronoun where it stands first: `take one off` is a number."""
_LONGEST_KIND = 4
_BOTH = 3
"""Words of a phrase from which `both` may be of two that are named."""


class Target(msgspec.Struct, frozen=True):
    """A phrase taken apart."""

    names: tuple[str, ...] = ()
    kind: str = ""
    namespaces: tuple[str, ...] = ()
    """Those that were said."""
    points: bool = False
    """A pronoun: what was talked about, or is marked."""
    unknown: tuple[str, ...] = ()
    """Words that may be names of what is not there."""
    lost_space: str = ""
    """A namespace that was said and is not there."""
    is_clear: bool = True
    """Whether every word was understood."""
    too_much: bool = False
    """`all`, `every`, `or`, and the like."""
    plural: bool = False
    """Whether a kind was said in the plural."""
    marked: bool = False
    """Whether the pronoun means all that is marked."""


class TargetReader:
    """Takes phrases apart with the live names in mind."""

    def __init__(self, directory: Directory, language: Phrases) -> None:
        self._directory = directory
        self._language = language

    def read(self, phrase: str, namespace: str = "", *, elsewhere: bool = False) -> Target:
        """The target that a phrase means.

        Args:
            phrase: the words.
            namespace: one that was said elsewhere in the clause.
            elsewhere: whether a namespace alone may stand for the same object there.
        """
        phrase = re.sub(r"\(([a-z0-9][\w-]*)\)", self._in_brackets, phrase)
        words = re.sub(r"[(),]", " ", phrase).split()
        if elsewhere and len(words) == 1 and self._is_namespace_alone(words[0].lower()):
            return Target(namespaces=(words[0].lower(),))
        return _Reading(self._directory, self._language, words, namespace).target()

    def singular(self, phrase: str) -> str:
        """The phrase with the plural of a live name as that name: `carts` of cart."""
        return " ".join(self._singular(word) for word in phrase.split())

    def _singular(self, word: str) -> str:
        one, directory = word.lower().removesuffix("s"), self._directory
        is_known = word.lower() in directory or word.lower() in directory.kind_words or one in GRAMMAR
        return one if one != word.lower() and not is_known and one in directory else word

    def _in_brackets(self, match: re.Match[str]) -> str:
        """`checkout (shop)`: a namespace in brackets is where it lives."""
        return f"in {match[1]}" if match[1] in self._directory.namespaces else match[0]

    def _is_namespace_alone(self, word: str) -> bool:
        others = [ref for ref in self._directory.find(word) if ref.kind != "namespaces"]
        return word in self._directory.namespaces and not others


class _Reading:
    """One phrase on its way."""

    def __init__(self, directory: Directory, language: Phrases, words: list[str], namespace: str) -> None:
        self._directory = directory
        self._known = language.words
        self._too_much = language.too_much
        self._words = [word.lower() for word in words]
        self._names: list[str] = []
        self._unknown: list[str] = []
        self._spaces: list[str] = [namespace] if namespace in directory.namespaces else []
        self._lost = namespace if namespace and not self._spaces else ""
        self._kind, self._points, self._clear, self._too = "", False, True, False
        self._plural = self._marked = False
        self._has_place = False
        """Whether it was said where a name lives: `web in shop and cart in data` is no one target."""
        self._is_any = False
        """Whether an article says that it may be any: `a pod of web`."""
        self._of = False
        """Whether a name is followed by `of`, `from`, `to`: `the status of web` is not two things."""

    def target(self) -> Target:
        """All words, one after the other."""
        place = 0
        while place < len(self._words):
            place += self._space(place) or self._pair(place) or self._kind_word(place) or self._word(place)
        self._clear = self._clear and self._at(place - 1) not in self._known.prepositions
        self._too = self._too or (self._is_any and self._is_of_pods())
        return Target(
            tuple(dict.fromkeys(self._names)), self._kind, tuple(dict.fromkeys(self._spaces)), self._points,
            tuple(self._unknown), self._lost, self._clear, self._too, self._plural,
            self._marked,
        )  # fmt: skip

    def _at(self, place: int) -> str:
        return self._words[place] if 0 <= place < len(self._words) else ""

    def _space(self, place: int) -> int:
        """How many words say a namespace: `in shop`, `over in the shop namespace`, `namespace shop`."""
        if self._at(place) in self._known.leads and self._at(place + 1) in self._known.prepositions:
            led = self._space(place + 1)
            return led and led + 1
        prefixed = self._at(place) in self._known.prepositions
        start = place + prefixed
        while self._at(start) in ("the", "our", "my"):
            start += 1
        first, second = self._at(start), self._at(start + 1)
        had = len(self._spaces)
        words = self._said_space(place, start, first, second, prefixed=prefixed)
        self._has_place = self._has_place or (len(self._spaces) > had and bool(self._names))
        return words

    def _said_space(self, place: int, start: int, first: str, second: str, *, prefixed: bool) -> int:
        known = self._directory.namespaces
        if first in self._known.namespaces and second and (prefixed or (second in known and self._has_begun())):
            self._say_space(second)
            return start + 2 - place
        if second in self._known.namespaces and prefixed:
            self._say_space(first)
            return start + 2 - place
        if prefixed and first in known and self._has_begun():
            self._spaces.append(first)
            return start + 1 - place
        return 0

    def _has_begun(self) -> bool:
        return bool(self._names or self._points or self._unknown or self._kind)

    def _say_space(self, name: str) -> None:
        if name in self._directory.namespaces:
            self._spaces.append(name)
        else:
            self._lost = name

    def _pair(self, place: int) -> int:
        """`deploy/web`, `shop/web`."""
        match = _PAIR.match(self._at(place))
        if match is None:
            return 0
        first, second = match.groups()
        named = self._directory.kinds.find(first)
        kind = named.id if named else self._directory.kind_words.get(first, "")
        if kind:
            self._kind = kind
        elif first in self._directory.namespaces:
            self._spaces.append(first)
        else:
            self._clear = False
        (self._names if second in self._directory else self._unknown).append(second)
        return 1

    def _kind_word(self, place: int) -> int:
        """How many words say a kind, the longest first."""
        word, known = self._at(place), self._directory.kind_words
        if word in _KINDS and (self._at(place + 1) in self._directory or self._at(place - 1) in self._directory):
            self._kind = self._kind or _KINDS[word]
            return 1
        for length in range(_LONGEST_KIND, 0, -1):
            kind = known.get(" ".join(self._words[place : place + length]))
            if kind and place + length <= len(self._words) and not (length == 1 and self._is_name_here(place)):
                if self._kind and self._kind != kind and not (self._names or self._points):
                    self._clear = False
                self._kind = self._kind or kind
                named = self._directory.kinds.get(kind)
                self._plural = self._plural or (named is not None and self._words[place] == named.plural)
                return length
        return 0

    def _is_name_here(self, place: int) -> bool:
        """Whether a word for a kind is a live name, with no other name beside it."""
        if self._at(place - 1) in self._known.states:
            return False
        others = (word for at, word in enumerate(self._words) if at != place)
        is_name = self._is_thing(self._at(place)) or self._is_said_of_spaces(place)
        return is_name and not any(self._is_thing(word) for word in others)

    def _is_said_of_spaces(self, place: int) -> bool:
        """`namespace jobs`, `the jobs namespace`."""
        beside = {self._at(place - 1), self._at(place + 1)} & self._known.namespaces
        return bool(beside) and self._at(place) in self._directory.namespaces

    def _is_thing(self, word: str) -> bool:
        """Whether something other than a namespace has the name: `delete jobs` is not about the namespace of jobs."""
        return any(ref.kind != "namespaces" for ref in self._directory.find(word))

    def _word(self, place: int) -> int:
        word, following, before = self._at(place), self._at(place + 1), self._at(place - 1)
        kinds = self._directory.kind_words
        if (self._names and self._is_place(word)) or self._is_place_of(word, following):
            self._spaces.append(word)
            self._has_place = bool(self._names)
        elif word == _AND:
            self._of = False
        elif self._is_named(word, following):
            is_alone = not self._names or before == _AND or not (self._of or {word, self._names[-1]} & GRAMMAR)
            if before != _AND and self._is_said_twice(word, place):
                is_alone = self._is_part_of_last(word)
                self._names = self._names[:-1] if is_alone else self._names
            self._clear, self._of = self._clear and is_alone and not self._has_place, False
            self._names.append(word)
        elif self._is_share(place) and (following in kinds or (following == "of" and before not in _POINTED)):
            self._too = True
        elif word in self._too_much:
            self._too = self._too or word != "both" or len(self._words) < _BOTH
        elif word in self._known.pronouns and (
            not following or following in kinds or following in self._known.pointed | self._known.prepositions
        ):
            is_odd = (word in _NEVER_BESIDE and self._names) or (word == _ONE and not place)
            self._clear = self._clear and not is_odd
            self._points = True
            self._marked = self._marked or word in self._known.marks
        elif (
            word in self._known.fillers
            or (self._points and word in self._known.pointed)
            or (before in self._names and word in self._known.pointed | self._known.sorts)
            or (word in self._known.states and (following in kinds or following in self._directory))
            or (word in self._known.pointed and following in _CALLED)
        ):
            self._of = self._of or word in self._known.prepositions
            self._is_any = self._is_any or word in _ANY
        elif _NAME.match(word) and not self._unknown and (before in ("", *self._known.fillers) or before in kinds):
            self._unknown.append(word)
        else:
            self._clear = False
        return 1

    def _is_said_twice(self, word: str, place: int) -> bool:
        """Whether a name only tells which one of the name before is meant: `the report job report-29`."""
        last = self._names[-1] if self._names else ""
        is_between = bool(last) and any(self._at(at) in self._directory.kind_words for at in range(1, place))
        is_one_kind = sum(each in self._directory.kind_words for each in self._words) == 1
        is_led = self._at(place - 1) in self._directory.kind_words and not self._plural
        return bool(last) and (word.startswith(f"{last}-") or (is_between and is_one_kind and is_led))

    def _is_part_of_last(self, word: str) -> bool:
        """Whether the kind that is said is one of this name alone, its owner named first: `web pvc data-web-0`."""
        find, last = self._directory.find, self._names[-1]
        is_its = last in word and len(self._names) == 1 and bool(self._kind)
        return is_its and bool(find(word, self._kind)) and not find(last, self._kind)

    def _is_of_pods(self) -> bool:
        """Whether pods are spoken of by the name of what made them."""
        find = self._directory.find
        return self._kind == "pods" and bool(self._names) and not any(find(name, "pods") for name in self._names)

    def _is_share(self, place: int) -> bool:
        """Whether a word means some of what follows: `one pod`, `two of the web pods`."""
        word = self._at(place)
        return word in self._known.shares or word.isdigit()

    def _is_place(self, word: str) -> bool:
        """Whether a namespace beside a name of something in one is where that lives: `checkout staging`."""
        find = self._directory.find
        is_inside = self._kind != "namespaces" and any(ref.namespace for ref in find(self._names[-1]))
        return is_inside and word in self._directory.namespaces and len(find(word)) == 1

    def _is_place_of(self, word: str, following: str) -> bool:
        """Whether a namespace before a name is where that lives: `prod web`."""
        find = self._directory.find
        if self._names or self._kind == "namespaces" or word not in self._directory.namespaces or len(find(word)) > 1:
            return False
        return any(ref.namespace == word for ref in find(following))

    def _is_named(self, word: str, following: str) -> bool:
        """Whether a word is a live name here; one that is grammar as well must stand where a name has to."""
        directory = self._directory
        if word not in directory or (
            word in self._too_much and following in {*directory.kind_words, "the", "of", "my"}
        ):
            return False
        is_of_spaces = self._kind == "namespaces" or following in self._known.namespaces
        if word in GRAMMAR and not is_of_spaces and not self._is_thing(word):
            return False
        if word not in self._known.fillers | self._known.pronouns:
            return True
        is_last = not following or following in self._known.prepositions
        return not self._names and is_last and bool(self._kind and directory.find(word, self._kind))

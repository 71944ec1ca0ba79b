"""What names, kinds and places are said with in another language, word by word in English. No word is passed over."""

import re
from typing import NamedTuple

from kubegenie_tui.genie.languages.language import Language
from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.offline.vocabulary import GRAMMAR
from kubegenie_tui.genie.wishes.phrases import phrases

_MAY_BE_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")
_LONGEST = 3
"""Words of a kind."""
# A phrase by the letters of its words: A article, G pronoun, K kind, L "called", Z state, D number, M all or some,
# C "and", I "in", P another preposition, N a name, S that of a namespace, B of both, U of what is not known.
_NAME_IN = "(?:[NBU][SB]?|[SB][NBU]|S)"
_NAMED = f"(?:KL?{_NAME_IN}|{_NAME_IN}K?)"
_IN = "I(?:A*(?:KL?[SBU]|[SBU]K?)(?:CA*[SB])*|A*[GM]K)"
_OF = f"P[AGDMZ]*(?:{_NAMED}|G)"
_WHERE = f"(?:{_OF})?(?:{_IN})?"
_ONE = f"[AGDMZ]*{_NAMED}{_WHERE}"
_KIND = f"[AGDMZ]*[KGM]{_WHERE}"
_PHRASES = {
    "T": re.compile(f"{_ONE}(?:C{_ONE})*|{_KIND}(?:C{_KIND})*"),
    "PLACE": re.compile(f"{_OF}|{_IN}"),
}
_CALLED = frozenset({"called", "named"})


class Named(NamedTuple):
    """A phrase in English."""

    text: str
    is_sure: bool
    """Whether every name in it lives."""
    is_much: bool
    """Whether it speaks of all or some there are."""


class _Word(NamedTuple):
    """A word in English, or several that one means."""

    text: str
    letters: str


class Namer:
    """Says phrases of a language in English, with the live names in mind."""

    def __init__(self, language: Language, directory: Directory) -> None:
        self._language = language
        self._directory = directory

    def named(self, phrase: str, slot: str = "T") -> Named | None:
        """The phrase in English; None when a word of it is neither of the language nor a kind nor a name.

        Args:
            phrase: the words.
            slot: `T` for things, `PLACE` for where they are.
        """
        words, place = phrase.split(), 0
        said: list[str] = []
        letters = ""
        while place < len(words):
            length, word = self._meaning(words, place)
            if word is None:
                return None
            has_comma = words[place + length - 1].endswith(",")
            said.append(f"{word.text}," if has_comma else word.text)
            letters += f"{word.letters}C" if has_comma else word.letters
            place += length
        unknown = letters.count("U")
        if not _PHRASES[slot].fullmatch(letters) or unknown > 1 or (unknown and "N" in letters):
            return None
        return Named(" ".join(filter(None, said)), not unknown, not {*"MD"}.isdisjoint(letters))

    def kind(self, phrase: str) -> str | None:
        """A kind in English; None where the words are none."""
        words = phrase.split()
        length, word = self._meaning(words, 0)
        known = word is not None and word.text in self._directory.kind_words and length == len(words)
        return word.text if word is not None and known and word.letters == "K" else None

    def _meaning(self, words: list[str], place: int) -> tuple[int, _Word | None]:
        """How many words mean what."""
        kinds, known = self._directory.kind_words, self._language.words
        for length in range(min(_LONGEST, len(words) - place), 0, -1):
            said = " ".join(words[place : place + length]).rstrip(",")
            meaning = known.get(self._language.spelt(said))
            if meaning is not None:
                english = self._number_of(meaning, words, place, length)
                return length, _Word(english, "".join(map(self._part_of_speech, english.split())))
            if said.lower() in kinds and self._language.spelt(said) not in self._language.own:
                return length, _Word(said.lower(), self._letter_of(said.lower()) if length == 1 else "K")
        return 1, self._word(words[place].rstrip(",").lower())

    def _number_of(self, meaning: str, words: list[str], place: int, length: int) -> str:
        """`node|nodes`, said of one word: the first beside a name."""
        one, _, several = meaning.partition("|")
        beside = [*words[max(place - 1, 0) : place], *words[place + length : place + length + 1]]
        return one if not several or any(self._letter_of(word) != "K" for word in beside) else several

    def _word(self, word: str) -> _Word | None:
        """A name, a number, `shop/web`, `web-pod`, or what may be the name of something that is not there."""
        if word.isdigit():
            return _Word(word, "D")
        if (letter := self._letter_of(word)) != "K":
            return _Word(word, letter)
        first, _, second = word.partition("/")
        if self._letter_of(second) != "K":
            kind = self._kind_word(first)
            pair = f"{kind}/{second}" if kind else word if first in self._directory.namespaces else ""
            return _Word(pair, "N") if pair else None
        name, _, last = word.rpartition("-")
        kind = self._kind_word(last)
        if kind and self._letter_of(name) != "K":
            return _Word(f"{name} {kind}", f"{self._letter_of(name)}K")
        is_grammar = word in GRAMMAR or self._language.spelt(word) in self._language.own
        return _Word(word, "U") if not is_grammar and _MAY_BE_NAME.fullmatch(word) else None

    def _kind_word(self, word: str) -> str:
        """A word for a kind, or for a namespace, in English and in the singular; empty when it is none."""
        meaning = self._language.words.get(self._language.spelt(word), word).partition("|")[0]
        return meaning if meaning in self._directory.kind_words else ""

    def _letter_of(self, word: str) -> str:
        """What a word is the name of; `K` for nothing."""
        word = word.rstrip(",").lower()
        is_space = word in self._directory.namespaces
        is_object = any(ref.kind != "namespaces" for ref in self._directory.find(word))
        return "B" if is_space and is_object else "S" if is_space else "N" if is_object else "K"

    def _part_of_speech(self, word: str) -> str:
        """The letter of an English word of a meaning."""
        language = phrases()
        groups = (
            ("K", self._directory.kind_words), ("L", _CALLED), ("I", {"in"}), ("P", language.words.prepositions),
            ("C", {"and"}), ("M", language.too_much), ("G", language.words.pronouns), ("A", language.words.fillers),
        )  # fmt: skip
        return next((letter for letter, words in groups if word in words), "Z")

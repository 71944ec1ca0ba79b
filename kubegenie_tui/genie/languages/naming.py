"""What names, kinds and places are said with in another language, word by word in English. No word is passed over."""

import re
from typing import NamedTuple

from kubegenie_tui.genie.languages.language import Language
from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.offline.vocabulary import GRAMMAR

_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")
_LONGEST = 3
"""Words of a kind."""


class Named(NamedTuple):
    """A phrase in English."""

    text: str
    is_sure: bool
    """Whether every name in it lives."""


class Namer:
    """Says phrases of a language in English, with the live names in mind."""

    def __init__(self, language: Language, directory: Directory) -> None:
        self._language = language
        self._directory = directory

    def named(self, phrase: str) -> Named | None:
        """The phrase in English; None when a word of it is neither of the language nor a kind nor a name."""
        words, place = phrase.split(), 0
        said: list[str] = []
        unknown = 0
        while place < len(words):
            length, english = self._meaning(words, place)
            if english is None and self._may_be_name(words[place]):
                english, unknown = words[place].lower(), unknown + 1
            if english is None:
                return None
            said.append(f"{english}," if words[place + length - 1].endswith(",") else english)
            place += length
        text = " ".join(each for each in said if each)
        is_odd = unknown > 1 or (unknown == 1 and any(self._is_object(word) for word in words))
        return None if is_odd or not text else Named(text, not unknown)

    def kind(self, phrase: str) -> str | None:
        """A kind in English; None where the words are none."""
        words = phrase.split()
        length, english = self._meaning(words, 0)
        known = english is not None and english in self._directory.kind_words
        return english if known and length == len(words) and not self._lives(words[0]) else None

    def _meaning(self, words: list[str], place: int) -> tuple[int, str | None]:
        """How many words mean what in English."""
        kinds, known = self._directory.kind_words, self._language.words
        for length in range(min(_LONGEST, len(words) - place), 0, -1):
            said = " ".join(words[place : place + length]).rstrip(",")
            meaning = known.get(self._language.spelt(said))
            if meaning is not None:
                return length, self._number_of(meaning, words, place, length)
            if said.lower() in kinds and self._language.spelt(said) not in self._language.own:
                return length, said.lower()
        return 1, self._word(words[place].rstrip(","))

    def _number_of(self, meaning: str, words: list[str], place: int, length: int) -> str:
        """`node|nodes`, said of one word: the first beside a name."""
        one, _, several = meaning.partition("|")
        beside = [*words[max(place - 1, 0) : place], *words[place + length : place + length + 1]]
        return one if not several or any(self._lives(word) for word in beside) else several

    def _word(self, word: str) -> str | None:
        word = word.lower()
        if self._lives(word) or word.isdigit():
            return word
        first, _, second = word.partition("/")
        if second and self._lives(second):
            kind = self._kind_word(first)
            return f"{kind}/{second}" if kind else word if first in self._directory.namespaces else None
        name, _, last = word.rpartition("-")
        kind = self._kind_word(last) if name and self._lives(name) else ""
        return f"{name} {kind}" if kind else None

    def _kind_word(self, word: str) -> str:
        """A word for a kind, or for a namespace, in English and in the singular; empty when it is none."""
        meaning = self._language.words.get(self._language.spelt(word), word).partition("|")[0]
        return meaning if meaning in self._directory.kind_words else ""

    def _lives(self, word: str) -> bool:
        word = word.rstrip(",").lower()
        return word in self._directory or word in self._directory.namespaces

    def _is_object(self, word: str) -> bool:
        return any(ref.kind != "namespaces" for ref in self._directory.find(word.rstrip(",").lower()))

    def _may_be_name(self, word: str) -> bool:
        """Whether it can be the name of what is not read yet, or not there."""
        word = word.rstrip(",").lower()
        is_grammar = word in GRAMMAR or self._language.spelt(word) in self._language.own
        return not is_grammar and not word.isdigit() and _NAME.fullmatch(word) is not None

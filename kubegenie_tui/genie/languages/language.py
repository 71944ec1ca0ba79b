"""The table of a language: which words tell that a sentence is in it, which withhold a change, and what it can say."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import msgspec

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.genie.offline.vocabulary import GRAMMAR
from kubegenie_tui.genie.wishes.moods import LATER, NO, QUESTION

WITHHOLDING = {"negation": NO, "question": QUESTION, "supposition": LATER, "reported": LATER, "past": LATER}
"""The moods that a table must have words for, and what is said of a change beside one of them."""
_NEEDED = ("name", "example", "requests", "polite", "changes", "other_words", "words", "numbers", "wish", "question")
_SLOTS = {
    **dict.fromkeys(("T", "PLACE"), ".+?"),
    **dict.fromkeys(("W", "W2", "W3"), r"\S+"),
    **dict.fromkeys(("N", "N2", "N3"), "{number}"),
    "KIND": r"\S+(?: \S+)?",
    "PAIRS": r"\S+=\S*(?:,? \S+=\S*)*",
}
_SLOT = re.compile(r"\{(\w+)\}")
_PLACE = "PLACE"
"""A slot that a phrase may leave out."""
_AROUND = "[ ,.!:;]+"
"""Between politeness and the rest."""


class Phrase(msgspec.Struct, frozen=True):
    """A way to say something."""

    says: re.Pattern[str]
    """The whole of a sentence; its groups are the slots."""
    order: str
    """The same in English, slots in braces."""
    verb: str = ""
    """The verb of a change; empty for what is asked to be seen."""


class Language:
    """One language. Its patterns are made ready when a sentence in it comes up."""

    def __init__(self, code: str, told: dict[str, Any]) -> None:
        """Take a table.

        Raises:
            UsageError: it lacks words without which a change could be proposed unasked.
        """
        _check(code, told)
        self._told = told
        self.name: str = told["name"]
        self.example: str = told["example"]
        self.spellings: dict[str, str] = told.get("spellings", {})
        self.withholding = {mood: tuple(map(self.spelt, told["moods"][mood])) for mood in WITHHOLDING}
        """By mood the words that tell it, several of them in a row among them."""
        self.changes = self._words(told["changes"])
        """Words for changing something, in all their forms."""
        self.beside = self._words(told.get("beside", ""))
        """Words that may stand anywhere and say nothing."""
        self.words: dict[str, str] = {self.spelt(word): meaning for word, meaning in told["words"].items()}
        """What names, kinds and places are said with, to what English says."""
        self.numbers: dict[str, int] = {self.spelt(word): number for word, number in told["numbers"].items()}
        moods = (word for mood in self.withholding.values() for each in mood for word in each.split())
        self.own = {*moods, *self.changes, *self._words(told["other_words"]), *self.words}
        """Words of it."""
        self.signs = self.own - GRAMMAR - self._words(told.get("also_english", ""))
        """Those that no English sentence has."""

    def spelt(self, text: str) -> str:
        """A text in small letters and in the one spelling in which tables and sentences are compared."""
        text = text.lower() if text.isascii() else unicodedata.normalize("NFC", text).lower()
        for letter, instead in self.spellings.items():
            text = text.replace(letter, instead)
        return text

    def withheld(self, words: list[str]) -> str:
        """Why nothing is to be changed, by the words of a sentence in that spelling; empty when none says so."""
        said = f" {' '.join(words)} "
        moods = (mood for mood, told in self.withholding.items() if any(f" {each} " in said for each in told))
        return next((WITHHOLDING[mood] for mood in moods), "")

    @cached_property
    def questions(self) -> tuple[Phrase, ...]:
        """What can be asked to be seen."""
        return tuple(self._phrases("question"))

    @cached_property
    def wishes(self) -> tuple[Phrase, ...]:
        """What can be wished for."""
        return tuple(self._phrases("wish"))

    @cached_property
    def polite(self) -> re.Pattern[str]:
        """Politeness before or after what is said."""
        ends = "|".join(map(self._ready, self._told["polite"]))
        begins = "|".join((ends, *map(self._ready, self._told["requests"])))
        return self._regex(rf"^(?:{begins}){_AROUND}(?=\S)|(?<=\S){_AROUND}(?:{ends})$")

    @cached_property
    def requests(self) -> re.Pattern[str]:
        """What makes a request of a sentence that ends with a question mark."""
        said = "|".join(map(self._ready, self._told["requests"]))
        return self._regex(rf"(?<!\w)(?:{said})(?!\w)")

    def _phrases(self, table: str) -> Iterator[Phrase]:
        for each in self._told[table]:
            for pattern in each["says"]:
                yield Phrase(self._compiled(pattern, each["order"]), each["order"], each.get("verb", ""))

    def _compiled(self, pattern: str, order: str) -> re.Pattern[str]:
        says = self._regex(self._ready(pattern))
        if {*says.groupindex} - {_PLACE} != {*_SLOT.findall(order)} - {_PLACE}:
            raise UsageError(
                f"A phrase of the language {self.name} has other slots than its order: {pattern}",
                "what is said in a slot would be passed over",
                f"Give it those of the order: {order}.",
            )
        return says

    def _regex(self, pattern: str) -> re.Pattern[str]:
        try:
            return re.compile(pattern, re.IGNORECASE)
        except re.error as error:
            raise UsageError(f"A pattern of the language {self.name} is none: {pattern}", str(error)) from error

    def _ready(self, pattern: str) -> str:
        """A pattern with its slots, its short words, and every spelling of its letters."""
        for name, meaning in self._told.get("short", {}).items():
            pattern = pattern.replace(f"{{{name}}}", f"(?:{meaning})")
        number = "|".join((r"\d+", *sorted(self._told["numbers"], key=len, reverse=True)))
        for name, meaning in _SLOTS.items():
            pattern = pattern.replace(f"{{{name}}}", f"(?P<{name}>{meaning.replace('{number}', number)})")
        for letter, instead in self.spellings.items():
            pattern = pattern.replace(letter, f"(?:{letter}|{instead})")
        return pattern

    def _words(self, text: str) -> frozenset[str]:
        return frozenset(self.spelt(text).split())


def _check(code: str, told: dict[str, Any]) -> None:
    lacking = [name for name in _NEEDED if not told.get(name)]
    lacking += [f"moods.{mood}" for mood in WITHHOLDING if not told.get("moods", {}).get(mood)]
    if lacking:
        raise UsageError(
            f"The table of the language {code} lacks {', '.join(lacking)}",
            "without them a sentence that denies, asks, supposes or tells of a change could propose it",
            f"Add them to genie/languages/{code}.toml, as they stand in de.toml.",
        )


@cache
def languages() -> tuple[Language, ...]:
    """All that there are beside English, read once.

    Raises:
        UsageError: a table lacks what it must have.
    """
    tables = sorted((each.name, each) for each in files(__package__).iterdir() if each.name.endswith(".toml"))
    return tuple(_read(name, table.read_text(encoding="utf-8")) for name, table in tables)


def _read(name: str, text: str) -> Language:
    try:
        return Language(name.removesuffix(".toml"), tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"genie/languages/{name} is no TOML", str(error)) from error

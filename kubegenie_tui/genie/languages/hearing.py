"""A sentence in another language than English, as an order in English: understood whole, or not at all."""

import re
import unicodedata
from typing import Literal

import msgspec

from kubegenie_tui.genie.languages.language import Language, Phrase, languages
from kubegenie_tui.genie.languages.naming import Namer
from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.offline.vocabulary import GRAMMAR
from kubegenie_tui.genie.wishes.clauses import QUOTE
from kubegenie_tui.genie.wishes.moods import QUESTION
from kubegenie_tui.genie.wishes.pasted import BODY, is_pasted

_LONGEST = 600
"""Characters of a sentence that are read."""
_BETWEEN = re.compile(r"[\s,.;:!?()/\\|„“”‚‘’\"'`«»›‹…–—*~]+")
"""What stands between words."""
_DATA = re.compile(
    r"„([^“”\"]*)[“”\"]|“([^”]*)”|»([^«]*)«|«([^»]*)»|\"([^\"]*)\"|`([^`]*)`|(?<!\w)'([^']*)'(?!\w)|(\{[\s\S]*\})"
)
_PASTED = re.compile(r"(?:^|\n)\s*(?:```|---|apiVersion\s*:|kind\s*:|\{)")
_LINES = re.compile(r"\s*\n\s*")
_MARKS = " ,.!?:;"
_KNOWN_QUOTES = "\"'`“«"
"""With what a quoted text begins that English knows."""
_KEPT = re.compile(rf"{QUOTE}(\d+)")


class Heard(msgspec.Struct, frozen=True):
    """What a sentence says."""

    order: str = ""
    """The same in English; empty when nothing is to be done."""
    verb: str = ""
    """The verb of a change; empty for what is asked to be seen."""
    is_sure: bool = True
    """Whether every name in it lives, as far as names are read."""
    words: int = 0
    """How many words the names, kinds and places in it have; the fewer, the more of it a phrase takes."""
    outcome: Literal["", "refuse", "unsupported"] = ""
    why: str = ""
    """Why nothing is to be changed, as a sentence; empty where no change is spoken of."""


def hear(text: str, directory: Directory) -> Heard | None:
    """What a sentence says in another language than English; None when it is in none.

    Raises:
        UsageError: the table of a language lacks what it must have.
    """
    intro, body = _parted(text)
    if len(intro) > _LONGEST or _is_english(intro, directory):
        return None
    left: Heard | None = None
    for language in languages():
        if language.signs.isdisjoint(_BETWEEN.split(language.spelt(intro))):
            continue
        heard = _Hearing(language, directory, intro).heard()
        if heard is not None and heard.order:
            return msgspec.structs.replace(heard, order=f"{heard.order}:{body}") if body else heard
        left = left or heard
    return left


def foreign_to(text: str, directory: Directory) -> tuple[str, str] | None:
    """A word of another language in a text that is neither data nor the name of anything alive, and that language."""
    intro, _ = _parted(text)
    for language in () if _is_english(intro, directory) else languages():
        for word in _words(language, _masked(intro)[0]):
            if word in language.signs and word not in directory:
                return word, language.name
    return None


def is_foreign(word: str) -> bool:
    """Whether a word is one of another language: the article of `in der` is no name with a slip in it."""
    return any(language.spelt(word) in language.own for language in languages())


def _is_english(text: str, directory: Directory) -> bool:
    """Whether it has but words of English grammar and names, so that no table needs to be read for it."""
    return all(not word or word in GRAMMAR or word in directory for word in _BETWEEN.split(text.lower()))


def _parted(text: str) -> tuple[str, str]:
    """What is said, and the object that is pasted behind it."""
    match = _PASTED.search(text) if is_pasted(text) else None
    return (text[: match.start()], text[match.start() :]) if match else (text, "")


def _masked(text: str) -> tuple[str, list[str]]:
    """A text without what is data: quoted texts of several words, and patches; and those."""
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        inside = match[match.lastindex or 0].strip()
        if inside.startswith("{"):
            kept.append(inside)
        elif " " not in inside:
            return inside
        elif match[0][0] in _KNOWN_QUOTES:
            kept.append(match[0])
        elif '"' in inside:
            return match[0]
        else:
            kept.append(f'"{inside}"')
        return f"{QUOTE}{len(kept) - 1}"

    text = unicodedata.normalize("NFC", text.replace(QUOTE, " ").replace(BODY, " "))
    return _DATA.sub(keep, text), kept


def _words(language: Language, masked: str) -> list[str]:
    """The words of a text in the spelling of a language, without values."""
    said = " ".join(word for word in masked.split() if "=" not in word)
    return [word.strip("_") for word in _BETWEEN.split(language.spelt(said)) if word]


class _Hearing:
    """One sentence in one language."""

    def __init__(self, language: Language, directory: Directory, text: str) -> None:
        self._language = language
        self._directory = directory
        self._namer = Namer(language, directory)
        self._masked, self._kept = _masked(text)
        self._words = _words(language, self._masked)

    def heard(self) -> Heard | None:
        """What it says; None when it is not in this language."""
        language, plain = self._language, self._plain()
        bare = self._bare(plain)
        for text in dict.fromkeys((plain, bare)):
            if (asked := self._matched(language.questions, text)) is not None:
                return asked
        is_asked = "?" in self._masked and not language.requests.search(self._masked)
        left = language.withheld(self._words) or (QUESTION if is_asked else "")
        if not left and (wished := self._matched(language.wishes, bare)) is not None:
            return wished
        quoted = _BETWEEN.split(language.spelt(" ".join(self._kept)))
        if language.changes.isdisjoint((*self._words, *quoted)):
            return Heard(is_sure=False, outcome="unsupported") if self._is_in_it() else None
        if left:
            return Heard(outcome="refuse", why=left)
        why = f"I did not understand all of that, so I propose nothing. One thing in a sentence: `{language.example}`."
        return Heard(is_sure=False, outcome="unsupported", why=why)

    def _is_in_it(self) -> bool:
        """Whether more words of the sentence are of this language alone than of English alone."""
        words, own = (
            [each for each in self._words if each in GRAMMAR or each not in self._directory],
            self._language.own,
        )
        return sum((word in own) - (word in GRAMMAR) for word in words) > 0

    def _plain(self) -> str:
        """The sentence without words that say nothing."""
        text = _LINES.sub("; ", self._masked.strip()).strip(_MARKS)
        return " ".join(word for word in text.split() if not self._is_beside(word)).strip(_MARKS)

    def _bare(self, text: str) -> str:
        """The sentence without politeness."""
        while (rest := self._language.polite.sub("", text).strip(_MARKS)) != text:
            text = rest
        return text

    def _is_beside(self, word: str) -> bool:
        """Whether a word says nothing; one that ends a sentence stays, as two of them are no one wish."""
        word = word.strip(",").lower()
        return self._language.spelt(word) in self._language.beside and word not in self._directory

    def _matched(self, phrases: tuple[Phrase, ...], bare: str) -> Heard | None:
        """The only thing that a sentence can mean; for what is seen, the first one."""
        found = [
            heard
            for phrase in phrases
            if (match := phrase.says.fullmatch(bare)) and (heard := self._filled(phrase, match.groupdict()))
        ]
        found = [each for each in found if each.is_sure] or found
        fewest = min((each.words for each in found), default=0)
        found = list(dict.fromkeys(each for each in found if each.words == fewest))
        return found[0] if len(found) == 1 or (found and not found[0].verb) else None

    def _filled(self, phrase: Phrase, groups: dict[str, str | None]) -> Heard | None:
        """The order with its slots filled; None when one of them is not understood."""
        said = {"PLACE": ""}
        is_sure, words = True, 0
        for name, text in groups.items():
            if name in ("T", "PLACE"):
                named = self._namer.named(text) if text else None
                is_sure = is_sure and (named is None or named.is_sure)
                words += len((text or "").split())
                value = named.text if named else None
            else:
                value = self._value(name, text) if text else None
            if text and value is None:
                return None
            said[name] = value or ""
        order = " ".join(phrase.order.format(**said).split())
        return Heard(_KEPT.sub(lambda kept: self._kept[int(kept[1])], order), phrase.verb, is_sure, words)

    def _value(self, name: str, text: str) -> str | None:
        """A slot that is no phrase: numbers in digits, kinds in English, all else as it stands."""
        if name.startswith("N"):
            return text if text.isdigit() else str(self._language.numbers[self._language.spelt(text)])
        if name == "KIND":
            return self._namer.kind(text)
        text = text.rstrip(",")
        is_word = name.startswith("W") and (self._language.spelt(text) in self._language.words or text[-1:] in _MARKS)
        return None if is_word else text

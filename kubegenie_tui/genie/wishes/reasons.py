"""Longer talk around a request, of somebody or something else: `rack 2 loses power at nine, so drain node-2`.

It need not have a known form. It must not be a condition, another order, or words of somebody who is quoted, and must
have a subject and a verb of its own: then it can neither take the request back nor put it off. What speaks of the
request itself, by a pronoun, is held to all that `statements` asks of one.
"""

import re
from collections.abc import Sequence

from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.wishes.clauses import QUOTE, sentences
from kubegenie_tui.genie.wishes.moods import MoodReader, without_names
from kubegenie_tui.genie.wishes.phrases import Phrases

_LONGEST = 34
"""Words."""
_SHORTEST = 4
"""Words of what stands before a request: `the song goes` may be its source."""
_ABOUT_IT = re.compile(
    r"\b(?:it|that|so|them|these|those|this)(?: (?:anyway|already|again|too|now|all))?$", re.IGNORECASE
)
"""Who does what to the request: `legal blocked it`."""
_ASIDE = re.compile(r" \(([^()]+)\)")
_NOT_THE_OTHER = re.compile(r"not (?:the|that in) [\w-]+(?: one)?!*", re.IGNORECASE)
_DONE = re.compile(
    r"\b(?:was|were|has been|have been|had been|got|is being|are being) (?:just |only )?\w+(?:ed|en|t)\b", re.I
)
"""What was done to something else, which is no order."""
_NUMBER = re.compile(r"(?<![\w-])\d|=|->")


class Reasons:
    """Tells talk from what is asked for."""

    def __init__(self, directory: Directory, language: Phrases) -> None:
        self._directory = directory
        self._language = language
        self._moods = MoodReader(directory, language)

    def told(self, pairs: Sequence[tuple[str, str]]) -> list[bool]:
        """Which parts of a text are talk; each part with what it ends with."""
        found: list[bool] = []
        for part, end in pairs:
            found.append(self._is_talk(part, end, behind=not all(found)))
        return found

    def without_asides(self, text: str) -> str:
        """The text without what stands in brackets, where that is talk."""

        def left(found: re.Match[str]) -> str:
            is_other = _NOT_THE_OTHER.fullmatch(found[1]) is not None
            return "" if is_other or self._is_talk(found[1], "", behind=True) else found[0]

        return _ASIDE.sub(left, text)

    def _is_talk(self, part: str, end: str, *, behind: bool) -> bool:
        told, _ = sentences(part)
        tells = self._language.talk
        text = " ".join(told).strip(" ,.!")
        bare = self._language.statements.leads.sub("", text).strip()
        if text and "?" not in end and tells.whole.fullmatch(text):
            return True
        if not bare or len(told) != 1 or QUOTE in bare or len(bare.split()) > _LONGEST or "?" in end:
            return False
        if tells.whole.fullmatch(bare):
            return True
        if behind and (said := tells.says.match(bare)) and not self._is_text(said[0]):
            bare = bare[said.end() :]
            if tells.whole.fullmatch(bare):
                return True
        masked = without_names(bare, self._directory)
        if self._is_more(bare, masked) or tells.quotes.search(masked) or (":" in end and behind):
            return False
        if _NUMBER.search(bare) and ("·" in masked or tells.values.search(bare)):
            return False
        return self._tells_something(bare, masked, behind=behind)

    def _tells_something(self, bare: str, masked: str, *, behind: bool) -> bool:
        tells, moods = self._language.talk, self._language.moods
        others = masked if "·" in masked else _DONE.sub("", masked)
        if behind and moods.change.search(self._language.statements.harmless.sub("", others)):
            return False
        if behind and (tells.of_it.match(bare) or moods.waits.search(masked) or _ABOUT_IT.search(bare)):
            return False
        if not behind and len(bare.split()) < _SHORTEST:
            return False
        if tells.own.match(bare):
            return not self._speaks_of_it(masked, behind=behind)
        is_vague = behind and tells.vague.match(bare) is not None
        return tells.clause.fullmatch(bare) is not None and not (is_vague and self._speaks_of_it(masked, behind=True))

    def _is_more(self, bare: str, masked: str) -> bool:
        """Whether it asks for something, is a condition, or repeats what somebody said."""
        moods = self._language.moods
        first = bare.split()[0].strip(".,").lower()
        words = self._language.words
        is_order = first in words.verbs | words.bases and first not in self._directory
        begins = (moods.change, moods.asks, moods.how_to, moods.waits, self._language.talk.begins)
        denies = moods.denies.match(bare) is not None and self._language.talk.own.match(bare) is None
        return (
            is_order
            or denies
            or self._language.statements.polite.search(bare) is not None
            or moods.supposes.search(masked) is not None
            or moods.told.search(masked) is not None
            or any(each.match(bare) for each in begins)
            or self._moods.reads(bare)
        )

    def _is_text(self, source: str) -> bool:
        """Whether what says something is no person, but a text that tells what to do."""
        return self._language.moods.told.search(source.rsplit(maxsplit=1)[0]) is not None

    def _speaks_of_it(self, masked: str, *, behind: bool) -> bool:
        """Whether what begins with a pronoun may speak of the request."""
        tells = self._language.statements
        doubts = (tells.spoils, tells.spoils_behind, self._language.moods.waits) if behind else (tells.spoils,)
        return any(each.search(masked) for each in doubts)

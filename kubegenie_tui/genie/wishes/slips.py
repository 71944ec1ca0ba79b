"""Slips of the pen in words of a wish: `restrat web`, `scale web dwn to 1`. Live names and values are never mended."""

from collections.abc import Iterable

from kubegenie_tui.domain.nearness import distance
from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.wishes.phrases import Phrases

_SHORTEST_VERB = 5
_SHORTEST = 4
_LONG = 8


class Slips:
    """Mends slips with the live names in mind."""

    def __init__(self, directory: Directory, language: Phrases) -> None:
        self._directory = directory
        self._words = language.words
        self._known = language.words.fillers | language.words.prepositions | language.words.slips

    def first(self, text: str) -> str:
        """The clause with a slip in its first word mended."""
        first, _, rest = text.partition(" ")
        word = first.lower()
        if len(word) < _SHORTEST_VERB or word in self._words.verbs or word in self._directory or not rest:
            return text
        near = _near(word, self._words.verbs, 1)
        return f"{near[0]} {rest}" if len(near) == 1 else text

    def others(self, text: str) -> str:
        """The clause with slips in words that are grammar mended, for where it made no sense with them."""
        return " ".join(self._mended(word) for word in text.split())

    def _mended(self, word: str) -> str:
        low = word.lower()
        is_known = low in self._known or low in self._directory or low in self._directory.kind_words
        if len(low) < _SHORTEST or not low.isalpha() or is_known:
            return word if is_known else self._words.short.get(low, word)
        begun = (each for each in self._words.slips if each[0] == low[0])
        near = _near(low, begun, 2 if len(low) >= _LONG else 1)
        return near[0] if len(near) == 1 else self._words.short.get(low, word)


def _near(word: str, known: Iterable[str], slips: int) -> list[str]:
    close = (each for each in known if abs(len(each) - len(word)) <= slips)
    scored = sorted((distance(word, each, slips), each) for each in close)
    least = min((score for score, _ in scored), default=slips + 1)
    return [each for score, each in scored if score == least and score <= slips]

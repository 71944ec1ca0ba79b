"""The lines of a log that are wanted, chosen as they come: those that match, and those around them."""

import re
from collections import deque

from kubegenie_tui.domain.expression import Expression
from kubegenie_tui.domain.text import plain

LINE_CHARACTERS = 1_000
SEARCHED_LINES = 200_000
"""From the end of a log, of which an expression finds the matching ones."""
GAP = "--"
"""Between lines that do not follow each other, as grep has it."""
_SEARCHED_CHARACTERS = 10_000
"""Of one line."""
_WORD_ENDS = re.compile(r"[\s,;&\"']")


class WantedLines:
    """The last lines that are wanted, each cut at a length that can be read."""

    def __init__(self, wanted: Expression | None, most: int, around: int = 0) -> None:
        """Begin.

        Args:
            wanted: what a line has to match; None for all lines.
            most: lines that are held, those around included.
            around: lines before and after one that matches.
        """
        self.lines = deque[str](maxlen=most)
        self.read = 0
        """How many there were."""
        self.matching = 0
        self.is_cut = False
        """Whether more are wanted than are held."""
        self._wanted = wanted
        self._around = around
        self._before = deque[str](maxlen=around)
        self._still = 0
        """How many lines more are around the last that matched."""
        self._passed = 0
        """Lines passed over since the last that is held, those in `_before` included."""

    def take(self, line: str) -> None:
        """The next line.

        Raises:
            TooSlow: the expression finds no end.
        """
        self.read += 1
        if self._wanted is None:
            self._keep(line)
        elif self._wanted.search(line[:_SEARCHED_CHARACTERS]):
            self.matching += 1
            self._keep_before()
            self._keep(line)
            self._still = self._around
        elif self._still:
            self._still -= 1
            self._keep(line)
        else:
            self._passed += 1
            self._before.append(line)

    def _keep_before(self) -> None:
        if self._around and self._passed > len(self._before) and self.lines:
            self._put(GAP)
        for line in self._before:
            self._put(clipped(line))
        self._before.clear()
        self._passed = 0

    def _keep(self, line: str) -> None:
        self._put(clipped(line))

    def _put(self, line: str) -> None:
        self.is_cut = self.is_cut or len(self.lines) == self.lines.maxlen
        self.lines.append(line)


def clipped(line: str) -> str:
    """A line without what a terminal would obey, cut at a word's end: half a secret would not be known as one."""
    line = plain(line[: LINE_CHARACTERS * 2])
    if len(line) <= LINE_CHARACTERS:
        return line
    kept = line[:LINE_CHARACTERS]
    ends = [match.start() for match in _WORD_ENDS.finditer(kept)]
    return f"{kept[: ends[-1]] if ends else ''}… (cut)"

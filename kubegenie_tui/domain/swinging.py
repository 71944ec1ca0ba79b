"""Folds what goes to and fro: a pod that flaps is one line of a timeline, not a page of them."""

from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.domain.timeline import Change

if TYPE_CHECKING:
    from kubegenie_tui.domain.object_ref import ObjectRef

SWINGS = 3
"""From so many on it swings: what went there and back once is told with both times."""
_ENDS = frozenset({"came", "went", "leaving"})
_APART = _ENDS | {"changed"}
"""What does not go from one word to another."""


class Told(msgspec.Struct, frozen=True):
    """One line of a timeline."""

    key: str
    """Its identity; of what swings that of the first, so that a cursor on it stays."""
    change: Change
    """The last, where it tells of several."""
    times: int = 1
    hides: str = ""
    """The line that this one takes in."""

    @property
    def words(self) -> str:
        """`Running → Error`, `3× Running ⇄ Error`."""
        return self.change.swung(self.times) if self.times >= SWINGS else self.change.words


class Folding:
    """Which changes go to and fro between the same two words, of one object, with no third between."""

    def __init__(self) -> None:
        self._runs: dict[ObjectRef, dict[str, tuple[Told, Told]]] = {}

    def told(self, change: Change) -> Told:
        """The line that tells of a change.

        Args:
            change: kept, and later than those before it.
        """
        line = Told(str(change.id), change)
        if change.what in _ENDS:
            self._runs.pop(change.ref, None)
        if change.what in _APART:
            return line
        runs = self._runs.setdefault(change.ref, {})
        first, last = runs.get(change.what, (line, line))
        if first is line or not _same_words(last.change, change):
            runs[change.what] = (line, line)
            return line
        line = _joined(first, last, change)
        runs[change.what] = (first, line)
        return line


def _same_words(one: Change, other: Change) -> bool:
    return {one.before, one.after} == {other.before, other.after}


def _joined(first: Told, last: Told, change: Change) -> Told:
    times = last.times + 1
    if times < SWINGS:
        return Told(str(change.id), change, times)
    return Told(first.key, change, times, last.key if times == SWINGS else "")

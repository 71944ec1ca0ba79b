"""How fast a log is written: the number beside the count of its lines."""

from collections import deque
from collections.abc import Callable, Sequence

from kubegenie_tui.domain.log_line import LogLine

RATE_SECONDS = 5
"""The rate is the mean of so many seconds."""


class Rate:
    """How many lines are written a second, lately; those of before we looked do not count."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._since = now()
        self._arrived: deque[tuple[float, int]] = deque()

    @property
    def moves(self) -> bool:
        """Whether the rate changes by itself."""
        return bool(self._arrived)

    def clear(self) -> None:
        """Begin anew."""
        self._since = self._now()
        self._arrived.clear()

    def add(self, lines: Sequence[LogLine]) -> None:
        """Lines that came in now."""
        since = int(self._since * 1e9)
        self._arrived.append((self._now(), sum(not line.stamp or line.stamp >= since for line in lines)))

    def per_second(self) -> float:
        """The mean of the last RATE_SECONDS."""
        while self._arrived and self._arrived[0][0] < self._now() - RATE_SECONDS:
            self._arrived.popleft()
        return sum(count for _, count in self._arrived) / RATE_SECONDS

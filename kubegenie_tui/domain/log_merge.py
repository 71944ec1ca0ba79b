"""Many logs made one by the time of their lines, waiting a little for those that are late and never for long."""

from collections import deque
from collections.abc import Sequence
from heapq import heappop, heappush

from kubegenie_tui.domain.log_line import LogLine

HOLD = 0.5
"""Seconds a line waits for older ones of sources that have nothing to show at the moment."""
OPENING = 3.0
"""Seconds that are granted to a new source until its first line; meanwhile the others wait."""
NANO = 1_000_000_000


class _Queue:
    """The lines of one source that wait: the time they are sorted by, when they arrived, the line."""

    def __init__(self, opened: float) -> None:
        self.lines: deque[tuple[int, float, LogLine]] = deque()
        self.opened = opened
        self.heard = 0.0
        """When lines last arrived; 0 while none have."""
        self.last = 0
        """The time of the last line: the order within a source is kept, whatever the times say."""
        self.ended = False

    @property
    def quiet_at(self) -> float:
        """From when on it counts as having nothing to say."""
        return self.heard + HOLD if self.heard else self.opened + OPENING


class LogMerge:
    """Lines go in by source and come out by time. All times are seconds since the epoch, told by the caller."""

    def __init__(self) -> None:
        self._queues: dict[int, _Queue] = {}
        self._heads: list[tuple[int, int]] = []
        """The time of the first line of each source that has one, as a heap."""
        self._empty: set[int] = set()
        """Sources that are open and have no line."""
        self._count = 0

    def __len__(self) -> int:
        """How many lines wait."""
        return self._count

    def open(self, origin: int, now: float) -> None:
        """A source begins, or begins again."""
        queue = self._queues.setdefault(origin, _Queue(now))
        queue.ended = False
        if not queue.lines:
            self._empty.add(origin)

    def silent(self, origin: int, now: float) -> None:
        """A source has answered, and has no line to show for it."""
        queue = self._queues[origin]
        queue.heard = max(queue.heard, now - HOLD)

    def end(self, origin: int) -> None:
        """A source will bring no more lines; those it brought still come out."""
        self._queues[origin].ended = True
        self._empty.discard(origin)

    def waiting(self, origin: int) -> int:
        """How many lines of a source wait."""
        queue = self._queues.get(origin)
        return len(queue.lines) if queue else 0

    def push(self, origin: int, lines: Sequence[LogLine], now: float) -> None:
        """Lines of an open source, in the order in which they were written."""
        queue = self._queues[origin]
        had_lines, queue.heard = bool(queue.lines), now
        for line in lines:
            queue.last = max(queue.last, line.stamp)
            queue.lines.append((queue.last, now, line))
        self._count += len(lines)
        if queue.lines and not had_lines:
            self._empty.discard(origin)
            heappush(self._heads, (queue.lines[0][0], origin))

    def take(self, now: float, most: int) -> list[LogLine]:
        """The lines whose turn has come, at most so many."""
        taken: list[LogLine] = []
        if any(not self._queues[origin].heard and now < self._queues[origin].quiet_at for origin in self._empty):
            return taken
        quiet_at = self._all_quiet_at()
        while self._heads and len(taken) < most:
            stamp, origin = self._heads[0]
            queue = self._queues[origin]
            if self._empty and not self._may_pass(stamp, queue.lines[0][1], quiet_at, now):
                break
            heappop(self._heads)
            taken.append(queue.lines.popleft()[2])
            if queue.lines:
                heappush(self._heads, (queue.lines[0][0], origin))
            elif not queue.ended:
                self._empty.add(origin)
                quiet_at = self._all_quiet_at()
        self._count -= len(taken)
        return taken

    def _all_quiet_at(self) -> float:
        return max((self._queues[origin].quiet_at for origin in self._empty), default=0.0)

    @staticmethod
    def _may_pass(stamp: int, arrived: float, quiet_at: float, now: float) -> bool:
        """Whether a line has waited long enough, or was written before what the silent sources could still bring."""
        return arrived + HOLD <= now or (now >= quiet_at and stamp / NANO + HOLD <= now)

"""The lines of a log, kept on disk and not in memory: of each line memory holds where it lies and how serious it is.

The files are private and have no name, so that nothing of a log outlives the process that shows it.
"""

import os
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from tempfile import TemporaryFile
from typing import IO

from kubegenie_tui.domain.errors import StoreError
from kubegenie_tui.domain.log_line import Level, LogLine
from kubegenie_tui.paths import cache_dir

MOST_LINES = 250_000
"""Lines that are kept; beyond, the oldest are dropped, a file at a time."""
MOST_BYTES = 1 << 30
"""Bytes on disk beyond which the oldest lines are dropped."""
FILE_LINES = 20_000
FILE_BYTES = 64 << 20
"""A file is full when it has so many lines, or so many bytes."""
BLOCK = 32
"""Lines that are read at once: who looks at one looks at its neighbours."""
BLOCKS = 4
"""How many blocks stay in memory."""


class _File:
    """A part of the log; `start` is the place of its first byte within the whole log."""

    def __init__(self, start: int) -> None:
        self.handle: IO[bytes] = TemporaryFile(buffering=0, dir=cache_dir())  # noqa: SIM115 it lives as long as its lines
        self.start = start
        self.size = 0
        self.lines = 0

    def write(self, data: bytes) -> None:
        rest = memoryview(data)
        at = self.size
        while rest:
            written = os.pwrite(self.handle.fileno(), rest, at)
            at, rest = at + written, rest[written:]
        self.size = at


class LogStore:
    """Lines by index from 0, the oldest first; when old ones are dropped, the indices of the others fall."""

    def __init__(
        self,
        *,
        most_lines: int = MOST_LINES,
        most_bytes: int = MOST_BYTES,
        file_lines: int = FILE_LINES,
        file_bytes: int = FILE_BYTES,
    ) -> None:
        self.levels = bytearray()
        """The level of each line."""
        self.origins = array("I")
        """The number of the source of each line."""
        self.stamps = array("q")
        """When each line was written, nanoseconds since the epoch."""
        self.dropped = 0
        """How many lines were dropped to make room."""
        self._most_lines, self._most_bytes = most_lines, most_bytes
        self._file_lines, self._file_bytes = file_lines, file_bytes
        self._fields_at = array("i")
        self._ends = array("q", [0])
        """Where each line's text ends, then its source; before them all, where the first line begins."""
        self._files: list[_File] = []
        self._blocks: dict[int, list[LogLine]] = {}

    def __len__(self) -> int:
        return len(self.levels)

    def __getitem__(self, index: int) -> LogLine:
        number, offset = divmod(self.dropped + index, BLOCK)
        block = self._blocks.get(number)
        if block is None:
            first = number * BLOCK - self.dropped
            head: list[LogLine] = [LogLine("")] * max(0, -first)
            block = self._blocks[number] = head + self.read(max(0, first), first + BLOCK)
            if len(self._blocks) > BLOCKS:
                del self._blocks[next(iter(self._blocks))]
        return block[offset]

    def append(self, lines: Sequence[LogLine]) -> int:
        """More lines at the end; the answer is how many old ones were dropped to make room for them.

        Raises:
            StoreError: they cannot be written; none of them is then kept.
        """
        pieces = [part.encode("utf-8", "replace") for line in lines for part in (line.text, line.source)]
        data = b"".join(pieces)
        try:
            file = self._room()
            file.write(data)
        except OSError as error:
            why = f"{error.strerror or error}, in {cache_dir()}"
            raise StoreError("The log cannot be kept on disk", why, "free the disk") from error
        self._blocks.pop((self.dropped + len(self)) // BLOCK, None)
        file.lines += len(lines)
        self._ends.extend(list(accumulate(map(len, pieces), initial=self._ends[-1]))[1:])
        self.levels.extend([line.level for line in lines])
        self.origins.extend([line.origin for line in lines])
        self.stamps.extend([line.stamp for line in lines])
        self._fields_at.extend([line.fields_at for line in lines])
        return self._drop_old()

    def read(self, start: int, stop: int) -> list[LogLine]:
        """The lines from `start` to before `stop`."""
        stop = min(stop, len(self))
        bounds = self._ends[2 * start : 2 * stop + 1]
        data = self._bytes(bounds[0], bounds[-1])
        first = bounds[0]
        parts = [data[begin - first : end - first].decode() for begin, end in pairwise(bounds)]
        return [
            LogLine(
                parts[2 * offset],
                Level(self.levels[index]),
                self.stamps[index],
                self._fields_at[index],
                parts[2 * offset + 1],
                self.origins[index],
            )
            for offset, index in enumerate(range(start, stop))
        ]

    def clear(self) -> None:
        """Forget every line, and give the disk back."""
        for file in self._files:
            file.handle.close()
        self._files, self._blocks = [], {}
        self._forget(len(self))
        self.dropped = 0

    # The files

    def _room(self) -> _File:
        """The file for what comes next."""
        last = self._files[-1] if self._files else None
        if last is None or last.lines >= self._file_lines or last.size >= self._file_bytes:
            last = _File(self._ends[-1])
            self._files.append(last)
        return last

    def _bytes(self, start: int, stop: int) -> bytes:
        at = bisect_right(self._files, start, key=lambda file: file.start) - 1
        data = b""
        while start < stop:
            file = self._files[at]
            end = min(stop, file.start + file.size)
            data += os.pread(file.handle.fileno(), end - start, start - file.start)
            start, at = end, at + 1
        return data

    def _drop_old(self) -> int:
        dropped = 0
        while len(self._files) > 1 and self._is_over(dropped):
            file = self._files.pop(0)
            file.handle.close()
            dropped += file.lines
        self._forget(dropped)
        self.dropped += dropped
        return dropped

    def _is_over(self, dropped: int) -> bool:
        size = self._files[-1].start + self._files[-1].size - self._files[0].start
        return len(self) - dropped > self._most_lines or size > self._most_bytes

    def _forget(self, count: int) -> None:
        del self.levels[:count], self.origins[:count], self.stamps[:count], self._fields_at[:count]
        del self._ends[: 2 * count]

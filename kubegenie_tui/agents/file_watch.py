"""Tells when files are other ones. Asking for their times costs a few microseconds and works on every file system."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from kubegenie_tui.kube.clock import Clock

LOOK_SECONDS = 2.0
"""Between two looks at the files."""
SETTLE_SECONDS = 0.25
"""A file that changed this recently may still be half written: kubectl empties a kubeconfig before it fills it."""
Facts = tuple[int, int, int] | None


class FileWatch:
    """Compares what files are now with what they were when last noted."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._noted: dict[Path, Facts] = {}

    def note(self, paths: Iterable[Path]) -> None:
        """Watch these files from now on, as they are now."""
        self._noted = _facts(paths)

    async def changed(self, *, or_else: Callable[[], Awaitable[bool]]) -> None:
        """Wait until one of the files is another one, or `or_else` says yes, and none has changed for a moment."""
        while True:
            await self._clock.sleep(LOOK_SECONDS)
            now = await asyncio.to_thread(_facts, self._noted)
            if now != self._noted or await or_else():
                break
        before: dict[Path, Facts] = {}
        while before != now:
            before = now
            await self._clock.sleep(SETTLE_SECONDS)
            now = await asyncio.to_thread(_facts, self._noted)


def _facts(paths: Iterable[Path]) -> dict[Path, Facts]:
    return {path: _fact(path) for path in paths}


def _fact(path: Path) -> Facts:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino

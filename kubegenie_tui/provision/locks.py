"""Which works are being worked on: the system lets go of a lock with the process that held it, however it ends."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from kubegenie_tui.domain.errors import StoreError, UsageError
from kubegenie_tui.paths import create_private, locked

_TRYING = "trying"
"""The lock that is held while another one is tried: who only looks whether that is held is never in anybody's way."""


class Locks:
    """One file for each work, locked while a process works on it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def is_held(self, work_id: str) -> bool:
        """Whether some process works on it now."""
        with self._opened(_TRYING) as trying, self._opened(work_id) as lock:
            fcntl.flock(trying, fcntl.LOCK_EX)
            return not locked(lock)

    @contextlib.contextmanager
    def held(self, work_id: str) -> Iterator[None]:
        """Hold the lock of a work.

        Raises:
            UsageError: another process works on it.
            StoreError: the lock cannot be made.
        """
        with self._opened(work_id) as lock:
            with self._opened(_TRYING) as trying:
                fcntl.flock(trying, fcntl.LOCK_EX)
                if not locked(lock):
                    step = "watch it, or stop it"
                    raise UsageError(f"Another process works on {work_id} already", next_step=step)
            yield

    @contextlib.contextmanager
    def _opened(self, name: str) -> Iterator[int]:
        path = create_private(self._directory) / f"{name}.lock"
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreError(f"The file {path} cannot be written", error.strerror or "") from error
        try:
            yield descriptor
        finally:
            os.close(descriptor)

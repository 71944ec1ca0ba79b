"""Which works are being worked on: the system lets go of a lock with the process that held it, however it ends."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from kubegenie_tui.domain.errors import StoreError, UsageError
from kubegenie_tui.paths import create_private


class Locks:
    """One file for each work, locked while a process works on it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def is_held(self, work_id: str) -> bool:
        """Whether some process works on it now."""
        try:
            with self.held(work_id):
                return False
        except UsageError:
            return True

    @contextlib.contextmanager
    def held(self, work_id: str) -> Iterator[None]:
        """Hold the lock of a work.

        Raises:
            UsageError: another process works on it.
            StoreError: the lock cannot be made.
        """
        path = create_private(self._directory) / f"{work_id}.lock"
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreError(f"The file {path} cannot be written", error.strerror or "") from error
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UsageError(
                    f"Another process works on {work_id} already", next_step="watch it, or stop it"
                ) from None
            yield
        finally:
            os.close(descriptor)

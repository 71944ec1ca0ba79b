"""Follows the kubeconfig files: what a person changes there appears by itself."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from kubegenie_tui.domain.errors import KubeconfigError
from kubegenie_tui.kube.clock import Clock
from kubegenie_tui.kube.kubeconfig import Kubeconfig, load_kubeconfig

LOOK_SECONDS = 2.0
"""Between two looks at the files' times: looking costs a few microseconds."""
Signature = tuple[tuple[int, int, int] | None, ...]


class KubeconfigFollower:
    """Reads the files, and tells when they are other ones."""

    def __init__(self, paths: Sequence[Path], clock: Clock) -> None:
        self.paths = paths
        self._clock = clock
        self._seen: Signature | None = None

    async def read(self) -> Kubeconfig:
        """The contexts of the moment; none, with the reason among the errors, when no file can be used."""
        self._seen = self._signature()
        try:
            return await asyncio.to_thread(load_kubeconfig, self.paths)
        except KubeconfigError as error:
            return Kubeconfig(errors=(error,))

    async def changed(self) -> Kubeconfig:
        """Wait until a file is another one, then read them all."""
        while self._signature() == self._seen:
            await self._clock.sleep(LOOK_SECONDS)
        return await self.read()

    def _signature(self) -> Signature:
        return tuple(_facts(path) for path in self.paths)


def _facts(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino

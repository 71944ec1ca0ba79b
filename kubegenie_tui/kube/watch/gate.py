"""One gate a cluster: when the server is down, one knocks and the others wait, and few lists load at once."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from kubegenie_tui.domain.errors import KubeGenieError, Unreachable
from kubegenie_tui.kube.backoff import Backoff
from kubegenie_tui.kube.clock import Clock
from kubegenie_tui.kube.transport import Body, Transport

LOADS_AT_ONCE = 3
"""Initial lists a cluster is asked for at the same time."""


class ClusterGate:
    """Shared by everything that keeps a stream open to one cluster."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or Clock()
        self._backoff = Backoff(self._clock)
        self._shut_until: float | None = None
        self._someone_knocks = False
        self._changed = asyncio.Event()
        self.error: KubeGenieError | None = None
        """Why the gate is shut."""
        self.retry_at = 0.0
        """When the next knock is due, seconds since the epoch; 0 while the gate is open."""
        self._loads = asyncio.Semaphore(LOADS_AT_ONCE)

    @property
    def is_open(self) -> bool:
        """Whether the server is thought to answer."""
        return self._shut_until is None

    def doubt(self, error: Unreachable) -> None:
        """A connection broke: let one find out whether the server is still there before all the others try."""
        if self.is_open:
            self._shut_until = self._clock.monotonic()
            self.error, self.retry_at = error, self._clock.now()

    def answered(self) -> None:
        """Something else found that the server answers: nobody needs to wait."""
        self._open()

    @asynccontextmanager
    async def loading(self) -> AsyncIterator[Callable[[], None]]:
        """Wait for a place among the initial lists; what is given ends the load before the context does."""
        await self._loads.acquire()
        done = False

        def end() -> None:
            nonlocal done
            if not done:
                done = True
                self._loads.release()

        try:
            yield end
        finally:
            end()

    @asynccontextmanager
    async def knock(self, waiting: Callable[[], None]) -> AsyncIterator[None]:
        """Open a connection inside this context.

        While the gate is shut only one is let through, when the time has come; how it fares opens the gate for all or
        keeps it shut for longer.

        Args:
            waiting: called whenever waiting begins, and when the time of the next knock has changed.
        """
        alone = await self._turn(waiting)
        try:
            yield
        except Unreachable as error:
            self._shut(error, alone=alone)
            raise
        except KubeGenieError:
            self._open()
            raise
        except BaseException:
            if alone:
                self._pass_on()
            raise
        else:
            self._open()

    @asynccontextmanager
    async def stream(
        self,
        client: Transport,
        path: str,
        params: Mapping[str, str],
        *,
        accept: str,
        idle_timeout: float,
        waiting: Callable[[], None],
    ) -> AsyncIterator[Body]:
        """`client.stream`, opened with a knock.

        Raises:
            KubeGenieError: as `client.stream`.
        """
        async with AsyncExitStack() as stack:
            async with self.knock(waiting):
                stream = client.stream(path, params, accept=accept, idle_timeout=idle_timeout)
                body = await stack.enter_async_context(stream)
            yield body

    async def _turn(self, waiting: Callable[[], None]) -> bool:
        """Wait until we may knock; whether we are the only one."""
        while self._shut_until is not None:
            waiting()
            if self._someone_knocks:
                await self._changed.wait()
                continue
            self._someone_knocks = True
            try:
                await self._clock.sleep(max(0.0, self._shut_until - self._clock.monotonic()))
            except BaseException:
                self._pass_on()
                raise
            return True
        return False

    def _open(self) -> None:
        if not self.is_open:
            self._shut_until, self.error, self.retry_at = None, None, 0.0
            self._pass_on()

    def _shut(self, error: Unreachable, *, alone: bool) -> None:
        if self.is_open or alone:
            delay = self._backoff.next()
            self._shut_until = self._clock.monotonic() + delay
            self.error, self.retry_at = error, self._clock.now() + delay
        if alone:
            self._pass_on()

    def _pass_on(self) -> None:
        self._someone_knocks = False
        self._changed.set()
        self._changed = asyncio.Event()

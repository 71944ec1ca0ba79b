"""Which kinds a cluster serves, kept up to date: those every cluster has until the server has told, then its own."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from kubegenie_tui.agents.pause import pause
from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.kind import KindIndex
from kubegenie_tui.kube.backoff import Backoff
from kubegenie_tui.kube.clock import Clock

if TYPE_CHECKING:
    from kubegenie_tui.kube.client import Client
    from kubegenie_tui.kube.discovery import Discovery

RIPE_SECONDS = (0.5, 2.0, 5.0)
"""A server takes a moment to serve what a new CustomResourceDefinition defines: asked again after each of these."""
CALM_SECONDS = 300.0
TROUBLED_SECONDS = 60.0
"""Between two questions nobody asked for, when all groups are there and when one is missing."""


class Kinds:
    """The kinds of one cluster."""

    def __init__(self, client: "Callable[[], Client]", clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._known: Discovery | None = None
        self._asked = asyncio.Event()
        self._turn = asyncio.Lock()
        """One question at a time: an older answer must not come after a newer one."""
        self._listeners: list[Callable[[], None]] = []
        self.index = KindIndex(BUILTIN_KINDS)
        self.told = asyncio.Event()
        """Set once the server has told."""
        self.error: KubeGenieError | None = None
        """Why the last question had no answer."""

    @property
    def failed(self) -> tuple[str, ...]:
        """Groups that should be served but are not, for their own server is down."""
        return self._known.failed if self._known else ()

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` whenever the kinds change, until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def ask(self) -> None:
        """Something changed, or may have: ask the server soon."""
        self._asked.set()

    async def learn(self) -> None:
        """Ask now.

        Raises:
            ClusterError, CredentialError, KubeconfigError: there is no answer.
        """
        await self._discover()

    async def run(self) -> None:
        """Ask, and ask again whenever there is a reason to."""
        backoff = Backoff(self._clock)
        while True:
            try:
                await self._discover()
            except KubeGenieError as error:
                self.error = error
                await self._clock.sleep(backoff.next())
                continue
            await self._reason_to_ask()

    async def _reason_to_ask(self) -> None:
        if await pause(self._clock, TROUBLED_SECONDS if self.failed else CALM_SECONDS, self._asked):
            await self._ripen()

    async def _ripen(self) -> None:
        """Ask until all that we were told of can be served: that something is different does not mean that all is.

        What we are told meanwhile begins it anew.
        """
        first, *later = RIPE_SECONDS
        while True:
            await self._clock.sleep(first)
            await self._look()
            for seconds in later:
                if await pause(self._clock, seconds, self._asked):
                    break
                await self._look()
            else:
                return

    async def _look(self) -> None:
        with contextlib.suppress(KubeGenieError):
            await self._discover()

    async def _discover(self) -> None:
        from kubegenie_tui.kube.discovery import discover

        async with self._turn:
            known = await discover(self._client(), self._known)
            self._note(known)

    def _note(self, known: "Discovery") -> None:
        changed = self._known is None or known.kinds != self._known.kinds
        self._known, self.error = known, None
        self.told.set()
        if changed:
            self.index = KindIndex(known.kinds)
            for listener in tuple(self._listeners):
                listener()

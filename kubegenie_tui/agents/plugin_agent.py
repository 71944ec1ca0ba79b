"""An agent of others under our supervision: begun, checked and mended by its protocol, and begun anew when it fails."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Protocol

from kubegenie_tui.agents.agent import AgentState, KubernetesAgent
from kubegenie_tui.domain.errors import KubeGenieError, PluginError
from kubegenie_tui.plugin_host import PluginHost

INITIALIZE_SECONDS = 30.0
CALL_SECONDS = 15.0
"""A health check, or mending."""
SHUTDOWN_SECONDS = 1.0
"""Ending, after which it is left behind: the app itself has to end in time."""


class Living(Protocol):
    """What a plugin's class has to have."""

    async def initialize(self) -> None:
        """Get ready."""

    async def health_check(self) -> None:
        """Raise when something is not well."""

    async def self_heal(self) -> None:
        """Mend it."""

    async def shutdown(self) -> None:
        """Stop."""


class PluginAgent(KubernetesAgent):
    """One plugin; each of its lives has a host of its own."""

    def __init__(
        self, name: str, source: str, load: Callable[[], Awaitable[Callable[[], Living]]], *, patience: float = 1.0
    ) -> None:
        """A plugin that is not begun yet: the first health check begins it.

        Args:
            name: of the plugin.
            source: the distribution that brought it, with its version.
            load: imports what makes it; that is called in its host.
            patience: the time limits of its methods are multiplied by it.
        """
        super().__init__(name)
        self.source = source
        self._load = load
        self._patience = patience
        self._host: PluginHost | None = None
        self._living: Living | None = None
        self._begun = False

    async def initialize(self) -> None:
        """Nothing: whatever goes wrong with it is a matter of its checks."""

    async def health_check(self) -> None:
        """Begin it if it does not live, then have it check itself.

        Raises:
            PluginError: it crashed or hangs.
            KubeGenieError: it says that it is not well.
        """
        if self._living is None:
            await self._begin()
        await self._ask("health_check", CALL_SECONDS)

    async def self_heal(self) -> None:
        """Have it mend itself, if it lives; if not, the next check begins it anew."""
        if self._living is not None:
            self.tell("was asked to mend itself")
            await self._ask("self_heal", CALL_SECONDS)

    async def shutdown(self) -> None:
        """Have it stop, and leave it behind if it does not."""
        with contextlib.suppress(KubeGenieError):
            if self._living is not None:
                await self._ask("shutdown", SHUTDOWN_SECONDS)
        self._leave()

    async def _begin(self) -> None:
        self.enter(AgentState.STARTING, self.reason)
        self.tell("is begun")
        self.restarts = (self.restarts or 0) + self._begun
        self._begun = True
        make = await self._imported()

        async def made() -> Living:
            return make()

        self._host = PluginHost(self.name)
        try:
            self._living = await self._host.ask("its making", made, INITIALIZE_SECONDS * self._patience)
        except BaseException:
            self._leave()
            raise
        await self._ask("initialize", INITIALIZE_SECONDS)

    async def _imported(self) -> Callable[[], Living]:
        try:
            async with asyncio.timeout(INITIALIZE_SECONDS):
                return await self._load()
        except TimeoutError as error:
            why = f"nothing came back for {INITIALIZE_SECONDS:g} s"
            raise PluginError(f"{self.name} hangs when it is imported", why, "tell its author") from error

    async def _ask(self, method: str, seconds: float) -> None:
        """One of its methods; one that crashed or hangs has lived."""
        assert self._host is not None
        assert self._living is not None
        try:
            await self._host.ask(method, getattr(self._living, method), seconds * self._patience)
        except PluginError:
            self._leave()
            raise
        except KubeGenieError:
            if method == "initialize":
                self._leave()
            raise

    def _leave(self) -> None:
        if self._host is not None:
            self._host.leave()
        self._host = self._living = None

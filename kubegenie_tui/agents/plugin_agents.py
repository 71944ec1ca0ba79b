"""Agents of others that a person allowed: begun with the app, looked after, and ended with it."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from kubegenie_tui.agents.crew import Crew
from kubegenie_tui.agents.plugin_agent import Living, PluginAgent
from kubegenie_tui.agents.supervisor import Supervisor
from kubegenie_tui.kube.clock import Clock
from kubegenie_tui.plugin_entries import entries
from kubegenie_tui.providers.manifest import PluginKind
from kubegenie_tui.providers.offer import State

if TYPE_CHECKING:
    from kubegenie_tui.providers.registry import Registry


class PluginAgents(Crew):
    """All of them."""

    def __init__(self, registry: "Registry", *, patience: float = 1.0, clock: Clock | None = None) -> None:
        """None begun yet.

        Args:
            registry: what is installed and allowed.
            patience: their time limits are multiplied by it.
            clock: time between checks.
        """
        super().__init__(Supervisor(clock=clock))
        self._registry = registry
        self._patience = patience

    async def start(self) -> None:
        """Begin those that are allowed; each fails for itself.

        Raises:
            StoreError: what a person allowed cannot be read.
        """
        if not await asyncio.to_thread(entries, PluginKind.AGENT.group):
            return
        for offer in await self._registry.offers():
            if (offer.kind, offer.state) == (PluginKind.AGENT, State.READY):
                load = partial(self._load, offer.name)
                agent = PluginAgent(offer.name, offer.source, load, patience=self._patience)
                self.agents.append(agent)
                await self.supervisor.start(agent)

    async def _load(self, name: str) -> Callable[[], Living]:
        """What makes one, imported: it has to be allowed still, with the files that it has now."""
        loaded = await self._registry.load(PluginKind.AGENT, name)
        return lambda: loaded.make(loaded.config() if loaded.config is not None else None)

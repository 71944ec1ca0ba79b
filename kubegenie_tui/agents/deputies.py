"""The clusters as the genie may see them: what it looks up, it looks up as a user of its own with fewer rights."""

import asyncio

from msgspec.structs import replace

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.agents.cluster_manager import ClusterManager
from kubegenie_tui.domain.access.policy import Identity
from kubegenie_tui.domain.cluster import ClusterStatus
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.kube.context import Context, Impersonation


class Deputy(ClusterAgent):
    """A cluster under its own name, read as the genie's user. What is asked about rights is meant of the person."""

    def __init__(self, own: ClusterAgent, whom: Impersonation) -> None:
        super().__init__(_as(own.context, whom), source=own.status.source)
        self.own = own
        self._whom = whom

    async def keep_up(self) -> None:
        """The cluster is reached, and treated, as it is now."""
        context = _as(self.own.context, self._whom)
        if context != self.context:
            await self.change_context(context)
        self.status = self.own.status

    async def whoami(self) -> Identity:
        """Whom the server takes the person for."""
        return await self.own.whoami()

    async def known_as(self) -> Identity:
        """As `whoami`."""
        return await self.own.known_as()

    async def may_i(
        self, verb: str, kind: Kind, namespace: str = "", name: str = "", subresource: str = ""
    ) -> tuple[bool, str]:
        """Whether the person may: changes are made as them."""
        return await self.own.may_i(verb, kind, namespace, name, subresource)


class Deputies:
    """Where the genie finds clusters when it has a user of its own. The person has to be allowed to act as that one."""

    def __init__(self, manager: ClusterManager, whom: Impersonation) -> None:
        self._manager = manager
        self._whom = whom
        self._deputies: dict[str, Deputy] = {}
        self._opening = asyncio.Lock()

    @property
    def current(self) -> str:
        """As of the manager."""
        return self._manager.current

    @property
    def statuses(self) -> tuple[ClusterStatus, ...]:
        """As of the manager."""
        return self._manager.statuses

    async def open(self, name: str) -> Deputy:
        """The cluster, to be read from with fewer rights.

        Raises:
            UsageError: no cluster has this name.
            KubeconfigError: it cannot be used.
        """
        own = await self._manager.open(name)
        async with self._opening:
            known = self._deputies.get(name)
            if known is None or known.own is not own:
                self._deputies[name] = await self._replaced(known, own)
            await self._deputies[name].keep_up()
            return self._deputies[name]

    async def close(self) -> None:
        """Hang up everywhere."""
        await asyncio.gather(*(deputy.shutdown() for deputy in self._deputies.values()))

    async def _replaced(self, known: Deputy | None, own: ClusterAgent) -> Deputy:
        if known is not None:
            await known.shutdown()
        made = Deputy(own, self._whom)
        await made.initialize()
        return made


def _as(context: Context, whom: Impersonation) -> Context:
    return replace(context, auth=replace(context.auth, impersonation=whom))

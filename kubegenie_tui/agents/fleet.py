"""One kind over several clusters: each is opened and watched by itself, so that one that hangs never slows another."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from kubegenie_tui.agents.cluster_manager import ClusterManager
from kubegenie_tui.domain.errors import Forbidden, KubeGenieError, ServerFailed, Unauthorized, Unreachable, UsageError
from kubegenie_tui.domain.fleet_rows import FleetRows
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.live import LiveState, Phase
from kubegenie_tui.domain.quantity import format_age
from kubegenie_tui.domain.table_view import Usage
from kubegenie_tui.kube.rows.publisher import Publisher

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent, Lease


DISCOVERY_SECONDS = 10.0
"""How long a kind that no cluster has told of yet is waited for."""


class Trouble(NamedTuple):
    """A cluster whose rows are not live, and why in a word or two."""

    cluster: str
    words: str
    is_failure: bool
    """Whether it is more than that the rows are still coming."""


class Fleet:
    """Live rows of several clusters, and how each of them is."""

    def __init__(self, manager: ClusterManager, clusters: Sequence[str]) -> None:
        """Nothing opened yet.

        Args:
            manager: where the clusters are.
            clusters: their names.
        """
        self.clusters = tuple(clusters)
        self.rows = FleetRows()
        self.agents: dict[str, ClusterAgent] = {}
        """Those that could be opened."""
        self._manager = manager
        self.any_opened = asyncio.Event()
        """Set when one of them is open, or none could be."""
        self._kind: Kind | None = None
        self._namespace = ""
        self._leases: dict[str, Lease] = {}
        self._unusable: dict[str, KubeGenieError] = {}
        self._unsubscribe: list[Callable[[], None]] = []
        self._publisher = Publisher(self.rows)
        self._coming = 0

    async def open(self) -> None:
        """Open every cluster; one whose context cannot be used is in trouble and hinders no other."""
        await asyncio.gather(*(self._open(name) for name in self.clusters))
        self.any_opened.set()

    async def _open(self, name: str) -> None:
        try:
            agent = self.agents[name] = await self._manager.open(name)
        except KubeGenieError as error:
            self._unusable[name] = error
            return
        self._unsubscribe.append(agent.on_kinds(partial(self._watch, name)))
        self._watch(name)
        self.any_opened.set()

    def show(self, kind: Kind, namespace: str) -> FleetRows:
        """Watch a kind in one namespace, or in all, of every cluster that serves it; the rows from now on."""
        held, self._leases = self._leases, {}
        self.rows.close()
        self._publisher.close()
        self._kind, self._namespace = kind, namespace
        self.rows = FleetRows(self._offer)
        self._coming = 0
        self._publisher = Publisher(self.rows)
        for name in self.agents:
            self._watch(name)
        for lease in held.values():
            lease.release()
        return self.rows

    def rest(self) -> None:
        """Let go of the rows until some are shown again; a cluster that opens meanwhile is not watched."""
        self._kind = None
        self.rows.close()
        self._publisher.close()
        for lease in self._leases.values():
            lease.release()
        self._leases.clear()

    def close(self) -> None:
        """Let go of everything."""
        self.rest()
        for unsubscribe in self._unsubscribe:
            unsubscribe()

    @property
    def kinds(self) -> KindIndex:
        """What any of the clusters serves."""
        return KindIndex(kind for agent in self.agents.values() for kind in agent.kinds)

    async def kind_named(self, name: str) -> Kind:
        """A kind that any of the clusters serves; those that have not told what they serve yet are waited for.

        Raises:
            UsageError: none of them has told of a kind with this name in time.
        """
        told = [asyncio.create_task(agent.kinds_told.wait()) for agent in self.agents.values()]
        try:
            for each in asyncio.as_completed(told, timeout=DISCOVERY_SECONDS):
                await each
                if found := self.kinds.find(name):
                    return found
        except TimeoutError:
            pass  # whoever has not told by now is not waited for
        finally:
            for task in told:
                task.cancel()
        near = ", ".join(self.kinds.near(name))
        hint = f"did you mean {near}?" if near else "`:api` in the explorer of a cluster lists its kinds"
        raise UsageError(f'None of these clusters has a kind named "{name}"', next_step=hint)

    @property
    def usage_of(self) -> Mapping[str, Usage]:
        """Use of CPU and memory by cluster, as last measured."""
        return {name: agent.usage for name, agent in self.agents.items()}

    def troubles(self, now: float) -> list[Trouble]:
        """The clusters whose rows are not live at this moment, seconds since the epoch; failures first."""
        found = [trouble for name in self.clusters if (trouble := self._trouble(name, now))]
        return sorted(found, key=lambda trouble: not trouble.is_failure)

    def _watch(self, name: str) -> None:
        kind = self.agents[name].kinds.get(self._kind.id) if self._kind else None
        if kind is not None and name not in self._leases:
            lease = self._leases[name] = self.agents[name].watch(kind, self._namespace)
            self.rows.join(name, lease.live)

    def _offer(self) -> None:
        """Publish when it is time; the last rows of a cluster are told soon, those of the last cluster at once."""
        came, self._coming = self.rows.coming < self._coming, self.rows.coming
        if came and not self._coming:
            self._publisher.flush()
        elif came:
            self._publisher.hurry()
        else:
            self._publisher.offer()

    def _trouble(self, name: str, now: float) -> Trouble | None:
        if name in self._unusable:
            return Trouble(name, "unusable", True)
        lease = self._leases.get(name)
        if lease is not None:
            return _trouble_of(name, lease.live.state, now)
        agent = self.agents.get(name)
        if agent is not None and self._kind is not None and agent.kinds_told.is_set():
            return Trouble(name, f"serves no {self._kind.plural}", True)
        return Trouble(name, "loading", False)


def _trouble_of(name: str, state: LiveState, now: float) -> Trouble | None:
    match state.phase:
        case Phase.LIVE:
            return None
        case Phase.STALE:
            return Trouble(name, f"stale {format_age(now - state.since)}", True)
        case Phase.DENIED:
            return Trouble(name, "denied", True)
        case Phase.GONE:
            return Trouble(name, "no longer served", True)
    return Trouble(name, _word(state.error), True) if state.error else Trouble(name, "loading", False)


def _word(error: KubeGenieError) -> str:
    match error:
        case Unreachable():
            return "unreachable"
        case Forbidden() | Unauthorized():
            return "denied"
        case ServerFailed():
            return f"failing {error.code or ''}".rstrip()
    return error.what

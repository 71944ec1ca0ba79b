"""All clusters a person has: those of the kubeconfig appear by themselves, others are registered."""

import asyncio
import difflib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.agents.duties import Duties
from kubegenie_tui.agents.from_secrets import Followers
from kubegenie_tui.agents.health_watch import HealthWatch
from kubegenie_tui.agents.looking import Onlooker
from kubegenie_tui.agents.registrar import Registrar
from kubegenie_tui.agents.roster import Entry, Roster
from kubegenie_tui.agents.supervisor import Supervisor
from kubegenie_tui.agents.timeline import Recorder
from kubegenie_tui.domain.cluster import ClusterStatus
from kubegenie_tui.domain.errors import KubeconfigError, UsageError
from kubegenie_tui.domain.shapes.custom import CustomColumns
from kubegenie_tui.kube.clock import Clock
from kubegenie_tui.kube.context import Context
from kubegenie_tui.providers.endpoints import try_out

if TYPE_CHECKING:
    from kubegenie_tui.kube.probe import ProbeStep
    from kubegenie_tui.store.store import Store

_log = logging.getLogger(__name__)

FIRST_CHECK_SECONDS = 0.3
"""A cluster just opened is checked when its rows are under way."""


class ClusterManager:
    """Agents by the cluster's name."""

    registrar: Registrar
    """Registers clusters, and takes up what a person says about one."""
    health: HealthWatch
    """Checks clusters that nobody looks at, and all of them while the list is looked at."""

    def __init__(
        self,
        store: "Store",
        *,
        kubeconfig: Sequence[Path],
        extra: Sequence[Context] = (),
        source: str = "kubeconfig",
        read_only_here: Callable[[str], bool] = lambda name: False,
        protected_here: Callable[[str], bool] = lambda name: False,
        custom: Mapping[str, CustomColumns] | None = None,
        clock: Clock | None = None,
    ) -> None:
        """A manager that has read nothing yet.

        Args:
            store: where registrations are kept.
            kubeconfig: the files, the strongest first.
            extra: contexts from elsewhere, such as the pod we run in.
            source: what the kubeconfig's clusters are said to come from.
            read_only_here: whether to refuse every change on the cluster of that name.
            protected_here: whether every change on the cluster of that name needs one tier more care.
            custom: columns of the person's own, by kind id.
            clock: time and chance.
        """
        self._clock = clock or Clock()
        self._roster = Roster(store, kubeconfig, extra=extra, source=source, clock=self._clock)
        self._custom = custom or {}
        self._read_only_here = read_only_here
        self._protected_here = protected_here
        self._agents: dict[str, ClusterAgent] = {}
        self._leaving: set[ClusterAgent] = set()
        self.supervisor = Supervisor(first=FIRST_CHECK_SECONDS, clock=self._clock)
        """Looks after the agents of all clusters that were opened."""
        self._duties = Duties(lambda: _log_failures(self._duties))
        self._refreshing = asyncio.Lock()
        self._listeners: list[Callable[[], None]] = []
        self._recorder, self._onlooker = Recorder(store.timeline, self._clock), Onlooker(store.looks, self._clock)
        self.health = HealthWatch(self._agents, self._duties, self._clock)
        self.registrar = Registrar(store, self._roster, partial(_known, self._agents), self._agents, self._refresh)
        self._followers = Followers(self.registrar, self._roster.registration, self.open, self._duties)

    # Life

    async def start(self) -> None:
        """Read the kubeconfig and the registrations, and follow the files from now on."""
        await self._refresh()
        self._duties.start("kubeconfig", lambda: _follow(self._roster, self._refresh))
        self._duties.start("timeline", self._recorder.run)
        self._duties.start("looks", self._onlooker.run)

    async def shutdown(self) -> None:
        """Stop all agents."""
        self._followers.stop()
        await self._duties.close()
        await self.supervisor.close()
        await asyncio.gather(*(agent.shutdown() for agent in (*self._agents.values(), *self._leaving)))

    # What there is

    @property
    def paths(self) -> Sequence[Path]:
        """The kubeconfig files that are read."""
        return self._roster.files

    @property
    def errors(self) -> tuple[KubeconfigError, ...]:
        """What could not be read of the kubeconfig."""
        return self._roster.errors

    @property
    def current(self) -> str:
        """The kubeconfig's current context, or the only cluster; empty when there is no telling."""
        return self._roster.current or (next(iter(self._agents)) if len(self._agents) == 1 else "")

    @property
    def statuses(self) -> tuple[ClusterStatus, ...]:
        """How every cluster is, as far as it is known."""
        return tuple(agent.status for agent in self._agents.values())

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` whenever `statuses` has changed, until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def agent(self, name: str) -> ClusterAgent | None:
        """The agent of a cluster, opened or not."""
        return self._agents.get(name)

    async def open(self, name: str) -> ClusterAgent:
        """The agent of a cluster, ready to be asked; that the cluster is down shows later, in its status and rows.

        A name such as `prod-eu as alice` (see `domain.acting`) is that cluster as alice.

        Raises:
            UsageError: no cluster has this name.
            KubeconfigError: its context cannot be used.
        """
        if name not in self._agents and self._roster.act(name):
            await self._refresh()
        agent = _known(self._agents, name)
        if agent not in self.supervisor:
            await self.supervisor.start(agent)
        return agent

    async def test(self, name: str) -> list["ProbeStep"]:
        """Connect to a cluster step by step; the first step that fails is the last.

        Raises:
            UsageError: no cluster has this name.
        """
        agent = _known(self._agents, name)
        begins = agent.status.traits.namespace or agent.context.namespace
        return [step async for step in try_out(replace(agent.context, namespace=begins))]

    async def look_again(self) -> None:
        """Read anew what there is: another process may have registered a cluster."""
        await self._refresh()

    # Health

    def watch_health(self) -> Callable[[], None]:
        """Check all clusters now and then until the returned function is called."""
        return self.health.begin()

    # The roster

    async def _refresh(self) -> None:
        async with self._refreshing:
            await self._take(await self._roster.read())

    async def _take(self, entries: Mapping[str, Entry]) -> None:
        """Make the agents those of the entries, in their order."""
        for name, agent in list(self._agents.items()):
            if name not in entries or entries[name].source != agent.status.source:
                await self._drop(name)
        for name, entry in entries.items():
            known = self._agents.pop(name, None)
            self._agents[name] = known or self._agent_of(entry)
            self._treat(self._agents[name], entry)
            if known is None:
                self.health.begin_with(self._agents[name])
        self._tell()
        for name, entry in entries.items():
            if self._agents[name].context != entry.context:
                await self._agents[name].change_context(entry.context)

    def _agent_of(self, entry: Entry) -> ClusterAgent:
        agent = ClusterAgent(entry.context, source=entry.source, clock=self._clock, on_status=self._tell)
        agent.listeners.append(partial(self._recorder.hear, agent.name))
        agent.usage_heard_by.append(partial(self._onlooker.hear, agent.name))
        agent.custom = self._custom
        return agent

    def _treat(self, agent: ClusterAgent, entry: Entry) -> None:
        """Let an agent be treated as the person and the settings say: each of them may forbid, and none allow."""
        name, traits = agent.name, entry.traits
        agent.treat(
            traits,
            entry.origin,
            read_only=traits.read_only or self._read_only_here(name),
            protected=traits.protected or self._protected_here(name),
        )

    async def _drop(self, name: str) -> None:
        agent = self._agents.pop(name)
        self._leaving.add(agent)
        self.health.end_with(agent)
        await self.supervisor.stop(agent)
        self._leaving.discard(agent)

    def _tell(self) -> None:
        for agent in self._agents.values():
            self._followers.hear(agent.status)
        for listener in tuple(self._listeners):
            listener()


async def _follow(roster: Roster, refresh: Callable[[], Awaitable[None]]) -> None:
    """Take up what changes in the kubeconfigs, for ever."""
    while True:
        try:
            await roster.changed()
            await refresh()
        except Exception:
            _log.exception("The kubeconfig's changes could not be taken up")


def _known(agents: Mapping[str, ClusterAgent], name: str) -> ClusterAgent:
    agent = agents.get(name)
    if agent is None:
        near = difflib.get_close_matches(name, agents, n=3)
        hint = f"did you mean {', '.join(near)}?" if near else f"known: {', '.join(agents) or 'none'}"
        raise UsageError(f'There is no cluster named "{name}"', next_step=hint)
    return agent


def _log_failures(duties: Duties) -> None:
    for duty, failure in duties.failures.items():
        _log.error("The %s failed", duty, exc_info=failure)

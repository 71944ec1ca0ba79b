"""All clusters a person has: those of the kubeconfig appear by themselves, others are registered."""

import asyncio
import contextlib
import difflib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.agents.duties import Duties
from kubegenie_tui.agents.health_watch import HealthWatch
from kubegenie_tui.agents.kubeconfig_follower import KubeconfigFollower
from kubegenie_tui.agents.supervisor import Supervisor
from kubegenie_tui.domain.cluster import ClusterStatus, Registration
from kubegenie_tui.domain.errors import KubeconfigError, KubeGenieError, UsageError
from kubegenie_tui.kube.clock import Clock
from kubegenie_tui.kube.context import Context
from kubegenie_tui.kube.kubeconfig import Kubeconfig, load_kubeconfig

if TYPE_CHECKING:
    from kubegenie_tui.kube.probe import ProbeStep
    from kubegenie_tui.store.store import Store

FIRST_CHECK_SECONDS = 0.3
"""A cluster just opened is checked after its rows were asked for."""


class ClusterManager:
    """Agents by the cluster's name."""

    def __init__(
        self,
        store: "Store",
        *,
        kubeconfig: Sequence[Path],
        extra: Sequence[Context] = (),
        source: str = "kubeconfig",
        read_only: bool = False,
        clock: Clock | None = None,
    ) -> None:
        """A manager that has read nothing yet.

        Args:
            store: where registrations are kept.
            kubeconfig: the files, the strongest first.
            extra: contexts from elsewhere, such as the pod we run in.
            source: what the kubeconfig's clusters are said to come from.
            read_only: refuse every change, on all clusters.
            clock: time and chance.
        """
        self._store = store
        self._clock = clock or Clock()
        self._follower = KubeconfigFollower(kubeconfig, self._clock)
        self._extra = extra
        self._source = source
        self._read_only = read_only
        self._agents: dict[str, ClusterAgent] = {}
        self._supervisor = Supervisor(clock=self._clock)
        self._duties = Duties(lambda: self._duties.restart_failed())
        self._listeners: list[Callable[[], None]] = []
        self._health = HealthWatch(self._agents, self._duties, self._clock)
        self.current = ""
        """The kubeconfig's current context, or the only cluster; empty when there is no telling."""
        self.errors: tuple[KubeconfigError, ...] = ()
        """What could not be read of the kubeconfig."""

    # Life

    async def start(self) -> None:
        """Read the kubeconfig and the registrations, and follow the files from now on."""
        await self._take(await self._follower.read())
        self._duties.start("kubeconfig", self._follow)

    async def shutdown(self) -> None:
        """Stop all agents."""
        await self._duties.close()
        await self._supervisor.close()
        await asyncio.gather(*(agent.shutdown() for agent in self._agents.values()))

    @property
    def paths(self) -> Sequence[Path]:
        """The kubeconfig files that are read."""
        return self._follower.paths

    # What there is

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

        Raises:
            UsageError: no cluster has this name.
            KubeconfigError: its context cannot be used.
        """
        agent = self._known(name)
        if agent not in self._supervisor:
            await self._supervisor.start(agent)
            self._duties.start(f"first check of {name}", lambda: self._first_check(agent))
        return agent

    async def test(self, name: str) -> list["ProbeStep"]:
        """Connect to a cluster step by step; the first step that fails is the last.

        Raises:
            UsageError: no cluster has this name.
            KubeconfigError: its context cannot be used.
        """
        from kubegenie_tui.kube.client import Client
        from kubegenie_tui.kube.probe import probe

        context = self._known(name).context
        if context.error is not None:
            raise context.error
        client = Client(context)
        try:
            return [step async for step in probe(client)]
        finally:
            await client.close()

    # What a person registers

    async def register(self, file: Path, context: str = "", *, read_only: bool = False) -> str:
        """Remember a cluster of a kubeconfig that is not among the usual ones; its name.

        Raises:
            KubeconfigError: the file or the context cannot be used.
            UsageError: there is a cluster of that name already.
        """
        path = await asyncio.to_thread(lambda: file.expanduser().absolute())
        found = await asyncio.to_thread(load_kubeconfig, [path])
        name = context or found.current or next(iter(found.contexts), "")
        if name not in found.contexts:
            known = ", ".join(found.contexts) or "none"
            raise KubeconfigError(f'There is no context "{name}"', f"the file has: {known}", file=str(path))
        if name in self._agents:
            raise UsageError(f'There is a cluster named "{name}" already', next_step="rename the context in the file")
        await self._store.clusters.save(Registration(name, str(path), name, read_only))
        self._add(found.contexts[name], "registered", read_only)
        self._tell()
        return name

    async def remove(self, name: str) -> None:
        """Forget a registered cluster; kubeconfigs are never changed.

        Raises:
            UsageError: no cluster has this name, or it comes from a kubeconfig.
        """
        agent = self._known(name)
        if agent.status.source != "registered":
            where = agent.context.file or "the environment"
            raise UsageError(f'"{name}" was not added here', f"it comes from {where}", "remove it there")
        await self._store.clusters.delete(name)
        await self._drop(name)
        self._tell()

    # Health

    def watch_health(self) -> Callable[[], None]:
        """Check all clusters now and then until the returned function is called."""
        return self._health.begin()

    async def _first_check(self, agent: ClusterAgent) -> None:
        await self._clock.sleep(FIRST_CHECK_SECONDS)
        await agent.check()

    # The kubeconfig

    async def _follow(self) -> None:
        while True:
            await self._take(await self._follower.changed())

    async def _take(self, found: Kubeconfig) -> None:
        """Make the agents those of the kubeconfig, the contexts from elsewhere and the registrations."""
        self.errors = found.errors
        contexts = {**found.contexts, **{context.name: context for context in self._extra}}
        for name in [name for name, agent in self._agents.items() if _comes_from_files(agent)]:
            if name not in contexts:
                await self._drop(name)
        for name, context in contexts.items():
            agent = self._agents.get(name)
            if agent is None:
                self._add(context, self._source if context.file else context.name, self._read_only)
            elif agent.context != context:
                await agent.change_context(context)
        await self._add_registered()
        self.current = found.current or (next(iter(self._agents)) if len(self._agents) == 1 else "")
        self._tell()

    async def _add_registered(self) -> None:
        for registration in await self._store.clusters.all():
            if registration.name in self._agents:
                continue
            with contextlib.suppress(KubeGenieError):
                file = await asyncio.to_thread(load_kubeconfig, [Path(registration.kubeconfig)])
                if context := file.contexts.get(registration.context):
                    self._add(context, "registered", registration.read_only, registration.labels.items())

    def _add(self, context: Context, source: str, read_only: bool, labels: Iterable[tuple[str, str]] = ()) -> None:
        self._agents[context.name] = ClusterAgent(
            context,
            source=source,
            read_only=read_only or self._read_only,
            labels=dict(labels),
            clock=self._clock,
            on_status=self._tell,
        )

    async def _drop(self, name: str) -> None:
        await self._supervisor.stop(self._agents.pop(name))

    def _known(self, name: str) -> ClusterAgent:
        agent = self._agents.get(name)
        if agent is None:
            near = difflib.get_close_matches(name, self._agents, n=3)
            hint = f"did you mean {', '.join(near)}?" if near else f"known: {', '.join(self._agents) or 'none'}"
            raise UsageError(f'There is no cluster named "{name}"', next_step=hint)
        return agent

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()


def _comes_from_files(agent: ClusterAgent) -> bool:
    return agent.status.source != "registered"

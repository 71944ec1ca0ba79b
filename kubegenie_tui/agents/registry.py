"""Every agent that runs, as a person sees it: its state, when it was checked, what it does, and what may be asked."""

from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.agents.agent import AgentState, KubernetesAgent
from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.domain.cluster import Reach
from kubegenie_tui.domain.concern import Concern
from kubegenie_tui.domain.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubegenie_tui.agents.cluster_manager import ClusterManager
    from kubegenie_tui.agents.crew import Crew
    from kubegenie_tui.agents.supervisor import Supervisor


class AgentFacts(msgspec.Struct, frozen=True):
    """One agent at one moment."""

    key: str
    """Unique among all of them."""
    name: str
    """The cluster's, or the plugin's."""
    source: str
    """Who brought it: a distribution with its version, or we ourselves; empty for a cluster's."""
    state: AgentState
    reason: str
    """Why it is not well; empty when it is."""
    idle: bool
    """Whether nobody needs it, so that it is not checked."""
    begun: float
    """Since when it is looked after, seconds since the epoch; 0 when it is not."""
    checked: float
    """When its last health check ended; 0 for never."""
    checking: float
    """When the health check that is under way began; 0 for none."""
    healed: int
    failed: int
    waiting: int
    """How much waits to be done."""
    doing: tuple[str, ...]
    steps: tuple[tuple[float, str], ...]
    """What it did lately to mend itself, each with when."""
    restarts: int | None = None
    """How often it, or a part of it, was begun anew, whatever ended it; None before it was begun."""
    latency_ms: float | None = None
    nodes: tuple[int, int] | None = None
    """How many are ready, and of how many; None when that is not known."""
    reach: Reach | None = None
    """How a cluster was found that is not open; None for one that is, and for other agents."""
    concerns: tuple[Concern, ...] = ()
    """What wants looking after though it works, the worst first."""


class AgentRegistry:
    """The agents of all clusters, and the others."""

    def __init__(self, manager: "ClusterManager", crews: "Sequence[Crew]") -> None:
        self._manager = manager
        self._crews = crews

    def all(self) -> list[AgentFacts]:
        """Every agent, in the order of the clusters, then the others."""
        agents = (self._manager.agent(status.name) for status in self._manager.statuses)
        own = [self._of_cluster(agent) for agent in agents if agent is not None]
        others = [(crew, each) for crew in self._crews for each in crew.agents]
        return own + [_facts(crew.supervisor, each, _key_of(each)) for crew, each in others]

    async def initialize(self, key: str) -> None:
        """Begin to look after an agent.

        Raises:
            UsageError: there is none.
            KubeconfigError: it can never work.
        """
        agent, supervisor = self._known(key)
        if supervisor is self._manager.supervisor:
            await self._manager.open(agent.name)
        else:
            await supervisor.start(agent)

    async def shut_down(self, key: str) -> None:
        """Stop an agent; opening its cluster begins again.

        Raises:
            UsageError: there is none, or somebody looks at its cluster.
        """
        agent, supervisor = self._known(key)
        if supervisor is self._manager.supervisor and not agent.idle:
            what = f"{agent.name} is looked at"
            raise UsageError(what, "its rows would stand still", "leave it first, for five minutes")
        await supervisor.stop(agent)

    def check(self, key: str, *, heal: bool = False) -> None:
        """Check an agent soon, with `heal` after it has mended itself; a cluster need not be open to be checked.

        Raises:
            UsageError: there is none, or it is not looked after.
        """
        agent, supervisor = self._known(key)
        if agent not in supervisor and isinstance(agent, ClusterAgent) and not heal:
            self._manager.health.check(agent)
            return
        if agent not in supervisor:
            raise UsageError(f"{agent.name} does not run", next_step="initialize it")
        supervisor.ask(agent, heal=heal)

    def _known(self, key: str) -> "tuple[KubernetesAgent, Supervisor]":
        for crew in self._crews:
            for each in crew.agents:
                if _key_of(each) == key:
                    return each, crew.supervisor
        agent = self._manager.agent(key)
        if agent is None:
            raise UsageError(f'There is no agent named "{key}"')
        return agent, self._manager.supervisor

    def _of_cluster(self, agent: "ClusterAgent") -> AgentFacts:
        status, facts = agent.status, _facts(self._manager.supervisor, agent, agent.name)
        ready, is_open = status.nodes_ready, agent in self._manager.supervisor
        return msgspec.structs.replace(
            facts,
            reason=facts.reason or (str(status.error) if status.error is not None and not is_open else ""),
            checked=max(facts.checked, status.checked_at),
            checking=facts.checking or self._manager.health.checking.get(agent, 0.0),
            reach=None if is_open else status.reach,
            latency_ms=status.latency_ms,
            nodes=(ready, status.nodes) if ready is not None and status.nodes is not None else None,
            concerns=status.concerns,
        )


def _key_of(agent: KubernetesAgent) -> str:
    return f"{agent.source}:{agent.name}"


def _facts(supervisor: "Supervisor", agent: KubernetesAgent, key: str) -> AgentFacts:
    life = supervisor.lives.get(agent)
    return AgentFacts(
        key,
        agent.name,
        agent.source,
        agent.state,
        agent.reason,
        agent.idle,
        life.begun if life else 0.0,
        life.checked if life else 0.0,
        life.checking if life else 0.0,
        life.healed if life else 0,
        life.failed if life else 0,
        agent.waiting(),
        tuple(agent.doing()),
        tuple(agent.steps),
        agent.restarts,
    )

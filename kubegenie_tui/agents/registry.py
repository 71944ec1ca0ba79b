"""Every agent that runs, as a person sees it: its state, when it was checked, what it does, and what may be asked."""

from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.agents.agent import AgentState, KubernetesAgent
from kubegenie_tui.domain.concern import Concern
from kubegenie_tui.domain.errors import UsageError

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.agents.cluster_manager import ClusterManager


class AgentFacts(msgspec.Struct, frozen=True):
    """One agent at one moment."""

    name: str
    state: AgentState
    reason: str
    """Why it is not well; empty when it is."""
    idle: bool
    """Whether nobody needs it, so that it is not checked."""
    begun: float
    """Since when it is looked after, seconds since the epoch; 0 when it is not."""
    checked: float
    """When its last health check ended; 0 for never."""
    healed: int
    failed: int
    latency_ms: float | None
    nodes: tuple[int, int] | None
    """How many are ready, and of how many; None when that is not known."""
    concerns: tuple[Concern, ...]
    """What wants looking after though it works, the worst first."""
    doing: tuple[str, ...]
    steps: tuple[tuple[float, str], ...]
    """What it did lately to mend itself, each with when."""


class AgentRegistry:
    """The agents of all clusters."""

    def __init__(self, manager: "ClusterManager") -> None:
        self._manager = manager

    def all(self) -> list[AgentFacts]:
        """Every agent, in the order of the clusters."""
        agents = (self._manager.agent(status.name) for status in self._manager.statuses)
        return [self._facts(agent) for agent in agents if agent is not None]

    async def initialize(self, name: str) -> None:
        """Begin to look after an agent.

        Raises:
            UsageError: there is none of this name.
            KubeconfigError: it can never work.
        """
        await self._manager.open(name)

    async def shut_down(self, name: str) -> None:
        """Stop an agent; opening its cluster begins again.

        Raises:
            UsageError: there is none of this name, or somebody looks at its cluster.
        """
        agent = self._named(name)
        if not agent.idle:
            raise UsageError(f"{name} is looked at", "its rows would stand still", "leave it first, for five minutes")
        await self._manager.supervisor.stop(agent)

    def check(self, name: str, *, heal: bool = False) -> None:
        """Check an agent soon, with `heal` after it has mended itself.

        Raises:
            UsageError: there is none of this name, or it is not looked after.
        """
        agent = self._named(name)
        if agent not in self._manager.supervisor:
            raise UsageError(f"{name} does not run", next_step="`i` initializes it")
        self._manager.supervisor.ask(agent, heal=heal)

    def _named(self, name: str) -> KubernetesAgent:
        agent = self._manager.agent(name)
        if agent is None:
            raise UsageError(f'There is no agent named "{name}"')
        return agent

    def _facts(self, agent: "ClusterAgent") -> AgentFacts:
        status = agent.status
        ready = status.nodes_ready
        life = self._manager.supervisor.lives.get(agent)
        return AgentFacts(
            agent.name,
            agent.state,
            agent.reason,
            agent.idle,
            life.begun if life else 0.0,
            life.checked if life else 0.0,
            life.healed if life else 0,
            life.failed if life else 0,
            status.latency_ms,
            (ready, status.nodes) if ready is not None and status.nodes is not None else None,
            status.concerns,
            tuple(agent.doing()),
            tuple(agent.steps),
        )

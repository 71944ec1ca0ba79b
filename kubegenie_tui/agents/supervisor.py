"""Keeps agents well: each in its own task, so that one that hangs or fails costs the others nothing."""

import asyncio
from dataclasses import dataclass
from functools import partial

from kubegenie_tui.agents.agent import AgentState, KubernetesAgent
from kubegenie_tui.agents.pause import pause
from kubegenie_tui.domain.errors import KubeGenieError, PluginError
from kubegenie_tui.kube.backoff import Backoff
from kubegenie_tui.kube.clock import Clock

CHECK_SECONDS = 15.0
"""Between two health checks of an agent that is well."""


@dataclass
class Life:
    """What became of an agent since it is looked after."""

    begun: float
    """Seconds since the epoch."""
    checked: float = 0.0
    """When its last health check ended; 0 before the first."""
    checking: float = 0.0
    """When the health check that is under way began; 0 for none."""
    healed: int = 0
    """How often it mended itself."""
    failed: int = 0
    """How many of its checks found that it is not well."""


class Supervisor:
    """Checks its agents now and then, heals those that are not well, and waits longer after each failure."""

    def __init__(self, *, first: float = 0.0, interval: float = CHECK_SECONDS, clock: Clock | None = None) -> None:
        """A supervisor without agents.

        Args:
            first: seconds an agent is left in peace after it was initialized.
            interval: seconds between two checks of an agent that is well.
            clock: time and chance.
        """
        self._first = first
        self._interval = interval
        self._clock = clock or Clock()
        self._tasks: dict[KubernetesAgent, asyncio.Task[None]] = {}
        self._calls: dict[KubernetesAgent, asyncio.Event] = {}
        self._asked: set[KubernetesAgent] = set()
        self.lives: dict[KubernetesAgent, Life] = {}
        """Of every agent that is looked after."""

    def __contains__(self, agent: object) -> bool:
        return agent in self._tasks

    async def start(self, agent: KubernetesAgent) -> None:
        """Initialize an agent and look after it from then on; one that is looked after already is left alone.

        Raises:
            KubeGenieError: it cannot be initialized; it is not looked after then.
        """
        if agent in self._tasks:
            return
        agent.enter(AgentState.STARTING)
        try:
            await agent.initialize()
        except BaseException as error:
            agent.enter(AgentState.STOPPED, reason_of(error))
            raise
        if agent in self._tasks:
            return
        agent.enter(AgentState.RUNNING)
        self._calls[agent] = asyncio.Event()
        self.lives[agent] = Life(self._clock.now())
        agent.call_for_check = partial(self.check_soon, agent)
        self._tasks[agent] = asyncio.create_task(self._look_after(agent), name=f"supervise {agent.name}")

    def check_soon(self, agent: KubernetesAgent) -> None:
        """Check now instead of when it is due. An agent that is not well keeps its pace."""
        if agent.state is AgentState.RUNNING and agent in self._calls:
            self._calls[agent].set()

    def ask(self, agent: KubernetesAgent, *, heal: bool = False) -> None:
        """Check an agent now, even if nobody needs it or it is waiting after a failure; with `heal` mend it first."""
        if agent not in self._calls:
            return
        if heal:
            agent.enter(AgentState.DEGRADED, agent.reason or "it was asked to mend itself")
        self._asked.add(agent)
        self._calls[agent].set()

    async def stop(self, agent: KubernetesAgent) -> None:
        """Shut an agent down."""
        self._calls.pop(agent, None)
        self._asked.discard(agent)
        self.lives.pop(agent, None)
        task = self._tasks.pop(agent, None)
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
        await agent.shutdown()
        agent.enter(AgentState.STOPPED)

    async def close(self) -> None:
        """Shut all agents down, all at the same time."""
        await asyncio.gather(*(self.stop(agent) for agent in list(self._tasks)))

    async def _look_after(self, agent: KubernetesAgent) -> None:
        backoff = Backoff(self._clock)
        called = await self._leave_in_peace(agent)
        well = (agent.found_well and not called) or await self._is_well(agent)
        while True:
            await pause(self._clock, self._interval if well else backoff.next(), self._calls[agent])
            asked = agent in self._asked
            self._asked.discard(agent)
            well = (agent.idle and not asked) or await self._is_well(agent)

    async def _leave_in_peace(self, agent: KubernetesAgent) -> bool:
        """The time before its first check, over when somebody asks for one; whether one was called for meanwhile."""
        ends, called = self._clock.monotonic() + self._first, False
        while agent not in self._asked and (left := ends - self._clock.monotonic()) > 0:
            called |= await pause(self._clock, left, self._calls[agent])
        self._asked.discard(agent)
        return called

    async def _is_well(self, agent: KubernetesAgent) -> bool:
        life = self.lives[agent]
        ill = agent.state in (AgentState.DEGRADED, AgentState.FAILED)
        life.checking = self._clock.now()
        try:
            if ill:
                agent.enter(AgentState.HEALING, agent.reason)
                await agent.self_heal()
            await agent.health_check()
        except Exception as error:
            agent.enter(AgentState.FAILED if isinstance(error, PluginError) else AgentState.DEGRADED, reason_of(error))
            life.failed += 1
            return False
        finally:
            life.checking, life.checked = 0.0, self._clock.now()
        life.healed += ill
        agent.enter(AgentState.RUNNING)
        return True


def reason_of(error: BaseException) -> str:
    """An error in words: ours as they are, others with their type."""
    return str(error) if isinstance(error, KubeGenieError) else f"{type(error).__name__}: {error}"

"""Health of all clusters, looked after only while somebody looks at it."""

from collections.abc import Callable, Mapping

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.agents.duties import Duties
from kubegenie_tui.kube.clock import Clock

HEALTH_SECONDS = 30.0
"""Between two checks of a cluster."""


class HealthWatch:
    """Checks every cluster in a task of its own, so that one that hangs never slows another."""

    def __init__(self, agents: Mapping[str, ClusterAgent], duties: Duties, clock: Clock) -> None:
        self._agents = agents
        self._duties = duties
        self._clock = clock
        self._lookers: set[object] = set()

    def begin(self) -> Callable[[], None]:
        """Check now and then until the returned function is called."""
        looker = object()
        self._lookers.add(looker)
        self._duties.start("health", self._check_all)
        return lambda: self._end(looker)

    def begin_with(self, agent: ClusterAgent) -> None:
        """A cluster has appeared: check it at once while somebody looks."""
        if self._lookers:
            self._duties.start(_duty(agent), agent.check)

    def end_with(self, agent: ClusterAgent) -> None:
        """A cluster is no more."""
        self._duties.stop(_duty(agent))

    def _end(self, looker: object) -> None:
        self._lookers.discard(looker)
        if not self._lookers:
            self._duties.stop("health")

    async def _check_all(self) -> None:
        while True:
            for agent in self._agents.values():
                self._duties.start(_duty(agent), agent.check)
            await self._clock.sleep(HEALTH_SECONDS)


def _duty(agent: ClusterAgent) -> str:
    return f"check of {agent.name}"

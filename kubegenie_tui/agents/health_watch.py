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
        self._lookers = 0

    def begin(self) -> Callable[[], None]:
        """Check now and then until the returned function is called."""
        self._lookers += 1
        self._duties.start("health", self._check_all)
        return self._end

    def _end(self) -> None:
        self._lookers -= 1
        if not self._lookers:
            self._duties.stop("health")

    async def _check_all(self) -> None:
        while True:
            for name, agent in self._agents.items():
                self._duties.start(f"check of {name}", agent.check)
            await self._clock.sleep(HEALTH_SECONDS)

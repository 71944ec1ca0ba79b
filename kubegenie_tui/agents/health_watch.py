"""Health of all clusters: looked after while somebody looks at the list, and slowly while nobody does."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from kubegenie_tui.agents.cluster_agent import ClusterAgent, share_findings
from kubegenie_tui.agents.duties import Duties
from kubegenie_tui.kube.clock import Clock
from kubegenie_tui.kube.context import Context

HEALTH_SECONDS = 30.0
"""Between two checks of a cluster that is looked at in the list."""
LEAST_SECONDS = 5.0
"""Between the beginnings of two quiet checks: of whichever clusters, never more than three at a time."""
_QUIETLY = "quiet checks"


class HealthWatch:
    """Checks every cluster in a task of its own, so that one that hangs never slows another.

    Of contexts that lead to one server as one user, such as one for each namespace, one is checked, and its findings
    hold for all the others that nobody looks at anything of.
    """

    def __init__(self, agents: Mapping[str, ClusterAgent], duties: Duties, clock: Clock) -> None:
        self._agents = agents
        self._duties = duties
        self._clock = clock
        self._lookers: set[object] = set()
        self._turns: dict[ClusterAgent, int] = {}
        """When each was quietly checked last, counted in checks."""
        self.checking: dict[ClusterAgent, float] = {}
        """Those that are being checked from here, and since when: seconds since the epoch."""

    def begin(self) -> Callable[[], None]:
        """Check now and then until the returned function is called."""
        looker = object()
        self._lookers.add(looker)
        self._duties.start("health", self._check_all)
        return lambda: self._end(looker)

    def begin_quietly(self, seconds: float, *, unasked: bool) -> None:
        """Check each cluster that nobody looks at once in so many seconds, one after the other, from now on.

        Args:
            seconds: between two checks of one; longer where there are many.
            unasked: also those whose check may start a login program, or ask for a passphrase: see `asks_nobody`.
        """
        self._duties.start(_QUIETLY, partial(self._check_quietly, seconds, unasked))

    @property
    def is_looked_at(self) -> bool:
        """Whether somebody looks at all of them."""
        return bool(self._lookers)

    def begin_with(self, agent: ClusterAgent) -> None:
        """A cluster has appeared: check it at once while somebody looks."""
        if self.is_looked_at:
            self.check(agent)

    def end_with(self, agent: ClusterAgent) -> None:
        """A cluster is no more."""
        self._turns.pop(agent, None)
        self._duties.stop(_duty(agent))

    def check(self, agent: ClusterAgent, *, quiet: bool = False) -> None:
        """Check a cluster now; one that is being checked is left alone."""
        self._duties.start(_duty(agent), partial(self._check, agent, quiet))

    async def _check(self, agent: ClusterAgent, quiet: bool) -> None:
        before = agent.status.checked_at
        self.checking[agent] = self._clock.now()
        try:
            await agent.check(count_pods=not quiet)
        finally:
            self.checking.pop(agent, None)
        if agent.status.checked_at == before:
            return
        for each in list(self._agents.values()):
            if each is not agent and each.idle and each.context.way == agent.context.way:
                share_findings(agent, each)

    def _end(self, looker: object) -> None:
        self._lookers.discard(looker)
        if not self._lookers:
            self._duties.stop("health")

    async def _check_all(self) -> None:
        while True:
            for agent in _one_a_way(self._agents.values()):
                self.check(agent)
            await self._clock.sleep(HEALTH_SECONDS)

    async def _check_quietly(self, seconds: float, unasked: bool) -> None:
        turn = 0
        while True:
            meant = _one_a_way(agent for agent in self._agents.values() if _is_meant(agent, unasked))
            await self._clock.sleep(max(LEAST_SECONDS, seconds / max(1, len(meant))))
            idle = (agent for agent in self._agents.values() if agent.idle and _is_meant(agent, unasked))
            ready = _one_a_way(idle)
            if ready and not self.is_looked_at:
                turn += 1
                agent = min(ready, key=lambda each: self._turns.get(each, 0))
                self._turns[agent] = turn
                self.check(agent, quiet=True)


def asks_nobody(context: Context, *, reached: bool) -> bool:
    """Whether a cluster can be asked without a login program, a browser, or a passphrase for what is kept in the safe.

    Args:
        context: how it is reached.
        reached: whether it answered already in this session, so that the safe is open.
    """
    auth = context.auth
    return auth.exec is None and auth.oidc is None and (auth.lent is None or reached)


def _one_a_way(agents: Iterable[ClusterAgent]) -> list[ClusterAgent]:
    """Those that are to be asked: all that somebody looks at, and one for each way that none of these leads."""
    found = list(agents)
    first = {each.context.way: each for each in found if not each.idle}
    return [each for each in found if not each.idle or first.setdefault(each.context.way, each) is each]


def _is_meant(agent: ClusterAgent, unasked: bool) -> bool:
    status = agent.status
    if agent.context.error is not None or status.is_impersonated:
        return False
    return unasked or asks_nobody(agent.context, reached=status.checked_at > 0 and status.version != "")


def _duty(agent: ClusterAgent) -> str:
    return f"check of {agent.name}"

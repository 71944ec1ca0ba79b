"""Standing yeses: what a person allowed the genie to repeat without being asked, counted, for an hour, and revocable.

Only what is reversible (W1) can be repeated so. They are kept in memory: none outlives the app. What a model proposes
and the person's own text does not ask for is covered only where it is what they said yes to, once more.
"""

from itertools import count

import msgspec

from kubegenie_tui.changes.operations.catalogue import operation_named
from kubegenie_tui.changes.operations.operation import no_fields
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.plan import Plan, Preview, Step, Tier
from kubegenie_tui.kube.clock import Clock

TIMES = 10
"""Of one operation on one kind in one namespace."""
TIMES_OF_ALL = 20
"""Of whatever is reversible in one cluster."""
SECONDS = 3600.0
GENIE = "genie"
"""Whose plans they are for."""


class StandingYes(msgspec.Struct, frozen=True):
    """One of them."""

    id: int
    cluster: str
    operation: str
    """Id of an operation; empty for all."""
    kind: str
    """Kind id; empty for all."""
    namespace: str
    """Empty for all, and for kinds without namespaces."""
    given: float
    """Seconds since the epoch."""
    until: float
    left: int
    """How many times more."""
    steps: tuple[Step, ...] = ()
    """What was approved when it was given; empty where nothing was."""

    @property
    def words(self) -> str:
        """`scale of deployments.apps in shop`."""
        what = f"{self.operation} of {self.kind}" if self.operation else "whatever is reversible"
        return f"{what} in {self.namespace}" if self.namespace else what


class Standing:
    """All that are in force."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or Clock()
        self._numbers = count(1)
        self._given: dict[int, StandingYes] = {}

    def all(self) -> list[StandingYes]:
        """Those in force, the latest first."""
        now = self._clock.now()
        self._given = {each.id: each for each in self._given.values() if each.left and each.until > now}
        return list(self._given.values())[::-1]

    def allow(self, preview: Preview) -> StandingYes:
        """Allow what a plan of the genie does, of its kind and in its namespace.

        Raises:
            UsageError: it is not reversible, not the genie's, or of several kinds or namespaces.
        """
        plan = preview.plan
        scopes = {(step.ref.kind, step.ref.namespace) for step in plan.steps}
        if preview.refusal is not None or not can_stand(plan, preview.tier) or len(scopes) != 1:
            why = "only what is reversible, and one thing, can be repeated"
            raise UsageError("This has to be asked each time", why)
        kind, namespace = scopes.pop()
        return self._give(plan.cluster, plan.operation, kind, namespace, TIMES, plan.steps)

    def allow_all(self, cluster: str) -> StandingYes:
        """Allow whatever is reversible in a cluster."""
        return self._give(cluster, "", "", "", TIMES_OF_ALL)

    def revoke(self, number: int) -> None:
        """Take one back; one that is not in force is no error."""
        self._given.pop(number, None)

    def revoke_all(self, cluster: str) -> None:
        """Take back all of a cluster."""
        self._given = {each.id: each for each in self._given.values() if each.cluster != cluster}

    def use(self, preview: Preview) -> StandingYes | None:
        """The one that covers a plan, once less from now on; None when a person has to be asked."""
        found = self.covering(preview.plan, preview.tier) if preview.refusal is None else None
        if found is not None:
            self._given[found.id] = msgspec.structs.replace(found, left=found.left - 1)
        return found

    def covering(self, plan: Plan, tier: Tier | None) -> StandingYes | None:
        """The one that covers a plan of this tier; None when a person has to be asked."""
        return next((each for each in self.all() if _covers(each, plan)), None) if can_stand(plan, tier) else None

    def withheld(self, plan: Plan, tier: Tier | None) -> str:
        """Why the person is asked about a plan that one of them would cover had they asked for it; else empty."""
        asked = msgspec.structs.replace(plan, unasked="")
        return plan.unasked if self.covering(plan, tier) is None and self.covering(asked, tier) else ""

    def _give(
        self, cluster: str, operation: str, kind: str, namespace: str, times: int, steps: tuple[Step, ...] = ()
    ) -> StandingYes:
        now = self._clock.now()
        made = StandingYes(next(self._numbers), cluster, operation, kind, namespace, now, now + SECONDS, times, steps)
        self._given[made.id] = made
        return made


def can_stand(plan: Plan, tier: Tier | None) -> bool:
    """Whether a plan may be covered at all: the genie's, one operation, reversible, and in no doubt."""
    return plan.asked_by == GENIE and bool(plan.operation) and not plan.raised and tier is Tier.REVERSIBLE


def _covers(given: StandingYes, plan: Plan) -> bool:
    if given.cluster != plan.cluster or given.operation not in ("", plan.operation):
        return False
    refs = [step.ref for step in plan.steps]
    is_in_scope = all(given.kind in ("", ref.kind) and given.namespace in ("", ref.namespace) for ref in refs)
    return is_in_scope and (not plan.unasked or _is_the_same(given.steps, plan))


def _is_the_same(approved: tuple[Step, ...], plan: Plan) -> bool:
    """Whether a plan does what was approved once more; where nothing is said but to what, that is all that counts."""
    if operation_named(plan.operation).fields is no_fields:
        return [step.ref for step in approved] == [step.ref for step in plan.steps]
    return approved == plan.steps

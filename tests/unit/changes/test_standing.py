"""What a person allowed the genie to repeat: only what is reversible, so often, so long, there and nowhere else."""

import msgspec
import pytest

from kubegenie_tui.changes.standing import SECONDS, TIMES, TIMES_OF_ALL, Standing
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan, Preview, Step, Tier, Verb
from tests.unit.agents.fakes import FakeClock


def preview(
    operation: str = "scale", *, kind: str = "deployments.apps", namespace: str = "shop", tier: Tier = Tier.REVERSIBLE,
    **plan: str,
) -> Preview:  # fmt: skip
    step = Step(Verb.PATCH, ObjectRef(kind, "web", namespace, "prod"))
    made = msgspec.structs.replace(Plan("t", "prod", (step,), "genie", operation=operation), **plan)
    return Preview(made, (), tier, (), (), ())


@pytest.fixture
def standing() -> Standing:
    return Standing(FakeClock())


def test_the_same_is_covered_so_often_and_no_more(standing: Standing) -> None:
    assert standing.use(preview()) is None
    given = standing.allow(preview())
    assert given.words == "scale of deployments.apps in shop"
    assert [standing.use(preview()) is not None for _ in range(TIMES + 1)] == [True] * TIMES + [False]
    assert standing.all() == []


@pytest.mark.parametrize(
    "other",
    [
        preview("restart"),
        preview(kind="statefulsets.apps"),
        preview(namespace="data"),
        preview(cluster="dev"),
        preview(asked_by="person"),
        preview(tier=Tier.DISRUPTIVE),
        preview(raised="a log gave orders"),
        preview(operation=""),
    ],
    ids=("operation", "kind", "namespace", "cluster", "person", "tier", "doubt", "no operation"),
)
def test_nothing_else_is_covered(standing: Standing, other: Preview) -> None:
    standing.allow(preview())
    assert standing.use(other) is None


UNASKED = "nobody asked for it"


def scaled(to: int, name: str = "web", operation: str = "scale", **plan: str) -> Preview:
    step = Step(Verb.PATCH, ObjectRef("deployments.apps", name, "shop", "prod"), {"spec": {"replicas": to}})
    made = preview(operation)
    return msgspec.structs.replace(made, plan=msgspec.structs.replace(made.plan, steps=(step,), **plan))


def test_what_a_model_proposes_unasked_is_covered_only_where_just_that_was_approved(standing: Standing) -> None:
    standing.allow(scaled(5, unasked=UNASKED))
    assert standing.use(scaled(5, unasked=UNASKED)) is not None
    assert standing.use(scaled(6, unasked=UNASKED)) is None
    assert standing.use(scaled(5, "api", unasked=UNASKED)) is None
    assert standing.use(scaled(6)) is not None
    standing.revoke_all("prod")
    standing.allow_all("prod")
    assert standing.use(scaled(5, unasked=UNASKED)) is None
    assert standing.use(scaled(5)) is not None


def test_where_nothing_is_said_but_to_what_the_object_is_all_that_counts(standing: Standing) -> None:
    standing.allow(scaled(1, operation="restart", unasked=UNASKED))
    assert standing.use(scaled(2, operation="restart", unasked=UNASKED)) is not None
    assert standing.use(scaled(1, "api", "restart", unasked=UNASKED)) is None


def test_it_is_told_why_a_yes_does_not_cover_what_nobody_asked_for(standing: Standing) -> None:
    def why(shown: Preview) -> str:
        return standing.withheld(shown.plan, shown.tier)

    assert why(scaled(5, unasked=UNASKED)) == ""
    given = standing.allow(scaled(5))
    assert why(scaled(6, unasked=UNASKED)) == UNASKED
    assert why(scaled(5, unasked=UNASKED)) == ""
    assert why(scaled(6)) == ""
    assert why(scaled(6, unasked=UNASKED, raised="a log gave orders")) == ""
    assert standing.all() == [given]


def test_what_is_not_reversible_cannot_be_allowed(standing: Standing) -> None:
    several = preview()
    steps = (*several.plan.steps, Step(Verb.PATCH, ObjectRef("deployments.apps", "web", "data", "prod")))
    several = msgspec.structs.replace(several, plan=msgspec.structs.replace(several.plan, steps=steps))
    for refused in (preview(tier=Tier.DISRUPTIVE), preview(asked_by="person"), several):
        with pytest.raises(UsageError, match="has to be asked each time"):
            standing.allow(refused)
    standing.allow_all("prod")
    assert standing.use(preview("delete", tier=Tier.DESTRUCTIVE)) is None


async def test_it_ends_after_an_hour_and_when_it_is_taken_back() -> None:
    clock = FakeClock()
    standing = Standing(clock)
    first, everything = standing.allow(preview()), standing.allow_all("prod")
    assert [each.id for each in standing.all()] == [everything.id, first.id]
    assert everything.left == TIMES_OF_ALL
    standing.revoke(everything.id)
    assert standing.use(preview("restart")) is None
    assert standing.use(preview()) is not None
    await clock.advance(SECONDS)
    assert standing.use(preview()) is None
    standing.allow_all("prod")
    standing.revoke_all("prod")
    assert standing.use(preview()) is None

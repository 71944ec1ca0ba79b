import pytest

from kubegenie_tui.changes.refusals import MOST_OWNED, first_of
from kubegenie_tui.domain.errors import KubeGenieError, NotFound, OwnedByOthers
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan, Step, Verb

PLAN = Plan("Apply", "prod", tuple(Step(Verb.APPLY, ObjectRef("configmaps", f"c{n}", "shop")) for n in range(20)))
HEAD = "Others own fields of"


def refused(step: int, owners: str = "") -> KubeGenieError:
    error = (
        OwnedByOthers(f"{HEAD} c{step} (409)", owners) if owners else NotFound("No such namespace", "it is not there")
    )
    error.step = step
    return error


@pytest.mark.parametrize(
    ("refusals", "what", "why"),
    [
        ([refused(0, "helm owns data.a")], f"{HEAD} c0 (409)", "helm owns data.a"),
        (
            [refused(0, "helm owns data.a"), refused(2, "flux owns data.b")],
            f"{HEAD} 2 objects (409)",
            "configmaps shop/c0: helm owns data.a; configmaps shop/c2: flux owns data.b",
        ),
        (
            [refused(0, "helm owns data.a"), refused(1), refused(2, "flux owns data.b")],
            f"{HEAD} 2 objects (409)",
            "configmaps shop/c0: helm owns data.a; configmaps shop/c2: flux owns data.b"
            "; refused too: configmaps shop/c1",
        ),
        (
            [refused(1), refused(2, "flux owns data.b")],
            "No such namespace",
            "it is not there; refused too: configmaps shop/c2",
        ),
    ],
)
def test_all_that_are_refused_are_told_of(refusals: list[KubeGenieError], what: str, why: str) -> None:
    found = first_of(refusals, PLAN)
    assert (found.what, found.why) == (what, why)


def test_of_very_many_the_rest_is_counted() -> None:
    found = first_of([refused(n, "helm owns data.a") for n in range(MOST_OWNED + 4)], PLAN)
    assert found.what == f"{HEAD} {MOST_OWNED + 4} objects (409)"
    assert found.why.count("helm owns") == MOST_OWNED
    assert found.why.endswith(" and 4 more")

"""Custom kinds are scaled by what their Scale tells; one that cannot be read is told before anything is planned."""

from typing import Any

import pytest

from kubegenie_tui.changes.operations.catalogue import operation_named
from kubegenie_tui.changes.operations.target import Target
from kubegenie_tui.domain.errors import Forbidden, KubeGenieError, NotFound, ServerFailed, UsageError
from kubegenie_tui.domain.form import NumberField
from kubegenie_tui.domain.kind import Kind
from tests.ui.played_cluster import PlayedCluster
from tests.unit.changes.operations.wishes import plan_of

HERDS = Kind("a.example", "v1", "herds", "Herd", subresources=frozenset({"scale"}))
UNSET = ServerFailed("The server failed (500)", 'Internal error: the spec replicas field ".spec.size" does not exist')
UNREADABLE = ServerFailed("The server failed (500)", "Internal error: .spec.size accessor error: big is of type string")


def herd(name: str = "web", **spec: Any) -> Target:
    return Target(HERDS, name, "shop", "prod-eu", {"metadata": {"name": name, "namespace": "shop"}, "spec": spec})


def cluster(**scales: dict[str, Any] | KubeGenieError) -> PlayedCluster:
    """The Scale of each herd by its name."""
    found = PlayedCluster()
    found.objects |= {(f"{HERDS.id}/scale", "shop", name): scale for name, scale in scales.items()}
    return found


def of(replicas: int) -> dict[str, Any]:
    return {"kind": "Scale", "spec": {"replicas": replicas} if replicas else {}}


@pytest.mark.parametrize(
    ("scale", "title"),
    [
        (of(2), "Scale herd shop/web from 2 to 3"),
        (of(0), "Scale herd shop/web from 0 to 3"),
        (UNSET, "Scale herd shop/web to 3"),
        (Forbidden("You may not get herds/scale"), "Scale herd shop/web to 3"),
    ],
)
async def test_the_scale_tells_how_many_there_are(scale: dict[str, Any] | KubeGenieError, title: str) -> None:
    plan = await plan_of("scale 3", [herd(size=7)], cluster(web=scale))
    assert (plan.title, [step.subresource for step in plan.steps]) == (title, ["scale"])


async def test_a_field_of_the_same_name_means_nothing() -> None:
    plan = await plan_of("scale 3", [herd(replicas=3)], cluster(web=of(2)))
    assert plan.title == "Scale herd shop/web from 2 to 3"


async def test_only_those_are_scaled_that_have_another_number() -> None:
    plan = await plan_of("scale 3", [herd("web"), herd("api"), herd("cart")], cluster(web=of(2), api=of(3), cart=UNSET))
    assert [step.ref.name for step in plan.steps] == ["web", "cart"]
    with pytest.raises(UsageError, match="there are 3 replicas already"):
        await plan_of("scale 3", [herd("api")], cluster(api=of(3)))


@pytest.mark.parametrize("word", ["scale", "autoscale"])
@pytest.mark.parametrize(
    ("error", "why"),
    [
        (UNREADABLE, "its scale cannot be read: Internal error: .spec.size accessor error: big is of type string"),
        (NotFound("There is no herds/scale web"), "its scale cannot be read: There is no herds/scale web"),
    ],
)
async def test_one_that_cannot_be_read_is_told_before_anything_is_asked(
    word: str, error: KubeGenieError, why: str
) -> None:
    with pytest.raises(UsageError, match="herd shop/web cannot be scaled") as told:
        await operation_named(word).fields(cluster(web=error), [herd()])
    assert (told.value.why, told.value.next_step) == (why, "its definition says where its replicas are")


async def test_of_many_that_one_is_named() -> None:
    with pytest.raises(UsageError, match="herd shop/api cannot be scaled"):
        await plan_of("scale 3", [herd("web"), herd("api")], cluster(web=of(2), api=UNREADABLE))


@pytest.mark.parametrize(
    ("scale", "hint"),
    [(of(2), "2 now; 0 stops every pod"), (UNSET, "how many there are is not told; 0 stops every pod")],
)
async def test_the_form_begins_with_what_is_there(scale: dict[str, Any] | KubeGenieError, hint: str) -> None:
    [field] = await operation_named("scale").fields(cluster(web=scale), [herd()])
    assert isinstance(field, NumberField)
    assert field.hint == hint


def test_a_kind_without_a_scale_says_so_at_once() -> None:
    for word in ("scale", "autoscale"):
        with pytest.raises(UsageError, match="A Gear cannot do that: ") as told:
            operation_named(word).require(Kind("a.example", "v1", "gears", "Gear"))
        assert told.value.why == "it serves no `scale` subresource"

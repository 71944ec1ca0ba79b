"""What an autoscaler may make of a workload, beside the quotas of its namespace."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.changes.autoscaled import SCALERS
from kubegenie_tui.changes.operations.exposing import autoscale_step
from kubegenie_tui.changes.operations.target import Target
from kubegenie_tui.domain.plan import Plan, StepPreview
from tests.unit.changes.bench import DEPLOYMENTS, Bench, deployment, opened
from tests.unit.changes.test_impact import Around, Object, named, workload
from tests.unit.changes.test_quotas import change, limit_range, quota, told


def scaler(most: int, name: str = "web", version: str = "apps/v1", kind: str = "Deployment") -> Object:
    target = {"apiVersion": version, "kind": kind, "name": name}
    return named(name, spec={"scaleTargetRef": target, "minReplicas": 1, "maxReplicas": most})


def made(most: int, before: Object | None = None, **more: Any) -> StepPreview:
    return change(SCALERS, before, scaler(most, **more))


def around(*held: Object, **more: Any) -> Around:
    return Around(resourcequotas=[*held], deployments=[workload(3)], **more)


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (quota(pods="10 3"), "OK HPA web at 8 pods: fits into quota team: pods 3 of 10 used, 8 with this"),
        (quota(pods="7 3"), "WARN HPA web at 8 pods: quota team has no room: pods 3 of 7 used, 8 with this"),
        (
            quota(requests__cpu="3 1500m"),
            "WARN HPA web at 8 pods: quota team has no room: requests.cpu 1500m of 3 used, 4 with this",
        ),
        (
            quota(limits__cpu="9 0"),
            "WARN HPA web at 8 pods: quota team refuses the pods of web: limits.cpu has to be told for c",
        ),
    ],
)
async def test_as_many_as_an_autoscaler_may_make(held: Object, words: str) -> None:
    assert await told(around(held), made(8)) == [words]


async def test_only_what_is_raised_is_told_of() -> None:
    held = quota(pods="7 3")
    assert await told(around(held), made(8, before=scaler(8))) == []
    assert await told(around(held), made(6, before=scaler(8))) == []
    assert await told(around(held), change(SCALERS, scaler(8), None)) == []
    assert await told(around(held), made(2)) == []
    assert await told(Around(deployments=[workload(3)]), made(8)) == []
    assert await told(around(held), made(8, name="nothing")) == []
    [raised] = await told(around(held), made(8, before=scaler(6)))
    assert raised.startswith("WARN HPA web at 8 pods: quota team has no room")
    [another] = await told(around(held), made(8, before=scaler(8, name="api")))
    assert another == raised


async def test_what_the_plan_itself_makes_counts_as_well() -> None:
    held, other = quota(pods="10 3"), workload(2)
    other["metadata"]["name"] = "other"
    scaled = change("deployments.apps", workload(3), workload(5))
    assert await told(around(held), scaled, made(8)) == [
        "OK fits into quota team: pods 3 of 10 used, 5 with this",
        "OK HPA web at 8 pods: fits into quota team: pods 3 of 10 used, 8 with this",
    ]
    beside = await told(around(held), change("deployments.apps", None, other), made(9))
    assert beside[-1] == "WARN HPA web at 9 pods: quota team has no room: pods 3 of 10 used, 11 with this"
    new = await told(
        Around(resourcequotas=[quota(pods="10 3")]), change("deployments.apps", None, workload(2)), made(8)
    )
    assert new[-1] == "WARN HPA web at 8 pods: quota team has no room: pods 3 of 10 used, 11 with this"


async def test_several_at_their_most_count_together() -> None:
    api = workload(3)
    api["metadata"]["name"] = "api"
    there = Around(resourcequotas=[quota(pods="12 6")], deployments=[workload(3), api])
    assert await told(there, made(8)) == ["OK HPA web at 8 pods: fits into quota team: pods 6 of 12 used, 11 with this"]
    both = await told(there, made(8), made(5, name="api"))
    assert both == [
        "WARN HPA web at 8 pods, HPA api at 5 pods: quota team has no room: pods 6 of 12 used, 13 with this"
    ]


async def test_defaults_of_a_limit_range_count_here_too() -> None:
    ranges = [limit_range("Container", default={"cpu": "1"})]
    [line] = await told(around(quota(limits__cpu="6 3"), limitranges=ranges), made(8))
    assert line == "WARN HPA web at 8 pods: quota team has no room: limits.cpu 3 of 6 used, 8 with this"


async def test_pods_that_cannot_be_counted_are_said_so() -> None:
    found = await told(around(quota(pods="7 3")), made(8, version="a.example/v1", kind="Gear"))
    assert found == ["UNKNOWN quota team: pods of web are not counted, how a Gear makes them is not known here"]
    assert await told(around(quota(services="1 1")), made(8, version="a.example/v1", kind="Gear")) == []


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with opened(tmp_path) as found:
        yield found


async def test_the_gate_tells_of_it(bench: Bench) -> None:
    held = {"metadata": {"name": "team", "namespace": "shop"}, "status": {"hard": {"pods": "5"}, "used": {"pods": "3"}}}
    bench.server.cluster(bench.agent.name).create({"apiVersion": "v1", "kind": "ResourceQuota", **held})
    target = Target(bench.agent.kinds.resolve(DEPLOYMENTS), "web", "shop", bench.agent.name, deployment())
    preview = await bench.preview(Plan("Autoscale", bench.agent.name, (autoscale_step(target, 1, 6, 80),)))
    assert "HPA web at 6 pods: quota team has no room: pods 3 of 5 used, 6 with this" in [
        note.text for note in preview.impact
    ]

"""What is called idle: by looks over a day at least, never at once; and what it costs by the nodes it is on."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from kubegenie_tui.cli.costs import lines
from kubegenie_tui.costs.looked import Looked
from kubegenie_tui.domain.costs import Bill
from kubegenie_tui.domain.looks import Look
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.providers.price_sheet import load_sheet
from tests.unit.costs.test_bill import NOW, REGION, SIZE, YOUNG, billed, meta, node, only, pod, rules

HOUR = 3600.0
QUIET = {"shop/web-1": (2, 10**8)}


def looked(used: dict[str, int], hours: Sequence[float] = (26, 13, 0)) -> list[Look]:
    """Looks so many hours ago at which the same was used."""
    return [Look(NOW - ago * HOUR, used) for ago in hours]


def ago(days: float) -> str:
    return f"{datetime.fromtimestamp(NOW - days * 86_400, UTC):%Y-%m-%dT%H:%M:%SZ}"


def shop(looks: Sequence[Look], usage: dict[str, tuple[int, int]] | None = None, **objects: Any) -> Bill:
    """A namespace whose pods use next to nothing now."""
    deployment = {"metadata": meta("web"), "spec": {"replicas": 3}}
    there = {"pods": [pod("web-1")], "deployments": [deployment], **objects}
    return billed(usage or QUIET, looks=looks, **there)


def test_a_namespace_that_did_nothing_for_a_day() -> None:
    busy = pod("busy-1", metadata={"namespace": "busy"})
    usage = {**QUIET, "busy/busy-1": (300, 10**8)}
    found = shop(looked({"shop": 3, "busy": 200}), usage, pods=[pod("web-1"), busy])
    advice = only(found, "idle-namespace")
    assert advice.about is not None
    assert advice.about.name == "shop"
    assert [(step.ref.name, step.body) for step in advice.steps] == [("web", {"spec": {"replicas": 0}})]
    assert (
        "3m CPU was used at most: measured in 3 quarters of an hour since 2026-11-17 09:06 UTC, over 26 hours"
        in (advice.evidence[1])
    )
    assert "no Job that is there ever ran" in advice.evidence
    assert found.not_idle == ()


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ([], "measured never"),
        ([0], "measured in one quarter of an hour, since 2026-11-18"),
        ([26, 0], "measured in 2 quarters of an hour since 2026-11-17 09:06 UTC, over 26 hours"),
        ([20, 10, 5, 0], "measured in 4 quarters of an hour since 2026-11-17 15:06 UTC, over 20 hours"),
    ],
)
def test_nothing_is_called_idle_at_once(hours: list[float], words: str) -> None:
    found = shop(looked({"shop": 2}, hours))
    assert not {"idle-namespace", "idle-cluster"} & rules(found)
    namespace, cluster = found.not_idle
    assert "it is not called idle, in shop: CPU was " + words in namespace
    assert cluster.startswith("The cluster uses next to nothing of its CPU, and is not called idle: CPU was " + words)
    assert "3 such looks over a day are needed" in namespace
    assert f"{namespace}." in lines(found)


def test_what_worked_at_one_look_is_not_idle() -> None:
    looks = [*looked({"shop": 2}, [26, 13]), Look(NOW - 5 * HOUR, {"shop": 400}), Look(NOW, {"shop": 2})]
    found = shop(looks)
    assert not {"idle-namespace", "idle-cluster"} & rules(found)
    assert found.not_idle == ()


@pytest.mark.parametrize(
    ("kind", "status", "name"),
    [
        ("jobs", {"startTime": ago(2), "completionTime": ago(1.9)}, "Job shop/report"),
        ("jobs", {"startTime": ago(0.01)}, "Job shop/report"),
        ("cronjobs", {"lastScheduleTime": ago(6.5)}, "CronJob shop/report"),
    ],
)
def test_what_ran_a_job_in_the_last_week_is_not_idle(kind: str, status: Manifest, name: str) -> None:
    ran: Any = {kind: [{"metadata": meta("report"), "spec": {"schedule": "0 3 * * *"}, "status": status}]}
    found = shop(looked({"shop": 2}), **ran)
    assert not {"idle-namespace", "idle-cluster"} & rules(found)
    assert all(f"{name} ran on 2026-11-" in each for each in found.not_idle)
    assert len(found.not_idle) == 2


def test_a_job_that_ran_long_ago_is_told_and_keeps_nothing_busy() -> None:
    ran = {"metadata": meta("report"), "spec": {}, "status": {"lastScheduleTime": ago(30)}}
    found = shop(looked({"shop": 2}), cronjobs=[ran])
    assert "CronJob shop/report ran last, on 2026-10-19" in only(found, "idle-namespace").evidence
    assert "CronJob shop/report ran last, on 2026-10-19" in only(found, "idle-cluster").evidence


def test_jobs_elsewhere_and_those_of_the_system_keep_no_namespace_busy() -> None:
    system = {"metadata": meta("rotate", "kube-system"), "status": {"completionTime": ago(1)}}
    assert {"idle-namespace", "idle-cluster"} <= rules(shop(looked({"shop": 2}), jobs=[system]))
    other = {"metadata": meta("report", "other"), "status": {"completionTime": ago(1)}}
    found = shop(looked({"shop": 2}), jobs=[other])
    assert "idle-namespace" in rules(found)
    assert "idle-cluster" not in rules(found)


def test_what_has_no_pods_now_or_only_young_ones_is_not_idle() -> None:
    at_night = shop(looked({}), {"busy/x": (900, 1)}, pods=[pod("x", metadata={"namespace": "busy"})])
    assert "idle-namespace" not in rules(at_night)
    young = pod("web-1", metadata={"creationTimestamp": YOUNG})
    assert "idle-namespace" not in rules(shop(looked({"shop": 2}), pods=[young]))
    assert "idle-namespace" not in rules(shop(looked({"shop": 2}), pods=[pod("web-1"), young]))


def test_where_nothing_is_measured_nothing_is_idle() -> None:
    found = billed(pods=[pod("web-1")], looks=looked({"shop": 1}))
    assert not {"idle-namespace", "idle-cluster"} & rules(found)
    assert (found.no_usage, found.not_idle) == (True, ())


def test_it_costs_its_share_of_the_nodes_it_is_on() -> None:
    machine = load_sheet("eks").node(REGION, SIZE)
    assert machine is not None
    half = pod("web-1", cpu="2", memory="8Gi")
    advice = only(shop(looked({"shop": 2}), pods=[half]), "idle-namespace")
    assert advice.monthly == pytest.approx(machine.hourly / 2 * 730)
    assert advice.evidence[-1].startswith(f"priced by the price of the nodes they run on ({SIZE}), by their share")
    assert advice.evidence[-1].endswith("it is saved once a node can go for it")
    cores = pod("web-1", cpu="2", memory="0")
    weighed = 2 * 0.031611 / (4 * 0.031611 + 16 * 0.004237)
    advice = only(shop(looked({"shop": 2}), pods=[cores]), "idle-namespace")
    assert advice.monthly == pytest.approx(machine.hourly * weighed * 730)


def test_where_no_node_has_a_price_defaults_are_taken_and_told() -> None:
    rack = {"metadata": {"name": "n1"}, "status": {"allocatable": {"cpu": "4", "memory": "16Gi"}}}
    advice = only(shop(looked({"shop": 2}), nodes=[rack]), "idle-namespace")
    assert advice.monthly == pytest.approx((0.5 * 0.031611 + 0.004237) * 730)
    assert advice.evidence[-1].startswith("priced by OpenCost's defaults")
    two = [pod("web-1"), pod("web-2", "n2")]
    usage = {**QUIET, "shop/web-2": (1, 1)}
    advice = only(shop(looked({"shop": 2}), usage, nodes=[rack, node("n2")], pods=two), "idle-namespace")
    assert advice.evidence[-1].startswith(f"1 of 2 pods are priced by the price of the nodes they run on ({SIZE})")
    assert "; the others by OpenCost's defaults" in advice.evidence[-1]


def test_a_cluster_that_did_nothing_for_a_day() -> None:
    found = shop(looked({"shop": 50}), {"shop/web-1": (50, 10**8)})
    advice = only(found, "idle-cluster")
    assert advice.evidence[0].startswith("50m of 4000m CPU was used at most, on 1 nodes: measured in 3 quarters")
    assert [(step.ref.name, step.body) for step in advice.steps] == [("web", {"spec": {"replicas": 0}})]
    assert "The cluster stays, and is paid for" in advice.stays
    assert "KubeGenie removes the clusters that it created" in advice.not_here
    assert "idle-cluster" not in rules(shop(looked({"shop": 50}), {"shop/web-1": (900, 10**8)}))
    assert "idle-cluster" not in rules(shop(looked({"shop": 100, "other": 110}), {"shop/web-1": (50, 1)}))


def test_looks_are_told_with_their_time() -> None:
    assert not Looked([]).is_long_enough
    assert Looked(looked({"shop": 1}, [24, 3, 0])).is_long_enough
    assert not Looked(looked({"shop": 1}, [23.9, 3, 0])).is_long_enough

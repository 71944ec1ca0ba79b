"""Complaints about services that last, and those that pass."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.diagnostics.cases import Fault, NearMiss, check_fault, check_near_miss
from tests.unit.diagnostics.scene import Scene, event, service_of

RULE, EARLY = "service-events", "2025-11-25T19:00:00Z"
CONFLICT = "the object has been modified; please apply your changes to the latest version"


def complained(
    message: str = "no such security group", first: str = EARLY, count: int = 4, kind: str = "Warning", **rest: Any
) -> Scene:
    service = service_of("web")
    told = event(service, "FailedDeployModel", message, kind) | {"firstTimestamp": first, "count": count} | rest
    return Scene().add("services", service).add("events", told)


FAULTS: tuple[Fault, ...] = (
    (complained, RULE, "services web", "FailedDeployModel: no such security group"),
    (lambda: complained(count=1, series={"count": 3, "lastObservedTime": "2025-11-25T19:46:00.000000Z"}), RULE,
     "services web", "no such security group"),
)  # fmt: skip
NEAR_MISSES: tuple[NearMiss, ...] = (
    (lambda: complained(count=1), RULE),
    (lambda: complained(kind="Normal"), RULE),
    (lambda: complained(first="2025-11-25T19:44:00Z"), RULE),
    (lambda: complained(lastTimestamp="2025-11-25T19:10:00Z"), RULE),
    (lambda: complained(CONFLICT), RULE),
)


@pytest.mark.parametrize(("scene", "rule", "root", "cause"), FAULTS)
def test_the_fault_is_found_at_its_root(scene: Callable[[], Scene], rule: str, root: str, cause: str) -> None:
    check_fault(scene(), rule, root, cause)


@pytest.mark.parametrize(("scene", "rule"), NEAR_MISSES)
def test_a_near_miss_is_none(scene: Callable[[], Scene], rule: str) -> None:
    check_near_miss(scene(), rule)


def test_where_another_rule_tells_of_the_service_its_events_say_nothing_new() -> None:
    scene = complained()
    scene.objects["services"][0]["spec"]["selector"] = {"app": "wbe"}
    assert scene.rules() == ["service-selects-nothing"]

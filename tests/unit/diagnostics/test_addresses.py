"""Addresses are corrected where one name or one port alone is right, and left to a person elsewhere."""

from collections.abc import Callable
from typing import Any

import pytest

from kubegenie_tui.diagnostics.diagnose import diagnose
from kubegenie_tui.domain.finding import Finding
from tests.unit.diagnostics.scene import Scene, container, crashed, named, service_of
from tests.unit.diagnostics.test_calls_and_names import configured, told


def found(scene: Scene) -> Finding:
    return next(each for each in diagnose(scene.snapshot()).findings if each.rule in ("unknown-host", "wrong-port"))


def pairs(scene: Scene) -> str:
    remedy = found(scene).remedy
    assert remedy is not None
    assert (remedy.operation, remedy.ref.name) == ("env", "web")
    return remedy.given["pairs"]


def twice() -> Scene:
    variables = [{"name": name, "value": "http://cahce:6379"} for name in ("CACHE_URL", "SESSION_URL")]
    return told("x", containers=[container(env=variables)])


@pytest.mark.parametrize(
    ("value", "right"),
    [
        ("redis://cahce:6379/0", "redis://cache:6379/0"),
        ("http://cahce.shop.svc:6379", "http://cache.shop.svc:6379"),
        ("redis://cache:6380/0", "redis://cache:6379/0"),
        ("redis://cache:6380/6380?x=cache:63801", "'redis://cache:6379/6380?x=cache:63801'"),
    ],
)
def test_a_variable_is_told_what_is_right(value: str, right: str) -> None:
    assert pairs(told(value)) == f"CACHE_URL={right} container=app".replace("CACHE_URL='", "'CACHE_URL=")


def test_a_key_of_a_configmap_is_patched_and_who_reads_it_has_to_be_restarted() -> None:
    seen = found(configured("http://cahce:80"))
    assert seen.remedy is not None
    assert (seen.remedy.ref.kind, list(seen.remedy.patch["data"].values())) == ("configmaps", ["http://cache:80"])
    assert seen.next_steps[-1] == "then restart web, which reads it when it starts"


def test_a_program_that_crashes_for_a_port_is_told_the_one_there_is() -> None:
    spec = {"containers": [container(env=[{"name": "REDIS_URL", "value": "redis://cache:6380/0"}])]}
    scene = Scene(state=crashed(1), spec=spec).add("services", service_of("cache", 6379))
    assert pairs(scene.log("dial tcp cache:6380: connect: connection refused")) == (
        "REDIS_URL=redis://cache:6379/0 container=app"
    )


@pytest.mark.parametrize(
    "scene",
    [
        lambda: told("http://auth.shop.svc.cluster.local/login"),
        lambda: told("http://cahce/cahce"),
        lambda: told("https://cache:8443"),
        lambda: told("redis://:[redacted-1a2b]@cahce:6379"),
        lambda: told("redis://cahce:6379").add("services", named("cahcx", "Service")),
        twice,
    ],
)
def test_what_is_not_certain_is_left_to_a_person(scene: Callable[[], Any]) -> None:
    assert found(scene()).remedy is None

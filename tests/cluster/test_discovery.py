"""The kinds of a real server: told at once or group by group, and as kubectl tells them."""

import asyncio
import json
import subprocess
import time
import uuid
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client as official_client

from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.kube.discovery import Discovery, discover
from kubegenie_tui.kube.discovery_classic import discover_classic
from tests.cluster.joining import joined
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster

GROUP = f"t{uuid.uuid4().hex[:8]}.kubegenie.example"
ById = dict[str, Kind]
AGREED_WITHIN = 60.0
"""Seconds after which a difference is one."""
AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


def definition(plural: str, **names: Any) -> dict[str, Any]:
    """A definition of two versions, of which the server prefers v1."""
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    versions: list[dict[str, Any]] = [
        {"name": name, "served": True, "storage": name == "v1", "schema": schema, "subresources": {"status": {}}}
        for name in ("v1beta1", "v1")
    ]
    return {
        "metadata": {"name": f"{plural}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {"plural": plural, "kind": plural.removesuffix("s").title(), **names},
            "versions": versions,
        },
    }


@pytest.fixture(scope="module")
def widgets(official: official_client.ApiClient) -> Iterator[None]:
    api = official_client.ApiextensionsV1Api(official)
    api.create_custom_resource_definition(definition("widgets", shortNames=["wdg"], categories=["all"]))
    yield
    api.delete_custom_resource_definition(f"widgets.{GROUP}")


async def discovered(plane: ControlPlane, kind_id: str) -> Discovery:
    """What the server serves as soon as this kind is among it."""
    async with joined(plane) as client, asyncio.timeout(30):
        while True:
            found = await discover(client)
            if KindIndex(found.kinds).get(kind_id):
                return found
            await asyncio.sleep(0)


def told_by_kubectl(kubectl: Path, plane: ControlPlane) -> ById:
    command = [kubectl, "--kubeconfig", plane.kubeconfig, "api-resources", "-o", "wide", "--no-headers"]
    answer = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True)
    return by_id(map(parsed, answer.stdout.splitlines()))


def parsed(line: str) -> Kind:
    """NAME SHORTNAMES APIVERSION NAMESPACED KIND VERBS CATEGORIES, of which the second and the last may be absent."""
    words = line.split()
    namespaced = next(index for index in (2, 3) if words[index] in ("true", "false"))
    short_names = words[1].split(",") if namespaced == 3 else []
    group, _, version = words[namespaced - 1].rpartition("/")
    verbs, *categories = words[namespaced + 2 :]
    return Kind(
        group=group,
        version=version,
        plural=words[0],
        kind=words[namespaced + 1],
        namespaced=words[namespaced] == "true",
        short_names=tuple(short_names),
        verbs=frozenset(verbs.split(",")),
        categories=tuple(categories[0].split(",")) if categories else (),
    )


def as_kubectl_tells(kind: Kind) -> Kind:
    """Without what `kubectl api-resources` leaves out."""
    return Kind(
        group=kind.group,
        version=kind.version,
        plural=kind.plural,
        kind=kind.kind,
        namespaced=kind.namespaced,
        short_names=kind.short_names,
        verbs=kind.verbs,
        categories=kind.categories,
    )


async def test_at_once_and_group_by_group_give_the_same(control_plane: ControlPlane, widgets: None) -> None:
    async with joined(control_plane) as client:

        async def both() -> tuple[object, object]:
            at_once, (kinds, failed) = await discover(client), await discover_classic(client)
            assert at_once.failed == ()
            assert at_once.kinds[0].group == kinds[0].group == ""
            assert len(by_id(at_once.kinds)) == len(at_once.kinds) > 50
            return (by_id(at_once.kinds), ()), (by_id(kinds), failed)

        await until_agreed(both)


async def test_as_kubectl_tells(control_plane: ControlPlane, kubectl: Path, widgets: None) -> None:
    async def both() -> tuple[ById, ById]:
        found = await discovered(control_plane, f"widgets.{GROUP}")
        theirs = await asyncio.to_thread(told_by_kubectl, kubectl, control_plane)
        return by_id(map(as_kubectl_tells, found.kinds)), theirs

    await until_agreed(both)


async def until_agreed(look: Callable[[], Awaitable[tuple[object, object]]]) -> None:
    """Parts of the server learn of definitions that come and go one after the other."""
    deadline = time.monotonic() + AGREED_WITHIN
    while True:
        one, other = await look()
        if one == other:
            return
        assert time.monotonic() < deadline, (one, other)


def by_id(kinds: Iterable[Kind]) -> ById:
    return {kind.id: kind for kind in kinds}


async def test_a_definition_brings_a_kind(control_plane: ControlPlane, widgets: None) -> None:
    found = await discovered(control_plane, f"widgets.{GROUP}")
    widget = KindIndex(found.kinds).resolve("wdg")
    assert widget.path("x", "y") == f"/apis/{GROUP}/v1/namespaces/x/widgets/y"
    assert (widget.kind, widget.singular, widget.categories) == ("Widget", "widget", ("all",))
    assert widget.subresources == {"status"}
    assert {"get", "list", "watch", "delete"} <= widget.verbs


async def test_an_unchanged_server_answers_in_a_few_bytes(control_plane: ControlPlane, widgets: None) -> None:
    first = await discovered(control_plane, f"widgets.{GROUP}")
    assert first.etags.keys() == {"/api", "/apis"}
    async with joined(control_plane) as client:
        for path, etag in first.etags.items():
            answer = await client.fetch(path, headers={"If-None-Match": etag, "Accept": AGGREGATED})
            assert (answer.status, answer.body) == (304, b"")
        assert await discover(client, first) == first


async def test_a_group_whose_server_is_down_hides_no_other(start_control_plane: Callable[..., ControlPlane]) -> None:
    plane = start_control_plane("--bare", name="stale")
    service = {
        "apiVersion": "apiregistration.k8s.io/v1",
        "kind": "APIService",
        "metadata": {"name": "v1.down.example.com"},
        "spec": {
            "group": "down.example.com",
            "version": "v1",
            "groupPriorityMinimum": 100,
            "versionPriority": 100,
            "service": {"namespace": "default", "name": "nothing"},
            "insecureSkipTLSVerify": True,
        },
    }
    async with joined(plane) as client, asyncio.timeout(60):
        await client.request(
            "POST",
            "/apis/apiregistration.k8s.io/v1/apiservices",
            headers={"Content-Type": "application/json"},
            body=json.dumps(service).encode(),
        )
        found = await discover(client)
        while not found.failed:
            found = await discover(client, found)
        kinds, failed = await discover_classic(client)
    assert found.failed == failed == ("down.example.com/v1",)
    assert {kind.id for kind in found.kinds} == {kind.id for kind in kinds} > {"pods", "deployments.apps"}
    plane.stop()

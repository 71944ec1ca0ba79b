"""The doors that write, on a real server: a trial changes nothing, and a guard lets only the object that was meant."""

import contextlib
from typing import Any

import msgspec
import pytest
from kubernetes import client

from kubegenie_tui.domain.approval import Approval
from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.errors import ClusterError, Conflict, Invalid, UsageError
from kubegenie_tui.domain.kind import KindIndex
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import PatchType, Step, Verb
from kubegenie_tui.kube.writes import dry_run, write
from tests.cluster.joining import joined
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster
ROOT_CA = "kube-root-ca.crt"
"""What a controller puts into every namespace, some time after it is made."""
KINDS = KindIndex(BUILTIN_KINDS)
YES = Approval("a test", "test", 0.0)
EVICTION = {"apiVersion": "policy/v1", "kind": "Eviction"}


def steps(namespace: str) -> dict[str, Step]:
    web, flags = ObjectRef("deployments.apps", "web", namespace), ObjectRef("configmaps", "flags", namespace)
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "flags"}, "data": {"a": "2"}}
    made = {**manifest, "metadata": {"name": "other"}}
    evicted = {**EVICTION, "metadata": {"name": "lone", "namespace": namespace}}
    return {
        "create": Step(Verb.CREATE, ObjectRef("configmaps", "", namespace), made),
        "apply": Step(Verb.APPLY, flags, manifest, force=True),
        "merge": Step(Verb.PATCH, flags, {"data": {"a": "2"}}),
        "json": Step(Verb.PATCH, flags, [{"op": "replace", "path": "/data/a", "value": "2"}], PatchType.JSON),
        "strategic": Step(Verb.PATCH, web, {"spec": {"paused": True}}, PatchType.STRATEGIC),
        "replace": Step(Verb.REPLACE, flags, manifest),
        "scale": Step(Verb.PATCH, web, {"spec": {"replicas": 3}}, subresource="scale"),
        "delete": Step(Verb.DELETE, flags, propagation="Background"),
        "evict": Step(Verb.CREATE, ObjectRef("pods", "lone", namespace), evicted, subresource="eviction"),
    }


@pytest.fixture
def furnished(official: client.ApiClient, namespace: str) -> str:
    core, labels = client.CoreV1Api(official), {"app": "web"}
    core.create_namespaced_config_map(namespace, {"metadata": {"name": "flags"}, "data": {"a": "1"}})
    spec = {"containers": [{"name": "c", "image": "nginx:1.27"}]}
    with contextlib.suppress(client.ApiException):  # the controller may have been first
        core.create_namespaced_service_account(namespace, {"metadata": {"name": "default"}})
    core.create_namespaced_pod(namespace, {"metadata": {"name": "lone"}, "spec": spec})
    template = {"metadata": {"labels": labels}, "spec": spec}
    deployment = {"metadata": {"name": "web"}, "spec": {"selector": {"matchLabels": labels}, "template": template}}
    client.AppsV1Api(official).create_namespaced_deployment(namespace, deployment)
    return namespace


def seen(official: client.ApiClient, namespace: str) -> list[Any]:
    core = client.CoreV1Api(official)
    deployment = client.AppsV1Api(official).read_namespaced_deployment("web", namespace)
    maps = core.list_namespaced_config_map(namespace).items
    pods = core.list_namespaced_pod(namespace).items
    return [
        sorted((m.metadata.name, m.data, m.metadata.deletion_timestamp) for m in maps if m.metadata.name != ROOT_CA),
        (deployment.spec.replicas, deployment.spec.paused),
        [each.metadata.deletion_timestamp for each in pods if each.metadata.name == "lone"],
    ]


@pytest.mark.parametrize("name", list(steps("")))
async def test_a_trial_changes_nothing_and_the_write_does(
    control_plane: ControlPlane, official: client.ApiClient, furnished: str, name: str
) -> None:
    before, step = seen(official, furnished), steps(furnished)[name]
    kind = KINDS.resolve(step.ref.kind)
    async with joined(control_plane) as ours:
        await dry_run(ours, kind, step)
        assert seen(official, furnished) == before
        await write(ours, YES, kind, msgspec.structs.replace(step, uid=uid_of(official, step)))
    assert seen(official, furnished) != before


def uid_of(official: client.ApiClient, step: Step) -> str:
    ref = step.ref
    if not ref.name:
        return ""
    read: Any = {
        "configmaps": client.CoreV1Api(official).read_namespaced_config_map,
        "pods": client.CoreV1Api(official).read_namespaced_pod,
        "deployments.apps": client.AppsV1Api(official).read_namespaced_deployment,
    }[ref.kind]
    return str(read(ref.name, ref.namespace).metadata.uid)


@pytest.mark.parametrize("name", ["apply", "merge", "json", "replace", "delete", "evict", "scale"])
async def test_an_object_that_is_not_the_one_that_was_meant_stays(
    control_plane: ControlPlane, official: client.ApiClient, furnished: str, name: str
) -> None:
    before, step = seen(official, furnished), steps(furnished)[name]
    other = msgspec.structs.replace(step, uid="00000000-0000-0000-0000-000000000000")
    async with joined(control_plane) as ours:
        with pytest.raises((Conflict, Invalid)):
            await write(ours, YES, KINDS.resolve(step.ref.kind), other)
    assert seen(official, furnished) == before


@pytest.mark.parametrize("name", ["apply", "merge", "json", "replace", "delete"])
async def test_a_state_that_is_not_the_one_that_was_seen_stays(
    control_plane: ControlPlane, official: client.ApiClient, furnished: str, name: str
) -> None:
    before, step = seen(official, furnished), steps(furnished)[name]
    stale = msgspec.structs.replace(step, uid=uid_of(official, step), resource_version="1")
    async with joined(control_plane) as ours:
        with pytest.raises(ClusterError) as refused:
            await write(ours, YES, KINDS.resolve(step.ref.kind), stale)
    assert refused.value.code in (409, 422)
    assert seen(official, furnished) == before


async def test_nothing_is_written_that_was_not_looked_at(control_plane: ControlPlane, furnished: str) -> None:
    async with joined(control_plane) as ours:
        for name, step in steps(furnished).items():
            if name not in ("create", "apply", "evict"):
                with pytest.raises(UsageError, match="not looked at"):
                    await write(ours, YES, KINDS.resolve(step.ref.kind), step)

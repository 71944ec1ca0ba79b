"""The gate on a real control plane: what is shown is what happens, and nothing else does."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client
from kubernetes.dynamic import DynamicClient

from kubegenie_tui.domain.errors import ChangedUnderneath, Conflict, Forbidden, NotFound, UsageError
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Progress, Step, StepState, Tier, Verb
from kubegenie_tui.kube.writes import dry_run
from tests.cluster.gated import Gated, Gating
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster
DEPLOYMENTS, PODS, CONFIG_MAPS = "deployments.apps", "pods", "configmaps"


@pytest.fixture
async def bench(control_plane: ControlPlane, tmp_path: Path) -> AsyncIterator[Gated]:
    async with Gating(control_plane, tmp_path) as found:
        yield found


def deployed(official: client.ApiClient, namespace: str, name: str = "web", replicas: int = 1) -> ObjectRef:
    labels = {"app": name}
    body = {
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "c", "image": "nginx:1.27"}]},
            },
        },
    }
    client.AppsV1Api(official).create_namespaced_deployment(namespace, body)
    return ObjectRef(DEPLOYMENTS, name, namespace)


def scaled(ref: ObjectRef, replicas: int) -> Step:
    return Step(Verb.PATCH, ref, {"spec": {"replicas": replicas}}, subresource="scale")


def of(news: list[Progress], step: int) -> StepState:
    return [each.state for each in news if each.step == step][-1]


async def test_what_is_shown_is_what_happens(bench: Gated, official: client.ApiClient, namespace: str) -> None:
    ref = deployed(official, namespace)
    preview = await bench.preview(scaled(ref, 3))
    assert preview.refusal is None
    assert preview.tier is Tier.REVERSIBLE
    assert [line.sign + line.text.strip() for line in preview.steps[0].diff if line.sign in "-+"] == [
        "-replicas: 1",
        "+replicas: 3",
    ]
    assert "2 pods more" in [note.text for note in preview.impact]
    assert client.AppsV1Api(official).read_namespaced_deployment("web", namespace).spec.replicas == 1
    news = await bench.carry_out(preview)
    assert (of(news, 0), of(news, -1)) == (StepState.DONE, StepState.DONE)
    live = client.AppsV1Api(official).read_namespaced_deployment("web", namespace)
    assert (live.spec.replicas, live.status.available_replicas) == (3, 3)
    assert "3 of 3 pods ready" in [each.text for each in news]


async def test_whose_fields_a_change_takes_is_told(bench: Gated, official: client.ApiClient, namespace: str) -> None:
    ref, maps = ObjectRef(CONFIG_MAPS, "flags", namespace), client.CoreV1Api(official)
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "flags"}, "data": {"a": "1", "b": "1"}}
    maps.create_namespaced_config_map(namespace, body, field_manager="by-hand")
    dynamic = DynamicClient(official)
    found = dynamic.resources.get(api_version="v1", kind="ConfigMap")
    applied = {**body, "data": {"c": "1"}}
    dynamic.server_side_apply(found, applied, name="flags", namespace=namespace, field_manager="argocd-controller")
    preview = await bench.preview(Step(Verb.PATCH, ref, {"data": {"b": "2", "c": "2"}}))
    told = [note.text for note in preview.checks]
    assert "data.b last set by by-hand" in told
    assert "argocd-controller applies data.c: it may set this back" in told


async def test_every_write_stands_on_record_before_and_after(
    bench: Gated, official: client.ApiClient, namespace: str
) -> None:
    ref = deployed(official, namespace)
    await bench.do(scaled(ref, 2))
    result, intent = await bench.audit.entries(limit=2)  # A status that came in between makes a first one fail.
    assert (intent.phase, intent.verb, intent.kind, intent.name) == ("intent", "patch", DEPLOYMENTS, "web")
    assert (intent.actor, intent.how, intent.tier) == ("me@here", "test", 1)
    assert intent.identity
    assert (result.phase, result.result, result.code) == ("result", "done", 200)
    assert (await bench.audit.verify()).ok


async def test_undo_restores_what_was(bench: Gated, official: client.ApiClient, namespace: str) -> None:
    ref = deployed(official, namespace)
    await bench.do(scaled(ref, 2))
    [done] = await bench.undo.recent(bench.agent.name)
    back = await bench.gate.preview(bench.agent, await bench.undo.plan_for(bench.agent, done.id))
    assert back.refusal is None
    await bench.carry_out(back)
    assert client.AppsV1Api(official).read_namespaced_deployment("web", namespace).spec.replicas == 1


async def test_a_change_between_the_look_and_the_yes_stops_it(
    bench: Gated, official: client.ApiClient, namespace: str
) -> None:
    ref, apps = deployed(official, namespace), client.AppsV1Api(official)
    preview = await bench.preview(scaled(ref, 3))
    apps.patch_namespaced_deployment("web", namespace, {"metadata": {"labels": {"team": "other"}}})
    news = await bench.carry_out(preview)
    assert of(news, 0) is StepState.FAILED
    assert isinstance(news[-1].error, ChangedUnderneath)
    assert apps.read_namespaced_deployment("web", namespace).spec.replicas == 1
    assert await bench.audit.entries(limit=10) == []


async def test_a_plan_whose_second_object_changed_writes_nothing(
    bench: Gated, official: client.ApiClient, namespace: str
) -> None:
    apps, core = client.AppsV1Api(official), client.CoreV1Api(official)
    ref, made = deployed(official, namespace), {"metadata": {"name": "new", "namespace": namespace}}
    core.create_namespaced_config_map(namespace, {"metadata": {"name": "flags"}, "data": {"a": "1"}})
    steps = [
        scaled(ref, 3),
        Step(Verb.CREATE, ObjectRef(CONFIG_MAPS, "new", namespace), {"apiVersion": "v1", "kind": "ConfigMap", **made}),
        Step(Verb.PATCH, ObjectRef(CONFIG_MAPS, "flags", namespace), {"data": {"a": "2"}}),
    ]
    preview = await bench.preview(*steps)
    core.patch_namespaced_config_map("flags", namespace, {"data": {"a": "0"}}, field_manager="somebody")
    core.create_namespaced_config_map(namespace, made)
    news = await bench.carry_out(preview)
    assert isinstance(news[-1].error, ChangedUnderneath)
    assert f"configmaps {namespace}/new exists by now somebody made it" in str(news[-1].error)
    assert f"configmaps {namespace}/flags changed since it was shown by somebody" in str(news[-1].error)
    assert [of(news, step) for step in range(3)] == [StepState.SKIPPED, StepState.FAILED, StepState.SKIPPED]
    live = apps.read_namespaced_deployment("web", namespace)
    assert (live.spec.replicas, live.metadata.generation) == (1, 1)
    assert core.read_namespaced_config_map("flags", namespace).data == {"a": "0"}
    assert await bench.audit.entries(limit=10) == []
    assert await bench.undo.recent(bench.agent.name) == []


async def test_a_scale_is_for_the_state_that_was_looked_at(
    bench: Gated, official: client.ApiClient, namespace: str
) -> None:
    ref, apps = deployed(official, namespace), client.AppsV1Api(official)
    shown = (await bench.preview(scaled(ref, 3))).steps[0].step
    assert shown.resource_version
    apps.patch_namespaced_deployment_scale("web", namespace, {"spec": {"replicas": 2}})
    with pytest.raises(Conflict):
        await dry_run(bench.agent.client, bench.agent.kinds.resolve(ref.kind), shown)


async def test_another_object_of_the_same_name_is_not_touched(
    bench: Gated, official: client.ApiClient, namespace: str
) -> None:
    core = client.CoreV1Api(official)
    core.create_namespaced_config_map(namespace, {"metadata": {"name": "flags"}, "data": {"a": "1"}})
    preview = await bench.preview(Step(Verb.DELETE, ObjectRef(CONFIG_MAPS, "flags", namespace)))
    core.delete_namespaced_config_map("flags", namespace)
    core.create_namespaced_config_map(namespace, {"metadata": {"name": "flags"}, "data": {"a": "1"}})
    news = await bench.carry_out(preview)
    assert isinstance(news[-1].error, Conflict)
    assert core.read_namespaced_config_map("flags", namespace).data == {"a": "1"}


async def test_the_first_failure_stops_the_rest(bench: Gated, official: client.ApiClient, namespace: str) -> None:
    core = client.CoreV1Api(official)
    for name in ("a", "b", "c"):
        core.create_namespaced_config_map(namespace, {"metadata": {"name": name}})
    steps = [Step(Verb.PATCH, ObjectRef(CONFIG_MAPS, name, namespace), {"data": {"made": "yes"}}) for name in "abc"]
    preview, news = await bench.preview(*steps), []
    async for each in bench.gate.carry_out(bench.agent, preview, bench.gate.approve(preview, "test")):
        news.append(each)
        if (each.step, each.state) == (0, StepState.DONE):
            core.delete_namespaced_config_map("b", namespace)
    assert [of(news, index) for index in (0, 1, 2, -1)] == [
        StepState.DONE, StepState.FAILED, StepState.SKIPPED, StepState.FAILED,
    ]  # fmt: skip
    left = core.list_namespaced_config_map(namespace).items
    assert {each.metadata.name: each.data for each in left if each.metadata.name in "abc"} == {
        "a": {"made": "yes"},
        "c": None,
    }


async def test_what_a_person_may_not_do_is_refused_before_it_is_shown(
    ours: ControlPlane, tmp_path: Path, official: client.ApiClient, namespace: str
) -> None:
    ref = deployed(official, namespace)
    async with Gating(ours, tmp_path, "viewer") as bench:
        refusal = (await bench.preview(scaled(ref, 3))).refusal
        assert isinstance(refusal, Forbidden)
        assert (refusal.verb, refusal.resource) == ("patch", DEPLOYMENTS)
        assert await bench.audit.entries(limit=10) == []


async def test_what_the_server_would_refuse_is_refused_in_the_dry_run(bench: Gated, namespace: str) -> None:
    missing = await bench.preview(scaled(ObjectRef(DEPLOYMENTS, "nothing", namespace), 3))
    assert isinstance(missing.refusal, NotFound)
    with pytest.raises(UsageError):
        bench.gate.approve(missing, "test")
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "Not-A-Name"}}
    bad = await bench.preview(Step(Verb.CREATE, ObjectRef(CONFIG_MAPS, "Not-A-Name", namespace), body))
    assert bad.refusal is not None
    assert "Not-A-Name" in str(bad.refusal)


async def test_the_gravest_needs_its_name_typed(bench: Gated, official: client.ApiClient) -> None:
    core = client.CoreV1Api(official)
    name = f"typed-{id(bench):x}"
    core.create_namespace({"metadata": {"name": name}})
    preview = await bench.preview(Step(Verb.DELETE, ObjectRef("namespaces", name), wait=False))
    assert (preview.tier, preview.confirm) == (Tier.DESTRUCTIVE, name)
    with pytest.raises(UsageError):
        bench.gate.approve(preview, "key y", "something else")
    await bench.carry_out(preview)
    found: Any = core.read_namespace(name)
    assert found.metadata.deletion_timestamp or found.status.phase == "Terminating"


async def test_a_yes_is_for_one_plan_alone(bench: Gated, official: client.ApiClient, namespace: str) -> None:
    ref = deployed(official, namespace)
    three, five = await bench.preview(scaled(ref, 3)), await bench.preview(scaled(ref, 5))
    with pytest.raises(UsageError, match="another plan"):
        await anext(bench.gate.carry_out(bench.agent, five, bench.gate.approve(three, "test")))
    await asyncio.sleep(0)
    assert client.AppsV1Api(official).read_namespaced_deployment("web", namespace).spec.replicas == 1

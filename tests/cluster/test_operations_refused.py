"""What may not be, and what is no more as it was shown: every operation is refused, and nothing is changed."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client, utils

from kubegenie_tui.changes.operations.catalogue import OPERATIONS, operation_named
from kubegenie_tui.domain.errors import Conflict, Forbidden, Invalid, KubeGenieError, UsageError
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan, StepState, Tier, Verb
from tests.cluster.custom_things import CustomThings, custom_things
from tests.cluster.keyboard import at_the_keyboard, until
from tests.cluster.operating import Hands, deploy, operating
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster
CONTAINER = {
    "name": "work",
    "image": "busybox:1.37",
    "command": ["sh", "-c", "sleep 3600"],
    "resources": {"requests": {"cpu": "10m"}},
}
ON_A_DEPLOYMENT = (
    *("scale 3", "scale 0", "restart", "image app=nginx:1.28", "resources --cpu-request=20m", "rollback", "pause"),
    *(
        "env LEVEL=debug",
        "label tier=front",
        "annotate example.com/note=hand",
        "expose 80",
        "autoscale 1 3 70",
        "delete",
        "delete Orphan",
    ),
)
ON_A_CRON_JOB = ("suspend", "trigger")
ON_A_POD = ("resources --cpu-request=20m", "debug", "evict", "delete grace=0", "sanitize")
ON_A_NODE = (
    "cordon",
    "taint team=ours:NoSchedule",
    "drain --force --empty-dirs --skip-blocked",
    "node-shell --namespace={}",
)


class Things:
    """One object of each kind, and the lines for it."""

    def __init__(self, official: client.ApiClient, namespace: str, custom: CustomThings) -> None:
        self.custom = custom
        self.apps, self.core, self.batch = (
            api(official) for api in (client.AppsV1Api, client.CoreV1Api, client.BatchV1Api)
        )
        self.api, self.namespace = official, namespace
        deploy(official, namespace, replicas=1)
        pod = {"containers": [CONTAINER], "restartPolicy": "Never"}
        spec = {"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": {"spec": pod}}}}
        self.batch.create_namespaced_cron_job(namespace, {"metadata": {"name": "backup"}, "spec": spec})
        self.core.create_namespaced_pod(namespace, {"metadata": {"name": "box"}, "spec": pod})
        self._make_what_is_held(pod)
        self.closed, *_, self.node = (each.metadata.name for each in self.core.list_node().items)
        self.core.patch_node(self.closed, {"spec": {"unschedulable": True}})

    def _make_what_is_held(self, pod: dict[str, Any]) -> None:
        """What is paused, suspended or over, for what takes that back or begins anew."""
        deploy(self.api, self.namespace, "held", replicas=0)
        self.apps.patch_namespaced_deployment("held", self.namespace, {"spec": {"paused": True}})
        ends = {**pod, "containers": [{**CONTAINER, "command": ["sh", "-c", "true"]}]}
        spec: dict[str, Any] = {"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": {"spec": pod}}}}
        held = {"metadata": {"name": "night"}, "spec": {**spec, "suspend": True}}
        self.batch.create_namespaced_cron_job(self.namespace, held)
        done = {"metadata": {"name": "done"}, "spec": {"template": {"spec": ends}}}
        self.batch.create_namespaced_job(self.namespace, done)

    async def settle(self) -> None:
        """Wait for an earlier revision, and pods that run."""
        await until(lambda: self.apps.read_namespaced_deployment("web", self.namespace).status.ready_replicas)
        body = {"spec": {"template": {"spec": {"containers": [{"name": "app", "image": "nginx:1.26"}]}}}}
        self.apps.patch_namespaced_deployment("web", self.namespace, body)
        await until(self._runs)
        await until(lambda: self.batch.read_namespaced_job("done", self.namespace).status.succeeded)

    def _runs(self) -> bool:
        found = self.apps.read_namespaced_deployment("web", self.namespace)
        pods = self.core.list_namespaced_pod(self.namespace, label_selector="!job-name").items
        replaced = found.status.observed_generation == found.metadata.generation and found.status.updated_replicas == 1
        return bool(replaced) and [pod.status.phase for pod in pods] == ["Running", "Running"]

    def _of_web(self) -> str:
        (found,) = self.core.list_namespaced_pod(self.namespace, label_selector="app=web").items
        return str(found.metadata.name)

    @property
    def wishes(self) -> list[tuple[str, ObjectRef]]:
        """What is done to what."""
        web, backup, box = (
            ObjectRef(kind, name, self.namespace)
            for kind, name in (("deployments.apps", "web"), ("cronjobs.batch", "backup"), ("pods", "box"))
        )
        node = ObjectRef("nodes", self.node)
        of = (
            *((ON_A_DEPLOYMENT, web), (ON_A_CRON_JOB, backup), (ON_A_POD, box), (ON_A_NODE, node)),
            (("resume",), ObjectRef("deployments.apps", "held", self.namespace)),
            (("unsuspend",), ObjectRef("cronjobs.batch", "night", self.namespace)),
            (("retry",), ObjectRef("jobs.batch", "done", self.namespace)),
            (("uncordon",), ObjectRef("nodes", self.closed)),
            (("pause-reconciling",), self.custom.app),
            (("resume-reconciling",), self.custom.held),
            (("approve",), self.custom.waiting),
            (("restart-pod",), ObjectRef("pods", self._of_web(), self.namespace)),
        )
        return [(line.format(self.namespace), ref) for lines, ref in of for line in lines]

    def look(self) -> Any:
        """All that could have been changed, by version."""
        namespace = self.namespace
        lists = (
            *(self.apps.list_namespaced_deployment(namespace), self.batch.list_namespaced_cron_job(namespace)),
            *(self.batch.list_namespaced_job(namespace), self.core.list_namespaced_service(namespace)),
            self.core.list_namespaced_pod(namespace),
        )
        found = {each.metadata.uid: each.metadata.generation for listed in lists for each in listed.items}
        nodes = [self.core.read_node(name).spec for name in (self.node, self.closed)]
        return (
            found,
            self.custom.specs(),
            [(spec.unschedulable, sorted(each.key for each in spec.taints or ())) for spec in nodes],
        )

    def somebody_does(self, plan: Plan, number: int) -> None:
        """What is in the way of a plan by the time of its yes."""
        step = plan.steps[0]
        if step.verb is Verb.CREATE and not step.subresource:
            utils.create_from_dict(self.api, step.body, namespace=step.ref.namespace)
            return
        note = {"metadata": {"annotations": {"example.com/meanwhile": f"somebody, {number}"}}}
        match step.ref.kind:
            case "deployments.apps":
                self.apps.patch_namespaced_deployment(step.ref.name, self.namespace, note)
            case "cronjobs.batch":
                self.batch.patch_namespaced_cron_job(step.ref.name, self.namespace, note)
            case "pods":
                self.core.patch_namespaced_pod(step.ref.name, self.namespace, note)
            case "nodes":
                self.core.patch_node(step.ref.name, note)
            case _:
                self.custom.patch(step.ref, note)


@pytest.fixture(scope="module")
def things(official: client.ApiClient) -> Iterator[Things]:
    """The same for all: none of these tests changes them."""
    core, name = client.CoreV1Api(official), f"test-{uuid.uuid4().hex[:10]}"
    core.create_namespace({"metadata": {"name": name}})
    with custom_things(official, name) as custom:
        made = Things(official, name, custom)
        asyncio.run(made.settle())
        yield made
    core.patch_node(made.closed, {"spec": {"unschedulable": None}})
    core.delete_namespace(name, propagation_policy="Background")


async def plans(hands: Hands, things: Things) -> AsyncIterator[tuple[str, Plan]]:
    for line, ref in things.wishes:
        yield line, await hands.plan(line, ref)


def test_every_operation_is_tried(things: Things) -> None:
    words = {operation_named(line.split()[0]).id for line, _ in things.wishes}
    forms_of_others = {"delete-with"}
    assert words == {operation.id for operation in OPERATIONS} - forms_of_others


async def test_without_the_right(ours: ControlPlane, things: Things, tmp_path: Path) -> None:
    before = things.look()
    unread = {"nodes", things.custom.app.kind, things.custom.waiting.kind}
    async with operating(ours, tmp_path, "viewer") as hands:
        for line, ref in things.wishes:
            refusal = await refused(hands, line, ref)
            assert isinstance(refusal, Forbidden), (line, refusal)
            assert "You may not" in refusal.what or ref.kind in unread, line
        assert await hands.audit.entries() == []
    assert things.look() == before


async def refused(hands: Hands, line: str, ref: ObjectRef) -> KubeGenieError | None:
    """Why it cannot be done: when it is planned, for what may not even be read, or when it is looked at."""
    try:
        return (await hands.gate.preview(hands.agent, await hands.plan(line, ref))).refusal
    except KubeGenieError as error:
        return error


async def test_where_nothing_may_be_changed(control_plane: ControlPlane, things: Things, tmp_path: Path) -> None:
    before = things.look()
    async with operating(control_plane, tmp_path, read_only=True) as hands:
        async for line, plan in plans(hands, things):
            refusal = (await hands.gate.preview(hands.agent, plan)).refusal
            assert isinstance(refusal, UsageError), line
            assert "is read-only here" in refusal.what, line
        assert await hands.audit.entries() == []
    assert things.look() == before


async def test_protected_clusters_ask_for_more_care(
    control_plane: ControlPlane, things: Things, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    async with (
        operating(control_plane, tmp_path) as hands,
        operating(control_plane, tmp_path / "other", protected=[control_plane.name[:-1] + "*"]) as careful,
    ):
        async for line, plan in plans(hands, things):
            plain, guarded = [await each.gate.preview(each.agent, plan) for each in (hands, careful)]
            assert guarded.tier == min(Tier.DESTRUCTIVE, plain.tier + 1), line
            if plain.tier is not Tier.DESTRUCTIVE:
                assert guarded.reasons[0] == f"{control_plane.name} is protected"
            if guarded.tier is Tier.DESTRUCTIVE:
                with pytest.raises(UsageError, match="its name typed"):
                    careful.gate.approve(guarded, "key y")


async def test_what_changed_underneath_is_not_touched(
    control_plane: ControlPlane, things: Things, tmp_path: Path
) -> None:
    """Somebody changes the object, or makes what would be made, between the look and the yes."""
    async with operating(control_plane, tmp_path) as hands:
        for number, (line, ref) in enumerate(things.wishes):
            plan = await hands.plan(line, ref)
            preview = await hands.gate.preview(hands.agent, plan)
            assert preview.refusal is None, (line, preview.refusal)
            things.somebody_does(plan, number)
            before = things.look()
            approval = hands.gate.approve(preview, "test", preview.confirm)
            news = [each async for each in hands.gate.carry_out(hands.agent, preview, approval)]
            assert isinstance(news[-1].error, Conflict), (line, news[-1])
            assert not [each for each in news if each.state is StepState.DONE], line
            assert things.look() == before, line


LIMITED = [
    ("expose 80", {"services": "0"}, "exceeded quota: full"),
    ("trigger", {"count/jobs.batch": "0"}, "exceeded quota: full"),
    ("autoscale 1 3 70", {"count/horizontalpodautoscalers.autoscaling": "0"}, "exceeded quota: full"),
]


async def test_a_full_quota(
    control_plane: ControlPlane, things: Things, official: client.ApiClient, tmp_path: Path
) -> None:
    hard = {name: amount for _, limits, _ in LIMITED for name, amount in limits.items()}
    core, namespace = client.CoreV1Api(official), things.namespace
    hard["pods"] = "0"
    core.create_namespaced_resource_quota(namespace, {"metadata": {"name": "full"}, "spec": {"hard": hard}})
    await until(lambda: "pods" in (core.read_namespaced_resource_quota("full", namespace).status.used or {}))
    lines = dict(things.wishes)
    async with operating(control_plane, tmp_path) as hands:
        for line, _, words in LIMITED:
            refusal = await refused(hands, line, lines[line])
            assert isinstance(refusal, Forbidden), (line, refusal)
            assert words in str(refusal)
        preview = await hands.gate.preview(hands.agent, await hands.plan("scale 3", lines["scale 3"]))
        notes = [note.text for note in preview.impact]
        assert any(note.startswith("quota full has no room: pods ") for note in notes)


async def test_what_a_policy_forbids(
    control_plane: ControlPlane, things: Things, official: client.ApiClient, tmp_path: Path
) -> None:
    policies, name = client.AdmissionregistrationV1Api(official), f"few-{things.namespace}"
    rule = {"apiGroups": ["apps"], "apiVersions": ["v1"], "operations": ["UPDATE"], "resources": ["deployments"]}
    within = {"matchLabels": {"kubernetes.io/metadata.name": things.namespace}}
    spec = {
        "matchConstraints": {"resourceRules": [rule], "namespaceSelector": within},
        "validations": [{"expression": "!has(object.metadata.labels.tier)", "message": "no tiers here"}],
    }
    binding = {"policyName": name, "validationActions": ["Deny"]}
    policies.create_validating_admission_policy({"metadata": {"name": name}, "spec": spec})
    policies.create_validating_admission_policy_binding({"metadata": {"name": name}, "spec": binding})
    web = ObjectRef("deployments.apps", "web", things.namespace)
    before = things.look()
    try:
        async with operating(control_plane, tmp_path) as hands:
            deadline = time.monotonic() + 20
            while (refusal := await refused(hands, "label tier=front", web)) is None:
                assert time.monotonic() < deadline, "the policy never came into force"
            assert isinstance(refusal, Invalid), refusal
            assert "no tiers here" in str(refusal)
            assert await refused(hands, "label team=ours", web) is None
    finally:
        policies.delete_validating_admission_policy_binding(name)
        policies.delete_validating_admission_policy(name)
    assert things.look() == before


async def test_the_app_says_why(ours: ControlPlane, things: Things) -> None:
    before = things.look()
    async with at_the_keyboard(ours, things.namespace, "deployments", "viewer") as person:
        await person.stand_on("web")
        await person.pilot.press("full_stop")
        await person.until_shown(f"you may not delete deployments in {things.namespace}")
        assert "you may not patch deployments/scale" in person.text()
        await person.pilot.press("escape")
        await person.act(":scale 3")
        await person.decided()
        assert "✖ You may not patch scale of deployments.apps" in person.text()
        assert "Apply" not in person.text()
        await person.pilot.press("y", "escape")
    async with at_the_keyboard(ours, things.namespace, "deployments", read_only=True) as person:
        await person.stand_on("web")
        await person.act("r")
        await person.decided()
        assert "is read-only here" in person.text()
        await person.pilot.press("y", "escape")
    assert things.look() == before


async def test_the_app_shows_anew_what_changed_underneath(control_plane: ControlPlane, things: Things) -> None:
    note = {"metadata": {"labels": {"seen": "late"}}}
    async with at_the_keyboard(control_plane, things.namespace, "deployments") as person:
        await person.stand_on("web")
        await person.act("L *tier=front enter")
        await person.decided()
        things.apps.patch_namespaced_deployment("web", things.namespace, note, field_manager="somebody")
        await person.pilot.press("y")
        await person.until_shown("Nothing was done")
        assert "by somebody" in person.text()
        assert "tier" not in things.apps.read_namespaced_deployment("web", things.namespace).metadata.labels
        await person.approve("W1 reversible")
        assert things.apps.read_namespaced_deployment("web", things.namespace).metadata.labels["tier"] == "front"
        await person.take_back()
    labels = things.apps.read_namespaced_deployment("web", things.namespace).metadata.labels
    assert labels == {"seen": "late"}

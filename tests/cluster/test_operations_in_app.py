"""Each operation by keys and words, seen in the plan, approved and taken back; the official client is the witness."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from kubernetes import client

from kubegenie_tui.screens.shell import ShellScreen
from tests.cluster.custom_things import custom_things
from tests.cluster.keyboard import Person, at_the_keyboard, seen, until
from tests.cluster.operating import deploy
from tests.control_plane import ControlPlane

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]
W1, W2, W3 = "W1 reversible", "W2 disruptive", "W3 destructive"
CONTAINER = {"name": "work", "image": "busybox:1.37", "resources": {"requests": {"cpu": "10m"}}}
POD = {"containers": [CONTAINER], "restartPolicy": "Never"}


async def done_and_undone(person: Person, line: str, tier: str, look: Callable[[], Any], word: str = "") -> None:
    """After an operation the witness sees something else, after its undo what was there before."""
    before = await asyncio.to_thread(look)
    await person.act(line)
    await person.approve(tier, word)
    assert await asyncio.to_thread(look) != before, line
    await person.take_back(word)
    assert await asyncio.to_thread(look) == before, line
    await person.leave()


TEMPLATE = [
    ("i *nginx:1.28 enter", W2),
    ("ctrl+l form enter", W2),
    ("r", W1),
    (".requests *20m enter", W1),
    (".pause", W1),
    ("L *tier=front enter", W1),
    (":env LEVEL=debug", W1),
    (":annotate example.com/note=hand", W1),
    ("ctrl+d", W2),
]


@pytest.mark.operations(
    done="image rollback restart resources pause resume label env annotate delete",
    undone="image rollback restart resources pause resume label env annotate delete",
)
async def test_a_deployment(control_plane: ControlPlane, official: client.ApiClient, namespace: str) -> None:
    """One without pods: what becomes of pods is seen elsewhere."""
    deploy(official, namespace, replicas=0)
    apps = client.AppsV1Api(official)

    def look() -> Any:
        found = apps.list_namespaced_deployment(namespace).items
        return [seen(official, each) for each in found]

    async with at_the_keyboard(control_plane, namespace, "deployments") as person:
        await person.stand_on("web")
        for line, tier in TEMPLATE:
            await done_and_undone(person, line, tier, look)
        await person.stand_on("web")
        apps.patch_namespaced_deployment("web", namespace, {"spec": {"paused": True}})
        await done_and_undone(person, ":rollout resume", W1, look)


@pytest.mark.operations(done="rollback", undone="rollback")
async def test_the_way_back_from_the_history(
    control_plane: ControlPlane, official: client.ApiClient, namespace: str
) -> None:
    deploy(official, namespace, replicas=0)
    apps = client.AppsV1Api(official)
    container = {"name": "app", "image": "nginx:1.28"}
    cause = {"kubernetes.io/change-cause": "a newer one"}
    body = {"metadata": {"annotations": cause}, "spec": {"template": {"spec": {"containers": [container]}}}}

    def image() -> Any:
        return apps.read_namespaced_deployment("web", namespace).spec.template.spec.containers[0].image

    await until(lambda: apps.read_namespaced_deployment("web", namespace).status.observed_generation)
    apps.patch_namespaced_deployment("web", namespace, body)
    async with at_the_keyboard(control_plane, namespace, "deployments") as person:
        await person.stand_on("web")
        await person.act("h")
        await person.until_shown("a newer one")
        await person.until_shown("0 of 0 pods ready")
        await person.act("g D")
        await person.until_shown("+     image: nginx:1.28")
        await person.act("escape j b")
        await person.approve(W2)
        assert image() == "nginx:1.27"
        await person.take_back()
        assert image() == "nginx:1.28"


@pytest.mark.operations(done="scale expose autoscale", undone="scale expose autoscale")
async def test_replicas_and_what_stands_around_them(
    control_plane: ControlPlane, official: client.ApiClient, namespace: str
) -> None:
    deploy(official, namespace, replicas=1)
    apps, core, scaling = client.AppsV1Api(official), client.CoreV1Api(official), client.AutoscalingV2Api(official)

    def replicas() -> tuple[int, int]:
        found = apps.read_namespaced_deployment("web", namespace)
        return found.spec.replicas, found.status.ready_replicas or 0

    async with at_the_keyboard(control_plane, namespace, "deployments") as person:
        await person.stand_on("web")
        await until(lambda: replicas() == (1, 1))
        await done_and_undone(person, "s *2 enter", W1, replicas)
        await done_and_undone(person, ":scale 0", W2, replicas)
        await done_and_undone(
            person, ".expose *80 enter", W1, lambda: [each.metadata.name for each in services(core, namespace)]
        )
        await done_and_undone(
            person,
            ":autoscale 1 3 70",
            W1,
            lambda: scaling.list_namespaced_horizontal_pod_autoscaler(namespace).to_dict()["items"],
        )


def services(core: client.CoreV1Api, namespace: str) -> list[Any]:
    return list(core.list_namespaced_service(namespace).items)


@pytest.mark.operations(done="label delete", undone="label delete", final="delete")
async def test_several_rows_are_one_plan_and_one_undo(
    control_plane: ControlPlane, official: client.ApiClient, namespace: str
) -> None:
    core = client.CoreV1Api(official)
    for name in ("one", "two"):
        core.create_namespaced_config_map(namespace, {"metadata": {"name": name}, "data": {"a": name}})
    core.create_namespaced_secret(namespace, {"metadata": {"name": "key"}, "stringData": {"a": "b"}})

    def look() -> Any:
        found = core.list_namespaced_config_map(namespace).items
        return {each.metadata.name: seen(official, each) for each in found if each.metadata.name in ("one", "two")}

    async with at_the_keyboard(control_plane, namespace, "configmaps") as person:
        for line in ("L *tier=front enter", "ctrl+d"):
            await person.stand_on("one")
            await person.act("m")
            await person.stand_on("two")
            await person.act("m")
            await done_and_undone(person, line, W1 if line.startswith("L") else W2, look)
            await person.act("ctrl+backslash")
        await person.command("secrets")
        await person.stand_on("key")
        await person.act("ctrl+d")
        await person.approve(W3, "key")
        assert core.list_namespaced_secret(namespace).items == []


@pytest.mark.operations(done="suspend unsuspend trigger retry", undone="suspend unsuspend trigger retry")
async def test_cron_jobs_and_jobs(control_plane: ControlPlane, official: client.ApiClient, namespace: str) -> None:
    batch = client.BatchV1Api(official)
    spec = {"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": {"spec": POD}}}}
    batch.create_namespaced_cron_job(namespace, {"metadata": {"name": "backup"}, "spec": spec})
    never = {**POD, "containers": [{**CONTAINER, "command": ["sh", "-c", "exit 0"]}]}
    job = {"metadata": {"name": "once"}, "spec": {"template": {"spec": never}}}
    batch.create_namespaced_job(namespace, job)

    def suspended() -> Any:
        return batch.read_namespaced_cron_job("backup", namespace).spec.suspend

    def jobs() -> set[str]:
        return {each.metadata.name for each in batch.list_namespaced_job(namespace).items}

    async with at_the_keyboard(control_plane, namespace, "cronjobs") as person:
        await person.stand_on("backup")
        await done_and_undone(person, "s", W1, suspended)
        batch.patch_namespaced_cron_job("backup", namespace, {"spec": {"suspend": True}})
        await done_and_undone(person, ":unsuspend", W1, suspended)
        await done_and_undone(person, "t", W1, jobs)
        await until(lambda: batch.read_namespaced_job("once", namespace).status.succeeded)
        await person.command("jobs")
        await person.stand_on("once")
        await done_and_undone(person, "r", W1, jobs)


@pytest.mark.operations(done="delete delete-with unsuspend suspend", undone="delete delete-with unsuspend suspend")
async def test_what_becomes_of_those_it_owns_and_a_job_that_waits(
    control_plane: ControlPlane, official: client.ApiClient, namespace: str
) -> None:
    apps, batch = client.AppsV1Api(official), client.BatchV1Api(official)

    def deployments() -> set[str]:
        return {each.metadata.name for each in apps.list_namespaced_deployment(namespace).items}

    def sets() -> list[Any]:
        return list(apps.list_namespaced_replica_set(namespace).items)

    works = {**POD, "containers": [{**CONTAINER, "command": ["sh", "-c", "sleep 3600"]}]}
    for name, spec in (
        ("later", {"suspend": True, "template": {"spec": POD}}),
        ("busy", {"template": {"spec": works}}),
    ):
        batch.create_namespaced_job(namespace, {"metadata": {"name": name}, "spec": spec})
    async with at_the_keyboard(control_plane, namespace, "deployments") as person:
        for line in ("delete-with Orphan", "delete Foreground"):
            how = line.partition(" ")[2]
            deploy(official, namespace, replicas=0)  # the second takes up what the first left behind
            await until(lambda: any(each.metadata.owner_references for each in sets()))
            await person.stand_on("web")
            await person.act(f":{line}")
            await person.approve(W2)
            await until(lambda: not deployments())
            assert [each.metadata.owner_references for each in sets()] == ([None] if how == "Orphan" else []), how
            await person.take_back()
            assert deployments() == {"web"}
            apps.delete_namespaced_deployment("web", namespace, propagation_policy=how)
            await person.leave()
        await person.command("jobs")
        await person.stand_on("later")
        await done_and_undone(
            person, ":unsuspend", W1, lambda: batch.read_namespaced_job("later", namespace).spec.suspend
        )
        await until(lambda: batch.read_namespaced_job("busy", namespace).status.active)
        await person.stand_on("busy")
        await done_and_undone(person, "s", W2, lambda: batch.read_namespaced_job("busy", namespace).spec.suspend)


@pytest.mark.operations(
    done="pause-reconciling resume-reconciling approve", undone="pause-reconciling resume-reconciling", final="approve"
)
async def test_what_operators_look_after(
    control_plane: ControlPlane, official: client.ApiClient, namespace: str
) -> None:
    with custom_things(official, namespace) as things:
        async with at_the_keyboard(control_plane, namespace, things.app.kind) as person:
            await person.stand_on("app")
            for line, ref in ((":pause-reconciling", things.app), (":resume-reconciling", things.held)):
                await person.command(ref.kind)
                await person.stand_on(ref.name)
                await done_and_undone(person, line, W1, partial(things.look, ref))
            await person.command(things.waiting.kind)
            await person.stand_on(things.waiting.name)
            before = things.look(things.waiting)
            await person.act(":approve")
            await person.approve(W2)
            assert things.look(things.waiting) != before
            assert "u  Undo" not in person.text()
            await person.leave()


def running(core: client.CoreV1Api, namespace: str, labels: str = "") -> list[Any]:
    found = core.list_namespaced_pod(namespace, label_selector=labels).items
    return [pod for pod in found if pod.status.phase == "Running" and not pod.metadata.deletion_timestamp]


@pytest.mark.operations(
    done="resources sanitize evict restart-pod", undone="resources sanitize", final="evict restart-pod"
)
async def test_pods(control_plane: ControlPlane, official: client.ApiClient, namespace: str) -> None:
    core = client.CoreV1Api(official)
    spec = {**POD, "containers": [{**CONTAINER, "command": ["sh", "-c", "sleep 3600"]}]}
    for name in ("box", "done"):
        core.create_namespaced_pod(namespace, {"metadata": {"name": name}, "spec": spec})
    deploy(official, namespace)
    core.patch_namespaced_pod_status("done", namespace, {"status": {"phase": "Succeeded"}})

    def requests() -> Any:
        return core.read_namespaced_pod("box", namespace).spec.containers[0].resources.requests

    def names() -> set[str]:
        return {each.metadata.name for each in core.list_namespaced_pod(namespace).items}

    async with at_the_keyboard(control_plane, namespace, "pods") as person:
        await until(lambda: len(running(core, namespace)) == 2)
        await person.stand_on("box")
        await done_and_undone(person, ".requests *30m enter", W1, requests)
        with_done = names()
        await person.act("z")
        await person.approve(W2)
        assert names() == with_done - {"done"}
        await person.take_back()
        assert names() == with_done
        await person.leave()
        for line in (":evict", ":restart-pod"):
            (of_web,) = await until(lambda: [each.metadata.name for each in running(core, namespace, "app=web")])
            await person.stand_on(of_web)
            await person.act(line)
            await person.approve(W2)
            assert of_web not in names()
            assert "u  Undo" not in person.text()
            await person.leave()


@pytest.mark.operations(done="debug delete", final="debug")
async def test_a_debug_container_and_an_end_without_grace(
    control_plane: ControlPlane, official: client.ApiClient, namespace: str
) -> None:
    core = client.CoreV1Api(official)
    spec = {**POD, "containers": [{**CONTAINER, "command": ["sh", "-c", "sleep 3600"]}]}
    core.create_namespaced_pod(namespace, {"metadata": {"name": "box"}, "spec": spec})
    async with at_the_keyboard(control_plane, namespace, "pods") as person:
        await until(lambda: running(core, namespace))
        await person.stand_on("box")
        await person.act(".debug form enter")
        await person.approve(W2)
        await person.pilot.press("escape")
        await person.until(lambda: isinstance(person.app.screen, ShellScreen))
        (added,) = core.read_namespaced_pod("box", namespace).spec.ephemeral_containers
        assert (added.image, added.target_container_name) == ("busybox:1.37", "work")
        await person.pilot.press("ctrl+right_square_bracket")
        await person.stand_on("box")
        await person.act(":delete grace=0")
        await person.approve(W3, "box")
        assert core.list_namespaced_pod(namespace).items == []

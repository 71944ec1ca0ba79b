"""Nodes by keys and words: closed, tainted, emptied, entered; the official client is the witness."""

from collections.abc import Iterator
from typing import Any

import pytest
from kubernetes import client

from kubegenie_tui.changes.operations import debugging
from kubegenie_tui.screens.shell import ShellScreen
from tests.cluster.keyboard import Person, at_the_keyboard, seen, until
from tests.cluster.operating import deploy
from tests.cluster.test_operations_in_app import CONTAINER, W1, W2, W3, done_and_undone, running
from tests.control_plane import ControlPlane

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]
CORDONED = "node.kubernetes.io/unschedulable"
"""Taint that a controller sets some time after a node was cordoned."""
AGENT = {"app": "agent"}


@pytest.fixture
def node(official: client.ApiClient) -> Iterator[str]:
    """Open and without taints before and after."""
    core = client.CoreV1Api(official)
    name = core.list_node().items[-1].metadata.name
    yield name
    core.patch_node(name, {"spec": {"unschedulable": None, "taints": None}})


@pytest.mark.operations(done="cordon taint uncordon", undone="cordon taint uncordon")
async def test_a_node(control_plane: ControlPlane, official: client.ApiClient, namespace: str, node: str) -> None:
    core = client.CoreV1Api(official)

    def look() -> Any:
        found = core.read_node(node)
        found.spec.taints = [each for each in found.spec.taints or () if each.key != CORDONED]
        return seen(official, found)

    async with at_the_keyboard(control_plane, namespace, "nodes") as person:
        await person.until(lambda: node in person.names)
        person.table.select("", node)
        await done_and_undone(person, ":cordon", W1, look)
        await done_and_undone(person, ":taint team=ours:PreferNoSchedule", W1, look)
        core.patch_node(node, {"spec": {"unschedulable": True}})
        await done_and_undone(person, ":uncordon", W1, look)


def run_on_every_node(official: client.ApiClient, namespace: str) -> None:
    template = {"metadata": {"labels": AGENT}, "spec": {"containers": [CONTAINER | {"command": ["sleep", "3600"]}]}}
    spec = {"selector": {"matchLabels": AGENT}, "template": template}
    client.AppsV1Api(official).create_namespaced_daemon_set(namespace, {"metadata": {"name": "agent"}, "spec": spec})


def told_by(person: Person) -> str:
    """What the plan says, as one line."""
    return " ".join(person.text().replace("│", " ").split())


@pytest.mark.operations(done="drain", undone="drain", final="drain")
async def test_a_drain_that_is_held_is_stopped_and_done_later(
    control_plane: ControlPlane, official: client.ApiClient, namespace: str, node: str
) -> None:
    core, policy = client.CoreV1Api(official), client.PolicyV1Api(official)
    deploy(official, namespace, nodeName=node)
    run_on_every_node(official, namespace)
    budget = {"metadata": {"name": "web"}, "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}}}
    async with at_the_keyboard(control_plane, namespace, "nodes") as person:
        await person.until(lambda: node in person.names)
        person.table.select("", node)
        (pod,) = await until(lambda: running(core, namespace, "app=web"))
        await until(lambda: any(each.spec.node_name == node for each in running(core, namespace, "app=agent")))
        await person.act("r form right enter")
        screen = await person.decided()
        assert W3 in person.text()
        assert f"1 stay: {namespace}/agent-" in told_by(person)
        policy.create_namespaced_pod_disruption_budget(namespace, budget)
        await until(lambda: policy.read_namespaced_pod_disruption_budget("web", namespace).status.current_healthy)
        await person.pilot.press(*person.typed(node), "enter")
        await person.until_shown("waits: The disruption budget web")
        assert core.read_node(node).spec.unschedulable
        await person.pilot.press("escape")
        await person.until_shown("s stop")
        await person.pilot.press("s")
        await person.until_shown("Stopped as you wished: 1 of ")
        assert "not done · waits: The disruption budget web needs 1 healthy pods" in person.text()
        assert screen is person.app.screen
        assert core.read_namespaced_pod(pod.metadata.name, namespace).metadata.deletion_timestamp is None
        await person.take_back()
        assert not core.read_node(node).spec.unschedulable
        policy.delete_namespaced_pod_disruption_budget("web", namespace)
        await person.leave()
        await person.act("r form right enter")
        await person.approve(W3, node)
        assert core.read_node(node).spec.unschedulable
        assert pod.metadata.uid not in {each.metadata.uid for each in running(core, namespace, "app=web")}
        await person.take_back()
        assert not core.read_node(node).spec.unschedulable


@pytest.mark.operations(done="node-shell")
async def test_a_shell_on_a_node_leaves_nothing_behind(
    control_plane: ControlPlane,
    official: client.ApiClient,
    namespace: str,
    node: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Simulated nodes have no namespaces to enter: the shell is that of the pod."""
    monkeypatch.setattr(debugging, "_INTO_THE_NODE", [])
    core = client.CoreV1Api(official)
    async with at_the_keyboard(control_plane, namespace, "nodes") as person:
        await person.until(lambda: node in person.names)
        person.table.select("", node)
        await person.act(f"s form tab *{namespace} enter")
        preview = (await person.decided()).preview
        assert preview is not None
        assert "deleted again when its shell is left" in [note.text for note in preview.checks]
        await person.approve(W2)
        (pod,) = core.list_namespaced_pod(namespace).items
        assert (pod.spec.node_name, pod.spec.containers[0].security_context.privileged) == (node, True)
        await person.pilot.press("escape")
        await person.until(lambda: isinstance(person.app.screen, ShellScreen))
        await person.pilot.press("ctrl+right_square_bracket")
        await until(lambda: not core.list_namespaced_pod(namespace).items)
        audit = (await person.app.services.changes()).audit
        [deletion, *_] = [each for each in await audit.entries() if each.phase == "intent" and each.verb == "delete"]
        assert (deletion.name, deletion.how) == (pod.metadata.name, "implied by key y")

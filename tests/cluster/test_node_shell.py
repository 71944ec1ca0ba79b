"""A shell on a node that ends before one can go in."""

import pytest
from kubernetes import client

from kubegenie_tui.changes.operations import debugging
from kubegenie_tui.screens.plan_dialog import Phase
from tests.cluster.keyboard import at_the_keyboard, until
from tests.control_plane import ControlPlane

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]


async def test_a_shell_on_a_node_that_ends_at_once_leaves_nothing_behind(
    control_plane: ControlPlane,
    official: client.ApiClient,
    namespace: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(debugging, "_INTO_THE_NODE", ["false"])
    core = client.CoreV1Api(official)
    node = core.list_node().items[-1].metadata.name
    async with at_the_keyboard(control_plane, namespace, "nodes") as person:
        await person.until(lambda: node in person.names)
        person.table.select("", node)
        await person.act(f"s form tab *{namespace} enter")
        screen = await person.decided()
        await person.pilot.press("y")
        await person.until(lambda: screen.phase is Phase.OVER)
        assert core.list_namespaced_pod(namespace).items
        await person.pilot.press("escape")
        await until(lambda: not core.list_namespaced_pod(namespace).items)

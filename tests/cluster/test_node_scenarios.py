"""Trouble of nodes that a person may mend, on a control plane of its own: as `test_scenarios`, one after the other."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kubernetes import client, config

from kubegenie_tui.demo.model_script import Call
from tests.cluster.gated import Gating
from tests.cluster.making import Maker
from tests.cluster.mending import mend, until_well
from tests.cluster.node_scenarios import NODE_SCENARIOS, NODES, NodeScenario, untouched
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster

NODES_LISTED = Call("list", {"kind": "nodes"})


@pytest.fixture(scope="module")
def plane(start_control_plane: Callable[..., ControlPlane]) -> Iterator[ControlPlane]:
    plane = start_control_plane("--nodes", str(len(NODES)), name="halls")
    yield plane
    plane.stop()


@pytest.fixture(scope="module")
def witness(plane: ControlPlane) -> client.ApiClient:
    """The official client of that control plane."""
    return config.new_client_from_config(str(plane.kubeconfig), context=plane.name)


@pytest.fixture
def maker(witness: client.ApiClient) -> Iterator[Maker]:
    """What makes things there; the nodes are as they were afterwards."""
    made = Maker(witness)
    yield made
    for name in NODES:
        made.patch("nodes", name, untouched())


@pytest.fixture
def space(witness: client.ApiClient) -> Iterator[str]:
    core, name = client.CoreV1Api(witness), f"halls-{uuid.uuid4().hex[:6]}"
    core.create_namespace({"metadata": {"name": name}})
    yield name
    core.delete_namespace(name, propagation_policy="Background")


@pytest.mark.parametrize("scenario", NODE_SCENARIOS, ids=lambda scenario: scenario.name)
async def test_the_root_is_named_and_the_pods_run_afterwards(
    plane: ControlPlane, witness: client.ApiClient, maker: Maker, space: str, tmp_path: Path, scenario: NodeScenario
) -> None:
    if scenario.was_well:
        start(maker, scenario, space)
        await until_well(witness, space, scenario)
    for name, body in scenario.nodes.items():
        maker.patch("nodes", name, body)
    if not scenario.was_well:
        start(maker, scenario, space)
    async with Gating(plane, tmp_path) as bench:
        await mend(bench, witness, space, scenario, NODES_LISTED)


def start(maker: Maker, scenario: NodeScenario, space: str) -> None:
    for manifest in scenario.manifests:
        maker.make(manifest, space)

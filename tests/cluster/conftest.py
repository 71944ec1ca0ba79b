"""The independent witness: the official client, and a namespace of its own for each test."""

import uuid
from collections.abc import Iterator

import pytest
from kubernetes import client, config

from tests.cluster.keyboard import Person, Shown
from tests.control_plane import ControlPlane


@pytest.fixture(scope="session")
def official(control_plane: ControlPlane) -> Iterator[client.ApiClient]:
    """The official Kubernetes client, as admin of `control_plane`."""
    api = config.new_client_from_config(str(control_plane.kubeconfig), context=control_plane.name)
    yield api
    api.rest_client.pool_manager.clear()
    api.close()


@pytest.fixture
def namespace(official: client.ApiClient) -> Iterator[str]:
    """A fresh namespace; its deletion is asked for, not waited for."""
    name = f"test-{uuid.uuid4().hex[:10]}"
    core = client.CoreV1Api(official)
    core.create_namespace({"metadata": {"name": name}})
    yield name
    core.delete_namespace(name, propagation_policy="Background")


@pytest.fixture(autouse=True)
def _as_marked(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test is marked with is what a person did in it."""
    Person.shown = Shown()
    yield
    mark = request.node.get_closest_marker("operations")
    if mark:
        claimed = {name: set(words.split()) for name, words in mark.kwargs.items()}
        found = {name: ids for name, ids in vars(Person.shown).items() if ids}
        assert found == claimed


@pytest.fixture
def ours(control_plane: ControlPlane) -> ControlPlane:
    """A control plane whose certificates and users are known, because the tests started it."""
    if control_plane.directory is None:
        pytest.skip("needs a control plane that the tests started")
    return control_plane

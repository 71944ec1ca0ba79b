"""The independent witness: the official client, and a namespace of its own for each test."""

import dataclasses
import uuid
from collections.abc import Iterator

import pytest
from kubernetes import client, config

from tests.cluster.heard import until_allowed
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


@pytest.fixture
def reader(ours: ControlPlane, official: client.ApiClient, namespace: str) -> ControlPlane:
    """`ours` as somebody who may read everything in the namespace, and change nothing."""
    rbac, name = "rbac.authorization.k8s.io", f"reader-of-{namespace}"
    access = client.RbacAuthorizationV1Api(official)
    rules = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list", "watch"]}]
    access.create_namespaced_role(namespace, {"metadata": {"name": "reader"}, "rules": rules})
    access.create_namespaced_role_binding(
        namespace,
        {
            "metadata": {"name": "reader"},
            "roleRef": {"apiGroup": rbac, "kind": "Role", "name": "reader"},
            "subjects": [{"apiGroup": rbac, "kind": "User", "name": name}],
        },
    )
    until_allowed(official, {"user": name}, verb="list", resource="pods", namespace=namespace)
    return dataclasses.replace(ours, name=f"{ours.name} as {name}")

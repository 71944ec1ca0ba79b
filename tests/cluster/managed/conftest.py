"""One managing cluster for all of these tests, with the definitions of Cluster API and Crossplane."""

import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from kubernetes import client

from kubegenie_tui.store.store import Store
from tests.clouds.making import store_with_safe
from tests.cluster.managed.cluster_api_player import ClusterApiPlayer, class_asked
from tests.cluster.managed.crossplane_player import CrossplanePlayer
from tests.cluster.managed.managing import install, official_client
from tests.control_plane import ControlPlane

DEFINITIONS = (
    "cluster-api/cluster.x-k8s.io_cluster*.yaml",
    "cluster-api/cluster.x-k8s.io_machinedeployments.yaml",
    "cluster-api/cluster.x-k8s.io_machines.yaml",
    "crossplane/apiextensions.*_compos*.yaml",
    "crossplane/apiextensions.*_managed*.yaml",
    "crossplane/pkg.*_functions.yaml",
    "crossplane/pkg.*_providers.yaml",
    "crossplane/protection.*_usages.yaml",
    *(f"provider-upjet-{cloud}/*.m.*.yaml" for cloud in ("aws", "gcp", "azure")),
)
PACKAGES = (
    ("functions", "Function", "function-patch-and-transform", "xpkg.crossplane.io/crossplane-contrib"),
    ("providers", "Provider", "provider-gcp-container", "xpkg.upbound.io/upbound"),
)


@pytest.fixture(scope="session")
def managing(start_control_plane: Callable[..., ControlPlane]) -> ControlPlane:
    """A bare one: its controllers are played."""
    plane = start_control_plane("--bare", name="managing")
    api = official_client(plane)
    install(api, *DEFINITIONS)
    api.close()
    return plane


@pytest.fixture(scope="session")
def managing_api(managing: ControlPlane) -> Iterator[client.ApiClient]:
    api = official_client(managing)
    yield api
    api.rest_client.pool_manager.clear()
    api.close()


@pytest.fixture
async def store(home: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Store]:
    async with store_with_safe(monkeypatch) as store:
        yield store


@pytest.fixture
def place(managing_api: client.ApiClient) -> str:
    """A namespace of its own."""
    name = f"test-{uuid.uuid4().hex[:10]}"
    client.CoreV1Api(managing_api).create_namespace({"metadata": {"name": name}})
    return name


@pytest.fixture
def account(managing_api: client.ApiClient, place: str) -> Iterator[str]:
    """A ProviderConfig, and what is installed."""
    custom = client.CustomObjectsApi(managing_api)
    body = {
        "apiVersion": "gcp.m.upbound.io/v1beta1",
        "kind": "ClusterProviderConfig",
        "metadata": {"name": place},
        "spec": {"projectID": "shop", "credentials": {"source": "InjectedIdentity"}},
    }
    custom.create_cluster_custom_object("gcp.m.upbound.io", "v1beta1", "clusterproviderconfigs", body)
    for plural, kind, name, registry in PACKAGES:
        package = {"metadata": {"name": name}, "spec": {"package": f"{registry}/{name}:v1"}}
        whole = {"apiVersion": "pkg.crossplane.io/v1", "kind": kind, **package}
        custom.create_cluster_custom_object("pkg.crossplane.io", "v1", plural, whole)
    yield place
    for plural, _, name, _ in PACKAGES:
        custom.delete_cluster_custom_object("pkg.crossplane.io", "v1", plural, name)


@pytest.fixture
def cluster_api(managing_api: client.ApiClient, place: str) -> Iterator[ClusterApiPlayer]:
    """Played in the namespace, with a ClusterClass."""
    with ClusterApiPlayer(managing_api, place) as player:
        player.create(("cluster.x-k8s.io", "v1beta2", "clusterclasses"), class_asked())
        yield player
        player.holding = ""


@pytest.fixture
def crossplane(managing_api: client.ApiClient, place: str) -> Iterator[CrossplanePlayer]:
    """Played in the namespace; nothing of it is left to the next test."""
    with CrossplanePlayer(managing_api, place) as player:
        yield player
        player.clear()

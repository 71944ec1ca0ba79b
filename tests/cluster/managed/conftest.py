"""One managing cluster for all of these tests, with the definitions of Cluster API and Crossplane."""

import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from aiohttp import web
from kubernetes import client

from kubegenie_tui.domain.creation import WorkKind, WorkState
from kubegenie_tui.store.store import Store
from tests.clouds.google_key import key_of
from tests.clouds.making import Making, store_with_safe
from tests.cluster.managed.aws_definitions import aws_definitions
from tests.cluster.managed.cluster_api_player import CLASSES, ClusterApiPlayer, class_asked
from tests.cluster.managed.crossplane_player import CrossplanePlayer
from tests.cluster.managed.managing import install, making, official_client
from tests.control_plane import ControlPlane
from tests.unit.kube.loopback import serve

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
FUNCTION = ("functions", "Function", "function-patch-and-transform", "xpkg.crossplane.io/crossplane-contrib")
PROVIDERS = {
    "aws": ("provider-aws-ec2", "provider-aws-iam", "provider-aws-eks"),
    "gcp": ("provider-gcp-container",),
    "azure": ("provider-family-azure", "provider-azure-containerservice"),
}


@pytest.fixture(scope="session")
def managing(start_control_plane: Callable[..., ControlPlane]) -> ControlPlane:
    """A bare one: its controllers are played."""
    plane = start_control_plane("--bare", name="managing")
    api = official_client(plane)
    install(api, *DEFINITIONS, besides=aws_definitions())
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
def cloud() -> str:
    """Where clusters are composed; a test of several is parametrised by it."""
    return "gcp"


@pytest.fixture
def account(managing_api: client.ApiClient, place: str, cloud: str) -> Iterator[str]:
    """A ProviderConfig of the cloud, and what is installed."""
    custom, group = client.CustomObjectsApi(managing_api), f"{cloud}.m.upbound.io"
    credentials = {"source": "InjectedIdentity" if cloud == "gcp" else "None"}
    spec = {"credentials": credentials, **({"projectID": "shop"} if cloud == "gcp" else {})}
    body = {"apiVersion": f"{group}/v1beta1", "kind": "ClusterProviderConfig", "metadata": {"name": place}}
    custom.create_cluster_custom_object(group, "v1beta1", "clusterproviderconfigs", {**body, "spec": spec})
    registry = "xpkg.upbound.io/upbound"
    packages = [FUNCTION, *(("providers", "Provider", each, registry) for each in PROVIDERS[cloud])]
    for plural, kind, name, registry in packages:
        package = {"metadata": {"name": name}, "spec": {"package": f"{registry}/{name}:v1"}}
        whole = {"apiVersion": "pkg.crossplane.io/v1", "kind": kind, **package}
        custom.create_cluster_custom_object("pkg.crossplane.io", "v1", plural, whole)
    yield place
    for plural, _, name, _ in packages:
        custom.delete_cluster_custom_object("pkg.crossplane.io", "v1", plural, name)


@pytest.fixture
def cluster_api(managing_api: client.ApiClient, place: str) -> Iterator[ClusterApiPlayer]:
    """Played in the namespace, with a ClusterClass."""
    with ClusterApiPlayer(managing_api, place) as player:
        player.create(CLASSES, class_asked())
        yield player
        player.holding = ""


@pytest.fixture
def crossplane(managing_api: client.ApiClient, place: str) -> Iterator[CrossplanePlayer]:
    """Played in the namespace; nothing of it is left to the next test."""
    with CrossplanePlayer(managing_api, place) as player:
        yield player
        player.clear()


@pytest.fixture
async def work(
    managing: ControlPlane, place: str, account: str, crossplane: CrossplanePlayer, store: Store, tmp_path: Path
) -> AsyncIterator[Making]:
    """Works of Crossplane, by which nothing is left to the next test."""
    async with making(managing, "crossplane", place, tmp_path / "site", store, provider_config=account) as work:
        yield work
        crossplane.no_function, crossplane.is_behind, crossplane.providers_wait = "", False, False
        crossplane.broken.clear()
        crossplane.holding.clear()
        await work.die()
        for each in await work.works.all():
            if each.kind is WorkKind.CREATE and each.state is not WorkState.REMOVED:
                await work.removed(each)


@pytest.fixture
async def google(
    crossplane: CrossplanePlayer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[CrossplanePlayer]:
    """A cluster of GKE takes Google's tokens alone, as it does by itself; we have a login of Google's."""
    crossplane.issues_certificates = False
    given = {"access_token": crossplane.tokens.current, "expires_in": 3600, "token_type": "Bearer"}

    async def answer(_: web.Request) -> web.Response:
        return web.json_response(given)

    async with serve(answer) as url:
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key_of(f"{url}/token", tmp_path)))
        yield crossplane

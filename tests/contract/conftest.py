"""The two servers, each asked the same."""

import json
import ssl
import time
import urllib.request
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from kubernetes import client, config

from tests.contract.api import PATIENCE, Api
from tests.contract.manifests import definition
from tests.demo_worlds import demo_process

if TYPE_CHECKING:
    from tests.control_plane import ControlPlane

DEMO_CLUSTER = "staging"


@pytest.fixture(scope="session", params=["demo", pytest.param("real", marks=pytest.mark.cluster)])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """Kubeconfig and admin context of one of the two servers."""
    if request.param == "demo":
        with demo_process(tmp_path_factory.mktemp("demo")) as kubeconfig:
            yield kubeconfig, DEMO_CLUSTER
        return
    plane: ControlPlane = request.getfixturevalue("control_plane")
    yield plane.kubeconfig, plane.name


@pytest.fixture(scope="session")
def official(server: tuple[Path, str]) -> Iterator[client.ApiClient]:
    """The official client: it decodes answers into its own types, and fails where they are not what they must be."""
    api = config.new_client_from_config(str(server[0]), context=server[1])
    yield api
    api.rest_client.pool_manager.clear()
    api.close()


@pytest.fixture(scope="session")
def forgetful(server: tuple[Path, str], request: pytest.FixtureRequest) -> None:
    """The server has forgotten its oldest versions: the real one's etcd is compacted, the demo never keeps them."""
    if server[1] == DEMO_CLUSTER:
        return
    plane: ControlPlane = request.getfixturevalue("control_plane")
    if plane.directory is None:
        pytest.skip("needs a control plane that the tests started")
    words = Path(f"/proc/{plane.pid('etcd')}/cmdline").read_text().split("\0")
    etcd = words[words.index("--listen-client-urls") + 1]

    def ask(what: str, **fields: str) -> Any:
        request = urllib.request.Request(f"{etcd}/v3/kv/{what}", json.dumps(fields).encode())
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    ask("compaction", revision=ask("range", key="AA==")["header"]["revision"])


@pytest.fixture
async def api(official: client.ApiClient) -> AsyncIterator[Api]:
    """The server as admin."""
    async with _session(official.configuration, known=True) as session:
        yield Api(session, official.configuration.host)


@pytest.fixture
async def stranger(official: client.ApiClient) -> AsyncIterator[Api]:
    """The server as somebody without credentials."""
    async with _session(official.configuration, known=False) as session:
        yield Api(session, official.configuration.host)


@pytest.fixture
async def namespace(api: Api) -> AsyncIterator[str]:
    """A fresh namespace; its deletion is asked for, not waited for."""
    name = f"contract-{uuid.uuid4().hex[:10]}"
    await api.made("/api/v1/namespaces", {"metadata": {"name": name}})
    yield name
    await api.delete(f"/api/v1/namespaces/{name}")


@pytest.fixture
async def custom(api: Api) -> AsyncIterator[str]:
    """The path of a group with `widgets`, which a definition has just added; the definition goes with the test."""
    group = f"c{uuid.uuid4().hex[:8]}.example.com"
    definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    await api.made(definitions, definition(group))
    deadline = time.monotonic() + PATIENCE
    while (await api.get(f"/apis/{group}/v1/widgets")).status != 200:
        assert time.monotonic() < deadline, "the definition was never served"
    yield f"/apis/{group}/v1"
    await api.delete(f"{definitions}/widgets.{group}")


@pytest.fixture
def config_maps(namespace: str) -> str:
    """The path of the ConfigMaps of a fresh namespace."""
    return f"/api/v1/namespaces/{namespace}/configmaps"


@pytest.fixture
def pods(namespace: str) -> str:
    return f"/api/v1/namespaces/{namespace}/pods"


@pytest.fixture
def deployments(namespace: str) -> str:
    return f"/apis/apps/v1/namespaces/{namespace}/deployments"


def _session(configuration: client.Configuration, *, known: bool) -> aiohttp.ClientSession:
    context: ssl.SSLContext | bool = True
    headers = {"User-Agent": "contract/1"}
    if configuration.host.startswith("https"):
        context = ssl.create_default_context(cafile=configuration.ssl_ca_cert)
        if known and configuration.cert_file:
            context.load_cert_chain(configuration.cert_file, configuration.key_file)
    if known and (token := configuration.get_api_key_with_prefix("authorization")):
        headers["Authorization"] = token
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context), headers=headers)

"""Clusters of providers: found, told about, registered with their credentials in the safe; what fails is told."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kubegenie_tui.agents.cluster_manager import ClusterManager
from kubegenie_tui.agents.discovering import Discovery, Source, asked_by, free_name, source_of
from kubegenie_tui.domain.errors import KubeGenieError, PluginError, UsageError
from kubegenie_tui.providers.api import FoundCluster, progress, trouble
from kubegenie_tui.providers.manifest import Capability
from kubegenie_tui.providers.registry import Registry
from kubegenie_tui.store.lock import Way
from kubegenie_tui.store.store import Store
from tests.keyrings import Ring, using
from tests.unit.agents.fakes import FakeClock
from tests.unit.providers.conftest import offer_of, pins, registry, site
from tests.unit.providers.site import Site
from tests.wheels import MANIFEST

__all__ = ["pins", "registry", "site"]

BOTH = (Capability.LIST, Capability.REGISTER)


class Cloud:
    """Three regions, one of which is not for us."""

    async def list_clusters(self) -> list[FoundCluster]:
        progress("eu, 1 so far")
        trouble(KubeGenieError("Region us cannot be looked at", "not allowed"))
        return [FoundCluster("prod", "https://10.0.0.7", "eu"), FoundCluster("soon", region="eu", state="CREATING")]

    async def kubeconfig(self, cluster: str) -> object:
        if cluster == "soon":
            raise KubeGenieError("soon has no API server yet", "it is being created")
        if cluster == "odd":
            return None
        return {
            "clusters": [{"name": "c", "cluster": {"server": "https://10.0.0.7"}}],
            "users": [{"name": "u", "user": {"token": "t0ken"}}],
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        }


@pytest.fixture
async def manager(tmp_path: Path) -> AsyncIterator[ClusterManager]:
    with using(Ring()):
        store = await Store.open(tmp_path / "kept.db")
        await store.safe.set_up(Way.KEYRING)
        manager = ClusterManager(store, kubeconfig=(), clock=FakeClock())
        await manager.start()
        yield manager
        await manager.shutdown()
        await store.close()


def kept_in(directory: Path) -> bytes:
    return b"".join(file.read_bytes() for file in directory.glob("kept.db*"))


async def test_what_is_found_is_told_with_what_is_not() -> None:
    heard: list[str] = []
    found = await Source("acme", Cloud(), BOTH).find(heard.append)
    assert heard == ["eu, 1 so far"]
    assert [each.name for each in found.clusters] == ["prod", "soon"]
    assert [str(each) for each in found.troubles] == ["Region us cannot be looked at · not allowed"]
    progress("nobody listens any more")
    assert heard == ["eu, 1 so far"]


async def test_it_is_live_at_once_and_its_token_is_sealed(manager: ClusterManager, tmp_path: Path) -> None:
    source = Source("acme", Cloud(), BOTH)
    lead = await source.lead_to("prod")
    assert "t0ken" not in repr(lead)
    assert await source.register(lead, manager.registrar, "prod-eu") == "prod-eu"
    (status,) = manager.statuses
    assert (status.name, status.server, status.source, status.origin) == (
        "prod-eu", "https://10.0.0.7", "registered", "acme",
    )  # fmt: skip
    assert b"t0ken" not in kept_in(tmp_path)
    agent = manager.agent("prod-eu")
    assert agent is not None
    lent = agent.context.auth.lent
    assert lent is not None
    assert await lent.fetch(lent.owner, *lent.fields[0]) == "t0ken"


async def test_what_cannot_be_registered_says_why(manager: ClusterManager) -> None:
    source = Source("acme", Cloud(), BOTH)
    for name, said in (("soon", "no API server yet"), ("odd", "gave no kubeconfig")):
        with pytest.raises(KubeGenieError, match=said):
            await source.lead_to(name)
    with pytest.raises(UsageError, match="cannot register clusters"):
        await Source("acme", Cloud(), (Capability.LIST,)).lead_to("prod")
    lead = await source.lead_to("prod")
    await source.register(lead, manager.registrar, "prod")
    with pytest.raises(UsageError, match="There is a cluster named"):
        await source.register(lead, manager.registrar, "prod")


async def test_a_search_ends_when_the_person_gives_up() -> None:
    ended = asyncio.Event()

    class Slow:
        async def list_clusters(self) -> list[FoundCluster]:
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()
            return []

    begun = asyncio.create_task(Source("slow", Slow(), BOTH).find())
    await asyncio.sleep(0)
    begun.cancel()
    await asyncio.gather(begun, return_exceptions=True)
    assert ended.is_set()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise OSError('no network')", "acme failed: OSError: no network"),
        ("return 3", "acme gave no list of clusters"),
        ("return ['prod']", "acme gave no list of clusters"),
        ("raise SystemExit(3)", "acme failed: RuntimeError: SystemExit: 3"),
        ("return []\n    def __new__(cls, config): raise OSError('no home')", "acme failed: OSError: no home"),
    ],
)
async def test_a_plugin_that_fails_is_told_by_name(site: Site, registry: Registry, body: str, said: str) -> None:
    plugin = f"class Plugin:\n    def __init__(self, config): ...\n    async def list_clusters(self): {body}\n"
    site.install("acme", plugin=plugin)
    await registry.allow(await offer_of(registry, "acme"))
    loaded = await Discovery(registry).load("acme")
    assert asked_by(loaded) == ()
    with pytest.raises(PluginError, match=said):
        await source_of(loaded, {}).find()


BLOCKING = """
import threading
from kubegenie_tui.providers.api import KubeGenieError, progress, trouble

begun, gate = threading.Event(), threading.Event()

class Plugin:
    def __init__(self, config): ...
    async def list_clusters(self):
        progress("eu")
        trouble(KubeGenieError("us is down"))
        begun.set()
        gate.wait(60)
        return []
"""


async def test_one_that_blocks_holds_up_nothing_and_can_be_given_up(site: Site, registry: Registry) -> None:
    site.install("acme", plugin=BLOCKING)
    await registry.allow(await offer_of(registry, "acme"))
    loaded = await Discovery(registry).load("acme")
    acme, heard = sys.modules["acme.plugin"], list[str]()
    given_up = asyncio.create_task(source_of(loaded, {}).find())
    assert await asyncio.to_thread(acme.begun.wait, 20)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    acme.gate.set()
    found = await source_of(loaded, {}).find(heard.append)
    assert (found.clusters, heard, [str(each) for each in found.troubles]) == ((), ["eu"], ["us is down"])


async def test_those_that_list_are_offered_and_those_that_might(site: Site, registry: Registry) -> None:
    site.install("acme")
    site.install("other", manifest=MANIFEST.replace('["list"]', '["register"]'))
    site.install("broken", manifest="api = 99")
    names = {each.name for each in await Discovery(registry).listing() if not each.built_in}
    assert names == {"acme", "broken"}


def test_a_name_that_is_taken_gets_its_region() -> None:
    found = FoundCluster("prod", region="eu")
    assert (free_name(found, set()), free_name(found, {"prod"})) == ("prod", "prod.eu")
    assert free_name(FoundCluster("prod"), {"prod"}) == "prod"

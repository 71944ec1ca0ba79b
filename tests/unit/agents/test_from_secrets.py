"""A cluster whose way in lies in a Secret of another one: registered, and followed when its token is another one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import yaml
from aiohttp import web

from kubegenie_tui.agents.cluster_manager import ClusterManager
from kubegenie_tui.agents.from_secrets import register_from
from kubegenie_tui.demo.world.world import World
from kubegenie_tui.domain.cluster import ClusterStatus, Reach, SecretPlace
from kubegenie_tui.domain.errors import NotFound
from kubegenie_tui.kube.context import Context
from kubegenie_tui.store.lock import Way
from kubegenie_tui.store.store import Store
from tests.keyrings import Ring, using
from tests.unit.agents.demo_clusters import serving, world
from tests.unit.agents.fakes import FakeClock
from tests.unit.agents.waiting import eventually
from tests.unit.kube.loopback import refusal, serve
from tests.unit.providers.test_secret_kubeconfig import KUBECONFIG, secret

PLACE = SecretPlace("hub", "shop", "dev-kubeconfig")


class Child:
    """A server that takes one token."""

    token = "first"

    async def __call__(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return refusal(401, "Unauthorized", "Unauthorized")
        if request.path == "/version":
            return web.json_response({"major": "1", "minor": "37", "gitVersion": "v1.37.2"})
        return web.Response(text="ok") if request.path == "/readyz" else refusal(403, "Forbidden", "Forbidden")


def written(url: str, token: str) -> dict[str, object]:
    content = yaml.safe_load(KUBECONFIG.replace("t0ken", token))
    content["clusters"][0]["cluster"]["server"] = url
    made = secret({"value": yaml.safe_dump(content)})
    made["metadata"] |= {"namespace": "shop"}
    return {"apiVersion": "v1", "kind": "Secret", **made}


@asynccontextmanager
async def managing(tmp_path: Path, hub: World) -> AsyncIterator[ClusterManager]:
    with using(Ring()):
        async with serving(hub) as server:
            store = await Store.open(tmp_path / "kept.db")
            await store.safe.set_up(Way.KEYRING)
            contexts = [Context("hub", server=server.url("hub"))]
            manager = ClusterManager(store, kubeconfig=(), extra=contexts, clock=FakeClock())
            await manager.start()
            try:
                yield manager
            finally:
                await manager.shutdown()
                await store.close()


def status(manager: ClusterManager) -> ClusterStatus:
    return next(each for each in manager.statuses if each.name == "dev")


async def test_registered_and_followed(tmp_path: Path) -> None:
    hub, child = world("hub"), Child()
    async with serve(child) as url, managing(tmp_path, hub) as manager:
        hub.cluster.create(written(url, "first"))
        assert await register_from(await manager.open("hub"), PLACE, manager.registrar) == "dev"
        assert (status(manager).source, status(manager).origin) == ("registered", "of hub")
        agent = await manager.open("dev")
        await agent.check()
        assert status(manager).reach is Reach.READY
        child.token = "second"
        kept = hub.cluster.get("secrets", "dev-kubeconfig", "shop")
        assert kept is not None
        hub.cluster.replace({**kept, "data": written(url, "second")["data"]})
        before = agent.context
        await agent.check()
        await eventually(lambda: agent.context != before)
        await agent.check()
        assert status(manager).reach is Reach.READY
        registration = manager.registrar.registration("dev")
        assert await manager.registrar.kept(registration) == {"token": "second"}


async def test_a_secret_that_says_the_same_changes_nothing(tmp_path: Path) -> None:
    hub, child = world("hub"), Child()
    async with serve(child) as url, managing(tmp_path, hub) as manager:
        hub.cluster.create(written(url, "wrong"))
        await register_from(await manager.open("hub"), PLACE, manager.registrar)
        agent = await manager.open("dev")
        before = agent.context
        await agent.check()
        assert status(manager).reach is Reach.DENIED
        await eventually(lambda: "secret of dev" not in manager._duties)
        assert agent.context == before


async def test_a_secret_that_is_not_there(tmp_path: Path) -> None:
    async with managing(tmp_path, world("hub")) as manager:
        with pytest.raises(NotFound):
            await register_from(await manager.open("hub"), PLACE, manager.registrar)
        assert [each.name for each in manager.statuses] == ["hub"]

"""A copy whose program in the pod does not take all that it is sent."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiohttp import web

from kubegenie_tui.agents.archive import Transfer
from kubegenie_tui.agents.copying import Copier
from kubegenie_tui.agents.pod_access import PodAccess
from kubegenie_tui.changes.audit import Audit, open_audit, paired
from kubegenie_tui.domain.errors import ServerFailed
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.streams.process import ERROR, V5
from kubegenie_tui.store.store import Store
from tests.unit.kube.loopback import client_of, serve

POD = ObjectRef("pods", "box", "lab", "test")
BIG = 50_000_000


@pytest.fixture
async def audit(tmp_path: Path) -> AsyncIterator[Audit]:
    store = await Store.open(tmp_path / "store.db")
    yield await open_audit(store, tmp_path)
    await store.close()


def reading(messages: int, status: str) -> Any:
    """Answers that take so many pieces of the input, say how it ended, and read no more until they are hung up on."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if not request.path.endswith("/exec"):
            return web.Response(status=404)
        socket = web.WebSocketResponse(protocols=(V5,), max_msg_size=0)
        await socket.prepare(request)
        for _ in range(messages):
            await socket.receive_bytes()
        await socket.send_bytes(bytes([ERROR]) + json.dumps({"status": status}).encode())
        await socket.receive()
        return socket

    return answer


def copier_of(client: Client, audit: Audit) -> Copier:
    async def opened() -> Audit:
        return audit

    agent = SimpleNamespace(
        client=client,
        name="test",
        status=SimpleNamespace(read_only=False),
        context=SimpleNamespace(user_name="tester"),
    )
    return Copier(PodAccess(cast("Any", agent), opened), POD, "app")


@pytest.mark.parametrize("taken", [0, 1, 20])
async def test_a_program_that_ends_well_before_it_had_everything(tmp_path: Path, audit: Audit, taken: int) -> None:
    source = tmp_path / "big"
    with source.open("wb") as file:
        file.truncate(BIG)
    transfer = Transfer()
    async with serve(reading(taken, "Success")) as url, client_of(url) as client:
        with pytest.raises(ServerFailed, match="ended in the pod before all of it was sent"):
            await copier_of(client, audit).send(source, "/data/", transfer)
    assert transfer.bytes < BIG
    ((_, result),) = paired(await audit.entries())
    assert result is not None


async def test_a_program_that_had_everything(tmp_path: Path, audit: Audit) -> None:
    source = tmp_path / "small"
    source.write_text("hello")
    async with serve(reading(1, "Success")) as url, client_of(url) as client:
        assert await copier_of(client, audit).send(source, "/data/", Transfer()) == "/data/small"

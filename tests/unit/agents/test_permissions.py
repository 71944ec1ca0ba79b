"""What we may do is asked once, in the background, and believed for a while."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, cast

import pytest

from kubegenie_tui.agents.duties import Duties
from kubegenie_tui.agents.permissions import FRESH_SECONDS, RETRY_SECONDS, Permissions
from kubegenie_tui.domain.errors import TimedOut
from kubegenie_tui.domain.kind import Kind
from tests.unit.agents.fakes import FakeClock, settle

if TYPE_CHECKING:
    from kubegenie_tui.kube.client import Client

PODS = Kind("", "v1", "pods", "Pod")
NODES = Kind("", "v1", "nodes", "Node", namespaced=False)


class Reviewing:
    """Answers reviews: everything but deleting is allowed."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.down = False

    async def post(self, path: str, body: dict[str, Any]) -> bytes:
        await asyncio.sleep(0)
        if self.down:
            raise TimedOut("it did not answer")
        attributes = body["spec"]["resourceAttributes"]
        self.asked.append(attributes)
        return json.dumps({"status": {"allowed": attributes["verb"] != "delete", "reason": "RBAC"}}).encode()


class Asked:
    """Permissions over a server that is played."""

    def __init__(self) -> None:
        self.server = Reviewing()
        self.clock = FakeClock()
        self.duties = Duties(lambda: None)
        self.told = 0
        self.permissions = Permissions(lambda: cast("Client", self.server), self.duties, self.clock)
        self.permissions.subscribe(self._hear)

    def _hear(self) -> None:
        self.told += 1


@pytest.fixture
async def asked() -> AsyncIterator[Asked]:
    found = Asked()
    yield found
    await found.duties.close()


async def test_unknown_first_and_then_known(asked: Asked) -> None:
    assert asked.permissions.allowed("delete", PODS, "shop") is None
    await settle()
    assert asked.permissions.allowed("delete", PODS, "shop") == (False, "you may not delete pods in shop")
    assert asked.permissions.allowed("create", PODS, "shop", "exec") is None
    await settle()
    assert asked.permissions.allowed("create", PODS, "shop", "exec") == (True, "RBAC")
    assert asked.told == 2
    assert asked.server.asked[1]["subresource"] == "exec"


async def test_many_questions_are_one_request(asked: Asked) -> None:
    for _ in range(10):
        asked.permissions.allowed("delete", PODS, "shop")
    await settle()
    for _ in range(10):
        asked.permissions.allowed("delete", PODS, "shop")
    await settle()
    assert len(asked.server.asked) == 1


async def test_an_old_answer_serves_while_it_is_asked_anew(asked: Asked) -> None:
    asked.permissions.allowed("delete", PODS, "shop")
    await settle()
    await asked.clock.advance(FRESH_SECONDS + 1)
    assert asked.permissions.allowed("delete", PODS, "shop") is not None
    await settle()
    assert len(asked.server.asked) == 2


async def test_a_server_that_does_not_answer_is_left_alone_for_a_while(asked: Asked) -> None:
    asked.server.down = True
    assert asked.permissions.allowed("delete", PODS, "shop") is None
    await settle()
    asked.server.down = False
    assert asked.permissions.allowed("delete", PODS, "shop") is None
    await settle()
    assert not asked.server.asked
    await asked.clock.advance(RETRY_SECONDS)
    asked.permissions.allowed("delete", PODS, "shop")
    await settle()
    assert asked.permissions.allowed("delete", PODS, "shop") is not None


async def test_kinds_without_a_namespace_are_asked_without_one(asked: Asked) -> None:
    asked.permissions.allowed("get", NODES, "shop")
    await settle()
    assert asked.permissions.allowed("get", NODES) == (True, "RBAC")
    assert "namespace" not in asked.server.asked[0]


async def test_somebody_else_is_asked_about_anew(asked: Asked) -> None:
    asked.permissions.allowed("delete", PODS, "shop")
    await settle()
    asked.permissions.forget()
    assert asked.permissions.allowed("delete", PODS, "shop") is None

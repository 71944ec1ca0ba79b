"""A namespace that is not there is an error with near names, whichever tool is asked: never an empty success."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kubegenie_tui.domain.cluster import ClusterStatus, Reach
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.errors import Forbidden, NotFound, ServerFailed
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from kubegenie_tui.genie.serving import ServedTools
from kubegenie_tui.genie.tools.catalogue import TOOLS
from kubegenie_tui.genie.tools.taking import Scoped
from kubegenie_tui.genie.tools.toolbox import Toolbox
from kubegenie_tui.kube.objects import ObjectList
from kubegenie_tui.llm.backend import CallReady
from kubegenie_tui.store.store import Store
from tests.unit.agents.demo_clusters import agent_of, serving, world
from tests.unit.genie.played_reader import PlayedReader, played_scope

NEEDED: dict[str, dict[str, Any]] = {
    "can_i": {"verb": "get", "kind": "pods"},
    "count": {"kind": "pods"},
    "describe": {"kind": "pods", "name": "web"},
    "diagnose": {},
    "events": {},
    "get": {"kind": "pods", "name": "web"},
    "helm": {},
    "lacking": {"what": "limits"},
    "list": {"kind": "pods"},
    "logs": {"kind": "pods", "name": "web"},
    "related": {"kind": "pods", "name": "web"},
    "rollout": {"kind": "deployments", "name": "web"},
    "search": {"text": "web"},
    "show": {"kind": "pods"},
    "used_by": {"kind": "secrets", "name": "web"},
    "who_can": {"verb": "get", "kind": "pods"},
}
"""What tools need beside a namespace."""
NOT_OF_ONE = {"explain", "api_resources", "crossplane", "exec"}
"""Crossplane is not installed here; a command is run only where somebody can be asked."""
ASKED = sorted(name for name, tool in TOOLS.items() if issubclass(tool.arguments, Scoped) and name not in NOT_OF_ONE)


@pytest.fixture
async def scope() -> AsyncIterator[Scope]:
    async with serving(world("prod", pods=2)) as server, agent_of(server, "prod") as agent:
        yield Scope(agent, Focus("prod", "shop"), Redactor())


async def call(scope: Scope, tool: str, **arguments: Any) -> str:
    toolbox = Toolbox(scope)
    await toolbox.open()
    return (await toolbox.run(CallReady("1", tool, json.dumps(NEEDED.get(tool, {}) | arguments)))).text


@pytest.mark.parametrize("name", ASKED)
async def test_every_tool_says_that_the_namespace_is_not_there(name: str, scope: Scope) -> None:
    with pytest.raises(NotFound) as caught:
        await call(scope, name, namespace="shpo")
    assert caught.value.what == 'There is no namespace "shpo" in prod'
    assert caught.value.next_step == "did you mean shop?"


async def test_where_no_name_is_near_they_are_to_be_listed(scope: Scope) -> None:
    with pytest.raises(NotFound, match='no namespace "mars" in prod · list namespaces to see what there is'):
        await call(scope, "list", kind="pods", namespace="mars")


async def test_the_namespace_in_view_has_to_be_there_too(scope: Scope) -> None:
    elsewhere = msgspec.structs.replace(scope, focus=Focus("prod", "shpo"))
    with pytest.raises(NotFound, match='no namespace "shpo"'):
        await call(elsewhere, "diagnose")
    assert "pod-0" in await call(elsewhere, "get", kind="pods", name="pod-0")


@pytest.mark.parametrize("namespace", ["*", "all", None, "shop"])
async def test_all_the_one_in_view_and_one_that_is_there_are_looked_into(namespace: str | None, scope: Scope) -> None:
    assert "2 of 2 pods" in await call(scope, "count", kind="pods", namespace=namespace)


async def test_kinds_of_the_cluster_have_no_namespace_that_could_be_missing(scope: Scope) -> None:
    assert "node-1" in await call(scope, "list", kind="nodes", namespace="shpo")


async def test_a_program_outside_is_told_it_too(scope: Scope, tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "kept" / "kubegenie.db")
    tools = ServedTools(scope, store.proposals)
    await tools.open()
    said = await tools.call("overview", {"namespace": "shpo"}, "")
    assert not said.ok
    assert 'There is no namespace "shpo" in prod · did you mean shop?' in said.text
    await store.close()


class Refusing(PlayedReader):
    """A cluster that does not tell of namespaces, or not which there are."""

    def __init__(self, of_one: Exception, of_all: Exception | None = None) -> None:
        super().__init__()
        self._of_one, self._of_all = of_one, of_all

    async def get(self, kind: Kind, name: str, namespace: str = "", subresource: str = "") -> dict[str, Any]:
        raise self._of_one

    async def list_objects(self, kind: Kind, namespace: str = "", **how: Any) -> ObjectList:
        if self._of_all is not None:
            raise self._of_all
        return ObjectList([])


@pytest.mark.parametrize("refusal", [Forbidden("You may not get namespaces"), ServerFailed("It failed")])
async def test_where_the_cluster_does_not_tell_whoever_asks_is_believed(refusal: Exception) -> None:
    said = await call(played_scope(reader=Refusing(refusal)), "count", kind="pods", namespace="shpo")
    assert "0 of 0 pods in namespace shpo" in said


async def test_who_may_get_a_namespace_and_not_list_them_is_told_without_near_names() -> None:
    scope = played_scope(reader=Refusing(NotFound("gone"), Forbidden("You may not list namespaces")))
    with pytest.raises(NotFound, match='no namespace "shpo" in prod · list namespaces'):
        await call(scope, "count", kind="pods", namespace="shpo")


async def test_a_cluster_that_cannot_be_reached_is_not_waited_for() -> None:
    reader = Refusing(AssertionError("asked"))
    reader.status = ClusterStatus("prod", "https://prod.example", reach=Reach.UNREACHABLE)
    assert "namespace shop" in await call(played_scope(reader=reader), "count", kind="pods", namespace="shop")

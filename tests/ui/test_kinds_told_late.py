"""What needs the kinds that only the cluster knows waits while the cluster has not told what it serves."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.agents.kinds import Kinds
from kubegenie_tui.screens.access import AccessScreen
from kubegenie_tui.screens.editor import EditorScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.operators import OperatorsScreen
from kubegenie_tui.screens.picker import PickerScreen
from kubegenie_tui.screens.plan import PlanScreen
from kubegenie_tui.screens.relations import RelationsScreen
from tests.ui.on_demo import app_on_demo

DATA: dict[str, Any] = {"context": "prod-eu", "namespace": "data", "command": "pods"}
DATABASE = """apiVersion: platform.northwind.example/v1
kind: Database
metadata: {name: invoices}
spec: {engine: postgres, storage: 1Gi}
"""


@pytest.fixture
def tell(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Until it is set, no cluster tells what it serves."""
    gate, discover = asyncio.Event(), Kinds._discover

    async def late(self: Kinds) -> None:
        await gate.wait()
        await discover(self)

    monkeypatch.setattr(Kinds, "_discover", late)
    return gate


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("crd db", "what a Database is"),
        ("create db", "New on prod-eu"),
        ("xray db/orders", "Relations  Database orders"),
        ("db", "Databases  2  data"),
    ],
)
async def test_a_kind_that_the_cluster_has_not_told_of_yet_is_waited_for(
    tmp_path: Path, tell: asyncio.Event, line: str, words: str
) -> None:
    async with app_on_demo(tmp_path, **{**DATA, "command": line}) as on:
        await on.until_shown("learning what prod-eu serves")
        tell.set()
        await on.until_shown(words)


async def test_the_list_of_kinds_has_those_that_come(tmp_path: Path, tell: asyncio.Event) -> None:
    async with app_on_demo(tmp_path, **DATA) as on:
        await on.until(lambda: on.names)
        await on.command("api")
        await on.until_shown("learning what prod-eu serves")
        tell.set()
        await on.until(lambda: isinstance(on.app.screen, PickerScreen))
        await on.pilot.press(*"databases")
        await on.until_shown("Databases")


async def test_what_is_typed_in_the_palette_finds_those_that_come(tmp_path: Path, tell: asyncio.Event) -> None:
    async with app_on_demo(tmp_path, **DATA) as on:
        await on.until(lambda: on.names)
        await on.pilot.press("ctrl+p")
        await on.until(lambda: isinstance(on.app.screen, PickerScreen))
        await on.pilot.press(*"databases")
        await on.until_shown("nothing like that")
        tell.set()
        await on.until_shown("Databases")
        await on.pilot.press("enter")
        await on.until(lambda: isinstance(on.app.screen, ExplorerScreen) and "orders" in on.names)


async def test_a_file_with_an_object_of_such_a_kind_is_planned(tmp_path: Path, tell: asyncio.Event) -> None:
    file = tmp_path / "invoices.yaml"
    file.write_text(DATABASE)
    async with app_on_demo(tmp_path, **DATA) as on:
        await on.until(lambda: on.names)
        await on.command(f"apply {file}")
        await on.until_shown("learning what prod-eu serves")
        tell.set()
        await on.until(lambda: isinstance(on.app.screen, PlanScreen))
        await on.until_shown("databases.platform.northwind.example data/invoices")


async def test_what_is_wrong_with_an_object_of_such_a_kind_is_told_in_the_editor(
    tmp_path: Path, tell: asyncio.Event
) -> None:
    async with app_on_demo(tmp_path, **DATA) as on:
        await on.until(lambda: on.names)
        agent = on.explorer.agent
        await on.command("create configmap")
        await on.until(lambda: isinstance(on.app.screen, EditorScreen) and "LOG_LEVEL" in on.text())
        editor = on.app.screen
        assert isinstance(editor, EditorScreen)
        editor.area.load_text(DATABASE.replace("engine", "engin"))
        await on.pilot.press("down")
        await on.until(lambda: editor._seen == editor.area.text)
        tell.set()
        await on.until(agent.kinds_told.is_set)
        await on.pilot.press("down", "down", "end", "left", "comma")
        await on.until_shown("spec.engin: is no field")


async def test_operators_are_looked_for_among_all_kinds(tmp_path: Path, tell: asyncio.Event) -> None:
    async with app_on_demo(tmp_path, context="staging", namespace="flux-system", command="operators") as on:
        await on.until(lambda: isinstance(on.app.screen, OperatorsScreen))
        agent = on.app.screen._agent  # type: ignore[attr-defined]
        await on.until(lambda: agent.status.nodes is not None)
        tell.set()
        await on.until(lambda: on.names == ["kustomize-controller"])


async def test_relations_lead_to_objects_of_such_kinds(tmp_path: Path, tell: asyncio.Event) -> None:
    async with app_on_demo(tmp_path, **{**DATA, "command": "services"}) as on:
        await on.until(lambda: on.names)
        assert on.server is not None
        cluster = on.server.cluster("prod-eu")
        owner = cluster.get("databases.platform.northwind.example", "orders", "data")
        assert owner is not None
        held = {
            "apiVersion": owner["apiVersion"],
            "kind": "Database",
            "name": "orders",
            "uid": owner["metadata"]["uid"],
        }
        made = {"name": "orders", "namespace": "data", "ownerReferences": [held]}
        cluster.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": made})
        await on.command("xray configmaps/orders")
        await on.until(lambda: isinstance(on.app.screen, RelationsScreen))
        tell.set()
        await on.until_shown("○ Database data/orders")


async def test_what_somebody_may_do_is_told_of_all_kinds(tmp_path: Path, tell: asyncio.Event) -> None:
    async with app_on_demo(tmp_path, **{**DATA, "command": "can g:viewers"}) as on:
        await on.until(lambda: isinstance(on.app.screen, AccessScreen))
        agent = on.app.screen._agent  # type: ignore[attr-defined]
        await on.until(lambda: agent.status.nodes is not None)
        tell.set()
        await on.until(lambda: "limitranges" in on.names)
        assert "bindings.apps" not in on.names

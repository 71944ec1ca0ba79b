"""The pictures of the README and the guide: made here, so that they cannot lie.

UPDATE_PICTURES=1 writes them anew; otherwise they are compared.
"""

import html
import itertools
import os
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual.pilot import Pilot

from kubegenie_tui.screens.clusters import ClustersScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.widgets.prompt_line import PromptLine
from kubegenie_tui.widgets.resource_table import ResourceTable
from kubegenie_tui.widgets.resource_tree import ResourceTree
from tests.snapshots.frozen import freeze, frozen_app, has_counted, header_told, text_of, until

Before = Callable[[Pilot[Any]], Awaitable[None]]
WIDE = 160
PICTURES = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
PODS: dict[str, Any] = {"context": "prod-eu", "namespace": "shop", "command": "pods"}


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)
    ticks = itertools.count(0.0, 0.019)
    monkeypatch.setattr("kubegenie_tui.genie.offline.desk.time", SimpleNamespace(perf_counter=lambda: next(ticks)))
    monkeypatch.setattr("kubegenie_tui.widgets.chat_turn.monotonic", lambda: 0.0)
    monkeypatch.setattr("kubegenie_tui.widgets.chat_tool.monotonic", lambda: 0.0)


def words_of(svg: str) -> list[str]:
    """The texts of a picture, for a difference that can be read."""
    return [html.unescape(words).replace("\xa0", " ") for words in re.findall(r"<text [^>]*>([^<]+)</text>", svg)]


async def picture(name: str, pilot: Pilot[Any]) -> None:
    """Compare the screen with the picture of that name, or make it."""
    await until(pilot, lambda: header_told(pilot))
    shown = pilot.app.export_screenshot(title="KubeGenie")
    file = PICTURES / f"{name}.svg"
    if os.environ.get("UPDATE_PICTURES"):
        file.write_text(shown, encoding="utf-8")
    assert words_of(file.read_text(encoding="utf-8")) == words_of(shown)
    assert file.read_text(encoding="utf-8") == shown, f"docs/screenshots/{name}.svg is of another screen"


def also_pictured(
    name: str, before: Callable[[Pilot[Any]], Awaitable[None]]
) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """What comes before a snapshot, and then, at the larger size, a picture for the guide."""

    async def run(pilot: Pilot[Any]) -> None:
        await before(pilot)
        if pilot.app.size.width == WIDE:
            await picture(name, pilot)

    return run


def counted(pilot: Pilot[Any]) -> bool:
    explorer = pilot.app.screen
    return (
        isinstance(explorer, ExplorerScreen)
        and explorer.is_mounted
        and len(explorer.table.view) > 0
        and bool(explorer.table.view.usage)
        and explorer.agent.status.nodes is not None
        and has_counted(pilot)
    )


def counted_in_shop(pilot: Pilot[Any]) -> bool:
    """Tree and header tell how much there is in the second cluster, and nothing is on its way any more."""
    counts = pilot.app.screen.query_one(ResourceTree).counts
    in_tree = [counts.get(kind) for kind in ("pods", "deployments.apps", "replicasets.apps")]
    text = text_of(pilot)
    return in_tree == [9, 7, 7] and len(counts) == 10 and "4 nodes  56 pods" in text and "loading" not in text


async def type_command(pilot: Pilot[Any], line: str, then: str) -> None:
    pilot.app.screen.query_one(PromptLine).open(":", line)
    await pilot.press("enter")
    await until(pilot, lambda: then in text_of(pilot))


async def test_explorer_with_the_genie(tmp_path: Path) -> None:
    app = frozen_app(tmp_path, **PODS)
    async with app.run_test(size=(160, 45)) as pilot:
        await until(pilot, lambda: counted(pilot) and "Genie" in text_of(pilot))
        table = app.screen.query_one(ResourceTable)
        (failing,) = [row for row in table.live.rows.values() if "CrashLoopBackOff" in row.cells]
        table.select(failing.namespace, failing.name)
        await pilot.press("ctrl+g", *"why", "space", *"is", "space", *"checkout", "space", *"failing?", "enter")
        await until(pilot, lambda: "built-in ·" in text_of(pilot))
        await picture("explorer", pilot)


async def test_explorer_alone(tmp_path: Path) -> None:
    app = frozen_app(tmp_path, genie=False, **{**PODS, "namespace": ""})
    async with app.run_test(size=(160, 45)) as pilot:
        await until(pilot, lambda: counted(pilot))
        await picture("explorer-pods", pilot)


async def test_tabs_and_a_split(tmp_path: Path) -> None:
    app = frozen_app(tmp_path, genie=False, **PODS)
    async with app.run_test(size=(150, 30)) as pilot:
        await until(pilot, lambda: counted(pilot))
        await type_command(pilot, "tab sts -A", then="▌2")
        await type_command(pilot, "tab deploy shop", then="▌3")
        await type_command(pilot, "split deploy shop @staging", then="staging Deployments  7")
        await until(pilot, lambda: counted_in_shop(pilot))
        await picture("split", pilot)


async def test_object_and_logs(tmp_path: Path) -> None:
    app = frozen_app(tmp_path, genie=False, **PODS)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: counted(pilot))
        app.screen.query_one(ResourceTable).sort("STATUS")
        await pilot.press("d")
        await until(pilot, lambda: "Conditions" in text_of(pilot) and "BackOff" in text_of(pilot))
        await picture("detail", pilot)
        await pilot.press("y")
        await until(pilot, lambda: "apiVersion: v1" in text_of(pilot))
        await picture("yaml", pilot)
        await pilot.press("escape", "l")
        await until(pilot, lambda: "FATAL" in text_of(pilot))
        await picture("logs", pilot)


async def test_clusters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "kubegenie_tui.domain.cluster_rows.latency_text", lambda status: "18 ms" if status.latency_ms else None
    )
    app = frozen_app(tmp_path)
    async with app.run_test(size=(120, 16)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ClustersScreen) and text_of(pilot).count("healthy") == 3)
        await until(pilot, lambda: "unreachable" in text_of(pilot) and text_of(pilot).count("18 ms") == 3)
        await picture("clusters", pilot)


async def test_plan(tmp_path: Path) -> None:
    app = frozen_app(tmp_path, genie=False, **{**PODS, "command": "deploy"})
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "frontend" in text_of(pilot) and "12 nodes" in text_of(pilot))
        await until(pilot, lambda: has_counted(pilot))
        app.screen.query_one(ResourceTable).select("shop", "frontend")
        await pilot.press("s")
        await until(pilot, lambda: "Replicas" in text_of(pilot))
        await pilot.press("9", "enter")
        await until(pilot, lambda: "W1 reversible" in text_of(pilot))
        await picture("plan", pilot)

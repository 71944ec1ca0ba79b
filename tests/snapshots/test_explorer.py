from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from kubegenie_tui.demo.api.faults import Fault
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.widgets.resource_tree import ResourceTree
from tests.snapshots.frozen import freeze, frozen_app, has_counted, text_of, until

Compare = Callable[..., bool]
PODS: dict[str, Any] = {"context": "prod-eu", "namespace": "shop", "command": "pods"}
PICTURES = Path(__file__).resolve().parents[2] / "docs" / "screenshots"


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)


def stands(pilot: Pilot[Any]) -> bool:
    """Rows, their use, the counts in the tree and the header are all there."""
    explorer = pilot.app.screen
    if not isinstance(explorer, ExplorerScreen) or not explorer.is_mounted:
        return False
    rows = len(explorer.table.view) and explorer.table.view.usage
    return bool(rows and explorer.agent.status.nodes and has_counted(pilot))


def steps(*keys: str, then: str = "") -> Callable[[Pilot[Any]], Awaitable[None]]:
    async def run(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: stands(pilot))
        for key in keys:
            await pilot.press(key)
        if then:
            await until(pilot, lambda: then in text_of(pilot))

    return run


@pytest.mark.parametrize("size", [(160, 45), (80, 24)], ids=["160x45", "80x24"])
def test_explorer(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    app = frozen_app(tmp_path, genie=False, **PODS)
    assert snap_compare(app, terminal_size=size, run_before=steps("down", "down"))


@pytest.mark.parametrize("theme", ["light", "high-contrast", "terminal"])
def test_themes(snap_compare: Compare, tmp_path: Path, theme: str) -> None:
    app = frozen_app(tmp_path, theme=theme, genie=False, **PODS)
    assert snap_compare(app, terminal_size=(120, 30), run_before=steps())


def test_no_colour(snap_compare: Compare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = frozen_app(tmp_path, genie=False, **PODS)
    assert snap_compare(app, terminal_size=(120, 30), run_before=steps())


def test_typing_a_command(snap_compare: Compare, tmp_path: Path) -> None:
    app = frozen_app(tmp_path, genie=False, **PODS)
    run = steps("colon", "d", then="deployments")
    assert snap_compare(app, terminal_size=(120, 30), run_before=run)


def test_faults_only(snap_compare: Compare, tmp_path: Path) -> None:
    app = frozen_app(tmp_path, genie=False, **{**PODS, "namespace": ""})
    assert snap_compare(app, terminal_size=(120, 30), run_before=steps("ctrl+z", then="faults only"))


SIZES = pytest.mark.parametrize("size", [(160, 45), (80, 24)], ids=["160x45", "80x24"])


@SIZES
def test_clusters(
    snap_compare: Compare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.setattr(
        "kubegenie_tui.domain.cluster_rows.latency_text", lambda status: "18 ms" if status.latency_ms else None
    )

    async def run(pilot: Pilot[Any]) -> None:
        shown, times = "connection refused", 3 if size[0] > 80 else 0
        await until(pilot, lambda: shown in text_of(pilot) and text_of(pilot).count("18 ms") == times)
        await until(pilot, lambda: text_of(pilot).count("v1.37.2") == 3)

    assert snap_compare(frozen_app(tmp_path, genie=False), terminal_size=size, run_before=run)


@SIZES
def test_an_object_below(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    app = frozen_app(tmp_path, genie=False, **PODS)
    assert snap_compare(app, terminal_size=size, run_before=steps("ctrl+t", then="Service account"))


@SIZES
def test_the_genie_beside(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    app = frozen_app(tmp_path, genie=False, **PODS)
    assert snap_compare(app, terminal_size=size, run_before=steps("ctrl+g", then="Ask me about"))


@SIZES
def test_palette(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    app = frozen_app(tmp_path, genie=False, **PODS)
    assert snap_compare(app, terminal_size=size, run_before=steps("ctrl+p", *"log", then="previous logs"))


def test_nothing_passes_the_filter(snap_compare: Compare, tmp_path: Path) -> None:
    app = frozen_app(tmp_path, genie=False, **PODS)
    run = steps("slash", *"nosuch", "enter", then="esc clears it")
    assert snap_compare(app, terminal_size=(80, 24), run_before=run)


def test_denied(snap_compare: Compare, tmp_path: Path) -> None:
    app = frozen_app(tmp_path, genie=False, **PODS)
    app.server.inject(Fault(path="/secrets", status=403, count=-1))

    async def run(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: stands(pilot))
        await pilot.press("colon", *"secrets", "enter")
        await until(pilot, lambda: "ask for a role" in text_of(pilot))
        tree = pilot.app.screen.query_one(ResourceTree)
        await until(pilot, lambda: {"configmaps", "resourcequotas", "limitranges"} <= set(tree.counts))

    assert snap_compare(app, terminal_size=(120, 30), run_before=run)

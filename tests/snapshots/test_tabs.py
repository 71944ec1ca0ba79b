"""Pictures of tabs and of a split table."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.widgets.resource_tree import ResourceTree
from tests.snapshots.frozen import freeze, frozen_app, has_counted, text_of, until

Compare = Callable[..., bool]
SIZES = pytest.mark.parametrize("size", [(160, 45), (80, 24)], ids=["160x45", "80x24"])
PODS: dict[str, Any] = {"context": "prod-eu", "namespace": "shop", "command": "pods"}


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)


def stands(pilot: Pilot[Any]) -> bool:
    """Rows, the use of pods, the counts in the tree and the header are all there, in every half."""
    explorer = pilot.app.screen
    if not isinstance(explorer, ExplorerScreen) or not explorer.is_mounted:
        return False
    return bool(explorer.agent.status.nodes and has_counted(pilot)) and all(
        half.pane.table.viewport.page == half.pane.table.size.height - 1
        and len(half.pane.table.view)
        and (half.pane.table.view.usage or half.kind is None or half.kind.id != "pods")
        for half in explorer.halves
    )


def counted(pilot: Pilot[Any], pods: int) -> bool:
    """The tree, where it is shown, tells how many pods there are in the cluster that has the keys."""
    tree = pilot.app.screen.query_one(ResourceTree)
    return not tree.display or (tree.counts.get("pods") == pods and len(tree.counts) == 10)


def commands(*lines: str, then: str, pods: int) -> Callable[[Pilot[Any]], Awaitable[None]]:
    async def run(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: stands(pilot))
        for line in lines:
            place = pilot.app.screen
            assert isinstance(place, ExplorerScreen)
            place.run_command(line)
            await pilot.pause()
            await until(pilot, lambda: stands(pilot))
        await until(pilot, lambda: then in text_of(pilot) and stands(pilot) and counted(pilot, pods))

    return run


FOUR = commands("tab deploy -A", "tab svc @staging", "tab sts @prod-eu", "tab 2", then="▌2", pods=199)


@SIZES
def test_tabs(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    app = frozen_app(tmp_path, genie=False, **PODS)
    assert snap_compare(app, terminal_size=size, run_before=FOUR)


def test_tabs_without_colour(snap_compare: Compare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = frozen_app(tmp_path, genie=False, **PODS)
    assert snap_compare(app, terminal_size=(80, 24), run_before=FOUR)


def test_tabs_in_the_terminals_own_colours(snap_compare: Compare, tmp_path: Path) -> None:
    app = frozen_app(tmp_path, theme="terminal", genie=False, **PODS)
    assert snap_compare(app, terminal_size=(80, 24), run_before=FOUR)


@SIZES
def test_split(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    app = frozen_app(tmp_path, genie=False, **PODS)
    run = commands("split deploy -A @staging", then="staging Deployments", pods=56)
    assert snap_compare(app, terminal_size=size, run_before=run)

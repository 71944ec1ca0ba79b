"""Pictures of the menu of operations, and of what it asks."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.form import FormScreen
from kubegenie_tui.screens.picker import PickerScreen
from kubegenie_tui.screens.rollout import RolloutScreen
from kubegenie_tui.widgets.resource_table import ResourceTable
from tests.snapshots.frozen import freeze, frozen_app, has_counted, text_of, until
from tests.snapshots.test_pictures import also_pictured

Compare = Callable[..., bool]
SIZES = pytest.mark.parametrize("size", [(160, 45), (80, 24)], ids=["160x45", "80x24"])
DEPLOYMENTS: dict[str, Any] = {"context": "prod-eu", "namespace": "shop", "command": "deployments"}
NODES: dict[str, Any] = {"context": "prod-eu", "command": "nodes"}


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)


def settled(pilot: Pilot[Any]) -> bool:
    """Whether the cluster was looked at, and the tree, where it is shown, has counted."""
    explorer = pilot.app.screen
    return isinstance(explorer, ExplorerScreen) and explorer.agent.status.nodes is not None and has_counted(pilot)


@SIZES
def test_menu(tmp_path: Path, snap_compare: Compare, size: tuple[int, int]) -> None:
    async def opened(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "checkout" in text_of(pilot) and settled(pilot))
        await pilot.press("full_stop")
        await until(pilot, lambda: isinstance(pilot.app.screen, PickerScreen) and "roll back" in text_of(pilot))

    app = frozen_app(tmp_path, genie=False, **DEPLOYMENTS)
    assert snap_compare(app, terminal_size=size, run_before=also_pictured("menu", opened))


@SIZES
def test_drain(tmp_path: Path, snap_compare: Compare, size: tuple[int, int]) -> None:
    async def opened(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "Ready" in text_of(pilot) and "841m" in text_of(pilot) and settled(pilot))
        await pilot.press("r")
        await until(pilot, lambda: isinstance(pilot.app.screen, FormScreen) and "Grace" in text_of(pilot))

    assert snap_compare(frozen_app(tmp_path, genie=False, **NODES), terminal_size=size, run_before=opened)


@SIZES
def test_history(tmp_path: Path, snap_compare: Compare, size: tuple[int, int]) -> None:
    async def opened(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "checkout" in text_of(pilot) and settled(pilot))
        pilot.app.screen.query_one(ResourceTable).select("shop", "checkout")
        await pilot.press("h")
        await until(pilot, lambda: isinstance(pilot.app.screen, RolloutScreen) and "earlier" in text_of(pilot))
        await pilot.press("g", "D")
        await until(pilot, lambda: "From revision 3 to 4" in text_of(pilot))

    app = frozen_app(tmp_path, genie=False, **DEPLOYMENTS)
    assert snap_compare(app, terminal_size=size, run_before=also_pictured("rollout", opened))

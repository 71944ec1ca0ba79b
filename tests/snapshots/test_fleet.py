"""Pictures of several clusters in one table, and of choosing columns."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from kubegenie_tui.screens.columns import ColumnsScreen
from kubegenie_tui.screens.fleet import FleetScreen
from tests.snapshots.frozen import freeze, frozen_app, text_of, until
from tests.snapshots.test_pictures import also_pictured

Compare = Callable[..., bool]
SIZES = pytest.mark.parametrize("size", [(160, 45), (80, 24)], ids=["160x45", "80x24"])
ALL: dict[str, Any] = {"fleet": True, "command": "pods"}


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)


def stands(pilot: Pilot[Any], clusters: int = 3) -> bool:
    """The rows of so many clusters and their use are there, and one more is known to be away."""
    fleet = pilot.app.screen
    if not isinstance(fleet, FleetScreen) or not fleet.is_mounted:
        return False
    measured = sum(bool(usage) for usage in getattr(fleet.table.view, "usage_of", {}).values())
    return measured == clusters and "rack-7 unreachable" in text_of(pilot) and "loading" not in text_of(pilot)


def steps(
    *keys: str, then: Callable[[Pilot[Any]], object] = stands, clusters: int = 3
) -> Callable[[Pilot[Any]], Awaitable[None]]:
    async def run(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: stands(pilot, clusters))
        for key in keys:
            await pilot.press(key)
        await until(pilot, lambda: then(pilot))

    return run


@SIZES
def test_fleet(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    app = frozen_app(tmp_path, genie=False, **ALL)
    assert snap_compare(app, terminal_size=size, run_before=also_pictured("fleet", steps("ctrl+z", "down")))


@SIZES
def test_split_fleet(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    async def split(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: stands(pilot))
        fleet = pilot.app.screen
        assert isinstance(fleet, FleetScreen)
        await pilot.press("vertical_line")
        await until(pilot, lambda: len(fleet.halves) == 2 and fleet.half is fleet.halves[1] and fleet.kind)
        fleet.run_command("fleet deploy shop @prod-eu @staging")
        await until(pilot, lambda: fleet.kind and fleet.kind.plural == "deployments" and len(fleet.table.view) == 16)
        await pilot.press("S", "o", "ctrl+z", "down")
        await until(
            pilot, lambda: all(words in text_of(pilot) for words in ("2 clusters Dep", "STATUS↑", "faults only"))
        )

    app = frozen_app(tmp_path, genie=False, **ALL)
    assert snap_compare(app, terminal_size=size, run_before=also_pictured("fleet-split", split))


@SIZES
def test_choosing_columns(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    app = frozen_app(tmp_path, genie=False, **ALL | {"namespace": "shop"})  # few rows: all of them are measured
    run = steps("w", "down", "space", clusters=2, then=lambda pilot: isinstance(pilot.app.screen, ColumnsScreen))
    assert snap_compare(app, terminal_size=size, run_before=run)

"""Pictures of kinds, of writing an object of one, and of operators, at two sizes and a fixed time."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from kubegenie_tui.screens.definition import DefinitionScreen
from kubegenie_tui.screens.editor import EditorScreen
from kubegenie_tui.screens.operators import OperatorsScreen
from kubegenie_tui.screens.trace import TraceScreen
from tests.snapshots.frozen import freeze, frozen_app, text_of, until
from tests.snapshots.test_pictures import also_pictured
from tests.ui.composed import PLATFORMS, tell

Compare = Callable[..., bool]
SIZES = pytest.mark.parametrize("size", [(160, 45), (80, 24)], ids=["160x45", "80x24"])


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)


@SIZES
def test_definition(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    async def wait(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: isinstance(pilot.app.screen, DefinitionScreen) and "▾ spec" in text_of(pilot))
        await pilot.press("down", "down", "down", "down", "down")
        await until(pilot, lambda: "spec.backup.keepDays" in text_of(pilot))

    app = frozen_app(tmp_path, genie=False, context="prod-eu", namespace="data", command="crd db")
    assert snap_compare(app, terminal_size=size, run_before=also_pictured("custom-resource", wait))


@SIZES
def test_offers(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    async def wait(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: isinstance(pilot.app.screen, EditorScreen) and "engine" in text_of(pilot))
        screen = pilot.app.screen
        assert isinstance(screen, EditorScreen)
        row = screen.area.text.split("\n").index("  engine: postgres")
        screen.area.move_cursor((row, len("  engine: postgres")))
        await pilot.press("enter", *"s")
        await until(pilot, lambda: "storage: " in text_of(pilot))
        await until(pilot, lambda: screen._seen == screen.area.text)

    app = frozen_app(tmp_path, genie=False, context="prod-eu", namespace="data", command="create db")
    assert snap_compare(app, terminal_size=size, run_before=also_pictured("editor-offers", wait))


@SIZES
def test_operators(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    async def wait(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: isinstance(pilot.app.screen, OperatorsScreen) and "led by" in text_of(pilot))

    app = frozen_app(tmp_path, genie=False, context="staging", namespace="flux-system", command="operators")
    assert snap_compare(app, terminal_size=size, run_before=also_pictured("operators", wait))


@SIZES
def test_trace(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    async def wait(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: isinstance(pilot.app.screen, TraceScreen) and "of 6 not well" in text_of(pilot))
        await pilot.press("n")
        await until(pilot, lambda: "Insufficient regional" in text_of(pilot))
        await until(pilot, lambda: " nodes " in text_of(pilot).partition("\n")[0] and " pods" in text_of(pilot))

    app = frozen_app(tmp_path, genie=False, context="staging", namespace="shop", command=f"trace {PLATFORMS} shop")
    tell(app.server.worlds["staging"].cluster)
    assert snap_compare(app, terminal_size=size, run_before=also_pictured("trace", wait))

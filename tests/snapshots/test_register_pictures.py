"""Pictures of registering a cluster by hand."""

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from kubegenie_tui.screens.clusters import ClustersScreen
from kubegenie_tui.screens.form import FormRow
from kubegenie_tui.screens.register import RegisterScreen
from tests.snapshots.frozen import freeze, frozen_app, text_of, until
from tests.snapshots.test_explorer import SIZES, Compare
from tests.snapshots.test_pictures import also_pictured

TYPED = {"name": "rack-8", "server": "https://127.0.0.1:9", "token": "not-a-token"}


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)
    monkeypatch.setattr(
        "kubegenie_tui.domain.cluster_rows.latency_text", lambda status: "18 ms" if status.latency_ms else None
    )


async def tried(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, ClustersScreen) and text_of(pilot).count("v1.37.2") == 3)
    await until(pilot, lambda: "refused" in text_of(pilot))
    await pilot.press("r")
    await until(pilot, lambda: isinstance(pilot.app.screen, RegisterScreen) and pilot.app.screen.query(FormRow))
    for row in pilot.app.screen.query(FormRow):
        if row.field.id in TYPED and isinstance(row.entry, Input):
            row.entry.value = TYPED[row.field.id]
    await pilot.press("ctrl+t")
    await until(pilot, lambda: "Nothing listens at" in text_of(pilot))


@SIZES
def test_a_connection_is_tried_out(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    app = frozen_app(tmp_path, genie=False)
    assert snap_compare(app, terminal_size=size, run_before=also_pictured("register", tried))

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
from tests.unit.agents.kubeconfigs import kubeconfig, write

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


async def listed(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, ClustersScreen) and text_of(pilot).count("v1.37.2") == 3)
    await until(pilot, lambda: "refused" in text_of(pilot))


async def filled(pilot: Pilot[Any], **values: str) -> None:
    await until(pilot, lambda: pilot.app.screen.query(FormRow))
    for row in pilot.app.screen.query(FormRow):
        if row.field.id in values and isinstance(row.entry, Input):
            row.entry.value = values[row.field.id]


async def said(pilot: Pilot[Any]) -> None:
    await listed(pilot)
    await pilot.press("e")
    await filled(pilot, labels="env=prod team=sre", groups="eu customers", notes="ask sre first")


@SIZES
def test_what_is_said_about_a_cluster(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    app = frozen_app(tmp_path, genie=False)
    assert snap_compare(app, terminal_size=size, run_before=also_pictured("cluster-traits", said))


@SIZES
def test_clusters_are_found(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    names = ("rack-1", "rack-2", "prod-eu")
    file = write(tmp_path / "old", kubeconfig({name: f"https://{name}.example.com:6443" for name in names}))

    async def found(pilot: Pilot[Any]) -> None:
        await listed(pilot)
        await pilot.press("d")
        await until(pilot, lambda: "the contexts of kubeconfig files" in text_of(pilot))
        await pilot.press("enter")
        await filled(pilot, file=str(file))
        await pilot.press("enter")
        await until(pilot, lambda: "3 found" in text_of(pilot))
        await pilot.press("space")

    app = frozen_app(tmp_path, genie=False)
    assert snap_compare(app, terminal_size=size, run_before=also_pictured("discover", found))

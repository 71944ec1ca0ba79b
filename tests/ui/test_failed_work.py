"""Work in the background that meets a fault of our own: told with a report, and nothing says that it goes on."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from textual.widgets._toast import Toast

from kubegenie_tui.kube.probe import ProbeStep
from kubegenie_tui.screens.clusters import ClustersScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.relations import RelationsScreen
from kubegenie_tui.screens.waiting import WaitingScreen, waited
from kubegenie_tui.widgets.background import begin
from tests.ui.on_demo import OnDemo, app_on, app_on_demo
from tests.unit.agents.kubeconfigs import kubeconfig, write

SHOP: dict[str, Any] = {"context": "prod-eu", "namespace": "shop"}
TOLD = "Something unexpected happened"
SECRET = "s3cret-value"
FAULTS = {
    "costs": ("kubegenie_tui.costs.reading.bill_of", "Looking …"),
    "timeline": ("kubegenie_tui.store.timeline.KeptTimeline.read", "loading …"),
    "helm": ("kubegenie_tui.agents.helm.read_revisions", "loading …"),
    "problems": ("kubegenie_tui.genie.reading.diagnosing.diagnose_scope", "looking …"),
    "operators": ("kubegenie_tui.agents.operators.find_operators", "loading …"),
    "audit": ("kubegenie_tui.changes.audit.Audit.entries", "loading …"),
}
"""By command: what fails, and what says that it goes on."""
BESIDE_ROWS = {"timeline"}
"""Rows that come otherwise are shown all the same, below a title that says that the others cannot be had."""


async def failing(*_: object, **__: object) -> None:
    raise KeyError(SECRET)


async def told(on: OnDemo, home: Path) -> None:
    """In a corner, with the report, which there is one of; no value is told or kept."""
    await on.until(lambda: on.app.screen.query(Toast))
    [said] = {str(each._notification.message) for each in on.app.screen.query(Toast)}
    [report] = (home / "cache").glob("crash-*.txt")
    assert said == f"{TOLD} · KeyError: '…' · what led to it was kept in {report}: please report it"
    assert "test_failed_work" in report.read_text()
    assert SECRET not in report.read_text() + on.text()


@pytest.mark.parametrize("command", FAULTS)
async def test_a_screen_tells_it_in_place_of_progress(
    command: str, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails, progress = FAULTS[command]
    async with app_on_demo(tmp_path, **SHOP) as on:
        await on.until(lambda: on.names)
        monkeypatch.setattr(fails, failing)
        await on.command(command)
        await on.until(lambda: not isinstance(on.app.screen, ExplorerScreen))
        await told(on, home)
        in_place = "denied" if command in BESIDE_ROWS else TOLD
        await on.until(lambda: progress not in on.text() and in_place in "".join(on.text().splitlines()[:-12]))
        assert on.app.return_code is None


async def test_what_is_looked_at_each_second_is_reported_once(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0

    async def read(*_: object, **__: object) -> None:
        nonlocal looks
        looks += 1
        raise KeyError(SECRET)

    async with app_on_demo(tmp_path, **SHOP) as on:
        await on.until(lambda: on.names)
        monkeypatch.setattr("kubegenie_tui.store.timeline.KeptTimeline.read", read)
        await on.command("timeline")
        await on.until(lambda: looks >= 3)
        await told(on, home)
        assert len(on.app.screen.query(Toast)) == 1


async def test_a_connection_that_is_tested_is_not_tested_for_ever(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def tried(_: object) -> AsyncIterator[ProbeStep]:
        yield ProbeStep("name", True, "known")
        raise KeyError(SECRET)

    monkeypatch.setattr("kubegenie_tui.screens.cluster_control.try_out", tried)
    file = write(tmp_path / "config", kubeconfig({"a": "http://127.0.0.1:9", "b": "http://127.0.0.1:9"}))
    async with app_on(file) as (app, pilot):
        on = OnDemo(app, pilot, None)
        await on.until(lambda: isinstance(app.screen, ClustersScreen) and on.names)
        await pilot.press("t")
        await told(on, home)
        await on.until_shown(f"✖ {TOLD}")
        assert "◐ …" not in on.text()


async def test_work_that_is_ended_by_hand_is_no_fault(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = asyncio.Event()

    async def hangs(*_: object, **__: object) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with app_on_demo(tmp_path, **SHOP) as on:
        await on.until(lambda: on.names)
        monkeypatch.setattr("kubegenie_tui.agents.relations.read_relations", hangs)
        await on.pilot.press("x")
        await on.until(lambda: isinstance(on.app.screen, RelationsScreen))
        await on.pilot.press("escape")
        await asyncio.wait_for(ended.wait(), 10)
        await on.until(lambda: isinstance(on.app.screen, ExplorerScreen))
        assert not on.app.screen.query(Toast)
    assert not list((home / "cache").glob("crash-*.txt"))


async def test_a_wait_goes_with_the_work_that_waits(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await on.until(lambda: on.names)

        async def waits() -> None:
            await waited(on.app, "waiting", asyncio.Event().wait())

        worker = begin(on.explorer, waits, "test")
        await on.until(lambda: isinstance(on.app.screen, WaitingScreen))
        worker.cancel()
        await on.until(lambda: isinstance(on.app.screen, ExplorerScreen))


async def test_services_that_cannot_be_opened_end_the_app_with_a_report(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.ui.on_demo.build_services", failing)
    with pytest.raises(KeyError):
        async with app_on_demo(tmp_path, **SHOP) as on:
            await on.until(lambda: on.app.return_code)
    [report] = (home / "cache").glob("crash-*.txt")
    assert re.search("test_failed_work.*in failing", report.read_text())

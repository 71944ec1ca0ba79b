"""Screens that the guide shows at a width of their own, at the two sizes of all others."""

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from kubegenie_tui.screens.agents import AgentsScreen
from kubegenie_tui.screens.picker import PickerScreen
from kubegenie_tui.screens.reconcile import ReconcileScreen
from kubegenie_tui.widgets.resource_table import ResourceTable
from tests.snapshots.frozen import freeze, frozen_app, header_told, text_of, until
from tests.snapshots.test_agent_pictures import is_settled
from tests.snapshots.test_explorer import SIZES, Compare
from tests.snapshots.test_pictures import PODS, counted

PLATFORM: dict[str, Any] = {**PODS, "context": "staging", "namespace": "platform"}


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)
    monkeypatch.setattr(
        "kubegenie_tui.screens.agents.latency_words", lambda agent: "18 ms" if agent.latency_ms else None
    )


async def releases(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: "fluent-bit" in text_of(pilot) and header_told(pilot))
    await pilot.press("colon", *"helm", "enter")
    await until(pilot, lambda: "fluent-bit-0.48.9" in text_of(pilot) and header_told(pilot))


@SIZES
def test_releases(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    app = frozen_app(tmp_path, genie=False, **PLATFORM)
    assert snap_compare(app, terminal_size=size, run_before=releases)


@SIZES
def test_a_release(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    async def run(pilot: Pilot[Any]) -> None:
        await releases(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "superseded" in text_of(pilot) and "fluent-bit-0.47" in text_of(pilot))
        await pilot.press("D")
        await until(pilot, lambda: "version: 4.1.1" in text_of(pilot))

    assert snap_compare(frozen_app(tmp_path, genie=False, **PLATFORM), terminal_size=size, run_before=run)


@SIZES
def test_what_to_do_with_a_release(
    snap_compare: Compare, tmp_path: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # without the program

    async def run(pilot: Pilot[Any]) -> None:
        await releases(pilot)
        await pilot.press("full_stop")
        await until(pilot, lambda: isinstance(pilot.app.screen, PickerScreen) and pilot.app.focused)

    assert snap_compare(frozen_app(tmp_path, genie=False, **PLATFORM), terminal_size=size, run_before=run)


@SIZES
def test_agents(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    async def run(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: counted(pilot))
        await pilot.press(":", *"agents", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, AgentsScreen) and "prod-eu" in text_of(pilot))
        pilot.app.screen.query_one(ResourceTable).select("", "prod-eu")
        await until(pilot, lambda: is_settled(pilot))

    assert snap_compare(frozen_app(tmp_path, genie=False, **PODS), terminal_size=size, run_before=run)


@SIZES
def test_how_far_an_operator_is(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    async def run(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "1 object is not ready" in text_of(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "Not ready, of kustomize-controller" in text_of(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReconcileScreen) and "leader" in text_of(pilot))
        await until(pilot, lambda: "HealthCheckFailed" in text_of(pilot) and header_told(pilot))

    place = {"context": "staging", "namespace": "flux-system", "command": "operators"}
    assert snap_compare(frozen_app(tmp_path, genie=False, **place), terminal_size=size, run_before=run)

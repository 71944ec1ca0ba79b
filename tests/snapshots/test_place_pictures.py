"""Pictures of the places that `test_pictures` does not lead to: the first screen, the chat full screen, the keys.

UPDATE_PICTURES=1 writes them anew; otherwise they are compared.
"""

import itertools
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual.pilot import Pilot

from kubegenie_tui.app import KubeGenieApp
from kubegenie_tui.domain.start import StartOptions
from kubegenie_tui.screens.chat import ChatScreen
from kubegenie_tui.screens.columns import ColumnsScreen
from kubegenie_tui.screens.help import HelpScreen
from kubegenie_tui.screens.reconcile import ReconcileScreen
from kubegenie_tui.screens.welcome import WelcomeScreen
from kubegenie_tui.services import Services, build_services
from kubegenie_tui.settings import Settings
from tests.snapshots.frozen import freeze, frozen_app, text_of, until
from tests.snapshots.test_pictures import PODS, counted, picture


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)
    ticks = itertools.count(0.0, 0.019)
    monkeypatch.setattr("kubegenie_tui.genie.offline.desk.time", SimpleNamespace(perf_counter=lambda: next(ticks)))
    monkeypatch.setattr("kubegenie_tui.widgets.chat_turn.monotonic", lambda: 0.0)
    monkeypatch.setattr("kubegenie_tui.widgets.chat_tool.monotonic", lambda: 0.0)


async def say(pilot: Pilot[Any], text: str) -> None:
    await pilot.press(*("space" if letter == " " else letter for letter in text), "enter")


async def test_welcome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    options = StartOptions(kubeconfig=Path("~/.kube/config"))

    async def build() -> Services:
        return await build_services(Settings(), options)

    app = KubeGenieApp(Settings(), options, build)
    async with app.run_test(size=(110, 26)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, WelcomeScreen) and "Try the demo" in text_of(pilot))
        await picture("welcome", pilot)


async def test_mode(tmp_path: Path) -> None:
    app = frozen_app(tmp_path, genie=False, **PODS)
    async with app.run_test(size=(110, 26)) as pilot:
        await until(pilot, lambda: counted(pilot))
        await pilot.press(":")
        await say(pilot, "mode")
        await until(pilot, lambda: "one tier more careful" in text_of(pilot))
        await picture("mode", pilot)


async def test_chat(tmp_path: Path) -> None:
    app = frozen_app(tmp_path, genie=False, **PODS)
    async with app.run_test(size=(110, 38)) as pilot:
        await until(pilot, lambda: counted(pilot))
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, ChatScreen))
        await say(pilot, "which pods are not ready?")
        await until(pilot, lambda: text_of(pilot).count("built-in ·") == 1)
        await say(pilot, "how many deployments are there in all namespaces?")
        await until(pilot, lambda: text_of(pilot).count("built-in ·") == 2 and "8 problems" in text_of(pilot))
        await picture("chat", pilot)


async def test_keys(tmp_path: Path) -> None:
    app = frozen_app(tmp_path, genie=False, **PODS)
    async with app.run_test(size=(110, 38)) as pilot:
        await until(pilot, lambda: counted(pilot))
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen) and "describe" in text_of(pilot))
        await picture("help", pilot)


async def test_command_line(tmp_path: Path) -> None:
    app = frozen_app(tmp_path, genie=False, **PODS)
    async with app.run_test(size=(110, 20)) as pilot:
        await until(pilot, lambda: counted(pilot))
        await pilot.press("colon", *"deploy", "space", *"pa")
        await until(pilot, lambda: "deploy payments" in text_of(pilot))
        await picture("explorer-command", pilot)


async def test_helm(tmp_path: Path) -> None:
    app = frozen_app(tmp_path, genie=False, **{**PODS, "context": "staging", "namespace": "platform"})
    async with app.run_test(size=(110, 30)) as pilot:
        await until(pilot, lambda: "fluent-bit" in text_of(pilot))
        await pilot.press("colon", *"helm", "enter")
        await until(pilot, lambda: "fluent-bit-0.48.9" in text_of(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "superseded" in text_of(pilot) and "fluent-bit-0.47.10" in text_of(pilot))
        await pilot.press("D")
        await until(pilot, lambda: "version: 4.1.1" in text_of(pilot))
        await picture("helm", pilot)


async def test_palette(tmp_path: Path) -> None:
    app = frozen_app(tmp_path, genie=False, **PODS)
    async with app.run_test(size=(110, 30)) as pilot:
        await until(pilot, lambda: counted(pilot))
        await pilot.press("ctrl+p", *"sort")
        await until(pilot, lambda: "sort by restarts" in text_of(pilot))
        await picture("palette", pilot)


async def test_columns(tmp_path: Path) -> None:
    app = frozen_app(tmp_path, genie=False, **PODS)
    async with app.run_test(size=(110, 30)) as pilot:
        await until(pilot, lambda: counted(pilot))
        await pilot.press("w")
        await until(pilot, lambda: isinstance(app.screen, ColumnsScreen) and "RESTARTS" in text_of(pilot))
        await pilot.press(*["down"] * 6, "space")
        await until(pilot, lambda: "✓ NODE" in text_of(pilot))
        await picture("columns", pilot)


async def test_how_far_an_operator_is(tmp_path: Path) -> None:
    place = {"context": "staging", "namespace": "flux-system", "command": "operators"}
    app = frozen_app(tmp_path, genie=False, **place)
    async with app.run_test(size=(110, 30)) as pilot:
        await until(pilot, lambda: "1 object is not ready" in text_of(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "Not ready, of kustomize-controller" in text_of(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ReconcileScreen) and "HealthCheckFailed" in text_of(pilot))
        await until(pilot, lambda: "leader" in text_of(pilot))
        await picture("reconcile", pilot)

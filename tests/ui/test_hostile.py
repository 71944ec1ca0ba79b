"""Hostile text in every field on every screen: the app stands, and nothing of it reaches the terminal as a command."""

from pathlib import Path
from typing import Any

import pytest
from textual import events

from kubegenie_tui.domain.conversation import (
    ChoicesOffered,
    Failed,
    Finished,
    Message,
    TextDelta,
    ToolFinished,
    ToolStarted,
)
from kubegenie_tui.domain.log_target import LogTarget
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.text import plain
from kubegenie_tui.screens.chat import ChatScreen
from kubegenie_tui.screens.clusters import ClustersScreen
from kubegenie_tui.screens.detail import DetailScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.help import HelpScreen
from kubegenie_tui.screens.logs import LogsScreen
from kubegenie_tui.screens.messages import ExplorerRequested
from kubegenie_tui.screens.picker import PickerScreen
from kubegenie_tui.widgets.chat_pane import ChatPane
from kubegenie_tui.widgets.log_view import LogView
from tests.manifests import crashing_pod
from tests.ui.hostile import MEGABYTE, POISONS, Written, app_on_hostile, poisoned
from tests.ui.hostile import written as written
from tests.ui.on_demo import OnDemo
from tests.ui.played_chat import Script, chat_on_stage
from tests.ui.played_cluster import PlayedCluster
from tests.ui.stage import Stage, until
from tests.ui.test_help import open_help, stage
from tests.ui.test_logs import going_on
from tests.ui.test_logs import stage as log_stage
from tests.ui.test_welcome import welcome

PODS: dict[str, Any] = {"context": poisoned("prod-eu"), "namespace": "", "command": "pods"}
SIZES = pytest.mark.parametrize("size", [(160, 45), (80, 24)], ids=["160x45", "80x24"])
KINDS = (
    *("pods", "nodes", "events", "deployments", "services", "configmaps", "secrets", "ingresses", "namespaces"),
    *("customresourcedefinitions", "certificates", "jobs", "persistentvolumeclaims", "serviceaccounts"),
)
ALL = "".join(POISONS)


def check_widths(demo: OnDemo) -> None:
    """Every line is as wide as the terminal thinks it is."""
    width = demo.app.size.width
    strips = demo.app.screen._compositor.render_strips()
    assert [strip.cell_length for strip in strips] == [width] * len(strips)


async def opened(demo: OnDemo) -> None:
    await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names)


async def go(demo: OnDemo, kind: str) -> None:
    """Show a kind, whose rows come."""
    demo.app.post_message(ExplorerRequested(demo.explorer.agent.name, kind))
    await demo.until(lambda: demo.explorer.kind and demo.explorer.kind.plural == kind and demo.names)


@SIZES
async def test_clusters(tmp_path: Path, written: Written, size: tuple[int, int]) -> None:
    async with app_on_hostile(tmp_path, size) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and len(demo.names) == 13)
        await demo.until_shown("unreachable")
        await demo.pilot.press("down", "t", "down", "ctrl+d", "y", "end", "home")
        await demo.pilot.pause()
        check_widths(demo)


@SIZES
async def test_rows_of_every_kind(tmp_path: Path, written: Written, size: tuple[int, int]) -> None:
    async with app_on_hostile(tmp_path, size, **PODS) as demo:
        await opened(demo)
        await demo.pilot.press("ctrl+w", "ctrl+t")
        for kind in KINDS:
            await go(demo, kind)
            await demo.pilot.press("right", "right", "end", "N", "m", "c")
            check_widths(demo)
            await demo.pilot.press("left", "left", "home")
            check_widths(demo)


@SIZES
async def test_an_object_and_its_log(tmp_path: Path, written: Written, size: tuple[int, int]) -> None:
    async with app_on_hostile(tmp_path, size, **PODS) as demo:
        await opened(demo)
        await demo.pilot.press("N", "d")
        await demo.until_shown("Owner")
        for key, words in (("y", "apiVersion"), ("e", "events"), ("l", "the last line")):
            await demo.pilot.press(key)
            await demo.until_shown(words)
            await demo.pilot.press("w", "home", "right", "end")
            check_widths(demo)
        await demo.pilot.press("escape", "l")
        await demo.until(lambda: isinstance(demo.app.screen, LogsScreen))
        await demo.until_shown("the last line")
        await demo.pilot.press("t", "home", "w", "down", "w", "right", "slash", *"told", "enter", "n", "ampersand")
        await demo.pilot.pause()
        check_widths(demo)


async def test_containers_to_pick(written: Written) -> None:
    played = PlayedCluster()
    pod = crashing_pod()
    pod["spec"]["containers"] = [{"name": poison, "image": poison} for poison in POISONS]
    waiting = {"waiting": {"reason": ALL, "message": ALL}}
    pod["status"]["containerStatuses"] = [{"name": poison, "state": waiting} for poison in POISONS]
    played.put("pods", pod)
    async with log_stage(played, container=POISONS[0]).run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: played.open_streams == 1)
        await pilot.press("o")
        await until(pilot, lambda: isinstance(pilot.app.screen, PickerScreen))
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: len(played.asked_logs) == 2)
        assert played.asked_logs[1].container == plain(POISONS[2])


async def test_merged_logs(written: Written) -> None:
    played = PlayedCluster()
    played.put("deployments.apps", {"metadata": {"name": ALL, "namespace": ALL}, "spec": {"selector": {"a": ALL}}})
    played.lists["pods"] = [
        {
            "metadata": {"name": f"{number}{poison}", "namespace": ALL, "uid": str(number)},
            "spec": {"containers": [{"name": poison}, {"name": "日本語" * 20}]},
        }
        for number, poison in enumerate(POISONS)
    ]
    played.scripts = [[[*POISONS, ALL, "x" * MEGABYTE, f'{{"msg":"{"日" * 9999}"}}']] for _ in range(2 * len(POISONS))]
    target = LogTarget((ObjectRef("deployments.apps", ALL, ALL),))
    app = Stage(screen=LogsScreen(played, target, now=going_on()))
    async with app.run_test(size=(100, 30)) as pilot:
        view = app.screen.query_one(LogView)
        await until(pilot, lambda: len(view.store) > 100)
        for key in ("t", "w", "J", "home", "w", "right", "m", "M", "slash", *"pod", "colon", *"0", "enter", "n", "o"):
            await pilot.press(key)
            strips = app.screen._compositor.render_strips()
            assert {strip.cell_length for strip in strips} == {100}


async def test_a_megabyte_in_a_field(tmp_path: Path, written: Written) -> None:
    async with app_on_hostile(tmp_path, long=True, **{**PODS, "command": "configmaps"}) as demo:
        await opened(demo)
        await demo.pilot.press("d")
        await demo.until_shown("Created")
        await demo.pilot.press("end", "y")
        await demo.until_shown("apiVersion")
        await demo.pilot.press("end", "w", "end", "home", "slash", *"long", "enter", "n")
        check_widths(demo)
        await demo.pilot.press("escape", "escape")
        await go(demo, "events")
        await demo.pilot.press("right", "right", "ctrl+t")
        check_widths(demo)


async def test_what_can_be_typed_and_picked(tmp_path: Path, written: Written) -> None:
    async with app_on_hostile(tmp_path, **PODS) as demo:
        await opened(demo)
        for typed in ("po -n ", "ctx other", "ns shop", "cert"):
            await demo.pilot.press("colon")
            for character in typed:
                await demo.pilot.press(character if character.isalnum() else {" ": "space", "-": "minus"}[character])
            check_widths(demo)
            await demo.pilot.press("tab", "enter")
            await demo.pilot.pause()
            check_widths(demo)
        await demo.pilot.press("colon", "up", "up", "enter", "1", "2", "ctrl+p")
        await demo.until(lambda: isinstance(demo.app.screen, PickerScreen))
        check_widths(demo)
        await demo.pilot.press(*"shop")
        check_widths(demo)


async def test_what_is_pasted(tmp_path: Path, written: Written) -> None:
    async with app_on_hostile(tmp_path, **PODS) as demo:
        await opened(demo)
        for key in ("slash", "colon", "ctrl+p", "question_mark", "ctrl+g"):
            await demo.pilot.press(key)
            demo.app.post_message(events.Paste(ALL.replace("\n", " ")))
            await demo.pilot.pause()
            check_widths(demo)
            await demo.pilot.press("enter", "escape")


async def test_the_built_in_engine_tells_of_it(tmp_path: Path, written: Written) -> None:
    async with app_on_hostile(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.pilot.press("ctrl+o")
        await demo.until(lambda: isinstance(demo.app.screen, ChatScreen))
        pane = demo.app.screen.query_one(ChatPane)
        for question in ("what is wrong here?", "list configmaps", "get nodes", "describe the newest pod"):
            pane.submit(question)
            await demo.until(lambda: not pane.is_working)
            check_widths(demo)


@SIZES
async def test_a_model_that_means_harm(tmp_path: Path, written: Written, size: tuple[int, int]) -> None:
    lines = "\n\n".join(f"- {poison}\n\n```\n{poison}\n```\n\n| {poison} |\n|---|\n| {poison} |" for poison in POISONS)
    script: Script = [
        *(ToolStarted(str(at), poison) for at, poison in enumerate(POISONS)),
        *(ToolFinished(str(at), poison, at % 2 == 0, poison, ALL, 38.0) for at, poison in enumerate(POISONS)),
        *(TextDelta(character) for character in ALL),
        TextDelta(
            "\n\n" + lines + "\n\n[link](javascript:x) ![image](http://evil.example/x.png) <http://evil.example>\n"
        ),
        TextDelta("x[" * (MEGABYTE // 20)),
        ChoicesOffered(ALL, tuple(ObjectRef(poison, poison, poison, poison) for poison in POISONS)),
        ChoicesOffered(ALL, answers=tuple(POISONS)),
        Finished(ALL, 1, 1),
    ]
    failure: Script = [Failed(ALL, ALL, ALL)]
    async with chat_on_stage(tmp_path, script, failure, size=size) as chat:
        for poison in POISONS:
            kept = await chat.store.conversations.create(poison, poison)
            await chat.store.conversations.append(kept.id, Message("tool", poison, 1.0, tool=poison))
            await chat.store.conversations.append(kept.id, Message("assistant", ALL, 1.0))
        for _ in range(2):
            chat.pane.submit(ALL)
            await until(chat.pilot, lambda: not chat.pane.is_working)
            await chat.pilot.press("ctrl+e", "pageup", "pagedown")
        await chat.pilot.press("ctrl+r")
        await until(chat.pilot, lambda: isinstance(chat.app.screen, PickerScreen))
        await chat.pilot.press("down", "enter")
        await until(chat.pilot, lambda: not isinstance(chat.app.screen, PickerScreen))
        await chat.pilot.press("ctrl+e")


async def test_a_kubeconfig_that_means_harm(tmp_path: Path, written: Written) -> None:
    async with welcome(tmp_path) as here:
        await here.pilot.press("p")
        for number, poison in enumerate(POISONS):
            file = tmp_path / f"{number}{poison.replace('/', '_').replace(chr(0), '')}"
            file.write_text(f"apiVersion: v1\nkind: {ALL!r}\nclusters: [{{]")
            await here.enter(file)
            await here.pilot.pause()


async def test_a_key_that_means_harm(written: Written) -> None:
    keymap = {"toggle-follow": "f9,\u202e\x1b[5m[/b]"}
    app = stage(keymap)
    async with app.run_test(size=(100, 45)) as pilot:
        open_help(app, keymap)
        await until(pilot, lambda: isinstance(app.screen, HelpScreen) and app.screen.is_mounted)
        await pilot.press(*"follow")


@pytest.mark.parametrize("tab", ["summary", "yaml"])
async def test_words_where_numbers_and_times_are_expected(tmp_path: Path, written: Written, tab: str) -> None:
    async with app_on_hostile(tmp_path, wrong=True, **PODS) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen))
        await demo.until(lambda: "loading" not in demo.text())
        await demo.pilot.press({"summary": "d", "yaml": "y"}[tab])
        await demo.pilot.pause()
        check_widths(demo)
        assert isinstance(demo.app.screen, ExplorerScreen | DetailScreen)

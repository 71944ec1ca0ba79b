"""Plugins in the app: found when they are needed, run on rows, and what they answer."""

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.picker import PickerScreen
from kubegenie_tui.screens.plan import PlanScreen
from kubegenie_tui.screens.said import SaidScreen
from tests.control_plane import ROOT
from tests.plugging import HELLO, PluginSite
from tests.ui.on_demo import OnDemo, app_on_demo

DEPLOYMENTS: dict[str, Any] = {"context": "prod-eu", "namespace": "shop", "command": "deployments"}
TRYING = """
from kubegenie_tui.plugin import Command, GoTo, KubeGenieError

async def several(chosen):
    cluster = await chosen.cluster()
    ref = chosen.objects[0]
    whole = await cluster.get(ref.kind, ref.name, ref.namespace)
    pods = await cluster.find("po", ref.namespace, labels="app=checkout", limit=2)
    name = pods[0]["metadata"]["name"]
    logs = await cluster.logs(name, ref.namespace, pods[0]["spec"]["containers"][0]["name"], tail=2)
    events = await cluster.events(ref.namespace, whole["metadata"]["uid"])
    assert cluster.ref("deploy", "x", "y").kind == "deployments.apps"
    return f"{cluster.name} {whole['kind']}\\n{len(pods)} pods\\n{len(logs)} lines\\n{type(events).__name__}"

def fail(chosen):
    raise ValueError("not today [bold]")

def complain(chosen):
    raise KubeGenieError("It is too late", "the day is over")

def commands():
    return [
        Command("several", "look at several things", several, kinds=("deploy",)),
        Command("fail", "fail", fail),
        Command("complain", "complain", complain),
        Command("wrong", "answer wrongly", lambda chosen: 3),
        Command("go", "go", lambda chosen: GoTo("pods " + chosen.words[0])),
        Command("quiet", "say nothing", lambda chosen: None),
    ]
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PluginSite:
    return PluginSite(tmp_path / "site", monkeypatch)


async def until_deployments(demo: OnDemo) -> None:
    await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and "checkout" in demo.names)
    demo.table.select("shop", "checkout")
    await demo.pilot.pause()


def told(demo: OnDemo, words: str) -> bool:
    return any(words in each.message for each in demo.app._notifications)


async def until_told(demo: OnDemo, words: str) -> None:
    await demo.until(lambda: told(demo, words))


async def test_the_one_of_the_guide(tmp_path: Path, site: PluginSite) -> None:
    page = (ROOT / "docs" / "guide" / "plugins.md").read_text(encoding="utf-8")
    project, source = (re.search(rf"```{kind}\n(.*?)```", page, re.DOTALL) for kind in ("toml", "python"))
    assert project is not None
    assert source is not None
    ((name, entry),) = tomllib.loads(project[1])["project"]["entry-points"]["kubegenie.plugins"].items()
    module, _, function = entry.partition(":")
    site.install(module, source[1], function=function, name=name)
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        await until_deployments(demo)
        assert module not in sys.modules
        await demo.pilot.press("f8")
        await demo.until(lambda: isinstance(demo.app.screen, SaidScreen))
        await demo.until_shown("checkout                        nobody")
        await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen))
        await demo.command("own")
        await until_told(demo, "Who owns it? · for example: own team-a")
        await demo.command("own team-a")
        await demo.until(lambda: isinstance(demo.app.screen, PlanScreen))
        await demo.until_shown("asked by plugin owners")
        await demo.until_shown("example.com/owner: team-a")
        await demo.asked_to_decide()
        await demo.pilot.press("y")
        assert demo.server is not None
        cluster = demo.server.cluster("prod-eu")

        def owner() -> object:
            found = cluster.get("deployments.apps", "checkout", "shop") or {"metadata": {}}
            return found["metadata"].get("annotations", {}).get("example.com/owner")

        await demo.until(lambda: owner() == "team-a")
        await demo.pilot.press("b")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen))
        await demo.command("pods-of")
        await demo.until(lambda: demo.names and all("checkout" in name for name in demo.names) and len(demo.names) > 1)
        entries = await (await demo.app.services.changes()).audit.entries()
        assert {each.asked_by for each in entries} == {"plugin owners"}


async def test_what_a_plugin_may_ask_and_answer(tmp_path: Path, site: PluginSite) -> None:
    site.install("trying_plugin", TRYING, name="trying")
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        await until_deployments(demo)
        await demo.command("several")
        await demo.until(lambda: isinstance(demo.app.screen, SaidScreen))
        for words in ("prod-eu Deployment", "2 pods", "2 lines", "list"):
            await demo.until_shown(words)
        await demo.pilot.press("c", "w", "q")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen))
        assert demo.app.clipboard.startswith("prod-eu Deployment\n2 pods")
        for word, words in (
            ("fail", "fail of plugin trying failed · ValueError: not today [bold]"),
            ("wrong", "it answers int, which is no text, Plan or GoTo"),
            ("complain", "It is too late · the day is over"),
        ):
            await demo.command(word)
            await until_told(demo, words)
        await demo.command("quiet")
        await demo.command("go payments")
        await demo.until(lambda: demo.explorer.pane.namespace == "payments")
        await demo.command("several")
        await until_told(demo, "several is for deploy")


async def test_they_are_in_the_menu_the_palette_and_the_completion(tmp_path: Path, site: PluginSite) -> None:
    site.install("hello_plugin", HELLO)
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        await until_deployments(demo)
        await demo.pilot.press("full_stop")
        await demo.until(lambda: isinstance(demo.app.screen, PickerScreen))
        await demo.pilot.press(*"hello")
        await demo.until_shown("say hello")
        await demo.pilot.press("enter")
        await until_told(demo, "hello checkout")
        demo.app.clear_notifications()
        await demo.pilot.press("ctrl+p")
        await demo.until(lambda: isinstance(demo.app.screen, PickerScreen))
        await demo.pilot.press(*"say", "space", *"hello", "enter")
        await until_told(demo, "hello checkout")
        await demo.pilot.press("colon", *"hel")
        await demo.until_shown("say hello")
        await demo.pilot.press("escape")


async def test_a_broken_one_is_told_once_and_stays_out(tmp_path: Path, site: PluginSite) -> None:
    site.install("a_plugin", HELLO, name="a")
    site.install("broken_plugin", "raise ValueError('it [bold] fell apart')", name="broken")
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        await until_deployments(demo)
        assert not told(demo, "broken")
        await demo.command("hello")
        await until_told(demo, "hello checkout")
        await until_told(demo, "Plugin broken · ValueError: it [bold] fell apart")
        demo.app.clear_notifications()
        await demo.command("nothing-like-it")
        await until_told(demo, "nothing-like-it")
        assert not told(demo, "broken")


async def test_one_that_never_loads_holds_up_nothing(
    tmp_path: Path, site: PluginSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.install("slow_plugin", "import threading; threading.Event().wait()")
    monkeypatch.setattr("kubegenie_tui.screens.own_commands.PATIENCE_SECONDS", 0.2)
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        await until_deployments(demo)
        await demo.pilot.press("full_stop")
        await demo.until(lambda: isinstance(demo.app.screen, PickerScreen))
        await until_told(demo, "A plugin takes long to load")
        await demo.pilot.press("escape")
        await demo.command("pods")
        await demo.until(lambda: len(demo.names) > 5)


async def test_a_plan_for_a_cluster_that_is_read_only_is_refused(tmp_path: Path, site: PluginSite) -> None:
    source = """
from kubegenie_tui.plugin import Command, Plan, Step, Verb
def remove(chosen):
    return Plan("Remove", chosen.cluster_name, tuple(Step(Verb.DELETE, ref) for ref in chosen.objects))
def commands():
    return [Command("away", "remove it", remove)]
"""
    site.install("away_plugin", source)
    async with app_on_demo(tmp_path, read_only=True, **DEPLOYMENTS) as demo:
        await until_deployments(demo)
        await demo.command("away")
        await demo.until_shown("prod-eu is read-only here")

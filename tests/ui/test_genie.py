"""Questions asked in the app on the demo's clusters, answered by the built-in engine."""

import re
from pathlib import Path
from typing import Any

from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.logs import LogsScreen
from kubegenie_tui.widgets.chat_pane import ChatPane
from tests.ui.on_demo import OnDemo, app_on_demo

PODS: dict[str, Any] = {"context": "prod-eu", "namespace": "", "command": "pods"}


async def ask(demo: OnDemo, text: str) -> None:
    """Ask beside the rows."""
    await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names)
    demo.table.focus()
    await demo.pilot.press("space")
    await demo.until(lambda: demo.app.screen.query(ChatPane) and demo.app.screen.query_one(ChatPane).input.has_focus)
    pane = demo.app.screen.query_one(ChatPane)
    pane.input.insert(text)
    await demo.pilot.press("enter")


async def test_why_is_checkout_failing(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, (200, 60), **PODS) as demo:
        await ask(demo, "why is checkout failing?")
        await demo.until_shown("built-in ·")
        text = " ".join(demo.text().split())
        assert "diagnose deployment checkout" in text
        assert "checkout-db" in text
        assert "Root: secret" in text


async def test_how_many_pods_are_not_ready_in_staging(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, (200, 60), **PODS) as demo:
        await ask(demo, "how many pods are not ready in staging?")
        await demo.until_shown("In cluster staging:")
        await demo.until(lambda: re.search("namespaces (is|are) not ready", demo.text()))
        assert demo.explorer.agent.name == "prod-eu"


def chat_words(demo: OnDemo) -> str:
    """The words of the chat beside the rows, its lines as one."""
    return " ".join(word for line in demo.text().splitlines() for word in line.rpartition("▏")[2].split())


async def test_a_view_of_several_namespaces_is_what_is_asked_about(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, (200, 60), **PODS | {"namespace": "shop,payments"}) as demo:
        await ask(demo, "what is wrong here?")
        await demo.until(lambda: "objects were checked in namespaces shop and payments" in chat_words(demo))
        pane = demo.app.screen.query_one(ChatPane)
        await demo.until(lambda: not pane.is_working)
        pane.input.insert("list pods")
        await demo.pilot.press("enter")
        there = f"{len(demo.names)} pods in namespaces shop and payments"
        await demo.until(lambda: f"{there}." in chat_words(demo))
        await demo.until(lambda: not pane.is_working)
        pane.input.insert("how many pods are not ready?")
        await demo.pilot.press("enter")
        await demo.until(lambda: re.search(rf"\d of {there} are not ready", chat_words(demo)))


async def test_a_list_in_another_cluster_opens_there(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, (200, 60), **PODS) as demo:
        await ask(demo, "list deployments in the staging cluster")
        await demo.until(lambda: demo.app.screen.query(ChatPane) and demo.explorer.agent.name == "staging")
        await demo.until(lambda: "sso-bridge" in demo.names)


async def test_show_me_the_logs_of_the_newest_api_pod(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, (200, 60), **PODS) as demo:
        await ask(demo, "show me the logs of the newest api pod")
        await demo.until(lambda: isinstance(demo.app.screen, LogsScreen))
        await demo.until_shown("api-")
        await demo.until_shown("GET")
        await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen))

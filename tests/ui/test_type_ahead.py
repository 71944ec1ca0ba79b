"""Keys that arrive all at once, as of a fast hand or a slow line, go where they were meant to go."""

from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.keys import _character_to_key

from kubegenie_tui.screens.clusters import ClustersScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.help import HelpScreen
from kubegenie_tui.screens.logs import LogsScreen
from tests.ui.on_demo import OnDemo, app_on_demo

PODS: dict[str, Any] = {"context": "prod-eu", "namespace": "shop", "command": "pods"}
ENTER = "\r"
ESCAPE = "\x1b"
NAMED = {ENTER: "enter", ESCAPE: "escape"}


def burst(demo: OnDemo, text: str) -> None:
    """Hand over all keys at once, as one read of the terminal does."""
    for character in text:
        key = NAMED.get(character) or _character_to_key(character)
        demo.app.post_message(events.Key(key, character))


async def opened(demo: OnDemo) -> None:
    await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names)


@pytest.mark.parametrize(
    ("typed", "kind", "namespace", "names"),
    [
        (f":po -n payments{ENTER}", "pods", "payments", "ledger"),
        (f":deploy{ENTER}:svc{ENTER}", "services", "shop", "checkout"),
        (f"/checkout{ENTER}:deploy -n payments{ENTER}", "deployments", "payments", "ledger"),
    ],
)
async def test_a_command_in_one_breath(tmp_path: Path, typed: str, kind: str, namespace: str, names: str) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        burst(demo, typed)
        await demo.until(lambda: demo.explorer.kind and demo.explorer.kind.plural == kind)
        await demo.until(lambda: demo.explorer.pane.namespace == namespace)
        await demo.until(lambda: any(name.startswith(names) for name in demo.names))


async def test_a_filter_then_a_key_of_the_table(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        burst(demo, f"/redis{ENTER}jl")
        await demo.until(lambda: isinstance(demo.app.screen, LogsScreen))
        await demo.until_shown("redis-1")


async def test_screens_opened_and_closed_in_one_breath(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        burst(demo, f"?redis{ESCAPE}{ESCAPE}l{ESCAPE}?")
        await demo.until(lambda: isinstance(demo.app.screen, HelpScreen))
        assert isinstance(demo.app.screen_stack[-2], ExplorerScreen)


async def test_a_cluster_opened_and_searched_in_one_breath(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and len(demo.names) == 4)
        demo.table.select("", "staging")
        burst(demo, f"{ENTER}:deploy{ENTER}")
        await opened(demo)
        await demo.until(lambda: demo.explorer.kind and demo.explorer.kind.plural == "deployments")

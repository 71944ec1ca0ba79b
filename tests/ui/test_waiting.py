"""While a cluster keeps us waiting: words, a clock, and a way out that changes nothing."""

from pathlib import Path
from typing import Any

from kubegenie_tui.demo.api.faults import Fault
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.form import FormScreen
from kubegenie_tui.screens.help import HelpScreen
from kubegenie_tui.screens.waiting import WaitingScreen
from tests.ui.on_demo import OnDemo, app_on_demo

DEPLOYMENTS: dict[str, Any] = {"context": "prod-eu", "namespace": "shop", "command": "deployments"}
LOOKUP = "/deployments/checkout(?!.*watch)"


async def hanging(demo: OnDemo) -> None:
    """On `checkout`, whose object the server does not give until its faults are cleared."""
    await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and "checkout" in demo.names)
    demo.table.select("shop", "checkout")
    assert demo.server is not None
    demo.server.inject(Fault(path=LOOKUP, cluster="prod-eu", delay=600))
    await demo.pilot.press("s")


async def test_what_takes_long_is_told_and_can_be_given_up(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, (160, 45), **DEPLOYMENTS) as demo:
        await hanging(demo)
        await demo.until_shown("scale: looking at what it is about · 0.")
        assert "wait no longer" in demo.text().splitlines()[-1]
        await demo.pilot.press("escape")
        await demo.until_shown("You did not wait for the answer")
        assert isinstance(demo.app.screen, ExplorerScreen)
        await demo.pilot.press("s")
        await demo.until(lambda: isinstance(demo.app.screen, FormScreen))


async def test_it_leads_on_by_itself(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, (160, 45), **DEPLOYMENTS) as demo:
        await hanging(demo)
        await demo.until(lambda: isinstance(demo.app.screen, WaitingScreen))
        assert demo.server is not None
        demo.server.faults.clear()
        await demo.until(lambda: isinstance(demo.app.screen, FormScreen))
        await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen))


async def test_below_the_help_it_leaves_when_the_help_does(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, (160, 45), **DEPLOYMENTS) as demo:
        await hanging(demo)
        await demo.until(lambda: isinstance(demo.app.screen, WaitingScreen))
        waiting = demo.app.screen
        await demo.pilot.press("f1")
        await demo.until(lambda: isinstance(demo.app.screen, HelpScreen))
        assert isinstance(waiting, WaitingScreen)
        waiting.action_leave()
        await demo.until_shown("You did not wait for the answer")
        await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen))

"""The history of a workload: what revisions there are, what differs between them, and the way back."""

from pathlib import Path
from typing import Any

from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.plan import PlanScreen
from kubegenie_tui.screens.rollout import RolloutScreen
from tests.ui.on_demo import OnDemo, app_on_demo

DEPLOYMENTS: dict[str, Any] = {"context": "prod-eu", "namespace": "shop", "command": "deployments"}


async def on_checkout(demo: OnDemo) -> None:
    await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and "checkout" in demo.names)
    demo.table.select("shop", "checkout")
    await demo.pilot.pause()


async def history(demo: OnDemo) -> None:
    await demo.until(lambda: isinstance(demo.app.screen, RolloutScreen) and numbers(demo) == [4, 3, 2, 1])


def numbers(demo: OnDemo) -> list[Any]:
    return [row.cells[0] for row in demo.table.view.window(0, len(demo.table.view))] if demo.names else []


def changed(demo: OnDemo) -> list[str]:
    """The changed lines in view."""
    lines = [line.strip(" ▐") for line in demo.text().splitlines()]
    return [" ".join(line.split()) for line in lines if line[:2] in ("- ", "+ ")]


async def test_what_revisions_changed_and_the_way_back(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        await on_checkout(demo)
        await demo.pilot.press("h")
        await history(demo)
        await demo.until_shown("The rollout makes no progress")
        states = {row.cells[0]: row.cells[1:3] for row in demo.table.view.window(0, 4)}
        assert (states[4], states[3]) == (("current", "0/1"), ("earlier", "3/3"))
        await demo.until_shown("Release 2.14.0")
        await demo.pilot.press("g", "enter")
        await demo.until_shown("From revision 3 to 4")
        assert {"- key: dsn", "+ key: url"} <= set(changed(demo))
        await demo.pilot.press("escape", "j", "c")
        await demo.until_shown("From revision 4 to 3")
        assert "- key: url" in changed(demo)
        await demo.pilot.press("escape", "G", "m", "g", "D")
        await demo.until_shown("From revision 1 to 4")
        await demo.pilot.press("escape", "j", "y")
        await demo.until_shown("Template of revision 3")
        await demo.pilot.press("b")
        await demo.until(lambda: isinstance(demo.app.screen, PlanScreen))
        await demo.until_shown("Roll deployment shop/checkout back to revision 3")
        await demo.until_shown("y  Apply")
        await demo.asked_to_decide()
        await demo.pilot.press("y")
        await demo.until(lambda: image(demo).endswith(":2.14.0"))


def image(demo: OnDemo) -> str:
    assert demo.server is not None
    found = demo.server.cluster("prod-eu").get("deployments.apps", "checkout", "shop")
    return str(found["spec"]["template"]["spec"]["containers"][0]["image"]) if found else ""


async def test_it_is_said_as_to_kubectl(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        await on_checkout(demo)
        await demo.command("rollout history deploy/checkout")
        await history(demo)
        await demo.pilot.press("b")
        await demo.until_shown('no earlier revision "4"')
        await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen))
        await demo.command("rollout undo 2")
        await demo.until_shown("Roll deployment shop/checkout back to revision 2")
        await demo.pilot.press("escape")
        await demo.command("history pods checkout")
        await demo.until_shown("A Pod has no rollout")


async def test_a_workload_that_is_gone_says_so(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        await on_checkout(demo)
        await demo.pilot.press("h")
        await history(demo)
        assert demo.server is not None
        cluster = demo.server.cluster("prod-eu")
        cluster.delete(cluster.get("deployments.apps", "checkout", "shop") or {})
        await demo.until_shown('✖ Not found: deployments.apps "checkout"')

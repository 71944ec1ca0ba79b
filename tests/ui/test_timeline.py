"""What changed, on screen: heard from live rows, kept, and found again."""

from pathlib import Path

from kubegenie_tui.demo.server import DemoServer
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.timeline import TimelineScreen
from tests.ui.on_demo import OnDemo, app_on_demo


async def delete_pod(on: OnDemo, name: str) -> None:
    assert isinstance(on.server, DemoServer)
    client = on.explorer.agent.client
    await client.request("DELETE", f"/api/v1/namespaces/shop/pods/{name}")


async def test_a_pod_that_goes_is_told(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="shop", ticking=True) as on:
        await on.until(lambda: len(on.names) > 5)
        name = next(name for name in on.names if name.startswith("cart-"))
        await delete_pod(on, name)
        await on.until(lambda: name not in on.names)
        await on.app.services.manager._recorder.flush()
        await on.command("timeline")
        await on.until(lambda: isinstance(on.app.screen, TimelineScreen) and name in on.names)
        assert "went" in on.text()
        on.table.select("shop", name)
        await on.pilot.press("enter")
        await on.until(lambda: isinstance(on.app.screen, ExplorerScreen))


async def test_nothing_kept_yet_is_not_told_as_nothing_changed(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="shop") as on:
        await on.until(lambda: on.names)
        await on.command("timeline pod cart-0")
        await on.until_shown("what changed with pod shop/cart-0")
        await on.until_shown("There are no changes yet: what changes while KubeGenie looks is kept.")


async def test_of_one_object(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="shop", ticking=True) as on:
        await on.until(lambda: len(on.names) > 5)
        name = next(name for name in on.names if name.startswith("cart-"))
        other = next(name for name in on.names if name.startswith("frontend-"))
        for each in (name, other):
            await delete_pod(on, each)
        await on.until(lambda: name not in on.names and other not in on.names)
        await on.app.services.manager._recorder.flush()
        await on.command(f"timeline pod {name}")
        await on.until(lambda: isinstance(on.app.screen, TimelineScreen) and name in on.names)
        assert set(on.names) == {name}

"""What changed, on screen: heard from live rows, kept, and found again."""

import json
from pathlib import Path

import pytest

from kubegenie_tui.demo.server import DemoServer
from kubegenie_tui.domain.live import Phase
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.timeline import TimelineScreen
from tests.ui.on_demo import OnDemo, app_on_demo

STRATEGIC = "application/strategic-merge-patch+json"


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
        await on.until_shown("went")
        on.table.select("shop", name)
        await on.pilot.press("enter")
        await on.until(lambda: isinstance(on.app.screen, ExplorerScreen))


async def test_what_the_objects_tell_is_there_before_anything_was_looked_at(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="shop") as on:
        await on.until(lambda: on.names)
        await on.command("timeline")
        await on.until(lambda: isinstance(on.app.screen, TimelineScreen) and len(on.names) > 100)
        told = [row.cells for row in on.table.view.window(0, len(on.table.view))]
        assert {"Deployment", "Node", "ConfigMap"} <= {cells[1] for cells in told}
        assert all("came" in str(cells[2]) or "changed by" in str(cells[2]) for cells in told)


async def test_what_is_followed_while_it_is_open_is_told_though_nobody_looked_at_it(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="shop", command="timeline", ticking=True) as on:
        await on.until(lambda: isinstance(on.app.screen, TimelineScreen) and len(on.names) > 100)
        screen = on.app.screen
        assert isinstance(screen, TimelineScreen)
        agent, following = screen._agent, screen._following
        assert following is not None
        await on.until(lambda: all(lease.live.state.phase is Phase.LIVE for lease in following._leases))
        path = "/apis/apps/v1/namespaces/shop/deployments/cart"
        image = json.dumps({"spec": {"template": {"spec": {"containers": [{"name": "cart", "image": "cart:new"}]}}}})
        await agent.client.request("PATCH", path, headers={"Content-Type": STRATEGIC}, body=image.encode())
        await on.until(lambda: "cart:new" in on.text())
        assert not agent.idle
        await on.pilot.press("escape")
        await on.until(lambda: not isinstance(on.app.screen, TimelineScreen))
        assert all(lease._release is None for lease in following._leases)


@pytest.mark.parametrize("typed", ["timeline payments", "timeline -n payments"])
async def test_of_a_namespace(typed: str, tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="shop", ticking=True) as on:
        await on.until(lambda: len(on.names) > 5)
        name = next(name for name in on.names if name.startswith("cart-"))
        await delete_pod(on, name)
        await on.until(lambda: name not in on.names)
        await on.app.services.manager._recorder.flush()
        await on.command(typed)
        await on.until(lambda: isinstance(on.app.screen, TimelineScreen) and "ledger" in on.names)
        assert {row.namespace for row in on.table.view.window(0, len(on.table.view))} == {"payments"}


async def test_what_may_not_be_followed_is_said(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="shop", user="somebody", command="timeline") as on:
        await on.until_shown("13 of 13 kinds denied")


async def test_of_an_object_that_is_not_there_nothing_is_told(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="shop") as on:
        await on.until(lambda: on.names)
        await on.command("timeline pod nothing")
        await on.until_shown("what changed with pod shop/nothing")
        await on.until_shown("There are no changes to tell of: what happens from now on")


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
        await on.until(lambda: "went" in on.text())

"""A Secret in the explorer becomes a cluster: from the menu, sealed, listed; one that leads nowhere says so."""

from pathlib import Path

from kubegenie_tui.screens.form import FormRow, FormScreen
from kubegenie_tui.screens.picker import PickerScreen
from tests.keyrings import Ring, using
from tests.ui.on_demo import app_on_demo
from tests.unit.agents.test_from_secrets import written


async def test_from_the_menu_of_a_secret(tmp_path: Path) -> None:
    with using(Ring()):
        async with app_on_demo(tmp_path, context="prod-eu", namespace="shop", command="secrets") as demo:
            assert demo.server is not None
            demo.server.worlds["prod-eu"].cluster.create(written(demo.server.url("staging"), "t0ken"))
            await demo.until(lambda: "dev-kubeconfig" in demo.names)
            demo.table.select("shop", "dev-kubeconfig")
            await demo.pilot.press("full_stop")
            await demo.until(lambda: isinstance(demo.app.screen, PickerScreen))
            await demo.pilot.press(*"register", "space", *"its", "enter")
            await demo.until(lambda: isinstance(demo.app.screen, FormScreen) and demo.app.screen.query(FormRow))
            await demo.until_shown("kept sealed, and followed.")
            assert "t0ken" not in demo.text()
            await demo.pilot.press("enter")
            await demo.until_shown("dev is registered")
            manager = demo.app.services.manager
            (status,) = [each for each in manager.statuses if each.name == "dev"]
            assert (status.source, status.origin) == ("registered", "of prod-eu")
            demo.table.select("shop", "checkout-tls")
            await demo.command("register")
            await demo.until_shown("leads to no cluster")

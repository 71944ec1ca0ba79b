"""From a key, the menu or a typed word to the plan that the app shows."""

from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.domain.plan import Plan, Verb
from kubegenie_tui.navigation import Navigation
from kubegenie_tui.screens import messages
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.fleet import FleetScreen
from kubegenie_tui.screens.form import FormScreen
from kubegenie_tui.screens.picker import PickerScreen
from tests.ui.on_demo import OnDemo, app_on_demo

DEPLOYMENTS: dict[str, Any] = {"context": "prod-eu", "namespace": "shop", "command": "deployments"}


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[Plan]:
    """What was asked of the app, which shows none of it."""
    asked: list[Plan] = []
    original = Navigation.post_message

    def keep(self: Navigation, message: Any) -> bool:
        if isinstance(message, messages.PlanRequested):
            asked.append(message.plan)
            return True
        return original(self, message)

    for place in (ExplorerScreen, FleetScreen):
        monkeypatch.setattr(place, "post_message", keep)
    return asked


async def opened(demo: OnDemo, name: str = "checkout") -> None:
    await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and name in demo.names)
    demo.table.select("shop", name)
    await demo.pilot.pause()


async def test_a_typed_word_makes_a_plan_of_the_row_under_the_cursor(tmp_path: Path, plans: list[Plan]) -> None:
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        await opened(demo)
        await demo.command("scale 5")
        await demo.until(lambda: plans)
        assert plans[0].title.startswith("Scale deployment shop/checkout from ")
        assert [step.body for step in plans[0].steps] == [{"spec": {"replicas": 5}}]
        await demo.command("cordon")
        await demo.until_shown("A Deployment cannot do that")


async def test_a_key_asks_for_what_is_not_known(tmp_path: Path, plans: list[Plan]) -> None:
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        await opened(demo)
        await demo.pilot.press("s")
        await demo.until(lambda: isinstance(demo.app.screen, FormScreen))
        await demo.pilot.press("7", "enter")
        await demo.until(lambda: plans)
        assert plans[0].title.endswith("to 7")


async def test_marked_rows_are_one_plan(tmp_path: Path, plans: list[Plan]) -> None:
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        await opened(demo)
        await demo.pilot.press("g", "m", "m", "ctrl+d")
        await demo.until(lambda: plans)
        assert plans[0].title == "Delete 2 deployments"
        assert [step.verb for step in plans[0].steps] == [Verb.DELETE] * 2


async def test_the_menu_names_what_fits_with_its_key(tmp_path: Path, plans: list[Plan]) -> None:
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        await opened(demo)
        await demo.pilot.press("full_stop")
        await demo.until(lambda: isinstance(demo.app.screen, PickerScreen))
        await demo.until_shown("pause the rollout")
        shown = demo.text()
        assert "ctrl+d" in shown
        assert "cordon" not in shown
        await demo.pilot.press(*"restart", "enter")
        await demo.until(lambda: plans)
        assert plans[0].title == "Restart deployment shop/checkout"


async def test_one_key_does_what_each_kind_needs(tmp_path: Path, plans: list[Plan]) -> None:
    async with app_on_demo(tmp_path, **DEPLOYMENTS | {"command": "cronjobs -A"}) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names)
        await demo.pilot.press("s")
        await demo.until(lambda: plans)
        assert plans[0].title.startswith("Suspend cronjob ")
        await demo.pilot.press("t")
        await demo.until(lambda: len(plans) > 1)
        assert plans[1].title.startswith("Run cronjob ")


async def test_rows_of_several_clusters_are_a_plan_each(tmp_path: Path, plans: list[Plan]) -> None:
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        await opened(demo)
        await demo.command("fleet deployments @prod-eu @staging")
        await demo.until(lambda: isinstance(demo.app.screen, FleetScreen) and demo.table.live.rows)
        await demo.until(lambda: len({row.cluster for row in demo.table.live.rows.values()}) == 2)
        await demo.pilot.press("ctrl+a", "r")
        await demo.until(lambda: len(plans) == 2)
        assert {plan.cluster for plan in plans} == {"prod-eu", "staging"}

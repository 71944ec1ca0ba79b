"""What may be done and by whom, on screen."""

from pathlib import Path
from typing import Any

from kubegenie_tui.screens.access import AccessScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from tests.ui.on_demo import OnDemo, app_on_demo

SHOP: dict[str, Any] = {"context": "prod-eu", "namespace": "shop"}


async def asked(on: OnDemo, line: str) -> None:
    await on.until(lambda: on.names)
    await on.pilot.press("colon")
    await on.pilot.pause()
    on.app.screen.query_one("PromptLine Input").value = line  # type: ignore[attr-defined]
    await on.pilot.press("enter")
    await on.until(lambda: isinstance(on.app.screen, AccessScreen) and on.names)


async def test_what_may_i_do(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await asked(on, "can")
        await on.until_shown("what you (platform-admin) may do in shop")
        await on.until_shown("FROM")
        await on.pilot.press("escape")
        await on.until(lambda: isinstance(on.app.screen, ExplorerScreen))


async def test_who_may_do_this_and_the_way_to_the_binding(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await asked(on, "whocan list pods -A")
        assert "system:masters" in on.names
        (viewers,) = [name for name in on.names if name == "viewers"]
        on.table.select("", viewers)
        await on.pilot.press("enter")
        await on.until(lambda: isinstance(on.app.screen, ExplorerScreen))
        await on.until(lambda: on.explorer.kind is not None and on.explorer.kind.plural == "clusterrolebindings")


async def test_groups_and_what_one_of_them_may_do(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await asked(on, "groups")
        assert {"developers", "sre"} <= set(on.names)
        on.table.select("", "developers")
        await on.pilot.press("enter")
        await on.until_shown("what g:developers may do in all namespaces")
        await on.until(lambda: on.names)
        await on.pilot.press("escape")
        await on.until(lambda: "developers" in on.names)
        await on.until_shown("Groups  ")
        await on.pilot.press("escape")
        await on.command("users")
        await on.until_shown("There are no users that a binding names.")


async def test_of_somebody_whom_nothing_is_bound_to_that_is_said(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await on.until(lambda: on.names)
        await on.command("can u.nobody")
        await on.until_shown("no binding that was read names u:u.nobody")
        await on.until_shown("There are no permissions that a binding gives.")


async def test_a_question_that_is_none_is_said(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await on.until(lambda: on.names)
        await on.command("whocan pods")
        await on.until_shown("A verb and a kind are needed")
        assert isinstance(on.app.screen, ExplorerScreen)

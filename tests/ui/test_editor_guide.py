"""The editor knows the kind that is written: it offers fields and values, helps, and names faults by line."""

from pathlib import Path
from typing import Any

from kubegenie_tui.screens.editor import EditorScreen
from kubegenie_tui.screens.plan import PlanScreen
from tests.ui.on_demo import OnDemo, app_on_demo

DATA: dict[str, Any] = {"context": "prod-eu", "namespace": "data", "without": ("staging", "edge-paris")}


async def opened(on: OnDemo, line: str) -> EditorScreen:
    await on.until(lambda: on.names)
    await on.command(line)
    await on.until(lambda: isinstance(on.app.screen, EditorScreen))
    assert isinstance(on.app.screen, EditorScreen)
    return on.app.screen


async def test_a_new_object_of_a_custom_kind_is_completed_and_checked(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **DATA) as on:
        editor = await opened(on, "create db")
        await on.until_shown("engine: postgres")
        lines = editor.area.text.split("\n")
        editor.area.move_cursor((lines.index("  engine: postgres"), len("  engine: postgres")))
        await on.until_shown("The database program.")
        await on.pilot.press("enter", *"siz")
        await on.until_shown("size: ")
        assert editor.area.offering
        await on.pilot.press("tab")
        await on.until_shown("the default")  # its values come by themselves
        await on.pilot.press("down", "tab")
        await on.until(lambda: "  size: medium\n" in editor.area.text)
        await on.pilot.press("enter", *"replicas: many")
        at = editor.area.cursor_location[0] + 1
        await on.until_shown(f"✖ line {at}: spec.replicas: must be a whole number")
        await on.pilot.press("ctrl+s")
        await on.until_shown("ctrl+s once more asks the server all the same")
        assert isinstance(on.app.screen, EditorScreen)
        await on.pilot.press(*["backspace"] * 4, "2", "ctrl+s")
        await on.until(lambda: isinstance(on.app.screen, PlanScreen))


async def test_esc_takes_offers_away_before_it_drops_the_text(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **DATA) as on:
        editor = await opened(on, "create pod")
        editor.area.move_cursor(editor.area.document.end)
        await on.pilot.press("ctrl+space")
        await on.until(lambda: editor.area.offering)
        await on.pilot.press("escape")
        assert not editor.area.offering
        assert on.app.screen is editor
        await on.pilot.press("escape")
        await on.until(lambda: on.app.screen is not editor)


async def test_built_in_kinds_are_known_too(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **DATA) as on:
        editor = await opened(on, "create service")
        text = editor.area.text.replace("selector:", "selektor:")
        editor.area.load_text(text)
        await on.until_shown("spec.selektor: is no field of this kind")

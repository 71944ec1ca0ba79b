"""Keys that a person set otherwise, in the app on the demo: the new ones work, and those they replace no longer do."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from kubegenie_tui.paths import settings_file, write_private
from kubegenie_tui.screens.detail import DetailScreen
from kubegenie_tui.screens.editor import EditorScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.help import HelpScreen
from kubegenie_tui.widgets.chat_input import ChatInput
from kubegenie_tui.widgets.resource_tree import ResourceTree
from kubegenie_tui.widgets.search_bar import SearchBar
from kubegenie_tui.widgets.text_view import TextView
from kubegenie_tui.widgets.yaml_area import YamlArea
from tests.ui.on_demo import OnDemo, app_on_demo


@asynccontextmanager
async def with_keys(tmp_path: Path, keys: dict[str, str], size: tuple[int, int] = (160, 45)) -> AsyncIterator[OnDemo]:
    """The deployments of a namespace, with keys of the person's own."""
    lines = [f'{name} = "{key}"\n' for name, key in keys.items()]
    write_private(settings_file(), f"[keys]\n{''.join(lines)}".encode())
    async with app_on_demo(tmp_path, size, context="prod-eu", namespace="shop", command="deployments") as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and "checkout" in demo.names)
        yield demo


async def pressed(demo: OnDemo, *keys: str) -> None:
    await demo.pilot.press(*keys)
    await demo.pilot.pause()


async def does(demo: OnDemo, key: str, what: Callable[[], object]) -> None:
    """A key makes something true that was not."""
    assert not what()
    await demo.pilot.press(key)
    await demo.until(what)


async def does_nothing(demo: OnDemo, key: str, seen: Callable[[], object]) -> None:
    """A key leaves something as it was."""
    before = seen()
    await pressed(demo, key)
    assert seen() == before


def kind_of(demo: OnDemo) -> str:
    return demo.explorer.kind.plural if demo.explorer.kind else ""


async def test_the_keys_of_the_tree(tmp_path: Path) -> None:
    own = {"choose-kind": "f6", "fold-group": "f7", "unfold-group": "f8", "cursor-down": "f5", "go-first": "f9"}
    async with with_keys(tmp_path, own) as demo:
        tree = demo.explorer.query_one(ResourceTree)
        await demo.until(lambda: "Deployments" in demo.text())
        tree.focus()
        await demo.until(lambda: tree.has_focus)
        await does_nothing(demo, "left", lambda: "StatefulSets" in demo.text())
        await does(demo, "f7", lambda: "StatefulSets" not in demo.text())
        await does_nothing(demo, "right", lambda: "StatefulSets" in demo.text())
        await does(demo, "f8", lambda: "StatefulSets" in demo.text())
        await pressed(demo, "f9", "f5", "j", "down", "g", "home")
        await does(demo, "f6", lambda: kind_of(demo) == "pods")


async def test_a_filter_that_hides_all_tells_the_key_that_clears_it(tmp_path: Path) -> None:
    async with with_keys(tmp_path, {"go-back": "f6", "all-namespaces": "f7"}) as demo:
        await demo.pilot.press("slash", *"nosuch", "enter")
        await demo.until_shown("No deployments pass the filter. f6 clears it.")
        await does(demo, "f6", lambda: "checkout" in demo.names)
        await demo.command("cronjobs")
        await demo.until_shown("There are no cronjobs in shop. f7 shows all namespaces.")


async def test_a_key_of_the_tree_that_got_another_opens_a_row_as_elsewhere(tmp_path: Path) -> None:
    async with with_keys(tmp_path, {"choose-kind": "f6", "go-first": "f9"}) as demo:
        tree = demo.explorer.query_one(ResourceTree)
        await demo.until(lambda: "Deployments" in demo.text())
        demo.table.select("shop", "checkout")
        tree.focus()
        await demo.until(lambda: tree.has_focus)
        await demo.pilot.press("f9", "enter")
        await demo.until(lambda: demo.names and all(name.startswith("checkout-") for name in demo.names))
        assert kind_of(demo) == "pods"


async def test_the_keys_of_a_search(tmp_path: Path) -> None:
    own = {"next-found": "f6", "previous-found": "f7", "close-search": "f8", "close-detail": "q"}
    async with with_keys(tmp_path, own) as demo:
        demo.table.select("shop", "checkout")
        await demo.pilot.press("y")
        await demo.until(lambda: isinstance(demo.app.screen, DetailScreen) and "apiVersion" in demo.text())
        bar = demo.app.screen.query_one(SearchBar)
        await demo.pilot.press("slash", *"name")
        await demo.until(lambda: "1 of " in demo.text())
        await does(demo, "f6", lambda: "2 of " in demo.text())
        for old in ("down", "up", "escape"):
            await does_nothing(demo, old, lambda: (bar.is_open, "2 of " in demo.text()))
        await does(demo, "f7", lambda: "1 of " in demo.text())
        await does(demo, "f8", lambda: not bar.is_open)
        await demo.until(lambda: isinstance(demo.app.focused, TextView))


async def test_the_keys_of_the_help(tmp_path: Path) -> None:
    own = {"close-help": "f6", "help-down": "f7", "help-up": "f8", "help-page-down": "f9", "help-page-up": "f10"}
    async with with_keys(tmp_path, own, (80, 24)) as demo:
        await demo.until_shown("v1.37.2")
        await demo.pilot.press("f1")
        await demo.until(lambda: isinstance(demo.app.screen, HelpScreen) and "Explorer" in demo.text())
        await demo.until_shown("f6 closes")
        for step, back, old in (("f7", "f8", "down"), ("f9", "f10", "pagedown")):
            await does_nothing(demo, old, demo.text)
            await does(demo, step, lambda: "Explorer" not in demo.text())
            await does(demo, back, lambda: "Explorer" in demo.text())
        await does_nothing(demo, "escape", lambda: type(demo.app.screen))
        await does(demo, "f6", lambda: isinstance(demo.app.screen, ExplorerScreen))


async def test_the_key_that_opens_the_help_closes_it(tmp_path: Path) -> None:
    async with with_keys(tmp_path, {"show-help": "f2"}) as demo:
        await does(demo, "f2", lambda: isinstance(demo.app.screen, HelpScreen))
        await does_nothing(demo, "f1", lambda: type(demo.app.screen))
        await does(demo, "f2", lambda: isinstance(demo.app.screen, ExplorerScreen))
        await does(demo, "f2", lambda: isinstance(demo.app.screen, HelpScreen))
        await does(demo, "escape", lambda: isinstance(demo.app.screen, ExplorerScreen))


async def test_the_key_that_begins_a_command_in_the_chat(tmp_path: Path) -> None:
    async with with_keys(tmp_path, {"open-command": "semicolon"}) as demo:
        await demo.until(lambda: demo.explorer.query(ChatInput))
        demo.explorer.query_one(ChatInput).focus()
        await demo.until(lambda: isinstance(demo.app.focused, ChatInput))
        asked = demo.explorer.query_one(ChatInput)
        await pressed(demo, "colon", "semicolon")
        assert asked.text == ":;"
        await pressed(demo, "backspace", "backspace", "semicolon", *"pods", "enter")
        await demo.until(lambda: kind_of(demo) == "pods")
        assert asked.text == ""


async def test_the_key_that_takes_an_offer_in_the_editor(tmp_path: Path) -> None:
    async with with_keys(tmp_path, {"take-offer": "f6"}) as demo:
        await demo.command("create pod")
        await demo.until(lambda: isinstance(demo.app.screen, EditorScreen))
        area = demo.app.screen.query_one(YamlArea)
        area.move_cursor(area.document.end)
        await demo.pilot.press("ctrl+space")
        await demo.until(lambda: area.offering)
        before = area.text
        await does(demo, "f6", lambda: area.text != before and not area.offering)
        await pressed(demo, "enter", "ctrl+space")
        await demo.until(lambda: area.offering)
        before = area.text.rstrip()
        await pressed(demo, "tab")
        assert area.text.rstrip() == before


async def test_the_keys_that_words_on_screen_tell_of(tmp_path: Path) -> None:
    own = {"submit-form": "f6", "close-form": "f7", "toggle-column": "f8", "preview-edit": "f9", "close-editor": "f10"}
    async with with_keys(tmp_path, own) as demo:
        demo.table.select("shop", "checkout")
        await demo.pilot.press("s")
        await demo.until_shown("f6 ")
        await does_nothing(demo, "escape", lambda: type(demo.app.screen))
        await demo.until_shown("f7 ")
        await does(demo, "f7", lambda: isinstance(demo.app.screen, ExplorerScreen))
        await demo.pilot.press("w")
        await demo.until_shown("f8 show/hide")
        await demo.pilot.press("escape")
        await demo.command("create pod")
        await demo.until(lambda: isinstance(demo.app.screen, EditorScreen))
        await demo.pilot.press("x", "f10")
        await demo.until_shown("f10 once more drops it, f9 shows what it would do")

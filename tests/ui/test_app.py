import asyncio
from pathlib import Path

import pytest
from textual.color import Color
from textual.widgets import Static

from kubegenie_tui.app import KubeGenieApp
from kubegenie_tui.crash_report import keep_crash_report
from kubegenie_tui.domain.errors import SettingsError
from kubegenie_tui.domain.start import StartOptions
from kubegenie_tui.services import Services, build_services
from kubegenie_tui.settings import load_settings
from kubegenie_tui.theme import THEMES
from kubegenie_tui.widgets.resource_table import ResourceTable
from tests.ui.on_demo import app_on_demo


async def crash(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="shop", command="pods") as demo:
        await demo.until(lambda: demo.names)
        await demo.pilot.press("down")
        await demo.until(lambda: demo.app.return_code)


async def test_a_fault_of_our_own_ends_in_a_private_report_without_values(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: ResourceTable, rows: int) -> None:
        token = "".join(("s3cret", "-value"))
        raise RuntimeError(f"no such {len(token)}")

    monkeypatch.setattr(ResourceTable, "action_move", fail)
    with pytest.raises(RuntimeError):
        await crash(tmp_path)
    report = next((home / "cache").glob("crash-*.txt"))
    assert "RuntimeError: no such 12" in report.read_text()
    assert "s3cret-value" not in report.read_text()
    assert report.stat().st_mode & 0o077 == 0


async def test_what_is_still_being_opened_when_the_app_is_left_is_no_fault(tmp_path: Path, home: Path) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="shop", command="pods") as demo:
        await demo.until(lambda: demo.names)
        panes, tried = demo.explorer.query_one("#panes"), asyncio.Event()

        async def open_while_leaving() -> None:
            demo.app.exit()
            tried.set()
            await panes.mount(Static())

        demo.explorer.call_after_refresh(open_while_leaving)
        await tried.wait()
    assert not list((home / "cache").glob("crash-*.txt"))


def test_the_report_says_where_an_error_came_from() -> None:
    try:
        raise ValueError("odd")
    except ValueError as error:
        text = keep_crash_report(error).read_text()
    assert "test_the_report_says_where" in text
    assert "ValueError: odd" in text


def failing(value: str) -> None:
    try:
        int(value)
    except ValueError as error:
        raise ExceptionGroup("two", [KeyError(value), RuntimeError(f"no\n  {value}\n  ^")]) from error


@pytest.mark.parametrize("value", ["canary 7", 'it\'s "canary" 7', "password=canary-7"])
def test_the_report_keeps_no_value_that_an_error_or_one_before_it_tells(value: str) -> None:
    with pytest.raises(ExceptionGroup) as caught:
        failing(value)
    text = keep_crash_report(caught.value).read_text()
    assert "canary" not in text
    assert "ValueError: invalid literal for int() with base 10: " in text
    assert [name for name in ("KeyError", "RuntimeError: no", "ExceptionGroup") if name not in text] == []
    assert "canary" not in keep_crash_report(RuntimeError("no login with password=canary-7")).read_text()
    assert text.index("ValueError") < text.index("ExceptionGroup")


def test_keys_that_clash_are_refused_before_anything_opens(home: Path) -> None:
    (home / "config").mkdir(parents=True)
    (home / "config" / "settings.toml").write_text('[keys]\nshow-logs = "d"\n')
    settings = load_settings()

    async def build() -> Services:
        return await build_services(settings, StartOptions())

    with pytest.raises(SettingsError, match="show-logs"):
        KubeGenieApp(settings, StartOptions(), build)


async def test_a_remapped_key_works(tmp_path: Path, home: Path) -> None:
    (home / "config").mkdir(parents=True)
    (home / "config" / "settings.toml").write_text('[keys]\ntoggle-tree = "f2"\n')
    async with app_on_demo(tmp_path, context="prod-eu", namespace="shop", command="pods") as demo:
        await demo.until_shown("Workloads")
        await demo.pilot.press("f2", "f2")
        await demo.until(lambda: "Workloads" not in demo.text())


@pytest.mark.parametrize(
    ("before", "name"), [("light", "dark"), *(("dark", name) for name in THEMES if name != "dark")]
)
async def test_themes_are_switched_live(tmp_path: Path, before: str, name: str) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="shop", command="pods") as demo:
        await demo.until(lambda: demo.names)
        await demo.command(f"theme {before}")
        await demo.until(lambda: demo.app.screen.styles.background == Color.parse(THEMES[before].background or ""))
        await demo.command(f"theme {name}")
        await demo.until(lambda: demo.app.theme == THEMES[name].name)
        await demo.until(lambda: demo.app.screen.styles.background == Color.parse(THEMES[name].background or ""))
        assert demo.names, "what was shown still is"


async def test_a_theme_that_is_not_there_is_told(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="shop", command="pods") as demo:
        await demo.until(lambda: demo.names)
        before = demo.app.theme
        await demo.command("theme nosuch")
        await demo.until_shown("no theme named")
        assert demo.app.theme == before

import asyncio
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from kubegenie_tui.domain.user_command import UserCommand
from kubegenie_tui.plugin_entries import apart
from kubegenie_tui.plugin_loader import Plugins, load_plugins
from kubegenie_tui.settings import PluginSettings, Settings
from tests.plugging import HELLO, PluginSite


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PluginSite:
    return PluginSite(tmp_path / "site", monkeypatch)


def offering(*commands: str) -> str:
    return f"""
from kubegenie_tui.plugin import Command
def run(chosen): ...
def commands():
    return [{", ".join(commands)}]
"""


def test_a_plugin_with_its_commands(site: PluginSite) -> None:
    site.install("hello_plugin", HELLO, name="hello")
    (plugin,) = load_plugins(Settings())
    assert (plugin.name, plugin.source, plugin.faults) == ("hello", "hello_plugin 1.0", ())
    assert [(each.word, each.key) for each in plugin.commands] == [("hello", "f9")]


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("import nowhere", "ModuleNotFoundError: No module named 'nowhere'"),
        ("def commands(:", "SyntaxError: invalid syntax"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("commands = 3", "TypeError: 'int' object is not callable"),
        ("def commands(): raise RuntimeError('out of luck')", "RuntimeError: out of luck"),
        ("def commands(): return None", "TypeError: 'NoneType' object is not iterable"),
        ("def other(): return []", "AttributeError: module 'broken_plugin' has no attribute 'commands'"),
        ("def commands(): return ['hello']", "it offers str, which is no Command"),
        (offering("Command('Say it', '', run)"), '"Say it" is no word for a command'),
        (offering("Command('scale', '', run)"), "scale is an operation already"),
        (offering("Command('po', '', run)"), "po is a name of pods already"),
        (offering("Command('theme', '', run)"), "theme is a command already"),
        (offering("Command('memo', '', run)"), "memo is [commands.memo] already"),
        (offering("Command('hello', '', run)"), "hello is a command of a plugin already"),
    ],
)
def test_one_that_is_broken_stays_out_and_says_why(site: PluginSite, source: str, fault: str) -> None:
    site.install("a_plugin", HELLO)
    site.install("broken_plugin", source)
    settings = Settings(commands={"memo": UserCommand("true")})
    good, broken = load_plugins(settings)
    assert (len(good.commands), good.faults) == (1, ())
    assert broken.commands == ()
    assert len(broken.faults) == 1
    assert broken.faults[0].startswith(fault)


@pytest.mark.parametrize("entry_points", [b"[kubegenie.plugins]\nno value\n", b"\xff\xfe"])
def test_one_whose_entry_points_cannot_be_read_is_passed_over(site: PluginSite, entry_points: bytes) -> None:
    site.install("broken_plugin", "")
    (site.directory / "broken_plugin-1.0.dist-info/entry_points.txt").write_bytes(entry_points)
    site.install("hello_plugin", HELLO)
    assert [each.name for each in load_plugins(Settings())] == ["hello_plugin"]


def test_one_bad_command_does_not_take_the_others_with_it(site: PluginSite) -> None:
    site.install("mixed_plugin", offering("Command('po', '', run)", "Command('fine', '', run)"))
    (plugin,) = load_plugins(Settings())
    assert [each.word for each in plugin.commands] == ["fine"]
    assert plugin.faults == ("po is a name of pods already",)


def test_a_key_that_does_something_is_not_taken(site: PluginSite) -> None:
    command = "Command('hello', '', run, key='l, f9, f10,f9')"
    site.install("hello_plugin", offering(command))
    settings = Settings(commands={"memo": UserCommand("true", key="f10")})
    (plugin,) = load_plugins(settings)
    assert [each.key for each in plugin.commands] == ["f9"]
    assert plugin.faults == (
        "the key l of hello does show-logs already",
        "the key f10 of hello does commands.memo already",
        "the key f9 of hello does hello already",
    )


@pytest.mark.parametrize("off", ["*", "other, broken", "bro*"])
def test_one_that_is_turned_off_is_not_imported(site: PluginSite, off: str) -> None:
    site.install("broken_plugin", "raise SystemExit", name="broken")
    (plugin,) = load_plugins(Settings(plugins=PluginSettings(off)))
    assert plugin.is_off
    assert "broken_plugin" not in sys.modules


async def test_they_are_loaded_once_and_told_once(site: PluginSite, tmp_path: Path) -> None:
    counting = f"with open({str(tmp_path / 'loads')!r}, 'a') as file: file.write('x')\n"
    counting += offering("Command('po', '', run)")
    site.install("hello_plugin", counting)
    plugins = Plugins(Settings())
    assert not plugins.loaded
    await asyncio.gather(plugins.load(), plugins.load())
    await plugins.load()
    assert (tmp_path / "loads").read_text() == "x"
    assert plugins.untold_faults() == ["Plugin hello_plugin · po is a name of pods already"]
    assert plugins.untold_faults() == []


async def test_a_function_that_fails_apart() -> None:
    with pytest.raises(ZeroDivisionError):
        await apart(lambda: 1 // 0)
    with pytest.raises(RuntimeError, match="StopIteration"):
        await apart(lambda: next(iter([])))


def test_one_that_never_comes_back_does_not_hold_up_the_end() -> None:
    program = """
import asyncio, threading
from kubegenie_tui.plugin_entries import apart
async def main():
    try:
        async with asyncio.timeout(0.1):
            await apart(threading.Event().wait)
    except TimeoutError:
        print("on")
asyncio.run(main())
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert ended.stdout == "on\n"


def test_the_settings_say_which_are_off() -> None:
    assert not PluginSettings().is_off("hello")
    assert msgspec.structs.replace(PluginSettings(), off="a, hel*").is_off("hello")

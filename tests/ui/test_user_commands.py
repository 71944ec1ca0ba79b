"""Commands of a person's own and sections for some clusters, from the settings file, on the demo."""

from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.app import KubeGenieApp
from kubegenie_tui.domain.errors import SettingsError
from kubegenie_tui.domain.start import StartOptions
from kubegenie_tui.paths import settings_file
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.picker import PickerScreen
from kubegenie_tui.services import Services, build_services
from kubegenie_tui.settings import load_settings
from tests.ui.on_demo import OnDemo, app_on_demo

PODS: dict[str, Any] = {"context": "prod-eu", "namespace": "shop", "command": "pods"}


def write_settings(text: str) -> None:
    file = settings_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


async def until_pods(demo: OnDemo) -> None:
    await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and len(demo.names) > 5)


async def test_by_key_in_the_background_with_what_the_row_is(tmp_path: Path) -> None:
    write_settings(
        f'[commands.jot]\nkey = "f9"\nscopes = ["po"]\nbackground = true\n'
        f'command = ["touch", "{tmp_path}/$CONTEXT.$NAMESPACE.$NAME"]\n'
    )
    async with app_on_demo(tmp_path, **PODS) as demo:
        await until_pods(demo)
        row = demo.table.current
        assert row is not None
        await demo.pilot.press("f9")
        await demo.until_shown("jot is done")
        assert (tmp_path / f"prod-eu.shop.{row.name}").exists()
        await demo.command("deploy")
        await demo.until(lambda: "checkout" in demo.names)
        await demo.pilot.press("f9")
        await demo.until_shown("jot is for po")


async def test_its_key_is_among_the_keys_where_it_fits(tmp_path: Path) -> None:
    write_settings(
        '[commands.jot]\nkey = "f9"\nscopes = ["po"]\ncommand = ["touch", "x"]\ndescription = "jot [bold] it down"\n'
    )
    async with app_on_demo(tmp_path, **PODS) as demo:
        await until_pods(demo)
        await demo.pilot.press("question_mark", *"jot")
        await demo.until_shown("Commands of your own and of plugins")
        await demo.until_shown("f9                    jot [bold] it down")
        await demo.pilot.press("escape")
        await demo.command("deploy")
        await demo.until(lambda: "checkout" in demo.names)
        await demo.pilot.press("question_mark", *"jot")
        await demo.until_shown("no key like that")


async def test_by_name_asked_first_and_by_a_shell(tmp_path: Path) -> None:
    write_settings(
        f"[commands.jot]\nshell = true\nconfirm = true\nbackground = true\n"
        f"command = 'echo \"$NAME\" > {tmp_path}/said; echo told; exit 3'\n"
    )
    async with app_on_demo(tmp_path, **PODS) as demo:
        await until_pods(demo)
        await demo.command("jot")
        await demo.until(lambda: isinstance(demo.app.screen, PickerScreen))
        await demo.pilot.press("enter")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen))
        assert not (tmp_path / "said").exists()
        await demo.command("jot")
        await demo.until(lambda: isinstance(demo.app.screen, PickerScreen))
        await demo.pilot.press("down", "enter")
        await demo.until_shown("jot ended with status 3: told")
        assert (tmp_path / "said").read_text().strip() == demo.names[0]


async def test_some_clusters_have_rules_of_their_own(tmp_path: Path) -> None:
    write_settings(
        '[cluster."prod-*"]\nread_only = true\nnamespace = "payments"\n'
        '[commands.jot]\nbackground = true\ncommand = ["true"]\n'
    )
    async with app_on_demo(tmp_path, context="prod-eu", command="pods") as demo:
        await until_pods(demo)
        assert {row.namespace for row in demo.table.view.window(0, 99)} == {"payments"}
        await demo.command("jot")
        await demo.until_shown("prod-eu is read-only here")
        statuses = {status.name: status.read_only for status in demo.app.services.manager.statuses}
        assert statuses == {"prod-eu": True, "staging": False, "edge-paris": False, "rack-7": False}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[commands.jot]\nkey = "l"\ncommand = "true"\n', 'The key "l" would do two things'),
        ('[commands.pods2]\ncommand = ""\n', "it is empty"),
        ('[commands.theme]\ncommand = "true"\n', "theme is a command already"),
        ('[commands.scale]\ncommand = "true"\n', "scale is an operation already"),
        ('[commands.po]\ncommand = "true"\n', "po is a name of pods already"),
        ('[commands.jot]\ncommand = "true"\nwhen = "now"\n', "there is no such setting"),
        ('[columns.pods]\nnode = ".spec["\n', "is no step of a JSONPath"),
        ('[columns.secrets]\nvalue = ".data"\n', "never shown"),
    ],
)
def test_what_cannot_be_used_is_told(text: str, words: str) -> None:
    async def build() -> Services:
        return await build_services(load_settings(), StartOptions())

    write_settings(text)
    with pytest.raises(SettingsError, match=words.replace("(", r"\(")):
        KubeGenieApp(load_settings(), StartOptions(), build)

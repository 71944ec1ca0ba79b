"""What holds for some clusters only: each setting of `[cluster.NAME]`."""

from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.domain.errors import SettingsError
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.plan import PlanScreen
from kubegenie_tui.settings import holds_for, load_settings
from tests.ui.on_demo import OnDemo, app_on_demo
from tests.ui.test_user_commands import write_settings

CHECKOUT: dict[str, Any] = {"context": "prod-eu", "namespace": "shop", "command": "deployments"}
FLUENT_BIT: dict[str, Any] = {"context": "staging", "namespace": "platform", "command": "daemonsets"}


async def planned(demo: OnDemo, name: str, line: str) -> None:
    await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and name in demo.names)
    demo.table.select(demo.explorer.pane.namespace, name)
    await demo.pilot.pause()
    await demo.command(line)
    await demo.until(lambda: isinstance(demo.app.screen, PlanScreen))


@pytest.mark.parametrize(
    ("where", "name", "line", "tier"),
    [
        (CHECKOUT, "checkout", "label tier=front", "W2 disruptive"),
        (CHECKOUT, "checkout", "delete", "W3 destructive"),
        (FLUENT_BIT, "fluent-bit", "label tier=front", "W1 reversible"),
    ],
)
async def test_plans_for_a_protected_one_are_a_tier_up(
    tmp_path: Path, where: dict[str, Any], name: str, line: str, tier: str
) -> None:
    write_settings('[cluster."prod-*"]\nprotected = true\n')
    async with app_on_demo(tmp_path, **where) as demo:
        await planned(demo, name, line)
        await demo.until_shown(tier)
        assert ("prod-eu is protected" in demo.text()) is (where is CHECKOUT)


async def test_a_read_only_one_refuses_plans_and_says_so(tmp_path: Path) -> None:
    write_settings("[cluster.prod-eu]\nread_only = true\n")
    async with app_on_demo(tmp_path, **CHECKOUT) as demo:
        await planned(demo, "checkout", "label tier=front")
        await demo.until_shown("prod-eu is read-only here")
        assert "y apply" not in demo.text()


async def test_one_begins_where_it_is_told_to(tmp_path: Path) -> None:
    write_settings('[cluster."prod-*"]\nnamespace = "shop,payments"\n[cluster.prod-eu]\nread_only = true\n')
    async with app_on_demo(tmp_path, context="prod-eu", command="pods") as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and len(demo.names) > 5)
        spaces = {row.namespace for row in demo.table.view.window(0, len(demo.table.view))}
        assert spaces == {"shop", "payments"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[cluster.prod]\nprotectd = true\n", "did you mean cluster.prod.protected?"),
        ('[cluster.prod]\nprotected = "yes"\n', 'sets "cluster.prod.protected" to what cannot be used'),
        ('[cluster.prod]\nprotected = "yes"\n', "allowed: true or false"),
        ("[cluster.prod]\nnamespace = 3\n", 'sets "cluster.prod.namespace" to what cannot be used'),
        ("[commands.jot]\ncommand = 3\n", "allowed: text or a list of text"),
        ("[commands.jot]\nkey = 'f9'\n", 'sets "commands.jot"'),
        ("cluster = 3\n", 'sets "cluster"'),
        ("[cluster]\nprod = 3\n", 'sets "cluster.prod"'),
    ],
)
def test_what_cannot_be_used_is_told(text: str, words: str) -> None:
    write_settings(text)
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert words in str(raised.value)


def test_a_whole_name_always_means_its_cluster_and_all_sections_count() -> None:
    write_settings(
        '[clusters]\nprotected = "live"\n[cluster."kind-[a]"]\nread_only = true\n'
        '[cluster."*"]\nnamespace = "everywhere"\n[cluster."kind-*"]\nprotected = true\nnamespace = "here"\n'
    )
    settings = load_settings()
    found = holds_for(settings, "kind-[a]")
    assert (found.read_only, found.protected, found.namespace) == (True, True, "here")
    assert (holds_for(settings, "live").protected, holds_for(settings, "kind-a").read_only) == (True, True)
    assert holds_for(settings, "other") == type(found)(namespace="everywhere", repair="off")


@pytest.mark.parametrize(("setting", "words"), [("protected", "protected"), ("read_only", "read-only")])
async def test_the_screens_of_an_object_say_how_its_cluster_is_guarded(
    tmp_path: Path, setting: str, words: str
) -> None:
    write_settings(f"[cluster.prod-eu]\n{setting} = true\n")
    async with app_on_demo(tmp_path, **CHECKOUT) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and "checkout" in demo.names)
        for key in ("d", "x"):
            await demo.pilot.press(key)
            await demo.until(lambda: not isinstance(demo.app.screen, ExplorerScreen))
            await demo.until(lambda: f"prod-eu {words}" in demo.text().partition("\n")[0])
            await demo.pilot.press("escape")
            await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen))

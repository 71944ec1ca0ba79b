"""What is said about clusters in the app, and clusters that a provider finds: from the first key to the row."""

from pathlib import Path

from textual.widgets import Input, OptionList

from kubegenie_tui.domain.traits import Traits
from kubegenie_tui.screens.cluster_header import header_parts
from kubegenie_tui.screens.clusters import ClustersScreen
from kubegenie_tui.screens.discover import DiscoverScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.form import FormRow
from kubegenie_tui.screens.picker import PickerScreen
from kubegenie_tui.screens.register import RegisterScreen
from kubegenie_tui.widgets.choice_entry import ChoiceEntry
from kubegenie_tui.widgets.tab_strip import TabStrip
from tests.keyrings import Ring, using
from tests.rack import TOKEN, Rack
from tests.ui.on_demo import app_on_demo
from tests.ui.test_cluster_settings import CHECKOUT, planned
from tests.ui.test_register import cheap, fill, listed, rack, registering
from tests.ui.test_user_commands import write_settings
from tests.unit.agents.kubeconfigs import kubeconfig, write

__all__ = ["cheap", "rack"]


async def test_said_in_a_form_and_in_force_at_once(tmp_path: Path) -> None:
    async with listed(tmp_path) as demo:
        await demo.pilot.press("e")
        await demo.until_shown("About a")
        await fill(demo, labels="env=prod", groups="eu customers", notes="ask sre first")
        for row in demo.app.screen.query(FormRow):
            if row.field.id in ("protected", "colour"):
                assert isinstance(row.entry, ChoiceEntry)
                row.entry.focus()
                await demo.pilot.press("right")
        await demo.pilot.press("enter")
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))
        await demo.until_shown("env=prod")
        await demo.until_shown("eu customers")
        await demo.until_shown("protected")
        await demo.pilot.press("slash", *"env=prod", "enter")
        await demo.until(lambda: demo.names == ["a"])
        await demo.pilot.press("escape", "slash", *"GROUPS:eu", "enter")
        await demo.until(lambda: demo.names == ["a"])
        await demo.pilot.press("enter")
        await demo.until(lambda: "a protected" in demo.text())
        left, _ = header_parts(demo.app.services, "a", "", 160)
        assert any("$error" in str(span.style) for span in left.spans)


async def test_what_cannot_be_kept_is_said_in_the_form_which_stays(tmp_path: Path) -> None:
    async with listed(tmp_path) as demo:
        await demo.pilot.press("e")
        await demo.until_shown("About a")
        await fill(demo, labels="env", namespace="shop,Web", notes="ask sre first")
        await demo.until_shown('"env" is no label · write it as env=prod')
        await demo.until_shown('"Web" is no namespace')
        await demo.pilot.press("enter")
        await fill(demo, labels="env=prod", namespace="shop,web")
        await demo.pilot.press("enter")
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))
        await demo.until_shown("env=prod")
        [traits] = [each.traits for each in demo.app.services.manager.statuses if each.name == "a"]
        assert (traits.namespace, traits.notes) == ("shop,web", "ask sre first")


async def test_what_was_reported_goes_with_the_next_thing_that_is_done(tmp_path: Path) -> None:
    async with listed(tmp_path) as demo:
        await demo.pilot.press("u")
        await demo.until_shown("There is nothing to unlock")
        await demo.pilot.press("e")
        await demo.until_shown("About a")
        await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))
        assert "There is nothing to unlock" not in demo.text()


async def test_a_message_that_is_cut_is_told_below_the_list(tmp_path: Path) -> None:
    async with listed(tmp_path) as demo:
        await demo.until(lambda: demo.text().count("✖ unreachable") == 2)
        whole = "connection refused · check that the cluster runs and that its address is right"
        await demo.until_shown(whole)
        await demo.pilot.resize_terminal(200, 45)
        await demo.until(lambda: demo.text().count(whole) == 2)
        await demo.pilot.resize_terminal(80, 24)
        await demo.until_shown("connection refused · check that the cluster runs and that its address is")


async def test_care_is_taken_at_once(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **CHECKOUT) as demo:
        await demo.until(lambda: "checkout" in demo.names)
        say = demo.app.services.manager.registrar.say
        await say("prod-eu", Traits(protected=True))
        await planned(demo, "checkout", "label tier=front")
        await demo.until_shown("prod-eu is protected")
        await demo.until_shown("W2 disruptive")
        await demo.pilot.press("escape")
        await say("prod-eu", Traits(read_only=True))
        await planned(demo, "checkout", "label tier=front")
        await demo.until_shown("prod-eu is read-only here")


async def test_one_begins_where_the_person_says_before_all_others(tmp_path: Path) -> None:
    write_settings('[cluster."prod-*"]\nnamespace = "payments"\n')
    async with app_on_demo(tmp_path) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and "prod-eu" in demo.names)
        await demo.app.services.manager.registrar.say("prod-eu", Traits(namespace="shop", colour="red"))
        demo.table.select("", "prod-eu")
        await demo.pilot.press("enter")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names)
        assert demo.explorer.pane.namespace == "shop"
        await demo.pilot.press("n")
        await demo.until(lambda: demo.app.screen.query(TabStrip))
        strip = demo.app.screen.query_one(TabStrip)
        assert [str(span.style) for span in strip.render().spans if "error" in str(span.style)]


async def test_a_label_that_is_none_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    async with listed(tmp_path) as demo:
        await demo.pilot.press("e")
        await demo.until_shown("About a")
        await fill(demo, labels="prod")
        await demo.pilot.press("enter")
        await demo.until_shown('"prod" is no label')


async def test_how_it_is_reached_is_changed_without_its_token_being_shown(tmp_path: Path, rack: Rack) -> None:
    with using(Ring()):
        async with listed(tmp_path) as demo:
            await registering(demo, name="rack-7", server="https://127.0.0.1:9", token=TOKEN)
            await demo.pilot.press("enter")
            await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and "rack-7" in demo.names)
            await demo.until_shown("refused")
            await demo.pilot.press("E")
            await demo.until(lambda: isinstance(demo.app.screen, RegisterScreen) and demo.app.screen.query(FormRow))
            await demo.until_shown("empty leaves it as it is")
            assert TOKEN not in "".join(entry.value for entry in demo.app.screen.query(Input))
            await fill(demo, server=rack.url, authority=str(rack.authority.certificate))
            await demo.pilot.press("ctrl+t")
            await demo.until_shown("identity · done · token (no groups)")
            await demo.pilot.press("enter")
            await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))
            await demo.until_shown("healthy")
            demo.table.select("", "a")
            await demo.pilot.press("E")
            await demo.until_shown('How "a" is reached is not kept here')


async def test_found_by_a_provider_marked_and_registered(tmp_path: Path) -> None:
    other = write(tmp_path / "other", kubeconfig({"x": "http://127.0.0.1:9", "y": "http://127.0.0.1:9"}))
    with using(Ring()):
        async with listed(tmp_path) as demo:
            await demo.pilot.press("d")
            await demo.until(lambda: isinstance(demo.app.screen, PickerScreen) and "kubeconfig" in demo.text())
            await demo.pilot.press(*"kubeconfig", "enter")
            await demo.until_shown("Clusters of the contexts of kubeconfig files")
            await fill(demo, file=str(other))
            await demo.pilot.press("enter")
            await demo.until_shown("2 found")
            await demo.pilot.press("space", "space", "enter")
            await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and {"x", "y"} <= set(demo.names))
            await demo.until_shown("registered x, y")
            await demo.until_shown("registered, kubeconfig")


async def test_a_search_that_fails_says_why(tmp_path: Path) -> None:
    async with listed(tmp_path) as demo:
        await demo.pilot.press("d")
        await demo.until(lambda: isinstance(demo.app.screen, PickerScreen) and "kubeconfig" in demo.text())
        await demo.pilot.press(*"kubeconfig", "enter")
        await demo.until_shown("Clusters of the contexts")
        await fill(demo, file=str(tmp_path / "none"))
        await demo.pilot.press("enter")
        await demo.until(lambda: isinstance(demo.app.screen, DiscoverScreen))
        await demo.until_shown("No kubeconfig was found")
        assert demo.app.screen.query_one(OptionList).option_count == 0
        await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))

"""A provider that does not know us: the way back leads to what is wrong."""

from pathlib import Path

from kubegenie_tui.screens.work import LOG_IN, WorkScreen
from tests.clouds.toy import ToyCloud
from tests.ui.test_wizard import begun, cheap, cloud, listed, reached, site
from tests.ui.wizarding import at, rows, type_in

__all__ = ["cheap", "cloud", "site"]


async def test_back_from_who_we_are_leads_to_what_was_not_taken(tmp_path: Path, site: Path, cloud: ToyCloud) -> None:
    async with listed(tmp_path) as demo:
        await reached(demo, cloud, token="wrong")
        await demo.until_shown("who are you?")
        await demo.pilot.press("escape")
        await at(demo, "toy: how it is reached")
        token = rows(demo)["token"]
        await demo.until(lambda: token.entry.has_focus and token.has_class("-wrong"))
        assert (token.typed, rows(demo)["url"].has_class("-wrong")) == ("wrong", False)
        await demo.until_shown("who are you?")
        type_in(demo, token="toy")
        await demo.until(lambda: not token.has_class("-wrong"))
        await demo.pilot.press("enter")
        await demo.until_shown("We are anna")
        await demo.pilot.press("escape")
        await at(demo, "toy: how it is reached")
        assert [row for row in rows(demo).values() if row.has_class("-wrong")] == []


async def test_what_no_field_is_known_to_be_the_cause_of_stands_above_all(
    tmp_path: Path, site: Path, cloud: ToyCloud
) -> None:
    cloud.person = {}
    async with listed(tmp_path) as demo:
        await reached(demo, cloud)
        await demo.until_shown("toy failed: KeyError: 'who'")
        await demo.pilot.press("escape")
        await at(demo, "toy: how it is reached")
        assert demo.app.screen.query_one("#intro").has_class("-wrong")
        await demo.until_shown("✖ toy failed: KeyError: 'who'")


async def test_credentials_that_ended_in_the_middle_are_replaced_at_the_work(
    tmp_path: Path, site: Path, cloud: ToyCloud
) -> None:
    def ended(request: str) -> None:
        if request == "POST plane/shop":
            cloud.key = "newer"

    cloud.after = ended
    async with listed(tmp_path) as demo:
        await begun(demo, cloud)
        await demo.until_shown("Control plane shop · failed · The toy cloud refuses · who are you?")
        await demo.until_shown("n takes other credentials and goes on, r tries it again")
        await demo.pilot.press("n")
        await at(demo, "shop: other credentials")
        assert list(rows(demo)) == ["token"]
        type_in(demo, token="wrong")
        await demo.pilot.press("enter")
        await demo.until(lambda: rows(demo)["token"].has_class("-wrong") and rows(demo)["token"].typed == "wrong")
        await demo.until_shown("who are you?")
        assert cloud.names == {"network/shop", "plane/shop"}
        type_in(demo, token="newer")
        await demo.pilot.press("enter")
        await demo.until_shown("shop is in the list of clusters")
        assert cloud.names == {"network/shop", "plane/shop", "pool/default"}
        assert cloud.requests.count("POST plane/shop") == 1
        await demo.until(lambda: demo.app.screen.check_action("want", (LOG_IN,)))
        await demo.pilot.press("n")
        await at(demo, "shop: other credentials")
        await demo.until_shown("take them")
        await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.screen, WorkScreen))

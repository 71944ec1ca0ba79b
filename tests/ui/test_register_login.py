"""A cluster whose people log in at an issuer, registered by hand: with a code, and by a browser of this machine."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from kubegenie_tui.domain.cluster import owner_of
from kubegenie_tui.screens.clusters import ClustersScreen
from kubegenie_tui.screens.form import FormRow
from tests.keyrings import Ring, using
from tests.rack import Rack, racked
from tests.ui.on_demo import OnDemo
from tests.ui.test_register import fill, listed, registering
from tests.unit.kube.auth.oidc_server import CLIENT, OidcServer, oidc_server
from tests.unit.kube.auth.test_oidc_login import browse


@pytest.fixture
async def issuer(tmp_path: Path) -> AsyncIterator[OidcServer]:
    async with oidc_server(tmp_path / "issuer") as server:
        yield server


@pytest.fixture
def rack(tmp_path: Path) -> Iterator[Rack]:
    with racked(tmp_path / "pki") as made:
        yield made


async def asked_to_log_in(demo: OnDemo, issuer: OidcServer, rack: Rack) -> None:
    """From the list to the login."""
    screen = await registering(demo, name="rack-7", server=rack.url, authority=str(rack.authority.certificate))
    assert not screen.check_action("log_in", ())
    next(row for row in screen.asked if row.field.id == "way").entry.focus()
    await demo.pilot.press(*["right"] * 5)
    await demo.until(lambda: "issuer" in [row.field.id for row in screen.asked])
    await fill(demo, issuer=issuer.issuer, issuer_ca=str(issuer.authority.certificate), client_id=CLIENT)
    await demo.pilot.press("ctrl+l")


async def registered(demo: OnDemo, issuer: OidcServer) -> None:
    await demo.until_shown("You are logged in")
    assert not any(token in demo.text() for token in issuer.refresh_tokens)
    await demo.pilot.press("enter")
    await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and "rack-7" in demo.names)
    [kept] = [each for each in await demo.app.services.store.clusters.all() if each.name == "rack-7"]
    assert kept.endpoint is not None
    assert kept.endpoint.login is not None
    assert kept.endpoint.login.ca == issuer.authority.certificate.read_text()
    assert kept.endpoint.secrets["refresh_token"].how == "safe"


async def test_with_a_code(tmp_path: Path, issuer: OidcServer, rack: Rack) -> None:
    with using(Ring()):
        async with listed(tmp_path) as demo:
            await asked_to_log_in(demo, issuer, rack)
            await demo.until_shown("The code is WDJB-MJHT")
            await demo.until_shown(f"{issuer.url}/activate")
            issuer.approved = True
            await registered(demo, issuer)


async def test_what_a_test_uses_up_is_had_anew_from_the_issuer(tmp_path: Path, issuer: OidcServer, rack: Rack) -> None:
    """This issuer takes a refresh token once."""
    issuer.approved = True
    rack.logged_in = lambda: issuer.id_tokens
    with using(Ring()):
        async with listed(tmp_path) as demo:
            await asked_to_log_in(demo, issuer, rack)
            await demo.until_shown("You are logged in")
            for _ in range(2):
                await demo.pilot.press("ctrl+t")
                await demo.until_shown("rights · done")
            await demo.pilot.press("enter")
            await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and "rack-7" in demo.names)
            await demo.until_shown("healthy")


async def test_the_login_of_one_that_is_registered_outlives_a_test_in_its_form(
    tmp_path: Path, issuer: OidcServer, rack: Rack
) -> None:
    issuer.approved = True
    rack.logged_in = lambda: issuer.id_tokens
    with using(Ring()):
        async with listed(tmp_path) as demo:
            await asked_to_log_in(demo, issuer, rack)
            await registered(demo, issuer)
            await demo.until_shown("healthy")
            safe = demo.app.services.store.safe
            before = await safe.reveal(owner_of("rack-7"), "refresh_token")
            await demo.pilot.press("E")
            await demo.until_shown("How rack-7 is reached")
            await demo.pilot.press("ctrl+t")
            await demo.until_shown("rights · done")
            after = await safe.reveal(owner_of("rack-7"), "refresh_token")
            assert before != after
            assert after in issuer.refresh_tokens


async def test_without_a_token_of_the_issuer_the_way_to_the_server_is_tested(
    tmp_path: Path, issuer: OidcServer, rack: Rack
) -> None:
    async with listed(tmp_path) as demo:
        await asked_to_log_in(demo, issuer, rack)
        await demo.until_shown("The code is WDJB-MJHT")
        await demo.pilot.press("ctrl+t")
        await demo.until_shown("it has to know who you are: log in")
        await demo.pilot.press("ctrl+l")
        await demo.until_shown("The code is WDJB-MJHT")
        assert "TLS · done" not in demo.text(), "what a test reported goes with the next thing that is done"


async def test_what_is_missing_to_log_in_is_gone_to(tmp_path: Path, issuer: OidcServer, rack: Rack) -> None:
    async with listed(tmp_path) as demo:
        await asked_to_log_in(demo, issuer, rack)
        await fill(demo, client_id="")
        await demo.pilot.press("ctrl+l")
        client = next(row for row in demo.app.screen.query(FormRow) if row.field.id == "client_id")
        await demo.until(lambda: client.entry.has_focus)


async def test_in_a_browser(tmp_path: Path, issuer: OidcServer, rack: Rack, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    monkeypatch.setattr("webbrowser.open", lambda url: loop.call_soon_threadsafe(opened.put_nowait, url))
    with using(Ring()):
        async with listed(tmp_path) as demo:
            await asked_to_log_in(demo, issuer, rack)
            await browse(issuer, await opened.get())
            await registered(demo, issuer)


async def test_who_is_not_let_in_is_told_why(tmp_path: Path, issuer: OidcServer, rack: Rack) -> None:
    issuer.lets_in = False
    async with listed(tmp_path) as demo:
        await asked_to_log_in(demo, issuer, rack)
        await demo.until_shown("does not let you in")


async def test_without_a_refresh_token_until_the_id_token_ends_and_then_again(
    tmp_path: Path, issuer: OidcServer, rack: Rack
) -> None:
    """The first one is about to end, and so is used no more; the second one lasts."""
    issuer.gives_refresh, issuer.approved, issuer.claims = False, True, {"exp": int(time.time()) + 8}
    rack.logged_in = lambda: issuer.id_tokens
    with using(Ring()):
        async with listed(tmp_path) as demo:
            await asked_to_log_in(demo, issuer, rack)
            await demo.until_shown("for the issuer gives no refresh token: the id")
            assert issuer.id_tokens[0] not in demo.text()
            await demo.pilot.press("enter")
            await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and "rack-7" in demo.names)
            asked = len(issuer.asked)
            await demo.pilot.press("t")
            await demo.until_shown("The OIDC login has ended")
            await demo.until_shown("`E` in the list of clusters and `ctrl+l` there")
            assert len(issuer.asked) == asked, "nobody is asked, and no browser opened, before the person wants it"
            await demo.pilot.press("escape")
            await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))
            issuer.claims = {}
            await demo.pilot.press("E")
            await demo.until_shown("How rack-7 is reached")
            await demo.pilot.press("ctrl+l")
            await demo.until_shown("You are logged in until")
            await demo.pilot.press("enter")
            await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))
            await demo.pilot.press("t")
            await demo.until_shown("identity")
            await demo.until_shown("ada")
            [kept] = [each for each in await demo.app.services.store.clusters.all() if each.name == "rack-7"]
            assert kept.endpoint is not None
            assert set(kept.endpoint.secrets) == {"id_token"}

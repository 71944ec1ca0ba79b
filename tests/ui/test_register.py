"""Registering a cluster in the app: checked as typed, tried out, remembered, locked and unlocked, written out."""

import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.containers import VerticalScroll
from textual.widgets import Input

from kubegenie_tui.screens.clusters import ClustersScreen
from kubegenie_tui.screens.form import FormRow, FormScreen
from kubegenie_tui.screens.register import RegisterScreen
from kubegenie_tui.store import store as opening
from kubegenie_tui.store.safe import Safe
from kubegenie_tui.widgets.step_list import StepList
from tests.keyrings import Ring, using
from tests.rack import TOKEN, Rack, racked
from tests.ui.on_demo import OnDemo, app_on
from tests.unit.agents.kubeconfigs import kubeconfig, write

PHRASE = "correct horse"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "Safe", lambda database: Safe(database, cost=2**4))


@pytest.fixture
def rack(tmp_path: Path) -> Iterator[Rack]:
    with racked(tmp_path / "pki") as made:
        yield made


@asynccontextmanager
async def listed(tmp_path: Path) -> AsyncIterator[OnDemo]:
    """The list of clusters, with one that is away."""
    file = write(tmp_path / "config", kubeconfig({"a": "http://127.0.0.1:9", "b": "http://127.0.0.1:9"}))
    async with app_on(file) as (app, pilot):
        demo = OnDemo(app, pilot, None)
        await demo.until(lambda: isinstance(app.screen, ClustersScreen) and demo.names)
        yield demo


async def fill(demo: OnDemo, **values: str) -> None:
    """Type into fields by their ids, as one would after going to them."""
    for row in demo.app.screen.query(FormRow):
        if row.field.id in values:
            entry = row.entry
            assert isinstance(entry, Input)
            entry.value = values[row.field.id]
    await demo.pilot.pause()


async def registering(demo: OnDemo, **values: str) -> RegisterScreen:
    await demo.pilot.press("r")
    await demo.until(lambda: isinstance(demo.app.screen, RegisterScreen) and demo.app.screen.query(FormRow))
    screen = demo.app.screen
    assert isinstance(screen, RegisterScreen)
    await fill(demo, **values)
    return screen


async def test_what_is_wrong_is_said_while_it_is_typed(tmp_path: Path) -> None:
    async with listed(tmp_path) as demo:
        await registering(demo)
        await demo.pilot.press("tab", *"10.0.0.7")
        await demo.until_shown("✖ the server is a URL such as https://10.0.0.1:6443")
        await demo.pilot.press("home", *"https://")
        await demo.until(lambda: "the server is a URL" not in demo.text())
        await demo.pilot.press("enter")
        await demo.until_shown("✖ Name is needed")


async def test_a_form_that_was_left_begins_where_it_was_without_its_secrets(tmp_path: Path) -> None:
    async with listed(tmp_path) as demo:
        screen = await registering(demo, name="rack-7", server="https://10.0.0.7:6443", token=TOKEN)
        assert "What you typed before" not in demo.text()
        next(row for row in screen.asked if row.field.id == "read_only").entry.focus()
        await demo.pilot.press("right", "ctrl+k")
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))
        again = await registering(demo)
        await demo.until_shown("What you typed before stands here, but for secrets.")
        typed = {row.field.id: row.typed for row in again.asked}
        assert (typed["name"], typed["server"], typed["read_only"]) == ("rack-7", "https://10.0.0.7:6443", "yes")
        assert (typed["way"], typed["token"]) == ("token", "")


async def test_a_wrong_namespace_and_a_wrong_label_are_said_at_their_fields(tmp_path: Path) -> None:
    async with listed(tmp_path) as demo:
        await registering(demo, namespace="Team A", labels="lab")
        await demo.until_shown('"Team A" is no namespace')
        await demo.until_shown('"lab" is no label')


async def test_each_way_asks_for_what_it_takes(tmp_path: Path) -> None:
    async with listed(tmp_path) as demo:
        screen = await registering(demo)
        assert [row.field.id for row in screen.asked][5:9] == ["jump", "way", "token", "as_user"]
        await fill(demo, jump="bastion")
        assert [row.field.id for row in screen.asked][5:8] == ["jump", "jump_key", "jump_host_key"]
        await fill(demo, jump="")
        next(row for row in screen.asked if row.field.id == "way").entry.focus()
        await demo.pilot.press("right", "right")
        await demo.until(lambda: [row.field.id for row in screen.asked][7:9] == ["certificate", "key"])
        await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))


async def test_tried_out_trusted_by_fingerprint_registered_and_opened(tmp_path: Path, rack: Rack) -> None:
    with using(Ring()):
        async with listed(tmp_path) as demo:
            await registering(demo, name="rack-7", server=rack.url, token=TOKEN)
            await demo.pilot.press("ctrl+t")
            await demo.until_shown("TLS · failed")
            await demo.until_shown("is not trusted")
            await demo.pilot.press("ctrl+y")
            await demo.until_shown("The server shows CN=rack-7, issued by CN=ca, valid from")
            await demo.until_shown("sha256:")
            await demo.pilot.press("ctrl+t")
            await demo.until_shown("identity · done · token (no groups)")
            await demo.until_shown("rights · done")
            assert TOKEN not in demo.text()
            await demo.pilot.press("enter")
            await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and "rack-7" in demo.names)
            await demo.until_shown("healthy")
            assert demo.table.current is not None
            assert demo.table.current.name == "rack-7"


async def test_without_a_name_and_a_credential_the_way_to_the_server_is_tested(tmp_path: Path, rack: Rack) -> None:
    async with listed(tmp_path) as demo:
        await registering(demo, server=rack.url, authority=str(rack.authority.certificate), labels="env=lab")
        await demo.pilot.press("ctrl+t")
        await demo.until_shown("TLS · done")
        await demo.until_shown("The server is reached. To go on, it has to know who you are: fill in Token.")
        assert "version ·" not in demo.text()
        assert rack.whom == []
        await demo.pilot.press("enter")
        await demo.until_shown("✖ Name is needed")


async def test_a_field_that_is_wrong_comes_into_view_also_where_the_cursor_is_there(tmp_path: Path) -> None:
    async with listed(tmp_path) as demo:
        screen = await registering(demo, name="rack-7", server="https://127.0.0.1:9", token=TOKEN)
        proxy = next(row for row in screen.asked if row.field.id == "proxy")
        proxy.entry.focus()
        await demo.pilot.press("ctrl+t")
        await demo.until_shown("Nothing listens at")
        await fill(demo, proxy="http://proxy:99999")
        scroll = screen.query_one(VerticalScroll)
        scroll.scroll_end(animate=False)
        await demo.pilot.press("ctrl+t")
        await demo.until(lambda: scroll.region.contains_region(proxy.region))
        await demo.until_shown("✖ this is not a URL: Port out of range 0-65535")
        await demo.until(lambda: not screen.query_one(StepList).lines)


async def test_the_path_of_a_key_can_be_read_and_the_key_itself_cannot(tmp_path: Path, rack: Rack) -> None:
    async with listed(tmp_path) as demo:
        screen = await registering(demo)
        next(row for row in screen.asked if row.field.id == "way").entry.focus()
        await demo.pilot.press("right", "right")
        await demo.until(lambda: "key" in [row.field.id for row in screen.asked])
        _, key = rack.authority.issue("me")
        await fill(demo, key=str(key))
        await demo.until_shown(str(key)[:20])
        await fill(demo, key=key.read_text().replace("\n", " "))
        await demo.until_shown("•••")
        assert "PRIVATE" not in demo.text()


async def test_a_pasted_pem_and_a_name_that_is_taken(tmp_path: Path, rack: Rack) -> None:
    with using(Ring()):
        async with listed(tmp_path) as demo:
            pem = " ".join(rack.authority.certificate.read_text().split("\n"))
            await registering(demo, name="a", server=rack.url, token=TOKEN, authority=pem)
            await demo.pilot.press("enter")
            await demo.until_shown('There is a cluster named "a" already')
            await fill(demo, name="rack-7")
            await demo.pilot.press("enter")
            await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and "rack-7" in demo.names)
            await demo.until_shown("healthy")


async def test_a_passphrase_locks_and_unlocks(tmp_path: Path, rack: Rack) -> None:
    authority = str(rack.authority.certificate)
    with using(None):
        async with listed(tmp_path) as demo:
            await registering(demo, name="rack-7", server=rack.url, token=TOKEN, authority=authority)
            await demo.pilot.press("enter")
            await demo.until_shown("Choose a passphrase")
            await fill(demo, phrase=PHRASE, again="another")
            await demo.pilot.press("enter")
            await demo.until_shown("These were two different passphrases. Type one twice.")
            await fill(demo, phrase=PHRASE, again=PHRASE)
            await demo.pilot.press("enter")
            await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and "rack-7" in demo.names)
        async with listed(tmp_path) as demo:
            await demo.until_shown("it is locked")
            demo.table.select("", "rack-7")
            await demo.pilot.press("enter")
            await demo.until_shown("A passphrase opens the credentials that are kept")
            await demo.pilot.press("escape")
            await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))
            await demo.pilot.press("u")
            await demo.until(lambda: isinstance(demo.app.screen, FormScreen) and demo.app.screen.query(FormRow))
            await fill(demo, phrase="wrong")
            await demo.pilot.press("enter")
            await demo.until_shown("That is not the passphrase: nothing was opened, and nothing is lost")
            await fill(demo, phrase=PHRASE)
            await demo.pilot.press("enter")
            await demo.until_shown("healthy")


async def test_a_kubeconfig_is_written_on_request(tmp_path: Path, rack: Rack) -> None:
    with using(Ring()):
        async with listed(tmp_path) as demo:
            authority = str(rack.authority.certificate)
            await registering(demo, name="rack-7", server=rack.url, token=TOKEN, authority=authority)
            await demo.pilot.press("enter")
            await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and "rack-7" in demo.names)
            await demo.pilot.press("w")
            await demo.until_shown("Write a kubeconfig for rack-7")
            file = tmp_path / "out.yaml"
            await fill(demo, file=str(file))
            await demo.pilot.press("enter")
            await demo.until(file.exists)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert TOKEN in file.read_text()


@pytest.mark.parametrize("how", ["file", "exec", "keyring"])
async def test_a_secret_that_lies_elsewhere_is_fetched_and_not_kept(tmp_path: Path, rack: Rack, how: str) -> None:
    file, ring = tmp_path / "token", Ring()
    file.write_text(f"{TOKEN}\n")
    where = {"file": f"file:{file}", "exec": f"exec:cat {file}", "keyring": "keyring:vendor/rack-7"}[how]
    ring.set_password("vendor", "rack-7", TOKEN)
    with using(ring):
        async with listed(tmp_path) as demo:
            authority = str(rack.authority.certificate)
            screen = await registering(demo, name="rack-7", server=rack.url, token=f"{how}:", authority=authority)
            await demo.until_shown("✖ where it lies is keyring:NAME, file:PATH")
            await fill(demo, token=where)
            [entry] = [row.entry for row in screen.asked if row.field.id == "token"]
            assert isinstance(entry, Input)
            assert not entry.password
            await demo.pilot.press("ctrl+t")
            await demo.until_shown("identity · done · token (no groups)")
            await demo.pilot.press("enter")
            await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and "rack-7" in demo.names)
            await demo.until_shown("healthy")
            kept = await demo.app.services.store.safe.state()
            assert [owner for owner, _ in kept.kept if "rack-7" in owner] == []
            demo.table.select("", "rack-7")
            await demo.pilot.press("E")
            await demo.until(lambda: isinstance(demo.app.screen, RegisterScreen) and demo.app.screen.query(FormRow))
            await fill(demo, token=f"file:{tmp_path / 'other'}")
            await demo.pilot.press("ctrl+t")
            await demo.until_shown("put it there again")


async def test_nothing_to_unlock(tmp_path: Path) -> None:
    async with listed(tmp_path) as demo:
        await demo.pilot.press("u")
        await demo.until_shown("There is nothing to unlock")


async def test_one_is_forgotten_only_after_a_yes(tmp_path: Path, rack: Rack) -> None:
    with using(Ring()):
        async with listed(tmp_path) as demo:
            authority = str(rack.authority.certificate)
            await registering(demo, name="rack-7", server=rack.url, token=TOKEN, authority=authority)
            await demo.pilot.press("enter")
            await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and "rack-7" in demo.names)
            await demo.pilot.press("ctrl+d")
            await demo.until_shown("Yes, forget it, with the credentials that are kept of it")
            await demo.pilot.press("enter")
            await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))
            assert "rack-7" in demo.names
            await demo.pilot.press("ctrl+d")
            await demo.until_shown("Forget rack-7?")
            await demo.pilot.press("down", "enter")
            await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and "rack-7" not in demo.names)

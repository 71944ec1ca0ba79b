import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubegenie_tui.domain.cluster import Registration
from kubegenie_tui.domain.endpoint import Endpoint, Reference
from kubegenie_tui.domain.errors import CredentialError, KeyringFailed, NoKeyring, SecretsLocked, WrongPassphrase
from kubegenie_tui.store import store as opening
from kubegenie_tui.store.lock import Way
from kubegenie_tui.store.safe import Safe
from kubegenie_tui.store.sealing import BadSeal, Key, Place, new_key, seal, stretched, unseal
from kubegenie_tui.store.store import Store
from tests.keyrings import Ring, using

TOKEN = "eyJ-token-of-rack-7-0123456789"
PHRASE = "correct horse battery staple"
RACK = Registration("rack-7", endpoint=Endpoint("https://10.0.0.7:6443", secrets={"token": Reference("safe")}))
PLACE = Place("secrets", "cluster:rack-7", "token")


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "Safe", lambda database: Safe(database, cost=2**4))


@pytest.fixture
def ring() -> Iterator[Ring]:
    made = Ring()
    with using(made):
        yield made


@pytest.fixture
def no_ring() -> Iterator[None]:
    with using(None):
        yield


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[Store]:
    store = await Store.open(path)
    yield store
    await store.close()


def on_disk(path: Path) -> bytes:
    return b"".join(part.read_bytes() for part in path.parent.iterdir() if part.is_file())


# Sealing


@given(st.binary(max_size=200))
def test_what_is_sealed_opens_and_shows_nothing(value: bytes) -> None:
    key = new_key()
    sealed = seal(key, PLACE, value)
    assert unseal(key, PLACE, sealed) == value
    assert len(value) < 4 or value not in sealed
    assert seal(key, PLACE, value) != sealed, "a nonce is used once"


@pytest.mark.parametrize(
    "place", [PLACE._replace(table="other"), PLACE._replace(row="cluster:b"), PLACE._replace(field="key")]
)
def test_it_opens_in_its_place_alone(place: Place) -> None:
    key = new_key()
    with pytest.raises(BadSeal, match="cannot be opened"):
        unseal(key, place, seal(key, PLACE, b"word"))


@pytest.mark.parametrize("at", [0, 11, 12, 15, -1])
def test_a_changed_bit_is_seen(at: int) -> None:
    key = new_key()
    sealed = bytearray(seal(key, PLACE, b"word"))
    sealed[at] ^= 1
    with pytest.raises(BadSeal):
        unseal(key, PLACE, bytes(sealed))
    with pytest.raises(BadSeal):
        unseal(Key("other", key.secret), PLACE, seal(key, PLACE, b"word"))
    with pytest.raises(BadSeal):
        unseal(key, PLACE, b"short")


def test_a_key_is_never_shown() -> None:
    assert "secret" not in repr(Key("a", b"secret-bytes"))


@pytest.mark.parametrize("cost", [0, 1, 3, 2**40, -8])
def test_a_cost_that_was_tampered_with_is_refused(cost: int) -> None:
    with pytest.raises(BadSeal):
        stretched("x", b"salt", cost)


# The safe


@pytest.mark.usefixtures("ring")
async def test_the_keyring_opens_it_in_another_session(path: Path) -> None:
    async with opened(path) as store:
        assert (await store.safe.state()).way is None
        await store.safe.set_up(Way.KEYRING)
        await store.clusters.save(RACK, {"token": TOKEN})
    async with opened(path) as store:
        state = await store.safe.state()
        assert (state.way, state.is_open, state.kept) == (Way.KEYRING, False, (("cluster:rack-7", "token"),))
        assert await store.safe.reveal("cluster:rack-7", "token") == TOKEN
        assert await store.clusters.all() == [RACK]
    assert TOKEN.encode() not in on_disk(path)


@pytest.mark.usefixtures("no_ring")
async def test_a_passphrase_opens_it_where_there_is_no_keyring(path: Path) -> None:
    async with opened(path) as store:
        with pytest.raises(NoKeyring):
            await store.safe.set_up(Way.KEYRING)
        await store.safe.set_up(Way.PASSPHRASE, PHRASE)
        await store.clusters.save(RACK, {"token": TOKEN})
    async with opened(path) as store:
        with pytest.raises(SecretsLocked, match="passphrase") as locked:
            await store.safe.reveal("cluster:rack-7", "token")
        assert not isinstance(locked.value, WrongPassphrase)
        with pytest.raises(WrongPassphrase, match="nothing is lost"):
            await store.safe.unlock(PHRASE.upper())
        await store.safe.unlock(PHRASE)
        assert await store.safe.reveal("cluster:rack-7", "token") == TOKEN
    assert TOKEN.encode() not in on_disk(path)
    assert PHRASE.encode() not in on_disk(path)


@pytest.mark.usefixtures("no_ring")
async def test_a_file_may_hold_the_passphrase(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = path.parent.parent / "phrase"
    monkeypatch.setenv("KUBEGENIE_PASSPHRASE_FILE", str(file))
    async with opened(path) as store:
        await store.safe.set_up(Way.PASSPHRASE, PHRASE)
        await store.clusters.save(RACK, {"token": TOKEN})
    async with opened(path) as store:
        with pytest.raises(CredentialError, match="phrase cannot be read"):
            await store.safe.reveal("cluster:rack-7", "token")
        file.write_text(f"{PHRASE}\n")
        assert await store.safe.reveal("cluster:rack-7", "token") == TOKEN


@pytest.mark.usefixtures("ring")
async def test_rotation_wraps_and_seals_anew(path: Path, ring: Ring) -> None:
    async with opened(path) as store:
        await store.safe.set_up(Way.KEYRING)
        await store.clusters.save(RACK, {"token": TOKEN})
        sealed, words = await store._database.fetch("SELECT key, sealed FROM secrets"), dict(ring.kept)
        await store.safe.set_up(Way.KEYRING)
        assert await store.safe.reveal("cluster:rack-7", "token") == TOKEN
        assert (await store._database.fetch("SELECT key, sealed FROM secrets"))[0][1] != sealed[0][1]
        assert len(ring.kept) == 1, "the old word is of no use any more"
        assert ring.kept.keys() != words.keys()
        await store.safe.set_up(Way.PASSPHRASE, PHRASE)
        assert ring.kept == {}
        assert await store.safe.reveal("cluster:rack-7", "token") == TOKEN
    async with opened(path) as store:
        await store.safe.unlock(PHRASE)
        assert await store.safe.reveal("cluster:rack-7", "token") == TOKEN


async def test_a_rotation_that_fails_leaves_all_as_it_was(path: Path, ring: Ring) -> None:
    async with opened(path) as store:
        await store.safe.set_up(Way.KEYRING)
        await store.clusters.save(RACK, {"token": TOKEN, "key": "of a certificate"})
        async with store._database.transaction() as connection:
            await connection.execute("UPDATE secrets SET sealed = x'00' WHERE field = 'token'")
        words = dict(ring.kept)
        with pytest.raises(BadSeal):
            await store.safe.set_up(Way.PASSPHRASE, PHRASE)
        with pytest.raises(BadSeal):
            await store.safe.set_up(Way.KEYRING)
        assert ring.kept == words
        assert await store.safe.reveal("cluster:rack-7", "key") == "of a certificate"
        ring.locked = True
        with pytest.raises(KeyringFailed, match="locked"):
            await store.safe.set_up(Way.KEYRING)
        assert await store.safe.reveal("cluster:rack-7", "key") == "of a certificate"


@pytest.mark.usefixtures("ring")
async def test_another_process_may_have_rotated(path: Path) -> None:
    async with opened(path) as one, opened(path) as two:
        await one.safe.set_up(Way.KEYRING)
        await one.clusters.save(RACK, {"token": TOKEN})
        await two.safe.unlock()
        await one.safe.set_up(Way.KEYRING)
        assert await two.safe.reveal("cluster:rack-7", "token") == TOKEN
        await two.clusters.save(RACK, {"token": "another"})
        assert await one.safe.reveal("cluster:rack-7", "token") == "another"


async def test_a_keyring_that_forgot_says_so_and_one_may_begin_anew(path: Path, ring: Ring) -> None:
    async with opened(path) as store:
        await store.safe.set_up(Way.KEYRING)
        await store.clusters.save(RACK, {"token": TOKEN})
    ring.kept.clear()
    async with opened(path) as store:
        with pytest.raises(KeyringFailed, match="kubegenie safe empty"):
            await store.safe.reveal("cluster:rack-7", "token")
        await store.safe.empty()
        assert (await store.safe.state()).kept == ()
        await store.safe.set_up(Way.KEYRING)


@pytest.mark.usefixtures("ring")
async def test_secrets_go_with_their_cluster(path: Path) -> None:
    async with opened(path) as store:
        await store.safe.set_up(Way.KEYRING)
        await store.clusters.save(RACK, {"token": TOKEN, "key": "k"})
        await store.clusters.save(RACK, {"token": "new"})
        assert (await store.safe.state()).kept == (("cluster:rack-7", "token"),)
        await store.clusters.delete("rack-7")
        assert (await store.safe.state()).kept == ()
        with pytest.raises(CredentialError, match="No token is kept"):
            await store.safe.reveal("cluster:rack-7", "token")


@pytest.mark.usefixtures("ring")
async def test_a_value_moved_to_another_row_does_not_open(path: Path) -> None:
    async with opened(path) as store:
        await store.safe.set_up(Way.KEYRING)
        await store.clusters.save(RACK, {"token": TOKEN})
    with sqlite3.connect(path) as other:
        other.execute("INSERT INTO secrets SELECT 'cluster:evil', field, key, sealed FROM secrets")
    other.close()
    async with opened(path) as store:
        with pytest.raises(BadSeal):
            await store.safe.reveal("cluster:evil", "token")


async def test_nothing_is_kept_before_there_is_a_key(path: Path) -> None:
    async with opened(path) as store:
        with pytest.raises(CredentialError, match="never used"):
            await store.clusters.save(RACK, {"token": TOKEN})
        with pytest.raises(CredentialError, match="empty"):
            await store.safe.set_up(Way.PASSPHRASE)
        assert await store.clusters.all() == []


async def test_many_who_ask_at_once_open_it_once(path: Path, ring: Ring) -> None:
    async with opened(path) as store:
        await store.safe.set_up(Way.KEYRING)
        await store.clusters.save(RACK, {"token": TOKEN})
    asked = []
    plain = ring.get_password
    ring.get_password = lambda *names: asked.append(names) or plain(*names)  # type: ignore[func-returns-value, method-assign]
    async with opened(path) as store:
        assert set(await asyncio.gather(*(store.safe.reveal("cluster:rack-7", "token") for _ in range(9)))) == {TOKEN}
    assert len(asked) == 1

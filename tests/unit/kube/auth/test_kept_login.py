"""A login at an issuer that is kept in the safe: its tokens are fetched when due, and a new one is put back."""

from pathlib import Path

import pytest

from kubegenie_tui.agents.logging_in import Gained
from kubegenie_tui.agents.secrets import Secrets
from kubegenie_tui.domain.cluster import Registration
from kubegenie_tui.domain.endpoint import Endpoint, Login, Reference
from kubegenie_tui.domain.errors import CredentialError
from kubegenie_tui.kube.auth.credentials import Credentials
from kubegenie_tui.providers.endpoints import context_of
from kubegenie_tui.store.lock import Way
from kubegenie_tui.store.store import Store
from tests.keyrings import Ring, using
from tests.unit.kube.auth.test_oidc import NOW, issuing, token


@pytest.mark.parametrize("kept", [True, False])
async def test_another_refresh_token_takes_the_place_of_the_used_one(tmp_path: Path, kept: bool) -> None:
    fresh = token(NOW + 600)
    second = {"refresh_token": "r-2"} if kept else {}
    with using(Ring()):
        store = await Store.open(tmp_path / "kept.db")
        await store.safe.set_up(Way.KEYRING)
        async with issuing({"id_token": fresh, **second}) as issuer:
            endpoint = Endpoint(
                "https://10.0.0.7",
                login=Login(f"{issuer.url}/realm", "kubegenie"),
                secrets={"refresh_token": Reference("safe")},
            )
            await store.clusters.save(Registration("rack", endpoint=endpoint), {"refresh_token": "r-1"})
            secrets = Secrets(store.safe)
            context = context_of("rack", endpoint, secrets.fetch, secrets.keep)
            credential = await Credentials(context, lambda: NOW).get()
        assert credential.authorization.value == f"Bearer {fresh}"
        assert [asked["refresh_token"] for asked in issuer.asked] == ["r-1"]
        assert await store.safe.reveal("cluster:rack", "refresh_token") == ("r-2" if kept else "r-1")
        await store.close()


async def test_an_id_token_alone_is_used_until_it_ends_and_another_one_that_is_kept_is_taken_up(tmp_path: Path) -> None:
    now = NOW
    first, second = token(NOW + 600), token(NOW + 1_200, "later")
    with using(Ring()):
        store = await Store.open(tmp_path / "kept.db")
        await store.safe.set_up(Way.KEYRING)
        async with issuing() as issuer:
            login = Login(f"{issuer.url}/realm", "kubegenie")
            endpoint, kept = Gained("id_token", first, NOW + 600).put(Endpoint("https://10.0.0.7", login=login), {})
            await store.clusters.save(Registration("rack", endpoint=endpoint), kept)
            context = context_of("rack", endpoint, Secrets(store.safe).fetch)
            credentials = Credentials(context, lambda: now)
            held = await credentials.get()
            assert held.authorization.value == f"Bearer {first}"
            assert await credentials.renew(held) == held, "there is no other one"
            now = NOW + 591
            for _ in range(3):
                with pytest.raises(CredentialError, match="The OIDC login has ended") as ended:
                    await credentials.get()
            assert "clusters login NAME" in ended.value.next_step
            again, kept = Gained("id_token", second, NOW + 1_200).put(endpoint, kept)
            await store.clusters.save(Registration("rack", endpoint=again), kept)
            assert (await credentials.get()).authorization.value == f"Bearer {second}"
        assert issuer.asked == [], "nobody is asked for another one, and no browser is opened"
        await store.close()


def test_a_refresh_token_takes_the_place_of_an_id_token_and_back() -> None:
    elsewhere = Reference("file", ("/run/secret",))
    before = Endpoint("https://a", secrets={"id_token": Reference("safe"), "client_secret": elsewhere})
    endpoint, kept = Gained("refresh_token", "r-1").put(before, {"id_token": "i-1"})
    assert (endpoint.secrets, kept) == (
        {"client_secret": elsewhere, "refresh_token": Reference("safe")},
        {"refresh_token": "r-1"},
    )
    endpoint, kept = Gained("id_token", "i-2", 7.0).put(endpoint, kept)
    assert endpoint.secrets == {"client_secret": elsewhere, "id_token": Reference("safe")}
    assert kept == {"id_token": "i-2"}

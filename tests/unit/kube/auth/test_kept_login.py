"""A login at an issuer that is kept in the safe: its tokens are fetched when due, and a new one is put back."""

from pathlib import Path

import pytest

from kubegenie_tui.agents.secrets import Secrets
from kubegenie_tui.domain.cluster import Registration
from kubegenie_tui.domain.endpoint import Endpoint, Login, Reference
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

"""Who we are to Google: keys of service accounts, logins of people, tokens that expire, libraries that are missing."""

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from google.oauth2.credentials import Credentials

from kubegenie_tui.cli import main
from kubegenie_tui.domain.errors import CredentialError, ExtraMissing, TryLater
from kubegenie_tui.providers.gcp.gke_config import GkeConfig
from kubegenie_tui.providers.gcp.identity import name_of
from kubegenie_tui.providers.gcp.login import access_token
from kubegenie_tui.providers.gcp.provider import GkeProvider
from tests.clouds.gke import DENIED, EXPIRED, Gke
from tests.clouds.google_key import MAIL, key_of
from tests.unit.kube.authority import Authority
from tests.unit.kube.loopback import serve
from tests.unit.providers.gcp.conftest import config


@pytest.fixture
async def safe_url(google: Gke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """The same server behind TLS, which asks for a token."""
    authority = Authority(tmp_path / "ca")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.certificate))
    google.is_open = False

    async def answer(request: web.Request) -> web.StreamResponse:
        answered = await google.answer(request)
        answered.force_close()  # what a client keeps open would be left when the server goes
        return answered

    async with serve(answer, certificate=authority.issue("google")) as url:
        yield url


@pytest.fixture
def key_file(safe_url: str, tmp_path: Path) -> Path:
    return key_of(f"{safe_url}/token", tmp_path)


@pytest.fixture
def known(safe_url: str, key_file: Path) -> GkeProvider:
    return GkeProvider(GkeConfig.model_validate({**config(safe_url), "credentials_file": str(key_file)}))


async def test_a_service_account_is_known_by_its_mail(known: GkeProvider, google: Gke) -> None:
    google.permitted = {"container.clusters.create", "container.clusters.get"}
    identity = await known.identify()
    assert (identity.who, identity.where, identity.unknown) == (MAIL, "shop-1234", "")
    assert "container.clusters.delete" in identity.missing
    assert "container.clusters.create" not in identity.missing


async def test_permissions_that_cannot_be_looked_up_are_unknown(known: GkeProvider, google: Gke) -> None:
    google.permitted = DENIED
    identity = await known.identify()
    assert (identity.who, identity.missing) == (MAIL, ())
    assert "Your permissions cannot be looked up" in identity.unknown


async def test_a_token_that_expired_is_renewed(known: GkeProvider, google: Gke) -> None:
    google.faults["list_clusters"] = [EXPIRED]
    assert await known.list_clusters() == []
    assert google.asked == ["list_clusters", "list_clusters"]
    assert all(google.shown)


async def test_credentials_that_are_never_taken_are_told(known: GkeProvider, google: Gke) -> None:
    google.faults["list_clusters"] = [EXPIRED] * 9
    with pytest.raises(CredentialError, match="The clusters cannot be listed") as told:
        await known.list_clusters()
    assert not any(token in str(told.value) for token in google.shown)


async def test_no_credentials_leave_over_an_open_line(provider: GkeProvider, google: Gke) -> None:
    await provider.list_clusters()
    assert google.shown == [""]


async def test_a_credential_plugin_prints_a_token(
    google: Gke, key_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await asyncio.to_thread(main, ["token", "gke", "--credentials-file", str(key_file)]) == 0
    printed: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert (printed["kind"], printed["apiVersion"]) == ("ExecCredential", "client.authentication.k8s.io/v1")
    assert printed["status"]["token"] == google.token
    assert printed["status"]["expirationTimestamp"].endswith("Z")


async def test_a_key_that_is_none_is_not_quoted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], safe_url: str
) -> None:
    file = tmp_path / "wrong.json"
    file.write_text('{"type": "service_account", "private_key": "s3cret"}')
    assert await asyncio.to_thread(main, ["token", "gke", "--credentials-file", str(file)]) == 1
    assert await asyncio.to_thread(main, ["token", "gke", "--credentials-file", str(tmp_path / "none")]) == 1
    said = capsys.readouterr().err
    assert "is no key of a service account" in said
    assert "No such file" in said
    assert "s3cret" not in said


def test_a_token_server_that_is_away_is_tried_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("google.auth._exponential_backoff.time.sleep", lambda _: None)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        key_file = key_of(f"http://127.0.0.1:{nobody.getsockname()[1]}/token", tmp_path)
        with pytest.raises(TryLater, match="No token was given"):
            access_token(key_file)


async def test_a_person_is_known_by_what_the_token_tells(google: Gke, safe_url: str) -> None:
    person: Any = Credentials
    found = person(None, refresh_token="1//r", token_uri=f"{safe_url}/token", client_id="i", client_secret="s")
    assert await asyncio.to_thread(name_of, found) == "ada@example.com"


async def test_without_a_login_the_way_to_one_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    assert await asyncio.to_thread(main, ["token", "gke"]) == 1
    assert "gcloud auth application-default login" in capsys.readouterr().err


async def test_without_the_libraries_the_command_that_brings_them_is_told(
    monkeypatch: pytest.MonkeyPatch, provider: GkeProvider
) -> None:
    for name in [each for each in sys.modules if each.startswith("google.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "google.api_core", None)
    with pytest.raises(ExtraMissing, match=r"pip install \"kubegenie\[gcp\]\""):
        await provider.list_clusters()

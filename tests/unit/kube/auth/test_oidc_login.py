"""The first login at an issuer, by a browser of this machine and by a code, against one that is strict over TLS."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import aiohttp
import msgspec
import pytest

from kubegenie_tui.agents.logging_in import token_of
from kubegenie_tui.domain.endpoint import Login
from kubegenie_tui.domain.errors import CredentialError
from kubegenie_tui.kube.auth import oidc_login
from kubegenie_tui.kube.auth.issuer import Tokens
from kubegenie_tui.kube.auth.oidc import OidcTokens, expiry
from kubegenie_tui.kube.auth.oidc_login import Prompt, log_in
from kubegenie_tui.kube.context import Oidc, Secret
from tests.unit.kube.auth.oidc_server import CLIENT, OidcServer, oidc_server


@pytest.fixture
async def issuer(tmp_path: Path) -> AsyncIterator[OidcServer]:
    async with oidc_server(tmp_path) as server:
        yield server


def client(issuer: OidcServer, **more: Any) -> Oidc:
    return Oidc(issuer.issuer, CLIENT, ca_file=str(issuer.authority.certificate), **more)


async def browse(issuer: OidcServer, url: str) -> tuple[int, str]:
    """Open a URL as a browser does, redirects and all."""
    context = ssl.create_default_context(cafile=issuer.authority.certificate)
    connector = aiohttp.TCPConnector(ssl=context)
    async with aiohttp.ClientSession(connector=connector) as session, session.get(url) as response:
        return response.status, await response.text()


async def logged_in(issuer: OidcServer, oidc: Oidc) -> tuple[Tokens, tuple[int, str]]:
    """A login with a person in front of a browser."""
    prompted: asyncio.Future[Prompt] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(log_in(oidc, prompted.set_result))
    async with asyncio.timeout(20):
        waited: list[asyncio.Future[Any]] = [task, prompted]
        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return await task, (0, "")
        page = await browse(issuer, (await prompted).url)
        return await task, page


async def test_in_a_browser_and_then_by_the_refresh_token(issuer: OidcServer) -> None:
    tokens, (status, page) = await logged_in(issuer, client(issuer))
    assert (status, "You are logged in" in page) == (200, True)
    assert issuer.asked[0]["scope"] == "openid email groups offline_access"
    assert "access_type" not in issuer.asked[0]
    ours = OidcTokens(client(issuer, refresh_token=Secret(tokens.refresh_token)))
    given, _ = await ours.get()
    assert given.value.count(".") == 2


async def test_a_url_that_no_issuer_has_is_told(issuer: OidcServer) -> None:
    wrong = msgspec.structs.replace(client(issuer), issuer=f"{issuer.url}/other")
    with pytest.raises(CredentialError) as raised:
        await log_in(wrong, print, device=True)
    assert raised.value.what == f"There is no OIDC issuer at {issuer.url}/other (404)"
    assert raised.value.next_step == "check the URL of the issuer"


async def test_a_client_with_a_secret(issuer: OidcServer) -> None:
    issuer.secret = "hush"
    tokens, _ = await logged_in(issuer, client(issuer, client_secret=Secret("hush")))
    assert tokens.refresh_token
    with pytest.raises(CredentialError, match="does not let you in · invalid_client"):
        await logged_in(issuer, client(issuer, client_secret=Secret("wrong")))


async def test_one_that_has_no_scope_for_it_is_asked_as_google_wants_it(issuer: OidcServer) -> None:
    issuer.scopes = ["openid", "email"]
    await logged_in(issuer, client(issuer))
    assert (issuer.asked[0]["scope"], issuer.asked[0]["access_type"]) == ("openid email", "offline")


async def test_whoever_answers_for_another_login_is_not_heard(issuer: OidcServer) -> None:
    prompted: asyncio.Future[Prompt] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(log_in(client(issuer), prompted.set_result))
    url = (await prompted).url
    redirect = dict(parse_qsl(urlsplit(url).query))["redirect_uri"]
    status, page = await browse(issuer, f"{redirect}/?code=stolen&state=guessed")
    assert (status, "not the answer" in page) == (400, True)
    assert not task.done()
    await browse(issuer, url)
    assert (await task).refresh_token


async def test_two_at_a_time_have_a_port_each(issuer: OidcServer) -> None:
    both = await asyncio.gather(*(logged_in(issuer, client(issuer)) for _ in range(2)))
    assert all(tokens.refresh_token for tokens, _ in both)


async def test_who_is_not_let_in_is_told_why(issuer: OidcServer) -> None:
    issuer.lets_in = False
    with pytest.raises(CredentialError, match="does not let you in · Ada said <no>"):
        await logged_in(issuer, client(issuer))


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"iss": "https://other"}, "of another issuer"),
        ({"aud": ["other"]}, "of another client"),
        ({"nonce": "other"}, "of another login"),
        ({"exp": 1}, "of another time"),
    ],
)
async def test_a_token_that_is_not_for_us_is_not_taken(issuer: OidcServer, claims: dict[str, Any], said: str) -> None:
    issuer.claims = claims
    with pytest.raises(CredentialError, match=said):
        await logged_in(issuer, client(issuer))


async def test_an_issuer_that_gives_no_refresh_token_lets_in_until_the_id_token_ends(issuer: OidcServer) -> None:
    issuer.gives_refresh = False
    tokens, _ = await logged_in(issuer, client(issuer))
    assert (tokens.id_token, tokens.refresh_token) == (issuer.id_tokens[0], "")
    login = Login(issuer.issuer, CLIENT, issuer.authority.certificate.read_text())
    issuer.approved = True
    gained = await token_of(login, "", lambda _: None, device=True)
    assert (gained.field, gained.token, gained.ends) == ("id_token", issuer.id_tokens[1], expiry(issuer.id_tokens[1]))
    assert "until " in gained.words
    issuer.gives_refresh = True
    gained = await token_of(login, "", lambda _: None, device=True)
    assert (gained.field, gained.words) == ("refresh_token", "")
    assert gained.token in issuer.refresh_tokens


async def test_an_issuer_of_another_name_is_not_believed(issuer: OidcServer) -> None:
    issuer.calls_itself = "https://elsewhere.example.com"
    with pytest.raises(CredentialError, match=r"calls itself https://elsewhere\.example\.com"):
        await logged_in(issuer, client(issuer))


async def test_an_issuer_that_is_not_believed(issuer: OidcServer) -> None:
    with pytest.raises(CredentialError, match="cannot be reached"):
        await log_in(Oidc(issuer.issuer, CLIENT), lambda _: None)


async def test_nobody_comes(issuer: OidcServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oidc_login, "LOGIN_SECONDS", 0.2)
    with pytest.raises(CredentialError, match="Nobody logged in"):
        await log_in(client(issuer), lambda _: None)


async def test_with_a_code_in_any_browser(issuer: OidcServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oidc_login, "_SLOWER_SECONDS", 0.0)
    issuer.slow = 1
    prompts: list[Prompt] = []

    def told(prompt: Prompt) -> None:
        prompts.append(prompt)
        asyncio.get_running_loop().call_later(0.1, setattr, issuer, "approved", True)

    tokens = await log_in(client(issuer), told, device=True)
    assert prompts == [Prompt(f"{issuer.url}/activate", "WDJB-MJHT")]
    assert tokens.refresh_token
    assert len([each for each in issuer.asked if "device_code" in each]) > 2


async def test_a_code_that_ends_and_one_that_is_refused(issuer: OidcServer) -> None:
    issuer.device_seconds = 0.1
    with pytest.raises(CredentialError, match="the code has ended"):
        await log_in(client(issuer), lambda _: None, device=True)
    issuer.lets_in = False
    with pytest.raises(CredentialError, match="access_denied"):
        await log_in(client(issuer), lambda _: None, device=True)

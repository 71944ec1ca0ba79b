"""The OIDC login against a small issuer on loopback."""

import asyncio
import base64
import json
import math
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from kubegenie_tui.domain.errors import CredentialError
from kubegenie_tui.kube.auth.credentials import Credentials
from kubegenie_tui.kube.auth.oidc import OidcTokens, expiry
from kubegenie_tui.kube.context import AuthInfo, Context, Oidc, Secret
from tests.unit.kube.authority import Authority
from tests.unit.kube.loopback import client_of, refusal, serve

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

NOW = 1_000_000.0


def token(ends: float, name: str = "jane") -> str:
    """A JSON web token; nobody here checks its signature."""
    parts = ({"alg": "none"}, {"sub": name, "exp": ends})
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + ".x"


class Issuer:
    """Gives `answers` one after another and remembers what it was asked."""

    def __init__(self, *answers: dict[str, Any] | web.Response, url: str = "") -> None:
        self.answers = list(answers)
        self.asked: list[dict[str, str]] = []
        self.url = url

    async def __call__(self, request: web.Request) -> web.Response:
        if request.path == "/realm/.well-known/openid-configuration":
            return web.json_response({"issuer": self.url, "token_endpoint": f"{self.url}/token"})
        assert (request.method, request.path) == ("POST", "/token")
        form = {key: str(value) for key, value in (await request.post()).items()}
        self.asked.append({**form, "authorization": request.headers.get("Authorization", "")})
        answer = self.answers.pop(0)
        return answer if isinstance(answer, web.Response) else web.json_response(answer)


@asynccontextmanager
async def issuing(
    *answers: dict[str, Any] | web.Response, certificate: tuple[Path, Path] | None = None
) -> "AsyncIterator[Issuer]":
    issuer = Issuer(*answers)
    async with serve(issuer, certificate=certificate) as url:
        issuer.url = url
        yield issuer


def login(issuer: Issuer, **more: Any) -> Oidc:
    fields: dict[str, Any] = {"id_token": Secret(token(NOW)), "refresh_token": Secret("r-1"), **more}
    return Oidc(f"{issuer.url}/realm", "kubegenie", **fields)


def tokens(oidc: Oidc, now: float = NOW) -> OidcTokens:
    return OidcTokens(oidc, lambda: now)


async def test_a_token_that_still_holds_is_used_as_it_is() -> None:
    held = token(NOW + 60)
    given, due = await tokens(Oidc("https://nowhere.invalid", "c", id_token=Secret(held))).get()
    assert given.value == held
    assert due == NOW + 50, "a little before its end"


async def test_an_ended_token_is_exchanged() -> None:
    fresh = token(NOW + 600)
    async with issuing({"id_token": fresh}) as issuer:
        ours = tokens(login(issuer))
        given, due = await ours.get()
        assert (await ours.get())[0] == given
    assert (given.value, due) == (fresh, NOW + 590)
    assert issuer.asked == [
        {"grant_type": "refresh_token", "refresh_token": "r-1", "client_id": "kubegenie", "authorization": ""}
    ]


async def test_a_client_secret_goes_into_the_header_then_into_the_form() -> None:
    invalid = {"error": "invalid_client"}
    async with issuing(web.json_response(invalid, status=401), {"id_token": token(NOW + 600)}) as issuer:
        await tokens(login(issuer, client_secret=Secret("s/1"))).get()
    header, form = issuer.asked
    assert header["authorization"] == f"Basic {base64.b64encode(b'kubegenie:s%2F1').decode()}"
    assert "client_secret" not in header
    assert (form["authorization"], form["client_id"], form["client_secret"]) == ("", "kubegenie", "s/1")


async def test_a_new_refresh_token_replaces_the_old_one() -> None:
    ended = token(NOW)
    async with issuing({"id_token": ended, "refresh_token": "r-2"}, {"id_token": ended}, {"id_token": ended}) as issuer:
        ours = tokens(login(issuer))
        for _ in range(3):
            await ours.get()
    assert [asked["refresh_token"] for asked in issuer.asked] == ["r-1", "r-2", "r-2"]


async def test_a_401_exchanges_once_for_all() -> None:
    far = 4_000_000_000.0
    refused, fresh = token(far, "old"), token(far, "new")

    async def only_fresh(request: web.Request) -> web.Response:
        known = request.headers.get("Authorization") == f"Bearer {fresh}"
        return web.Response(text="in") if known else refusal(401, "Unauthorized", "Unauthorized")

    async with issuing({"id_token": fresh}) as issuer, serve(only_fresh) as server:
        auth = AuthInfo(oidc=login(issuer, id_token=Secret(refused)))
        async with client_of(server, auth=auth) as client:
            assert await asyncio.gather(*(client.get("/") for _ in range(5))) == [b"in"] * 5
    assert len(issuer.asked) == 1


async def test_a_token_that_comes_already_ended_is_not_asked_for_by_every_request() -> None:
    async with issuing({"id_token": token(NOW)}) as issuer:
        credentials = Credentials(Context("c", auth=AuthInfo(oidc=login(issuer))), lambda: NOW)
        assert await credentials.get() == await credentials.get()
    assert len(issuer.asked) == 1


async def test_without_a_refresh_token_the_login_has_ended() -> None:
    with pytest.raises(CredentialError, match="login has ended") as raised:
        await tokens(Oidc("https://i", "c", id_token=Secret(token(NOW)))).get()
    assert raised.value.why == "the id token lasted until 1970-01-12 13:46 UTC, and there is no refresh token"
    assert "log in again: `kubegenie clusters login NAME`" in raised.value.next_step


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (web.json_response({"error": "invalid_grant"}, status=400), "has ended · it takes the refresh token no more"),
        (web.Response(status=500, text="\033[31mdown"), "refuses (500) · down"),
        (web.json_response({"access_token": "a"}), "gave no id token"),
        (web.Response(text="<html>"), "gave no usable answer"),
        (web.json_response({"id_token": 7}), "gave no usable answer"),
    ],
)
async def test_an_issuer_that_gives_no_token(answer: web.Response, words: str) -> None:
    async with issuing(answer) as issuer:
        with pytest.raises(CredentialError) as raised:
            await tokens(login(issuer, client_secret=Secret("hush"))).get()
    assert words in str(raised.value)
    assert "hush" not in str(raised.value)


async def test_an_issuer_that_is_not_there() -> None:
    async with issuing() as issuer:
        pass
    with pytest.raises(CredentialError, match="cannot be reached") as told:
        await tokens(login(issuer)).get()
    assert (told.value.why, told.value.next_step) == ("connection refused", "check its URL and the network")


async def test_the_issuer_has_an_authority_of_its_own(authority: Authority, tmp_path: Path) -> None:
    fresh = {"id_token": token(NOW + 600)}
    pem = authority.certificate.read_text()
    async with issuing(fresh, fresh, certificate=authority.issue("issuer")) as issuer:
        for ours in (login(issuer, ca_data=pem), login(issuer, ca_file=str(authority.certificate))):
            assert (await tokens(ours).get())[0].value == fresh["id_token"]
        with pytest.raises(CredentialError, match=r"is not trusted: .* · check its certificate and the authority"):
            await tokens(login(issuer)).get()
        for wrong in (login(issuer, ca_data="junk"), login(issuer, ca_file=str(tmp_path / "none"))):
            with pytest.raises(CredentialError, match="authority of the OIDC issuer"):
                await tokens(wrong).get()


def test_when_a_token_ends() -> None:
    assert expiry(token(7.5)) == 7.5
    assert math.isclose(expiry(token(10.0**9)), 10.0**9)
    for none in ("", "a.b", "a.%%%.c", "a.bm8.c", token(7.5).replace(".", "-")):
        assert expiry(none) == 0.0

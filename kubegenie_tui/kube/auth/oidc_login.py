"""A first login at an OpenID Connect issuer: in a browser of this machine, or with a code in one of any other.

Sources: OpenID Connect Core 1.0 (3.1, the authorization code flow), RFC 7636 (PKCE), RFC 8252 (native apps: an answer
on loopback), RFC 8628 (device authorization).
"""

import asyncio
import base64
import hashlib
import secrets
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec

from kubegenie_tui.domain.errors import CredentialError
from kubegenie_tui.domain.text import plain
from kubegenie_tui.kube.auth.issuer import Issuer, Provider, Refusal, Tokens, opened, refusal
from kubegenie_tui.kube.context import Oidc

if TYPE_CHECKING:
    from aiohttp import web

LOGIN_SECONDS = 300.0
"""How long a person has."""
PORTS = (8000, 18000, 0)
"""On loopback, the first that is free: clients that were registered for kubelogin know the first two; 0 is any."""
_OFFLINE = "offline_access"
_WANTED = ("openid", "profile", "email", "groups", _OFFLINE)
_SLOWER_SECONDS = 5.0
"""RFC 8628 3.5: what `slow_down` adds."""
_DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


class Prompt(msgspec.Struct, frozen=True):
    """What a person has to do."""

    url: str
    """To open in a browser."""
    code: str = ""
    """To compare, or to type there; empty where there is none."""


class _Claims(msgspec.Struct, frozen=True):
    iss: str = ""
    aud: str | list[str] = ""
    exp: float = 0.0
    nonce: str = ""


class _Device(msgspec.Struct, frozen=True):
    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str = ""
    expires_in: float = LOGIN_SECONDS
    interval: float = 5.0


async def log_in(oidc: Oidc, told: Callable[[Prompt], None], *, device: bool = False) -> Tokens:
    """An id token, and a refresh token where the issuer gives one, once the person has logged in.

    It is cancelled as a coroutine is.

    Args:
        oidc: the issuer and the client.
        told: hears what the person has to do.
        device: whether the browser may be one of another machine; the other way is gone where the issuer has but that.

    Raises:
        CredentialError: the issuer or the person said no, or nothing in time.
    """
    async with opened(oidc) as issuer:
        return await _in_time(issuer, told, device=device)


async def _in_time(issuer: Issuer, told: Callable[[Prompt], None], *, device: bool) -> Tokens:
    try:
        async with asyncio.timeout(LOGIN_SECONDS) as limit:
            provider = await issuer.provider()
            _require_itself(issuer.oidc, provider)
            if not (provider.authorization_endpoint or provider.device_authorization_endpoint):
                raise CredentialError(f"Nobody can log in at {issuer.oidc.issuer}", "it has no place for it")
            by_device = provider.device_authorization_endpoint and (device or not provider.authorization_endpoint)
            return await (_by_device if by_device else _by_browser)(issuer, provider, told)
    except TimeoutError as error:
        if not limit.expired():
            raise
        raise CredentialError("Nobody logged in", f"{LOGIN_SECONDS / 60:g} minutes have passed", "try again") from error


async def _by_browser(issuer: Issuer, provider: Provider, told: Callable[[Prompt], None]) -> Tokens:
    """The code comes back to a server on loopback; nobody can use it who has not the verifier."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    async with _answered(state) as (redirect, answer):
        asked = {
            "response_type": "code",
            "client_id": issuer.oidc.client_id,
            "redirect_uri": redirect,
            "scope": _scope(provider),
            "state": state,
            "nonce": nonce,
            "code_challenge": _challenge(verifier),
            "code_challenge_method": "S256",
            **_offline_otherwise(provider),
        }
        mark = "&" if "?" in provider.authorization_endpoint else "?"
        told(Prompt(f"{provider.authorization_endpoint}{mark}{urlencode(asked)}"))
        code = await answer
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier}
    tokens = _tokens(issuer, *await issuer.answer_to(provider.token_endpoint, form))
    _require_ours(issuer.oidc, provider, tokens, nonce)
    return tokens


async def _by_device(issuer: Issuer, provider: Provider, told: Callable[[Prompt], None]) -> Tokens:
    """A code that the person types into a browser; meanwhile the issuer is asked whether they did."""
    status, body = await issuer.answer_to(provider.device_authorization_endpoint, {"scope": _scope(provider)})
    device = issuer.read(status, body, _Device)
    told(Prompt(device.verification_uri_complete or device.verification_uri, device.user_code))
    wait, until = device.interval, time.monotonic() + device.expires_in
    while time.monotonic() < until:
        await asyncio.sleep(wait)
        form = {"grant_type": _DEVICE, "device_code": device.device_code}
        status, body = await issuer.answer_to(provider.token_endpoint, form)
        said = refusal(body).error if status >= 400 else ""
        if said == "slow_down":
            wait += _SLOWER_SECONDS
        elif said != "authorization_pending":
            tokens = _tokens(issuer, status, body)
            _require_ours(issuer.oidc, provider, tokens, "")
            return tokens
    raise CredentialError("Nobody logged in", "the code has ended", "try again")


@asynccontextmanager
async def _answered(state: str) -> AsyncIterator[tuple[str, "asyncio.Future[str]"]]:
    """Where the browser is sent with its answer, and the code of that answer."""
    from aiohttp import web

    answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def heard(request: "web.Request") -> "web.Response":
        return _heard(dict(request.query), state, answer)

    application = web.Application()
    application.router.add_get("/", heard)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        yield f"http://localhost:{await _listening(runner)}", answer
    finally:
        answer.cancel()
        await runner.cleanup()


async def _listening(runner: Any) -> int:
    from aiohttp import web

    for port in PORTS:
        try:
            site = web.TCPSite(runner, "127.0.0.1", port)
            await site.start()
        except OSError:
            continue
        return int(runner.addresses[-1][1])
    raise CredentialError("The browser's answer cannot be taken", "no port on loopback is free")


def _heard(query: Mapping[str, str], state: str, answer: "asyncio.Future[str]") -> "web.Response":
    """What the browser shows. An answer to another question than ours changes nothing."""
    if not secrets.compare_digest(query.get("state", "").encode(), state.encode()) or answer.done():
        return _page("This is not the answer to a login of KubeGenie.", 400)
    if "code" in query:
        answer.set_result(query["code"])
        return _page("You are logged in. This page can be closed.")
    said = query.get("error_description") or query.get("error") or "it does not say why"
    answer.set_exception(CredentialError("The issuer does not let you in", plain(said), "try again"))
    return _page(f"You are not logged in: {said}")


def _page(words: str, status: int = 200) -> "web.Response":
    from aiohttp import web

    html = f"<!doctype html><meta charset=utf-8><title>KubeGenie</title><p>{escape(words)}</p>"
    return web.Response(text=html, content_type="text/html", status=status)


def _tokens(issuer: Issuer, status: int, body: bytes) -> Tokens:
    said = refusal(body) if status >= 400 else Refusal()
    if said.error:
        why = plain(said.error_description or said.error)
        raise CredentialError(f"The issuer {issuer.oidc.issuer} does not let you in", why, "try again")
    return issuer.read(status, body, Tokens)


def _require_itself(oidc: Oidc, provider: Provider) -> None:
    """Raise when it calls itself something else (Discovery 4.3): tokens of it would be refused."""
    if provider.issuer.rstrip("/") != oidc.issuer.rstrip("/"):
        what = f"The issuer {oidc.issuer} calls itself {plain(provider.issuer) or 'nothing'}"
        raise CredentialError(what, "clusters know it by that name", "write it like that")


def _require_ours(oidc: Oidc, provider: Provider, tokens: Tokens, nonce: str) -> None:
    """Raise unless the token is for us (Core 3.1.3.7); it came by TLS from the issuer, which signs for itself."""
    try:
        payload = tokens.id_token.split(".")[1]
        text = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        claims = msgspec.json.decode(text, type=_Claims)
    except (IndexError, ValueError) as error:
        raise CredentialError(f"The issuer {oidc.issuer} gave no id token", "", "ask its administrator") from error
    audience = [claims.aud] if isinstance(claims.aud, str) else claims.aud
    wrong = {
        "another issuer": claims.iss != provider.issuer,
        "another client": oidc.client_id not in audience,
        "another login": bool(nonce) and claims.nonce != nonce,
        "another time": claims.exp <= time.time(),
    }
    if found := [what for what, is_so in wrong.items() if is_so]:
        raise CredentialError(f"The token that {oidc.issuer} gave is not for us", f"it is of {found[0]}", "try again")


def _scope(provider: Provider) -> str:
    """What is asked for, of what it says that it has; where it does not say, what everybody has to have."""
    has = provider.scopes_supported
    return " ".join(each for each in _WANTED if each in has) if has else f"openid {_OFFLINE}"


def _offline_otherwise(provider: Provider) -> dict[str, str]:
    """How Google wants to be asked for a refresh token, and whoever else has no scope for it."""
    if provider.scopes_supported and _OFFLINE not in provider.scopes_supported:
        return {"access_type": "offline", "prompt": "consent"}
    return {}


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")

"""The `oidc` auth provider: an id token, exchanged for a fresh one before it ends. The kubeconfig is left as it is."""

import asyncio
import base64
import binascii
import os
import ssl
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote_plus

import msgspec

from kubegenie_tui.domain.errors import CredentialError
from kubegenie_tui.domain.text import plain
from kubegenie_tui.kube.context import Oidc, Secret
from kubegenie_tui.kube.http.proxy import proxy_from_environment

if TYPE_CHECKING:
    import aiohttp

T = TypeVar("T")
_EARLY_SECONDS = 10.0
"""A token is exchanged this long before its end, so that it does not end under way."""
_TIMEOUT_SECONDS = 20.0
_LOG_IN = "log in again with the tool that you log in with, and give the refresh token that it gets"


class _Claims(msgspec.Struct):
    exp: float = 0.0


class _Provider(msgspec.Struct):
    token_endpoint: str


class _Tokens(msgspec.Struct):
    id_token: str = ""
    refresh_token: str = ""


class OidcTokens:
    """The tokens of one user; refreshed ones live in memory, and where `keep` keeps them."""

    def __init__(
        self,
        oidc: Oidc,
        clock: Callable[[], float] = time.time,
        keep: Callable[[Secret], Awaitable[None]] | None = None,
    ) -> None:
        """Tokens as they were given.

        Args:
            oidc: who issues them, and the first ones.
            clock: seconds since the epoch.
            keep: is told of each other refresh token that the issuer gives in place of the one it has taken.
        """
        self._oidc = oidc
        self._clock = clock
        self._keep = keep
        self._id_token = oidc.id_token
        self._refresh_token = oidc.refresh_token

    async def get(self) -> tuple[Secret, float]:
        """An id token and when to ask for another, seconds since the epoch.

        Raises:
            CredentialError: the token has ended and cannot be exchanged.
        """
        due = expiry(self._id_token.value) - _EARLY_SECONDS
        if self._clock() >= due:
            await self._refresh()
            due = expiry(self._id_token.value) - _EARLY_SECONDS
        return self._id_token, due

    def forget(self) -> None:
        """The server refused the id token: exchange it at the next `get`."""
        if self._refresh_token:
            self._id_token = Secret()

    async def _refresh(self) -> None:
        if not self._refresh_token:
            why = "the id token has ended and there is no refresh token"
            raise CredentialError("The OIDC login has ended", why, _LOG_IN)
        import aiohttp

        context = await asyncio.to_thread(self._ssl_context)
        connector = aiohttp.TCPConnector(ssl=context)
        timeout = aiohttp.ClientTimeout(total=_TIMEOUT_SECONDS)
        try:
            async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
                tokens = await self._exchange(session)
        except (aiohttp.ClientError, OSError) as error:
            why = plain(str(error)) or "no answer in time"
            raise CredentialError(f"The OIDC issuer {self._oidc.issuer} cannot be reached", why) from error
        if not tokens.id_token:
            raise CredentialError(f"The OIDC issuer {self._oidc.issuer} gave no id token", "", _LOG_IN)
        self._id_token = Secret(tokens.id_token)
        if tokens.refresh_token and tokens.refresh_token != self._refresh_token.value:
            self._refresh_token = Secret(tokens.refresh_token)
            if self._keep is not None:
                await self._keep(self._refresh_token)

    async def _exchange(self, session: "aiohttp.ClientSession") -> _Tokens:
        well_known = f"{self._oidc.issuer.rstrip('/')}/.well-known/openid-configuration"
        async with session.get(well_known, proxy=_proxy(well_known)) as response:
            provider = self._decode(response.status, await response.read(), _Provider)
        status, body = 0, b""
        for form, headers in self._attempts():
            url = provider.token_endpoint
            async with session.post(url, data=form, headers=headers, proxy=_proxy(url)) as response:
                status, body = response.status, await response.read()
            if status not in (400, 401) or b"invalid_grant" in body:
                break
        return self._decode(status, body, _Tokens)

    def _attempts(self) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
        """Form and headers: RFC 6749 2.3.1 wants every server to take the header, some take form fields only."""
        form = {"grant_type": "refresh_token", "refresh_token": self._refresh_token.value}
        client, secret = self._oidc.client_id, self._oidc.client_secret.value
        if secret:
            yield form, {"Authorization": _basic(client, secret)}
            form = form | {"client_secret": secret}
        yield form | {"client_id": client}, {}

    def _decode(self, status: int, body: bytes, into: type[T]) -> T:
        if status == 400 and b"invalid_grant" in body:
            why = "it takes the refresh token no more: it is too old, was used up, or was withdrawn"
            raise CredentialError(f"The login at {self._oidc.issuer} has ended", why, _LOG_IN)
        if status >= 300:
            why = plain(body[:300].decode("utf-8", "replace"))
            raise CredentialError(f"The OIDC issuer {self._oidc.issuer} refuses ({status})", why, _LOG_IN)
        try:
            return msgspec.json.decode(body, type=into)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            what = f"The OIDC issuer {self._oidc.issuer} gave no usable answer"
            raise CredentialError(what, str(error), "check the URL of the issuer") from error

    def _ssl_context(self) -> ssl.SSLContext:
        oidc = self._oidc
        try:
            authority = oidc.ca_data or (Path(oidc.ca_file).read_text(encoding="ascii") if oidc.ca_file else None)
            context = ssl.create_default_context(cadata=authority)
        except (OSError, ValueError) as error:
            raise CredentialError("The authority of the OIDC issuer cannot be used", str(error)) from error
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        return context


def expiry(token: str) -> float:
    """When a JSON web token ends, seconds since the epoch; 0 when it does not say or is none. Nothing is verified."""
    try:
        payload = token.split(".")[1]
        claims = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        return msgspec.json.decode(claims, type=_Claims).exp
    except (IndexError, binascii.Error, msgspec.DecodeError, msgspec.ValidationError):
        return 0.0


def _basic(user: str, password: str) -> str:
    pair = f"{quote_plus(user)}:{quote_plus(password)}".encode()
    return f"Basic {base64.b64encode(pair).decode()}"


def _proxy(url: str) -> str | None:
    return proxy_from_environment(url, os.environ) or None

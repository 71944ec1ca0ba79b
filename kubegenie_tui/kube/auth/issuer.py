"""An OpenID Connect issuer as its clients see it: where its endpoints are, and what it gives for a grant."""

import asyncio
import base64
import os
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote_plus

import msgspec

from kubegenie_tui.domain.errors import CredentialError, TlsFailed
from kubegenie_tui.domain.text import plain
from kubegenie_tui.kube.context import Oidc
from kubegenie_tui.kube.http.proxy import proxy_from_environment

if TYPE_CHECKING:
    import aiohttp

T = TypeVar("T")
_TIMEOUT_SECONDS = 20.0
LOG_IN = (
    "log in again: `kubegenie clusters login NAME`, or `E` in the list of clusters and `ctrl+l` there, for a cluster "
    "that was registered here, else your login tool"
)


class Provider(msgspec.Struct, frozen=True):
    """What an issuer says of itself (OpenID Connect Discovery 1.0)."""

    token_endpoint: str
    issuer: str = ""
    authorization_endpoint: str = ""
    device_authorization_endpoint: str = ""
    scopes_supported: tuple[str, ...] = ()


class Tokens(msgspec.Struct, frozen=True):
    """What it gives."""

    id_token: str = ""
    refresh_token: str = ""


class Refusal(msgspec.Struct, frozen=True):
    """Why it gives nothing (RFC 6749 5.2)."""

    error: str = ""
    error_description: str = ""


class Issuer:
    """An issuer and one of its clients, while a session is open."""

    def __init__(self, oidc: Oidc, session: "aiohttp.ClientSession") -> None:
        self.oidc = oidc
        self._session = session

    async def provider(self) -> Provider:
        """What it says of itself.

        Raises:
            CredentialError: nothing that can be used.
        """
        well_known = f"{self.oidc.issuer.rstrip('/')}/.well-known/openid-configuration"
        async with self._session.get(well_known, proxy=_proxy(well_known)) as response:
            status, body = response.status, await response.read()
        if status == 404:
            what = f"There is no OIDC issuer at {self.oidc.issuer} (404)"
            raise CredentialError(what, f"nothing is served at {well_known}", "check the URL of the issuer")
        return self.read(status, body, Provider)

    async def answer_to(self, url: str, form: Mapping[str, str]) -> tuple[int, bytes]:
        """The status and the answer to a form, in which the client says who it is as the issuer takes it."""
        status, body = 0, b""
        for fields, headers in self._attempts(form):
            async with self._session.post(url, data=fields, headers=headers, proxy=_proxy(url)) as response:
                status, body = response.status, await response.read()
            if status not in (400, 401) or refusal(body).error not in ("", "invalid_client", "unauthorized_client"):
                break
        return status, body

    def read(self, status: int, body: bytes, into: type[T]) -> T:
        """What an answer says.

        Raises:
            CredentialError: it is a refusal, or not understood.
        """
        if status == 400 and b"invalid_grant" in body:
            why = "it takes the refresh token no more: it is too old, was used up, or was withdrawn"
            raise CredentialError(f"The login at {self.oidc.issuer} has ended", why, LOG_IN)
        if status >= 300:
            why = plain(body[:300].decode("utf-8", "replace"))
            raise CredentialError(f"The OIDC issuer {self.oidc.issuer} refuses ({status})", why, LOG_IN)
        try:
            return msgspec.json.decode(body, type=into)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            what = f"The OIDC issuer {self.oidc.issuer} gave no usable answer"
            raise CredentialError(what, str(error), "check the URL of the issuer") from error

    def _attempts(self, form: Mapping[str, str]) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
        """Form and headers: RFC 6749 2.3.1 wants every server to take the header, some take form fields only."""
        client, secret = self.oidc.client_id, self.oidc.client_secret.value
        fields = dict(form)
        if secret:
            yield fields, {"Authorization": _basic(client, secret)}
            fields["client_secret"] = secret
        yield {**fields, "client_id": client}, {}


@asynccontextmanager
async def opened(oidc: Oidc) -> AsyncIterator[Issuer]:
    """The issuer, for a few requests.

    Raises:
        CredentialError: it cannot be reached, or its authority cannot be used.
    """
    import aiohttp

    context = await asyncio.to_thread(_ssl_context, oidc)
    connector = aiohttp.TCPConnector(ssl=context)
    timeout = aiohttp.ClientTimeout(total=_TIMEOUT_SECONDS)
    try:
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
            yield Issuer(oidc, session)
    except (aiohttp.ClientError, OSError) as error:
        raise _unreached(oidc, error) from error


def _unreached(oidc: Oidc, error: Exception) -> CredentialError:
    from kubegenie_tui.kube.http.connection_errors import error_from_exception

    found = error_from_exception(error, oidc.issuer)
    is_tls = isinstance(found, TlsFailed)
    step = "check its certificate and the authority that is given for it" if is_tls else "check its URL and the network"
    why = f"{found.what}: {found.why}" if is_tls and found.why else found.why or found.what
    return CredentialError(f"The OIDC issuer {oidc.issuer} cannot be reached", why, step)


def refusal(body: bytes) -> Refusal:
    """Why it gives nothing; empty when that is not said."""
    try:
        return msgspec.json.decode(body, type=Refusal)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return Refusal()


def _ssl_context(oidc: Oidc) -> ssl.SSLContext:
    try:
        authority = oidc.ca_data or (Path(oidc.ca_file).read_text(encoding="ascii") if oidc.ca_file else None)
        context = ssl.create_default_context(cadata=authority)
    except (OSError, ValueError) as error:
        raise CredentialError("The authority of the OIDC issuer cannot be used", str(error)) from error
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def _basic(user: str, password: str) -> str:
    pair = f"{quote_plus(user)}:{quote_plus(password)}".encode()
    return f"Basic {base64.b64encode(pair).decode()}"


def _proxy(url: str) -> str | None:
    return proxy_from_environment(url, os.environ) or None

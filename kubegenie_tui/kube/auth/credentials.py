"""What a request presents: fetched when it is due, once for all who wait, and once more when a server says 401."""

import asyncio
import base64
import math
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from kubegenie_tui.domain.endpoint import ARGUMENT, VARIABLE, Reference
from kubegenie_tui.domain.errors import ClusterError, CredentialError, Unauthorized
from kubegenie_tui.kube.auth.exec_plugin import Given, run_plugin
from kubegenie_tui.kube.auth.oidc import OidcTokens
from kubegenie_tui.kube.context import AuthInfo, Context, Oidc, Secret
from kubegenie_tui.kube.http.proxy import is_local
from kubegenie_tui.kube.http.tls import Certificate
from kubegenie_tui.kube.http.x509 import not_after
from kubegenie_tui.kube.single_flight import SingleFlight

TOKEN_FILE_SECONDS = 60.0
"""How long a token file is believed; kubelets rewrite them long before the old token ends."""

CERTIFICATE_FILE_SECONDS = 60.0
"""How long the file of a client certificate is believed."""

SHORTEST_SECONDS = 5.0
"""How long a credential is used that is given already ended."""

RENEWAL_SECONDS = 60.0
"""Between two logins because of a 401: a plugin may open a browser, and a server may never be content."""


_NAMED: dict[str, str] = {"token": "token", "password": "password", "key": "key_data"}
"""What lent secrets are called in `AuthInfo`; the others are an issuer's."""


class Credential(msgspec.Struct, frozen=True):
    """One proof of who we are."""

    authorization: Secret = Secret()
    """Value of the Authorization header; empty for none."""
    certificate: Certificate | None = None
    expires: float = math.inf
    """When to fetch another, seconds since the epoch."""

    def same_as(self, other: "Credential") -> bool:
        """Whether a server would see no difference."""
        return self.authorization == other.authorization and self.certificate == other.certificate


class Credentials:
    """The credential of one context, always a current one."""

    def __init__(self, context: Context, clock: Callable[[], float] = time.time) -> None:
        self._context = context
        self._clock = clock
        self._current: Credential | None = None
        self._flight: SingleFlight[Credential] = SingleFlight()
        self._renewed_at = -math.inf
        self._oidc: OidcTokens | None = None
        self._first_id_token = Secret()

    async def get(self) -> Credential:
        """The credential to use now.

        Raises:
            CredentialError: it cannot be obtained.
            KubeconfigError: a file that the kubeconfig names cannot be read.
        """
        current = self._current
        if current is None or self._clock() >= current.expires:
            return await self._flight.join(self._refresh)
        return current

    async def renew(self, refused: Credential) -> Credential:
        """A credential after the server refused one with 401: another if there is one, else the same again.

        Raises:
            CredentialError, KubeconfigError: as `get`.
        """
        if self._current is refused:
            self.forget()
        return await self.get()

    def forget(self) -> bool:
        """Fetch another for the next request; False where there is no other, or it is too early for one."""
        if self._current is None:
            return True
        if not self._may_renew():
            return False
        self._current = None
        if self._oidc is not None:
            self._oidc.forget()
        return True

    async def close(self) -> None:
        """Stop a fetch under way."""
        await self._flight.close()

    def _may_renew(self) -> bool:
        auth, now = self._context.auth, self._clock()
        if not (auth.exec or auth.oidc or auth.lent):
            return bool(auth.token_file or auth.certificate_file)
        if now < self._renewed_at + RENEWAL_SECONDS:
            return False
        self._renewed_at = now
        return True

    async def _refresh(self) -> Credential:
        self._current = await self._fetch()
        return self._current

    async def _fetch(self) -> Credential:
        if not _stays_secret(self._context.server):
            return Credential()
        auth = await with_lent(self._context.auth)
        certificate = await asyncio.to_thread(_certificate, self._context, auth)
        if auth.token_file:
            token = await asyncio.to_thread(_read, self._context, "tokenFile", auth.token_file)
            return Credential(bearer(token), certificate, self._clock() + TOKEN_FILE_SECONDS)
        if auth.token:
            return Credential(bearer(auth.token.value), certificate, self._read_again)
        if auth.username or auth.password:
            return Credential(_basic(auth), certificate, self._read_again)
        if auth.exec:
            given = await run_plugin(auth.exec, self._context)
            return self._given(given, certificate)
        if auth.oidc:
            id_token, due = await self._tokens_of(auth.oidc).get()
            return Credential(bearer(id_token.value), certificate, self._not_before_long(due))
        return Credential(certificate=certificate, expires=self._read_again)

    @property
    def _read_again(self) -> float:
        """When a client certificate that lies in a file is read again: somebody may have renewed it."""
        return self._clock() + CERTIFICATE_FILE_SECONDS if self._context.auth.certificate_file else math.inf

    def _tokens_of(self, oidc: Oidc) -> OidcTokens:
        """Those that are held; others once another login is kept, such as by a command beside the app."""
        if self._oidc is None or oidc.id_token != self._first_id_token:
            self._first_id_token = oidc.id_token
            self._oidc = OidcTokens(oidc, self._clock, self._keep)
        return self._oidc

    async def _keep(self, refresh_token: Secret) -> None:
        """An issuer gave another refresh token, and may take the old one no more."""
        lent = self._context.auth.lent
        if lent is not None and lent.keep is not None and ("refresh_token", Reference("safe")) in lent.fields:
            await lent.keep(lent.owner, "refresh_token", refresh_token.value)

    def _given(self, given: Given, certificate: Certificate | None) -> Credential:
        authorization = bearer(given.token.value) if given.token else Secret()
        expires = math.inf if given.expires is None else self._not_before_long(given.expires)
        return Credential(authorization, given.certificate or certificate, expires)

    def _not_before_long(self, due: float) -> float:
        """A credential that is given already expired must not make every request fetch another."""
        return max(due, self._clock() + SHORTEST_SECONDS)


def _stays_secret(server: str) -> bool:
    """Whether nobody on the way can read what is sent: over TLS, as kubectl wants it, or within this computer."""
    url = urlsplit(server)
    return url.scheme != "http" or is_local(url.hostname or "")


def unauthorized(context: Context, shown: Credential, refusal: ClusterError) -> Unauthorized:
    """A 401 in terms of what was presented."""
    user = f'user "{context.user_name}"' if context.user_name else "us"
    step = f"log in again, or renew the credentials in {context.file}" if context.file else refusal.next_step
    why = _shown_in_words(context.auth, shown)
    if not _stays_secret(context.server):
        why, step = "credentials are not sent over plain HTTP", "use https:// in the server's URL"
    error = Unauthorized(f"{context.server} does not accept {user} (401)", why, step)
    error.code, error.reason = refusal.code, refusal.reason
    return error


def _shown_in_words(auth: AuthInfo, shown: Credential) -> str:
    end = not_after(shown.certificate.chain) if shown.certificate else None
    if end is not None and end < datetime.now(UTC):
        return f"the client certificate ended {end:%Y-%m-%d %H:%M} UTC"
    ways = (
        ("a client certificate", shown.certificate),
        (f"the token in {auth.token_file}", auth.token_file),
        ("a token", auth.token or (auth.lent and "token" in dict(auth.lent.fields))),
        ("a password", auth.username),
        (f"what {auth.exec.command if auth.exec else ''} gave", auth.exec),
        ("an OIDC token", auth.oidc),
    )
    used = [way for way, given in ways if given]
    return f"shown: {', '.join(used)}" if used else "no credentials were shown"


def bearer(token: str) -> Secret:
    """The Authorization header of a token.

    Raises:
        CredentialError: it could not stand in a header.
    """
    token = token.strip()
    if not token or not token.isascii() or not token.isprintable():
        why = "it is empty" if not token else "it holds characters that no token has"
        raise CredentialError("The bearer token cannot be used", why, "get a new one")
    return Secret(f"Bearer {token}")


def _basic(auth: AuthInfo) -> Secret:
    pair = f"{auth.username}:{auth.password.value}".encode()
    return Secret(f"Basic {base64.b64encode(pair).decode()}")


async def with_lent(auth: AuthInfo) -> AuthInfo:
    """With the secrets that lie elsewhere, for the moment in which they are used.

    Raises:
        CredentialError: one of them is not where it should be.
    """
    if auth.lent is None:
        return auth
    found = {
        field: Secret(await auth.lent.fetch(auth.lent.owner, field, reference)) for field, reference in auth.lent.fields
    }
    ours: dict[str, Any] = {to: found[field] for field, to in _NAMED.items() if field in found}
    if auth.exec is not None:
        of_plugin = [
            (field.removeprefix(VARIABLE), found[field].value) for field in found if field.startswith(VARIABLE)
        ]
        arguments = list(auth.exec.args)
        for field in (field for field in found if field.startswith(ARGUMENT)):
            arguments[int(field.removeprefix(ARGUMENT))] = found[field].value
        ours["exec"] = msgspec.structs.replace(auth.exec, args=tuple(arguments), env=(*auth.exec.env, *of_plugin))
    if auth.oidc is not None:
        of_issuer = {field: value for field, value in found.items() if field not in _NAMED}
        ours["oidc"] = msgspec.structs.replace(auth.oidc, **of_issuer)
    return msgspec.structs.replace(auth, **ours)


def _certificate(context: Context, auth: AuthInfo) -> Certificate | None:
    chain = auth.certificate_data or (
        auth.certificate_file and _read(context, "client-certificate", auth.certificate_file)
    )
    key = auth.key_data.value or (auth.key_file and _read(context, "client-key", auth.key_file))
    return Certificate(chain, Secret(key)) if chain and key else None


def _read(context: Context, field: str, file: str) -> str:
    try:
        return Path(file).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        step = f"correct {field} in {context.file or 'the registration'}"
        raise CredentialError(f"{field} {file} cannot be read", why, step) from error

"""The `oidc` auth provider: an id token, exchanged for a fresh one before it ends. The kubeconfig is left as it is."""

import base64
import binascii
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import msgspec

from kubegenie_tui.domain.errors import CredentialError
from kubegenie_tui.kube.auth.issuer import LOG_IN, Tokens, opened
from kubegenie_tui.kube.context import Oidc, Secret

_EARLY_SECONDS = 10.0
"""A token is exchanged this long before its end, so that it does not end under way."""


class _Claims(msgspec.Struct):
    exp: float = 0.0


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
            end = expiry(self._id_token.value)
            until = f"lasted until {datetime.fromtimestamp(end, UTC):%Y-%m-%d %H:%M} UTC" if end else "has ended"
            why = f"the id token {until}, and there is no refresh token"
            raise CredentialError("The OIDC login has ended", why, LOG_IN)
        async with opened(self._oidc) as issuer:
            provider = await issuer.provider()
            form = {"grant_type": "refresh_token", "refresh_token": self._refresh_token.value}
            tokens = issuer.read(*await issuer.answer_to(provider.token_endpoint, form), Tokens)
        if not tokens.id_token:
            raise CredentialError(f"The OIDC issuer {self._oidc.issuer} gave no id token", "", LOG_IN)
        self._id_token = Secret(tokens.id_token)
        if tokens.refresh_token and tokens.refresh_token != self._refresh_token.value:
            self._refresh_token = Secret(tokens.refresh_token)
            if self._keep is not None:
                await self._keep(self._refresh_token)


def expiry(token: str) -> float:
    """When a JSON web token ends, seconds since the epoch; 0 when it does not say or is none. Nothing is verified."""
    try:
        payload = token.split(".")[1]
        claims = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        return msgspec.json.decode(claims, type=_Claims).exp
    except (IndexError, binascii.Error, msgspec.DecodeError, msgspec.ValidationError):
        return 0.0

"""The login of a person at the issuer of a cluster that was described by hand: the first one, and the next."""

import os
import sys
import time
import webbrowser
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from kubegenie_tui.domain.cluster import owner_of
from kubegenie_tui.domain.endpoint import Endpoint, Login, Reference
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.kube.context import Oidc, Secret

if TYPE_CHECKING:
    from kubegenie_tui.agents.registrar import Registrar
    from kubegenie_tui.agents.secrets import Secrets
    from kubegenie_tui.kube.auth.oidc_login import Prompt

REFRESH, ID, CLIENT_SECRET = "refresh_token", "id_token", "client_secret"


def has_browser(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Whether a browser of this machine can be opened that is not one for terminals, and is in front of the person."""
    if "SSH_CONNECTION" in environment:
        return False
    return platform in ("darwin", "win32") or any(environment.get(each) for each in ("DISPLAY", "WAYLAND_DISPLAY"))


def open_browser(url: str) -> None:
    """Open it there, where one can be opened; that it was is not known."""
    if has_browser():
        webbrowser.open(url)


class Gained(NamedTuple):
    """What a person has who logged in."""

    field: str
    """Of the endpoint: a refresh token, or an id token where the issuer gives no other."""
    token: str
    ends: float = 0.0
    """When an id token ends, seconds since the epoch; 0 for a refresh token, whose end nobody tells."""

    @property
    def words(self) -> str:
        """Until when they are logged in, where that is known: ` until 14:05, for the issuer gives no refresh token`."""
        if not self.ends:
            return ""
        return f" until {datetime.fromtimestamp(self.ends).astimezone():%H:%M}, for the issuer gives no refresh token"

    def put(self, endpoint: Endpoint, secrets: Mapping[str, str]) -> tuple[Endpoint, dict[str, str]]:
        """An endpoint with it in place of the tokens before it, and what of its secrets is kept in the safe."""
        where = {field: each for field, each in endpoint.secrets.items() if field not in (REFRESH, ID)}
        kept = {field: secret for field, secret in secrets.items() if field not in (REFRESH, ID)}
        placed = replace(endpoint, secrets={**where, self.field: Reference("safe")}, saved=time.time())
        return placed, {**kept, self.field: self.token}


async def token_of(
    login: Login, client_secret: str, told: "Callable[[Prompt], None]", *, device: bool = False
) -> Gained:
    """The refresh token of a person who logs in now, or their id token where the issuer gives no other.

    Args:
        login: the issuer and the client.
        client_secret: empty for a client that has none.
        told: hears what the person has to do.
        device: whether the browser may be one of another machine.

    Raises:
        CredentialError: they were not let in.
    """
    from kubegenie_tui.kube.auth.oidc import expiry
    from kubegenie_tui.kube.auth.oidc_login import log_in

    oidc = Oidc(login.issuer, login.client_id, Secret(client_secret), ca_data=login.ca)
    tokens = await log_in(oidc, told, device=device)
    if tokens.refresh_token:
        return Gained(REFRESH, tokens.refresh_token)
    return Gained(ID, tokens.id_token, expiry(tokens.id_token))


async def log_in_anew(
    registrar: "Registrar", secrets: "Secrets", name: str, told: "Callable[[Prompt], None]", *, device: bool = False
) -> Gained:
    """Let a person log in for a registered cluster, and keep what they get.

    Raises:
        UsageError: nobody logs in there at an issuer, or the token lies where it is not ours to write.
        CredentialError: they were not let in, or the safe does not open.
        StoreError: it cannot be kept.
    """
    registration = registrar.registration(name)
    endpoint = registration.endpoint
    if endpoint is None or endpoint.login is None:
        raise UsageError(f"Nobody logs in at an issuer for {name}", next_step="`t` in the list says how far it is")
    if endpoint.secrets.get(REFRESH, Reference("safe")).how != "safe":
        raise UsageError(f"The refresh token of {name} lies elsewhere", next_step="put another one there")
    where = endpoint.secrets.get(CLIENT_SECRET)
    client_secret = await secrets.fetch(owner_of(name), CLIENT_SECRET, where) if where else ""
    kept = await registrar.kept(registration)
    gained = await token_of(endpoint.login, client_secret, told, device=device)
    anew, kept = gained.put(endpoint, kept)
    await registrar.replace(replace(registration, endpoint=anew), kept)
    return gained

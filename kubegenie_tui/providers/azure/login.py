"""Who we are to Microsoft Entra, and the tokens that it gives us."""

import asyncio
import importlib
import logging
import time
from typing import TYPE_CHECKING, Any

import msgspec

from kubegenie_tui.domain.errors import ExtraMissing
from kubegenie_tui.providers.azure.refusals import translated

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken
    from pydantic import SecretStr

EXTRA = "azure"
CONNECT_SECONDS, ANSWER_SECONDS = 10, 60
SERVER_ID = "6dae42f8-4368-4678-94ff-3960e28e3630"
"""The application of Entra that stands for the API servers of AKS, in every tenant."""
_FRESH_SECONDS = 300
"""A token that ends sooner is not used any more."""
_SILENT = logging.NullHandler()
_LIBRARIES = ("azure.identity.aio", "azure.mgmt.containerservice.aio", "azure.mgmt.core.policies")


class Login(msgspec.Struct, frozen=True):
    """An app registration with its secret, or without one what the machine has."""

    authority: str
    """URL of Entra."""
    tenant: str = ""
    client_id: str = ""
    client_secret: "SecretStr | None" = None
    verify: bool | str = True
    """Whom to believe: the system's certificates, or those of a file."""


async def require_libraries() -> None:
    """Import Azure's libraries, in a thread: they take two seconds the first time.

    Raises:
        ExtraMissing: they are not installed.
    """
    try:
        await asyncio.to_thread(_load_libraries)
    except ImportError as error:
        raise ExtraMissing("AKS", EXTRA) from error


def _load_libraries() -> None:
    """What they log is said by their errors too: without a handler it would be written over the screen."""
    logging.getLogger("azure").addHandler(_SILENT)
    for name in _LIBRARIES:
        importlib.import_module(name)


async def token_for(login: Login, *scopes: str, **options: Any) -> "AccessToken":
    """A token of Entra.

    Args:
        login: who we are.
        scopes: what the token is for.
        options: what Azure's libraries want besides.

    Raises:
        AzureError: there is none for us.
    """
    if login.client_secret is None and login.tenant:
        options["tenant_id"] = login.tenant
    async with _credential(login) as asked:
        token: AccessToken = await asked.get_token(*scopes, **options)
    return token


async def server_token(login: Login) -> "AccessToken":
    """A token for the API servers of AKS.

    Raises:
        ExtraMissing: Azure's libraries are not installed.
        CredentialError: there is no login, or Entra does not take it.
    """
    await require_libraries()
    with translated():
        return await token_for(login, f"{SERVER_ID}/.default")


def _credential(login: Login) -> Any:
    from azure.identity.aio import ClientSecretCredential, DefaultAzureCredential

    options: dict[str, Any] = {
        "authority": login.authority,
        "connection_verify": login.verify,
        "connection_timeout": CONNECT_SECONDS,
        "read_timeout": ANSWER_SECONDS,
    }
    if login.client_secret is None:
        return DefaultAzureCredential(**options, additionally_allowed_tenants=["*"])
    return ClientSecretCredential(login.tenant, login.client_id, login.client_secret.get_secret_value(), **options)


class Tokens:
    """Gives the bearer policy its tokens, and remembers them from one client to the next."""

    def __init__(self, login: Login) -> None:
        self._login = login
        self._kept: dict[tuple[str, ...], AccessToken] = {}

    async def get_token(self, *scopes: str, **options: Any) -> "AccessToken":
        """A token that is good for a while."""
        kept = self._kept.get(scopes)
        if kept is None or options.get("claims") or kept.expires_on - time.time() < _FRESH_SECONDS:
            kept = self._kept[scopes] = await token_for(self._login, *scopes, **options)
        return kept

    def forget(self) -> None:
        """Ask anew the next time: what was given is not taken any more."""
        self._kept.clear()


class Anew:
    """A policy before that of the tokens: one that expired early is asked for again, once."""

    next: Any

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    async def send(self, request: Any) -> Any:
        """Send it, and a second time with another token if this one is not taken."""
        response = await self.next.send(request)
        if response.http_response.status_code == 401:
            self._tokens.forget()
            response = await self.next.send(request)
        return response

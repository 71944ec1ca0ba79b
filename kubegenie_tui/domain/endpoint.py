"""An API server as a person describes it by hand: where it is, how it is recognised, and how we prove who we are."""

from typing import Literal
from urllib.parse import urlsplit

import msgspec

from kubegenie_tui.domain.errors import UsageError

SecretField = Literal["token", "password", "key"]
SECRET_FIELDS: tuple[SecretField, ...] = ("token", "password", "key")
REFERENCES = ("keyring", "file", "exec")


class Reference(msgspec.Struct, frozen=True):
    """Where a secret is found: never the secret itself."""

    how: Literal["safe", "keyring", "file", "exec"]
    """`safe` is the store's own; the others are a person's."""
    where: tuple[str, ...] = ()
    """Name of the entry, path, or the program and its arguments; nothing for the safe."""


class Plugin(msgspec.Struct, frozen=True):
    """A credential plugin (client.authentication.k8s.io)."""

    command: str
    arguments: tuple[str, ...] = ()


class Endpoint(msgspec.Struct, frozen=True):
    """All but the secrets themselves."""

    server: str
    """URL, without a slash at its end."""
    ca: str = ""
    """PEM of what the server's certificate must come from; empty for the system's authorities."""
    pinned: bool = False
    """Whether `ca` is the server's own certificate, or another that is no authority."""
    server_name: str = ""
    proxy_url: str = ""
    namespace: str = ""
    token_file: str = ""
    certificate: str = ""
    """PEM of our own; its key is a secret."""
    username: str = ""
    plugin: Plugin | None = None
    as_user: str = ""
    as_groups: tuple[str, ...] = ()
    secrets: dict[str, Reference] = {}
    """By `SecretField`."""
    saved: float = 0.0
    """Seconds since the epoch: one that is given anew is another one."""


def wrong_server(text: str) -> str:
    """What is wrong with the URL of a server, in words; empty when nothing is."""
    try:
        url = urlsplit(text)
        host, port = url.hostname, url.port
    except ValueError as error:
        return f"this is not a URL: {error}"
    if url.scheme not in ("http", "https") or not host:
        return "the server is a URL such as https://10.0.0.1:6443"
    if port == 0:
        return "no server listens at port 0"
    if url.username or url.password:
        return "a name or a password does not belong into the URL"
    return "a URL of a server has no ? and no #" if url.query or url.fragment else ""


def wrong_proxy(text: str) -> str:
    """What is wrong with the URL of a proxy, in words; empty when nothing is."""
    url = urlsplit(text)
    if url.scheme not in ("http", "https") or not url.hostname:
        return "the proxy is a URL such as http://proxy:3128"
    return "a proxy with a password cannot be kept: it would lie in the clear" if url.password else ""


def check_endpoint(endpoint: Endpoint) -> None:
    """Raise when it could never work.

    Raises:
        UsageError: a URL is none, or what proves who we are is contradictory or not whole.
    """
    for wrong in (wrong_server(endpoint.server), endpoint.proxy_url and wrong_proxy(endpoint.proxy_url)):
        if wrong:
            raise UsageError(f"{wrong[0].upper()}{wrong[1:]}")
    ways = {
        "a token": "token" in endpoint.secrets,
        "a token file": endpoint.token_file,
        "a user name": endpoint.username,
        "a credential plugin": endpoint.plugin,
    }
    given = [name for name, value in ways.items() if value]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)} cannot both say who we are".capitalize(), next_step="give one of them")
    if bool(endpoint.certificate) != ("key" in endpoint.secrets):
        raise UsageError("A client certificate and its key belong together", next_step="give both")
    if bool(endpoint.username) != ("password" in endpoint.secrets):
        raise UsageError("A user name and a password belong together", next_step="give both")
    if endpoint.as_groups and not endpoint.as_user:
        raise UsageError("Groups are impersonated with a user", next_step="name the user too")


def read_reference(text: str) -> tuple[str, Reference]:
    """The field and the reference of `token=keyring:NAME`, `key=file:PATH`, `password=exec:PROGRAM ARGUMENTS`.

    Raises:
        UsageError: it is none of these.
    """
    import shlex

    field, _, rest = text.partition("=")
    how, _, where = rest.partition(":")
    if field not in SECRET_FIELDS or how not in REFERENCES or not where:
        what = f'"{field}=…" names no secret' if rest else "This names no secret"
        raise UsageError(what, next_step="write token=keyring:NAME, key=file:PATH, password=exec:PROGRAM")
    try:
        words = tuple(shlex.split(where)) if how == "exec" else (where,)
    except ValueError as error:
        raise UsageError(f"The program for {field} cannot be read", str(error)) from error
    return field, msgspec.convert({"how": how, "where": words}, Reference)

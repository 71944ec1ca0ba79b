"""An API server as a person describes it by hand: where it is, how it is recognised, and how we prove who we are."""

import re
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.jump import Jump
from kubegenie_tui.domain.namespace_set import wrong_scope

SecretField = Literal["token", "password", "key", "client_secret", "refresh_token", "id_token"]
SECRET_FIELDS: tuple[SecretField, ...] = ("token", "password", "key", "client_secret", "refresh_token", "id_token")
EXEC_API = "client.authentication.k8s.io/v1"
REFERENCES = ("keyring", "file", "exec")
VARIABLE = "env:"
"""What the field of a secret begins with that a credential plugin is given as a variable: `env:AZURE_CLIENT_SECRET`."""

ARGUMENT = "arg:"
"""What the field of a secret begins with that a credential plugin is given as an argument: `arg:2`, from 0."""
SEALED = "<sealed>"
"""Stands for such an argument where all can see."""
_SECRET_FLAG = re.compile(r"--?[\w-]*(secret|token|password|passwd|key)(=.+)?", re.IGNORECASE | re.DOTALL)


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
    environment: tuple[tuple[str, str], ...] = ()
    """Variables that it is given besides ours, and besides those that are secrets."""
    api: str = EXEC_API
    install_hint: str = ""
    cluster_config: str = "null"
    """JSON that it is given about the cluster."""


class Login(msgspec.Struct, frozen=True):
    """A client of an OpenID Connect issuer; its tokens are secrets."""

    issuer: str
    """URL."""
    client_id: str
    ca: str = ""
    """PEM of what the issuer's certificate must come from; empty for the system's authorities."""


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
    jump: Jump | None = None
    """The SSH host that leads there."""
    namespace: str = ""
    token_file: str = ""
    certificate: str = ""
    """PEM of our own; its key is a secret."""
    username: str = ""
    plugin: Plugin | None = None
    login: Login | None = None
    as_user: str = ""
    as_groups: tuple[str, ...] = ()
    secrets: dict[str, Reference] = {}
    """By `SecretField`, by `VARIABLE` and the name of a variable of the plugin, or by `ARGUMENT` and a place."""
    saved: float = 0.0
    """Seconds since the epoch: one that is given anew is another one."""


def without_secret_arguments(plugin: Plugin) -> tuple[Plugin, dict[str, str]]:
    """A plugin with `SEALED` for each argument that is a secret by the flag that names it, and these by field."""
    if plugin.command == "kubegenie" or plugin.arguments[:2] == ("-m", "kubegenie_tui"):
        return plugin, {}  # our own takes none: its `--secret` names one of Kubernetes
    arguments, secrets = list(plugin.arguments), dict[str, str]()
    for place, argument in enumerate(plugin.arguments):
        before = _SECRET_FLAG.fullmatch(plugin.arguments[place - 1]) if place else None
        own = _SECRET_FLAG.fullmatch(argument)
        if (own and own[2]) or (before and not before[2] and not argument.startswith("-")):
            arguments[place], secrets[f"{ARGUMENT}{place}"] = SEALED, argument
    return msgspec.structs.replace(plugin, arguments=tuple(arguments)), secrets


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


def wrong_issuer(text: str) -> str:
    """What is wrong with the URL of an OpenID Connect issuer, in words; empty when nothing is."""
    try:
        url = urlsplit(text)
        _ = url.port
    except ValueError as error:
        return f"this is not a URL: {error}"
    here = url.scheme == "http" and url.hostname in ("localhost", "127.0.0.1", "::1")
    if not url.hostname or not (here or url.scheme == "https"):
        return "the issuer is a URL such as https://login.example.com/realms/ops"
    return "a URL of an issuer has no ? and no #" if url.query or url.fragment else ""


def wrong_proxy(text: str) -> str:
    """What is wrong with the URL of a proxy, in words; empty when nothing is."""
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError as error:
        return f"this is not a URL: {error}"
    if url.scheme.startswith("socks"):
        return "SOCKS is not supported: the proxy is a URL such as http://proxy:3128"
    if url.scheme not in ("http", "https") or not url.hostname:
        return "the proxy is a URL such as http://proxy:3128"
    if port == 0:
        return "no proxy listens at port 0"
    if url.password:
        return "a proxy with a password cannot be kept, it would lie in the clear: give it in HTTPS_PROXY instead"
    return ""


def wrong_command(text: str) -> str:
    """What is wrong with a command line, in words; empty when nothing is."""
    import shlex

    try:
        return "" if shlex.split(text) else "it names no program"
    except ValueError:
        return "a quotation mark or a backslash has no other half"


def check_endpoint(endpoint: Endpoint) -> None:
    """Raise when it could never work.

    Raises:
        UsageError: a URL is none, or what proves who we are is contradictory or not whole.
    """
    proxy, namespace = endpoint.proxy_url and wrong_proxy(endpoint.proxy_url), wrong_scope(endpoint.namespace)
    for wrong in (wrong_server(endpoint.server), proxy, namespace):
        if wrong:
            raise UsageError(f"{wrong[0].upper()}{wrong[1:]}")
    if endpoint.jump and endpoint.proxy_url:
        raise UsageError("A proxy and a jump host cannot both lead there", next_step="give one of them")
    ways = {
        "a token": "token" in endpoint.secrets,
        "a token file": endpoint.token_file,
        "a user name": endpoint.username,
        "a credential plugin": endpoint.plugin,
        "a login at an issuer": endpoint.login,
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
    _check_login(endpoint)


def _check_login(endpoint: Endpoint) -> None:
    """Raise when a login at an issuer could never give a token."""
    tokens = endpoint.secrets.keys() & {"client_secret", "refresh_token", "id_token"}
    if endpoint.login is None:
        if tokens:
            raise UsageError(f"The {min(tokens).replace('_', ' ')} is of no use", "no issuer is named", "name it too")
        return
    if wrong := wrong_issuer(endpoint.login.issuer):
        raise UsageError(f"{wrong[0].upper()}{wrong[1:]}")
    if not endpoint.login.client_id:
        raise UsageError("The issuer wants to know the client", next_step="give its client id")
    if not tokens & {"refresh_token", "id_token"}:
        step = "log in, or give the refresh token that another tool got"
        raise UsageError("There is no token of the issuer to begin with", next_step=step)


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


def names_reference(text: str) -> bool:
    """Whether a text says where a secret is found, or begins to: `keyring:`, `file:`, `exec:`."""
    return text.strip().startswith(tuple(f"{how}:" for how in REFERENCES))


def is_hidden(field: str, text: str) -> bool:
    """Whether what is typed is not to be seen; where a secret lies may be, and so may the path of a key's file."""
    is_path = field == "key" and text.startswith(("/", "~", "."))
    return field in SECRET_FIELDS and not (is_path or names_reference(text))


def wrong_secret(text: str) -> str:
    """What is wrong with a secret, in words; empty when nothing is. Only one that lies elsewhere can be wrong."""
    if not names_reference(text):
        return ""
    try:
        read_reference(f"token={text.strip()}")
    except UsageError:
        return "where it lies is keyring:NAME, file:PATH, or exec:PROGRAM ARGUMENTS"
    return ""

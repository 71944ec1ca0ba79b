"""From what a person typed about a cluster to an endpoint and the secrets that are to be kept for it."""

import asyncio
import re
import shlex
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from kubegenie_tui.domain.endpoint import (
    SECRET_FIELDS,
    Endpoint,
    Login,
    Plugin,
    Reference,
    check_endpoint,
    names_reference,
    read_reference,
    without_secret_arguments,
)
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.form import Value
from kubegenie_tui.domain.jump import Jump, read_jump
from kubegenie_tui.domain.pem import certificates_in, key_in, pem_in
from kubegenie_tui.domain.text import plain

_FINGERPRINT = re.compile(
    r"(?i)(sha-?\d+( fingerprint)?[:=]\s*)?(([0-9a-f]{2}[:\s]?){31}[0-9a-f]{2}|([0-9a-f]{2}:){15,}[0-9a-f]{2})"
)
"""Also of another length: what has the colons of one is no file, and is told to be too short."""


class Described(NamedTuple):
    """A cluster by hand."""

    endpoint: Endpoint
    secrets: dict[str, str]
    """To be kept, by field."""


async def described(values: Mapping[str, Value], elsewhere: Mapping[str, Reference] | None = None) -> Described:
    """The endpoint of a form; a fingerprint in place of an authority is looked for at the server.

    Args:
        values: by the ids of `endpoint_fields`; those that were not asked for are missing.
        elsewhere: secrets that were not typed, by field, and where they are found.

    Raises:
        UsageError: a file cannot be read, or it could never work.
        ClusterError: the server cannot be reached, or has no certificate of that fingerprint.
    """
    words = {id: value for id, value in values.items() if isinstance(value, str)}
    found = await asyncio.to_thread(_described, words, elsewhere or {})
    check_endpoint(found.endpoint)
    authority = words.get("authority", "")
    if _FINGERPRINT.fullmatch(authority):
        from kubegenie_tui.providers.endpoints import trusting

        return found._replace(endpoint=await trusting(found.endpoint, authority))
    return found


def referred(values: Mapping[str, Value]) -> tuple[dict[str, Value], dict[str, Reference]]:
    """What was typed without the secrets that lie elsewhere, and where these are, by field.

    Raises:
        UsageError: a reference cannot be read.
    """
    texts = {id: value for id, value in values.items() if isinstance(value, str) and id in SECRET_FIELDS}
    found = dict(reference_of(f"{id}={text.strip()}") for id, text in texts.items() if names_reference(text))
    return {id: value for id, value in values.items() if id not in found}, found


def reference_of(text: str) -> tuple[str, Reference]:
    """As `read_reference`; a path is meant from here, wherever it will be looked for.

    Raises:
        UsageError: it is none.
    """
    field, reference = read_reference(text)
    match reference.how, reference.where:
        case "file", (path,):
            reference = Reference("file", (_absolute(path),))
        case "exec", (program, *arguments):
            reference = Reference("exec", (_program(program), *arguments))
    return field, reference


def _absolute(path: str) -> str:
    return str(Path(path).expanduser().absolute()) if path else ""


def _program(word: str) -> str:
    """A program by its path; a mere name is looked for in PATH."""
    return _absolute(word) if "/" in word else word


def _described(words: Mapping[str, str], elsewhere: Mapping[str, Reference]) -> Described:
    def given(id: str) -> str:
        return words.get(id, "")

    typed = ("token", "password", "client_secret", "refresh_token", "id_token")
    secrets = {field: given(field) for field in typed if given(field)}
    if given("key"):
        secrets["key"] = key_of(given("key"))
    plugin = plugin_of(given("plugin"))
    if plugin is not None:
        plugin, arguments = without_secret_arguments(plugin)
        secrets |= arguments
    authority = given("authority")
    endpoint = Endpoint(
        given("server").rstrip("/"),
        ca="" if _FINGERPRINT.fullmatch(authority) else certificates_of(authority, "authority"),
        server_name=given("server_name"),
        proxy_url=given("proxy"),
        jump=jump_of(given("jump"), given("jump_key"), given("jump_host_key")),
        namespace=given("namespace"),
        token_file=_absolute(given("token_file")),
        certificate=certificates_of(given("certificate"), "certificate"),
        username=given("username"),
        plugin=plugin,
        login=login_of(given("issuer"), given("client_id"), given("issuer_ca")) if given("issuer") else None,
        as_user=given("as_user"),
        as_groups=tuple(given("as_groups").split()),
        secrets={**{field: Reference("safe") for field in secrets}, **elsewhere},
        saved=time.time(),
    )
    return Described(endpoint, secrets)


def login_of(issuer: str, client_id: str, ca: str) -> Login:
    """A login at an issuer, whose authority is a PEM or in a file.

    Raises:
        UsageError: the file cannot be read.
    """
    return Login(issuer, client_id, certificates_of(ca, "authority of the issuer"))


def jump_of(text: str, key_file: str, host_key: str) -> Jump | None:
    """The jump host of `USER@HOST:PORT`; None for an empty text.

    Raises:
        UsageError: it is none, or there is only what belongs to one.
    """
    if text:
        return read_jump(text, _absolute(key_file), host_key)
    if key_file or host_key:
        raise UsageError("An SSH key and a host key go with a jump host", next_step="name it too")
    return None


def certificates_of(text: str, what: str) -> str:
    """The certificates of a PEM, or of the file that is named: never a key that stands beside them.

    Raises:
        UsageError: it cannot be read, or there is none.
    """
    return certificates_in(pem_in(text) or _read(text, what), what)


def key_of(text: str) -> str:
    """As `certificates_of`, the private key.

    Raises:
        UsageError: it cannot be read, or there is none.
    """
    return key_in(pem_in(text) or _read(text, "key"), "key")


def _read(name: str, what: str) -> str:
    if not name:
        return ""
    if "-----" in name:
        raise UsageError(f"The {what} cannot be used", "it is only a part of a PEM", "paste all of it")
    try:
        text = Path(name).expanduser().read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not PEM"
        raise UsageError(f"The {what} in {plain(name)} cannot be read", why) from error
    if "-----BEGIN" not in text:
        step = "openssl can turn DER into PEM"
        raise UsageError(f"The {what} in {plain(name)} cannot be used", "it is not PEM", step)
    return text


def plugin_of(command: str) -> Plugin | None:
    """The credential plugin of a command line; None for an empty one.

    Raises:
        UsageError: a quotation mark is missing.
    """
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError("The command of the credential plugin cannot be read", str(error)) from error
    return Plugin(_program(words[0]), tuple(words[1:])) if words else None

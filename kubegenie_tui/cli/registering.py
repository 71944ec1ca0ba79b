"""A cluster of the command line's flags: its endpoint, and the secrets that are to be kept for it."""

import argparse
import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING

from kubegenie_tui.cli.passphrase import open_safe, read_secret
from kubegenie_tui.domain.cluster import Registration
from kubegenie_tui.domain.endpoint import Endpoint, Plugin, Reference, check_endpoint, read_reference, wrong_server
from kubegenie_tui.domain.errors import UsageError

if TYPE_CHECKING:
    from kubegenie_tui.services import Services

OF_A_SERVER = (
    "ca_file", "ca_fingerprint", "tls_server_name", "proxy", "default_namespace", "token_stdin", "token_file",
    "client_certificate", "client_key", "username", "password_stdin", "exec", "secret", "as_user", "as_groups",
)  # fmt: skip


async def add_cluster(services: "Services", arguments: argparse.Namespace) -> str:
    """Remember what the command line describes; its name.

    Raises:
        KubeGenieError: it cannot be used, looked at, or kept.
    """
    manager, read_only = services.manager, arguments.read_only
    if not arguments.server:
        stray = [name for name in OF_A_SERVER if getattr(arguments, name)]
        if stray or arguments.label:
            flag = f"--{(stray or ['label'])[0].replace('_', '-')}"
            raise UsageError(f"{flag} goes with --server", "a kubeconfig says this itself", "give --server URL")
        return await manager.register(Path(arguments.what), arguments.context or "", read_only=read_only)
    endpoint, secrets = _described(arguments)
    check_endpoint(endpoint)
    if arguments.ca_fingerprint:
        from kubegenie_tui.agents.endpoints import trusting

        endpoint = await trusting(endpoint, arguments.ca_fingerprint)
    if secrets:
        await open_safe(services.store.safe)
    registration = Registration(arguments.what, read_only=read_only, labels=_labels(arguments.label), endpoint=endpoint)
    await manager.add(registration, secrets)
    return registration.name


def _described(arguments: argparse.Namespace) -> tuple[Endpoint, dict[str, str]]:
    if wrong := wrong_server(arguments.server):
        raise UsageError(f"--server cannot be used: {wrong}")
    secrets = _given(arguments)
    references = dict(map(read_reference, arguments.secret))
    if twice := secrets.keys() & references.keys():
        raise UsageError(f"{min(twice)} is given twice", next_step="keep it here, or name where it is")
    endpoint = Endpoint(
        arguments.server.rstrip("/"),
        ca=_read(arguments.ca_file, "--ca-file"),
        server_name=arguments.tls_server_name,
        proxy_url=arguments.proxy,
        namespace=arguments.default_namespace,
        token_file=str(Path(arguments.token_file).expanduser().absolute()) if arguments.token_file else "",
        certificate=_read(arguments.client_certificate, "--client-certificate"),
        username=arguments.username,
        plugin=_plugin(arguments.exec),
        as_user=arguments.as_user,
        as_groups=tuple(arguments.as_groups),
        secrets={**{field: Reference("safe") for field in secrets}, **references},
        saved=time.time(),
    )
    return endpoint, secrets


def _given(arguments: argparse.Namespace) -> dict[str, str]:
    """The secrets that are to be kept."""
    if arguments.token_stdin and arguments.password_stdin:
        raise UsageError("A token and a password cannot both say who we are", next_step="give one of them")
    secrets = {}
    if arguments.client_key:
        secrets["key"] = _read(arguments.client_key, "--client-key")
    if arguments.token_stdin:
        secrets["token"] = read_secret("Token")
    if arguments.password_stdin:
        secrets["password"] = read_secret("Password")
    return secrets


def _read(name: str, flag: str) -> str:
    if not name:
        return ""
    try:
        text = Path(name).expanduser().read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{flag} {name} cannot be read", getattr(error, "strerror", None) or "it is not PEM"
        ) from error
    if "-----BEGIN" not in text:
        raise UsageError(f"{flag} {name} cannot be used", "it is not PEM", "openssl can turn DER into PEM")
    return text


def _plugin(command: str) -> Plugin | None:
    if not command:
        return None
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError("--exec cannot be read", str(error)) from error
    return Plugin(words[0], tuple(words[1:])) if words else None


def _labels(pairs: list[str]) -> dict[str, str]:
    for pair in pairs:
        if not pair.partition("=")[0] or "=" not in pair:
            raise UsageError(f'"{pair}" is no label', next_step="write it as env=prod")
    return dict(pair.split("=", 1) for pair in pairs)

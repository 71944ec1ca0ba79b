"""Credential plugins (client.authentication.k8s.io): run apart from our terminal, bounded in time and in output."""

import asyncio
import base64
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from kubegenie_tui.domain.errors import CredentialError
from kubegenie_tui.domain.text import plain
from kubegenie_tui.kube.context import Context, Exec, Secret
from kubegenie_tui.kube.http.tls import Certificate
from kubegenie_tui.kube.program import Finished, run_program

_API = "client.authentication.k8s.io/"
_VERSIONS = (f"{_API}v1", f"{_API}v1beta1")
_OUTPUT_BYTES = 1 << 20
_COMPLAINT_LENGTH = 500

TIMEOUT_SECONDS = 120.0
"""A plugin may open a browser and wait for a person; one that takes longer hangs."""


class Given(msgspec.Struct, frozen=True):
    """What a plugin gave."""

    token: Secret = Secret()
    certificate: Certificate | None = None
    expires: float | None = None
    """Seconds since the epoch; None when it did not say."""


class _Status(msgspec.Struct, rename="camel"):
    token: str = ""
    client_certificate_data: str = ""
    client_key_data: str = ""
    expiration_timestamp: datetime | None = None


class _ExecCredential(msgspec.Struct, rename="camel"):
    api_version: str
    kind: str
    status: _Status | None = None


async def run_plugin(
    plugin: Exec, context: Context, *, environ: Mapping[str, str] = os.environ, timeout: float = TIMEOUT_SECONDS
) -> Given:
    """Run the plugin of a context and read what it gives.

    It gets no terminal: its standard input is empty and it runs in a session of its own.

    Raises:
        CredentialError: it is missing, fails, hangs, wants a terminal, or gives nothing we can use.

    Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
    """
    _check(plugin)
    info = await asyncio.to_thread(_exec_info, plugin, context)
    environment = {**environ, **dict(plugin.env), "KUBERNETES_EXEC_INFO": info.decode()}
    # Its arguments may hold secrets: they are in no message.
    by_kubectl = f'see what it says: kubectl --context "{plain(context.name)}" version'
    alone = by_kubectl if context.file else "run it by itself, with its arguments, and see what it says"
    try:
        ended = await _run(plugin, environment, timeout)
    except TimeoutError as error:
        raise CredentialError(f"{_name(plugin)} hangs", f"stopped after {timeout:g} s", alone) from error
    if ended.code != 0:
        raise CredentialError(f"{_name(plugin)} failed", _last_words(ended) or f"exit code {ended.code}", alone)
    try:
        return _read(plugin, ended.output)
    except ValueError as error:
        raise CredentialError(f"{_name(plugin)} gave nothing we can use", plain(str(error)), alone) from error


def _check(plugin: Exec) -> None:
    if plugin.api_version not in _VERSIONS:
        why = f"it speaks {plugin.api_version}, which Kubernetes has dropped"
        step = "update the plugin and let your cloud's tool write the kubeconfig again"
        raise CredentialError(f"{_name(plugin)} is too old", why, step)
    if plugin.interactive_mode == "Always":
        step = "run kubectl once in another terminal, or use a login that needs no prompt"
        raise CredentialError(
            f"{_name(plugin)} wants to ask you something",
            "its interactiveMode is Always, and this screen is in use",
            step,
        )


def _exec_info(plugin: Exec, context: Context) -> bytes:
    spec: dict[str, Any] = {"interactive": False}
    if plugin.provide_cluster_info:
        spec["cluster"] = _cluster_info(plugin, context)
    return msgspec.json.encode({"apiVersion": plugin.api_version, "kind": "ExecCredential", "spec": spec})


def _cluster_info(plugin: Exec, context: Context) -> dict[str, Any]:
    tls = context.tls
    try:
        authority = tls.ca_data.encode() or (Path(tls.ca_file).read_bytes() if tls.ca_file else b"")
    except OSError as error:
        why = error.strerror or str(error)
        raise CredentialError(f"certificate-authority {tls.ca_file} cannot be read", why) from error
    given = {
        "server": context.server,
        "tls-server-name": tls.server_name,
        "insecure-skip-tls-verify": tls.insecure,
        "certificate-authority-data": base64.b64encode(authority).decode(),
        "proxy-url": context.proxy_url,
        "config": msgspec.json.decode(plugin.cluster_config),
    }
    return {name: value for name, value in given.items() if value}


async def _run(plugin: Exec, environment: Mapping[str, str], timeout: float) -> Finished:
    """Run it; raises TimeoutError."""
    try:
        return await run_program(
            [plugin.command, *plugin.args], environ=environment, timeout=timeout, keep=_OUTPUT_BYTES
        )
    except TimeoutError:
        raise
    except OSError as error:
        raise _not_started(plugin, error) from error


def _not_started(plugin: Exec, error: OSError) -> CredentialError:
    missing, at_path = isinstance(error, FileNotFoundError), os.sep in plugin.command
    why, step = error.strerror or str(error), f"make {plain(plugin.command)} a program that you may run"
    if missing:
        why = f"there is no {plain(plugin.command)}" if at_path else "it is not installed, or not in PATH"
        step = "check its path" if at_path else f"install {plain(plugin.command)}"
    hint = plain(plugin.install_hint)[:_COMPLAINT_LENGTH]
    return CredentialError(f"{_name(plugin)} cannot be started", why, hint or step)


def _read(plugin: Exec, output: bytes) -> Given:
    """What an ExecCredential holds; raises ValueError when that is none or nothing."""
    answer = msgspec.json.decode(output, type=_ExecCredential)
    if answer.kind != "ExecCredential" or answer.api_version != plugin.api_version:
        raise ValueError(f"it is {answer.kind} {answer.api_version}, not ExecCredential {plugin.api_version}")
    status = answer.status
    if status is None or not (status.token or status.client_certificate_data):
        raise ValueError("it holds neither a token nor a certificate")
    if bool(status.client_certificate_data) != bool(status.client_key_data):
        raise ValueError("it holds a certificate without its key, or a key alone")
    chain, key = status.client_certificate_data, Secret(status.client_key_data)
    expires = status.expiration_timestamp
    return Given(
        token=Secret(status.token),
        certificate=Certificate(chain, key) if chain else None,
        expires=expires.timestamp() if expires else None,
    )


def _name(plugin: Exec) -> str:
    return f"The credential plugin {plain(Path(plugin.command).name)}"


def _last_words(ended: Finished) -> str:
    lines = [line.strip() for line in ended.complaint.splitlines() if line.strip()]
    return plain(" / ".join(lines[-3:]))[-_COMPLAINT_LENGTH:]

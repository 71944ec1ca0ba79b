"""Testing a connection step by step, so that the first thing that fails is named with its cause and its remedy."""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import urlsplit

import msgspec

from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.errors import (
    ClusterError,
    Forbidden,
    KubeconfigError,
    KubeGenieError,
    NameNotFound,
    NotFound,
    Refused,
    TimedOut,
    TlsFailed,
)
from kubegenie_tui.domain.text import plain
from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.http.connection_errors import CERTIFICATE_DETAILS, certificate_code, error_from_exception
from kubegenie_tui.kube.http.proxy import proxy_for
from kubegenie_tui.kube.http.tls import build_ssl_context, inspect_peer
from kubegenie_tui.kube.jump import host_and_port

STEP_SECONDS = 10.0
"""A step that takes longer has failed."""
_SILENT = {
    "name": ("the name server does not answer", "check the network and the VPN"),
    "jump host": ("the jump host, or the server behind it, does not answer", "check the network and the addresses"),
    "connection": ("nothing comes back: packets are dropped on the way", "check the firewall, the VPN and the address"),
    "TLS": (
        "it takes the connection and then says nothing",
        "check the port, and the load balancer in front: it may have no server behind it",
    ),
}
"""Why a step that comes to no end does so, and what to do."""
_OVERLOADED = ("it is overloaded or hangs", "look at the API server and its etcd")
JUMP_HOST = "jump host"
ASKED_FOR = ("pods", "nodes", "secrets")
Step = tuple[str, Callable[[Client], Awaitable[str]]]


class ProbeStep(msgspec.Struct, frozen=True):
    """One step of a connection test."""

    name: str
    ok: bool
    detail: str
    """What was found; or what happened, why, and what to do."""


async def probe(client: Client) -> AsyncIterator[ProbeStep]:
    """Name and connection or the jump host, TLS, version, readiness, identity, rights; one that fails is the last."""
    try:
        steps = _steps(client)
    except KubeconfigError as error:
        yield ProbeStep("kubeconfig", False, str(error))
        return
    for name, step in steps:
        taken = await _taken(client, name, step)
        yield taken
        if not taken.ok:
            return


def _steps(client: Client) -> list[Step]:
    """The steps that make sense: behind a proxy it is the proxy that looks up names and connects."""
    if client.context.error is not None:
        raise client.context.error
    tls: list[Step] = [("TLS", _tls)] if urlsplit(client.server).scheme == "https" else []
    asking: list[Step] = [("version", _version), ("readiness", _ready), ("identity", _identity), ("rights", _rights)]
    if client.context.jump is not None:
        return [(JUMP_HOST, _jump), *tls, *asking]
    if proxy_for(client.context, os.environ):
        return asking
    return [("name", _resolve), ("connection", _connect), *tls, *asking]


async def _taken(client: Client, name: str, step: Callable[[Client], Awaitable[str]]) -> ProbeStep:
    try:
        async with asyncio.timeout(STEP_SECONDS):
            return ProbeStep(name, True, await step(client))
    except TimeoutError:
        what = f"{client.server} took longer than {STEP_SECONDS:.0f} s"
        return ProbeStep(name, False, str(TimedOut(what, *_SILENT.get(name, _OVERLOADED))))
    except KubeGenieError as error:
        return ProbeStep(name, False, str(error))


async def _jump(client: Client) -> str:
    """It is the jump host that looks up the server's name and connects."""
    if (refusal := await client.refusal()) is not None:
        raise refusal
    host, port = host_and_port(client.server)
    return f"{client.context.jump} lets us in, and reaches {host}:{port}"


async def _resolve(client: Client) -> str:
    host, port = host_and_port(client.server)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port)
    except (OSError, UnicodeError) as error:
        why = (error.strerror or "") if isinstance(error, OSError) else "it cannot be the name of a host"
        raise NameNotFound(f'The name "{host}" is not known', why, "check the address and the network") from error
    return f"{host} is {', '.join(sorted({str(address[4][0]) for address in found}))}"


async def _connect(client: Client) -> str:
    writer = await _opened(client, None)
    writer.transport.abort()
    return f"port {host_and_port(client.server)[1]} is open"


async def _tls(client: Client) -> str:
    try:
        writer = await _opened(client, await asyncio.to_thread(build_ssl_context, client.context))
    except Refused as error:
        why = "it may not speak TLS, or not be there by this name"
        step = "check the port, tls-server-name, and what stands in front of it"
        raise TlsFailed(f"{client.server} hung up while TLS began", why, step) from error
    certificate = writer.get_extra_info("peercert") or {}
    writer.transport.abort()
    if client.context.tls.insecure:
        return "the certificate is NOT checked, as the kubeconfig says: whoever is on the way can read along"
    return f"the certificate is trusted, and valid until {certificate.get('notAfter', 'an unknown time')}"


async def _opened(client: Client, ours: ssl.SSLContext | None) -> asyncio.StreamWriter:
    host, _ = host_and_port(client.server)
    name = (client.context.tls.server_name or host) if ours else None
    address = await client.address()
    try:
        _, writer = await asyncio.open_connection(*address, ssl=ours, server_hostname=name)
    except OSError as error:
        code = certificate_code(error)
        if code and code not in CERTIFICATE_DETAILS:
            raise await _untrusted(client, error) from error
        peer = await inspect_peer(client.context, address) if code else None
        raise error_from_exception(error, client.server, peer) from error
    return writer


async def _untrusted(client: Client, refusal: OSError) -> ClusterError:
    """The refusal, with what the server showed: whether that is right only a person can know."""
    from kubegenie_tui.kube.http.trust import shown_chain

    error = error_from_exception(refusal, client.server)
    try:
        shown = await shown_chain(client.context)
    except ClusterError:
        return error
    words = "; ".join(f"it shows {each.in_words}" for each in shown[:1])
    step = f"{error.next_step}. If the cluster's administrator names this fingerprint, register the cluster with it"
    return type(error)(error.what, f"{error.why}; {plain(words)}", step)


async def _version(client: Client) -> str:
    from kubegenie_tui.kube.discovery import server_version

    return (await server_version(client)).git_version


async def _ready(client: Client) -> str:
    try:
        await client.request("GET", "/readyz")
    except (Forbidden, NotFound):
        return "the server does not tell us"
    except ClusterError as error:
        raise type(error)(f"The server is not ready: {error.what}", error.why, error.next_step) from error
    return f"ready, {client.latency_ms or 0:.0f} ms"


async def _identity(client: Client) -> str:
    from kubegenie_tui.kube.reviews import whoami

    try:
        identity = await whoami(client)
    except (Forbidden, NotFound):
        return "the server does not tell us"
    return f"{identity.username} ({', '.join(identity.groups) or 'no groups'})"


async def _rights(client: Client) -> str:
    from kubegenie_tui.kube.reviews import can_i

    found = {}
    for kind in (kind for kind in BUILTIN_KINDS if kind.id in ASKED_FOR):
        found[kind.plural], _ = await can_i(client, "list", kind)
    may = ", ".join(plural for plural, allowed in found.items() if allowed)
    may_not = ", ".join(plural for plural, allowed in found.items() if not allowed)
    parts = (f"may list {may}" if may else "", f"may not list {may_not}" if may_not else "")
    return "; ".join(part for part in parts if part)

"""Testing a connection step by step, so that the first thing that fails is named with its cause and its remedy."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import urlsplit

import msgspec

from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.errors import (
    ClientCertificateRefused,
    ClusterError,
    Forbidden,
    KubeconfigError,
    KubeGenieError,
    NameNotFound,
    NotFound,
    Refused,
    TimedOut,
)
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.namespace_set import names_of
from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.handshake import after_hanging_up, opened, shake_hands
from kubegenie_tui.kube.jump import host_and_port
from kubegenie_tui.kube.proxied import ask_proxy, known_proxy, open_proxy, proxy_of

STEP_SECONDS = 10.0
"""A step that takes longer has failed."""
_SILENT = {
    "name": ("the name server does not answer", "check the network and the VPN"),
    "jump host": ("the jump host, or the server behind it, does not answer", "check the network and the addresses"),
    "proxy name": ("the name server does not answer", "check the network and the VPN"),
    "proxy": ("nothing comes back from the proxy", "check its address, the firewall and the VPN"),
    "CONNECT": (
        "the proxy does not say whether it connects us: it may wait for the server",
        "look from the proxy whether the server can be reached",
    ),
    "connection": ("nothing comes back: packets are dropped on the way", "check the firewall, the VPN and the address"),
    "TLS": (
        "it takes the connection and then says nothing",
        "check the port, and the load balancer in front: it may have no server behind it",
    ),
}
"""Why a step that comes to no end does so, and what to do."""
_OVERLOADED = ("it is overloaded or hangs", "look at the API server and its etcd")
JUMP_HOST, CONNECT = "jump host", "CONNECT"
_NO_RIGHTS = "name the namespace in which you have rights, or ask the cluster's administrator for a role"
ASKED_FOR = ("pods", "nodes", "secrets")
Step = tuple[str, Callable[[Client], Awaitable[str]]]


class ProbeStep(msgspec.Struct, frozen=True):
    """One step of a connection test."""

    name: str
    ok: bool
    detail: str
    """What was found; or what happened, why, and what to do."""


async def probe(client: Client, *, asks: bool = True) -> AsyncIterator[ProbeStep]:
    """Name and connection, of the server or a proxy, or the jump host; TLS, version, readiness, identity, rights.

    One that fails is the last. Without `asks` nothing is asked of the server: TLS is the last.
    """
    try:
        steps = _steps(client, asks=asks)
    except KubeconfigError as error:
        yield ProbeStep("kubeconfig", False, str(error))
        return
    for name, step in steps:
        taken = await _taken(client, name, step)
        yield taken
        if not taken.ok:
            return


def _steps(client: Client, *, asks: bool) -> list[Step]:
    """The steps that make sense: behind a proxy it is the proxy that looks up the server's name and connects."""
    if client.context.error is not None:
        raise client.context.error
    tls: list[Step] = [("TLS", shake_hands)] if urlsplit(client.server).scheme == "https" else []
    asking: list[Step] = [("version", _version), ("readiness", _ready), ("identity", _identity), ("rights", _rights)]
    asking = asking if asks else []
    if client.context.jump is not None:
        return [(JUMP_HOST, _jump), *tls, *asking]
    if proxy_of(client):
        reached: list[Step] = [("proxy name", known_proxy), ("proxy", open_proxy)]
        return [*reached, *([(CONNECT, ask_proxy)] if tls else []), *tls, *asking]
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
    _, writer = await opened(client, None)
    writer.transport.abort()
    return f"port {host_and_port(client.server)[1]} is open"


async def _version(client: Client) -> str:
    from kubegenie_tui.kube.discovery import server_version

    try:
        return (await server_version(client)).git_version
    except (Refused, ClientCertificateRefused) as error:
        if urlsplit(client.server).scheme != "https":
            raise
        raise await after_hanging_up(client, error) from error


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
    """What may be listed in the whole cluster, and what more of it where we begin."""
    kinds = [kind for kind in BUILTIN_KINDS if kind.id in ASKED_FOR]
    may = await _listable(client, kinds, "")
    may_not = [kind for kind in kinds if kind not in may]
    parts = [f"may list {_plurals(may)}"] if may else []
    parts += [f"may not list {_plurals(may_not)}"] if may_not else []
    inside = [kind for kind in may_not if kind.namespaced]
    there = {name: await _listable(client, inside, name) for name in names_of(client.context.namespace) if inside}
    parts += [f"in {name} may list {_plurals(kinds)}" for name, kinds in there.items() if kinds]
    told = "; ".join(parts)
    return told if may or any(there.values()) else f"{told} · {_NO_RIGHTS}"


async def _listable(client: Client, kinds: list[Kind], namespace: str) -> list[Kind]:
    from kubegenie_tui.kube.reviews import can_i

    return [kind for kind in kinds if (await can_i(client, "list", kind, namespace))[0]]


def _plurals(kinds: list[Kind]) -> str:
    return ", ".join(kind.plural for kind in kinds)

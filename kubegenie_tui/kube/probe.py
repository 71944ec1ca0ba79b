"""Testing a connection step by step, so that the first thing that fails is named with its cause and its remedy."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.errors import ClusterError, KubeGenieError, NameNotFound, Refused, TimedOut

if TYPE_CHECKING:
    from kubegenie_tui.kube.client import Client

STEP_SECONDS = 10.0
"""A step that takes longer has failed."""


class ProbeStep(msgspec.Struct, frozen=True):
    """One step of a connection test."""

    name: str
    ok: bool
    detail: str
    """What was found; or what happened, why, and what to do."""


async def probe(client: "Client") -> AsyncIterator[ProbeStep]:
    """DNS, TCP, TLS and version, readiness, identity, rights, in that order; the first failure is the last step."""
    steps: list[tuple[str, Callable[[Client], Awaitable[str]]]] = [
        ("name", _resolve),
        ("connection", _connect),
        ("version", _version),
        ("readiness", _readiness),
        ("identity", _identity),
        ("rights", _rights),
    ]
    if client.context.proxy_url:
        del steps[:2]
    for name, step in steps:
        try:
            async with asyncio.timeout(STEP_SECONDS):
                yield ProbeStep(name, True, await step(client))
        except TimeoutError:
            slow = TimedOut(f"{client.server} took longer than {STEP_SECONDS:.0f} s", next_step="check the network")
            yield ProbeStep(name, False, str(slow))
            return
        except KubeGenieError as error:
            yield ProbeStep(name, False, str(error))
            return


async def _resolve(client: "Client") -> str:
    host, port = _address(client)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port)
    except OSError as error:
        raise NameNotFound(f"{host} does not resolve", error.strerror or "", "check the server's name") from error
    return f"{host} is {', '.join(sorted({str(address[4][0]) for address in found}))}"


async def _connect(client: "Client") -> str:
    host, port = _address(client)
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError as error:
        hint = "check that the cluster runs and that no firewall is between"
        raise Refused(f"Nothing answers at {host}:{port}", error.strerror or "", hint) from error
    writer.close()
    return f"port {port} is open"


async def _version(client: "Client") -> str:
    from kubegenie_tui.kube.discovery import server_version

    return (await server_version(client)).git_version


async def _readiness(client: "Client") -> str:
    try:
        await client.get("/readyz")
    except ClusterError as error:
        raise type(error)(f"The server is not ready: {error.what}", error.why, error.next_step) from error
    return f"ready, {client.latency_ms or 0:.0f} ms"


async def _identity(client: "Client") -> str:
    from kubegenie_tui.kube.reviews import whoami

    identity = await whoami(client)
    return f"{identity.username} ({', '.join(identity.groups) or 'no groups'})"


async def _rights(client: "Client") -> str:
    from kubegenie_tui.kube.reviews import can_i

    found = []
    for kind in (kind for kind in BUILTIN_KINDS if kind.id in ("pods", "nodes", "secrets")):
        allowed, _ = await can_i(client, "list", kind)
        found.append(f"{'may' if allowed else 'may not'} list {kind.plural}")
    return ", ".join(found)


def _address(client: "Client") -> tuple[str, int]:
    parts = urlsplit(client.server)
    return parts.hostname or "", parts.port or (80 if parts.scheme == "http" else 443)

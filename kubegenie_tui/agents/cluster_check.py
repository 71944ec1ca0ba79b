"""How a cluster is, found out in a few small requests: never by listing what it runs."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

import msgspec

from kubegenie_tui.domain.cluster import Reach
from kubegenie_tui.domain.concern import Concern, concerns_of
from kubegenie_tui.domain.errors import (
    ClusterError,
    CredentialError,
    Forbidden,
    KubeconfigError,
    KubeGenieError,
    NotFound,
    TimedOut,
    Unauthorized,
    Unreachable,
)
from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.discovery import server_version

CHECK_SECONDS = 15.0
"""A cluster that has not answered after this long counts as unreachable."""
_ANSWER_SECONDS = 10.0
_TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
_METADATA = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"


class Checked(msgspec.Struct, frozen=True):
    """What a check found; None for what it could not."""

    reach: Reach
    at: float
    """Seconds since the epoch."""
    error: KubeGenieError | None = None
    version: str = ""
    latency_ms: float | None = None
    nodes: int | None = None
    nodes_ready: int | None = None
    pods: int | None = None
    concerns: tuple[Concern, ...] = ()


async def check_cluster(client: Client, *, count_pods: bool = True) -> Checked:
    """Ask for version, readiness, certificates and counts. A cluster that fails is an answer; no KubeGenieError."""
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await _ask(client, count_pods)
    except TimeoutError:
        slow = TimedOut(
            f"{client.server} did not answer", f"nothing came for {CHECK_SECONDS:.0f} s", "check the network"
        )
        return Checked(Reach.UNREACHABLE, time.time(), slow)
    except KubeGenieError as error:
        return Checked(reach_of(error), time.time(), error)


def reach_of(error: KubeGenieError) -> Reach:
    """What a failure says about the cluster."""
    if isinstance(error, KubeconfigError):
        return Reach.UNUSABLE
    if isinstance(error, Unauthorized | CredentialError):
        return Reach.DENIED
    if isinstance(error, ClusterError) and not isinstance(error, Unreachable):
        return Reach.DEGRADED
    return Reach.UNREACHABLE


async def _ask(client: Client, count_pods: bool) -> Checked:
    version = await _version(client)
    failing = await _readiness(client)
    latency = client.latency_ms
    (nodes, ready), pods = await asyncio.gather(_nodes(client), _pods(client) if count_pods else _unknown())
    concerns = concerns_of(
        server_end=await client.server_certificate_end(),
        client_end=await client.own_certificate_end(),
        nodes=nodes,
        nodes_ready=ready,
        latency_ms=latency,
        now=datetime.now(UTC),
    )
    reach = Reach.DEGRADED if failing else Reach.READY
    return Checked(reach, time.time(), failing, version, latency, nodes, ready, pods, concerns)


async def _version(client: Client) -> str:
    try:
        return (await server_version(client)).git_version
    except (Forbidden, NotFound):
        return ""


async def _readiness(client: Client) -> KubeGenieError | None:
    """Why the server says it is not ready; the connection is warm, so this request also tells the round trip."""
    try:
        await client.request("GET", "/readyz", timeout=_ANSWER_SECONDS)
    except (Forbidden, NotFound):
        return None
    except (Unreachable, Unauthorized):
        raise
    except ClusterError as error:
        return error
    return None


async def _nodes(client: Client) -> tuple[int | None, int | None]:
    """How many there are and how many are ready, from the server's own table of them."""
    try:
        body = await client.get(
            "/api/v1/nodes", {"resourceVersion": "0", "includeObject": "None"}, accept=_TABLE, timeout=_ANSWER_SECONDS
        )
        table = msgspec.json.decode(body, type=_Table)
        status = [column.name for column in table.columns].index("Status")
        ready = sum("Ready" in str(row.cells[status]).split(",") for row in table.rows)
        return len(table.rows), ready
    except (ClusterError, msgspec.MsgspecError, ValueError, IndexError):
        return None, None


async def _pods(client: Client) -> int | None:
    """How many there are: one is listed, and the server says how many more would follow."""
    try:
        body = await client.get("/api/v1/pods", {"limit": "1"}, accept=_METADATA, timeout=_ANSWER_SECONDS)
        page = msgspec.json.decode(body, type=_Page)
        return len(page.items or ()) + (page.metadata.remaining or 0)
    except (ClusterError, msgspec.MsgspecError):
        return None


async def _unknown() -> None:
    return None


class _Column(msgspec.Struct):
    name: str


class _Row(msgspec.Struct):
    cells: list[Any]


class _Table(msgspec.Struct):
    columns: list[_Column] = msgspec.field(name="columnDefinitions")
    rows: list[_Row] = []


class _ListMeta(msgspec.Struct):
    remaining: int | None = msgspec.field(default=None, name="remainingItemCount")


class _Page(msgspec.Struct):
    items: list[msgspec.Raw] | None
    """None when there are none: so the server writes it."""
    metadata: _ListMeta

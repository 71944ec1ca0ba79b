"""The bill of a live cluster."""

import asyncio
import time
from typing import TYPE_CHECKING

from kubegenie_tui.agents.object_reader import ObjectReader
from kubegenie_tui.costs.bill import bill
from kubegenie_tui.costs.world import KINDS, Usage, World
from kubegenie_tui.domain.costs import Bill
from kubegenie_tui.domain.errors import Forbidden, NotFound, StoreError
from kubegenie_tui.domain.looks import Look, by_namespace, quarter_of
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.kube.discovery import server_version
from kubegenie_tui.kube.objects import usage

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.kube.context import Context
    from kubegenie_tui.store.looks import KeptLooks


async def bill_of(agent: "ClusterAgent", looks: "KeptLooks", *, made_here: bool = False) -> Bill:
    """What a cluster costs and what could be saved, as it is now. What may not be read is named.

    Args:
        agent: its agent.
        looks: what its namespaces used in the last days; this look is added.
        made_here: whether it was created here.

    Raises:
        ClusterError, CredentialError, KubeconfigError: it cannot be looked at.
    """
    found = dict(zip(KINDS, await asyncio.gather(*(_list(agent, kind) for kind in KINDS)), strict=True))
    objects = {kind: items for kind, items in found.items() if items is not None}
    unread = [kind for kind, items in found.items() if items is None]
    usage, now = await _usage(agent), time.time()
    world = World(
        objects,
        usage,
        agent.status.version or (await server_version(agent.client)).git_version,
        looks=await _looks(looks, agent.name, now, usage),
        called=_called(agent.context),
        made_here=made_here,
    )
    return await asyncio.to_thread(bill, world, now, unread)


async def _looks(kept: "KeptLooks", cluster: str, now: float, usage: Usage) -> list[Look]:
    """Those before and this one; this one alone where none can be kept."""
    used = by_namespace(usage)
    try:
        if usage:
            await kept.add(cluster, now, used)
        return await kept.of(cluster)
    except StoreError:
        return [Look(quarter_of(now), used)] if usage else []


def _called(context: "Context") -> list[str]:
    plugin = context.auth.exec
    return [context.name, context.cluster_name, *(plugin.args if plugin else ())]


async def _list(reader: ObjectReader, kind_id: str) -> list[Manifest] | None:
    kind = reader.kinds.get(kind_id)
    if kind is None:
        return None
    try:
        return (await reader.list_objects(kind, limit=0)).items
    except (Forbidden, NotFound):
        return None


async def _usage(reader: ObjectReader) -> dict[str, tuple[int, int]]:
    if not any(kind.group == "metrics.k8s.io" for kind in reader.kinds):
        return {}
    try:
        return await usage(reader.client, "pods")
    except (Forbidden, NotFound):
        return {}

"""The bill of a live cluster."""

import asyncio
import time
from typing import TYPE_CHECKING

from kubegenie_tui.agents.object_reader import ObjectReader
from kubegenie_tui.costs.bill import bill
from kubegenie_tui.costs.world import KINDS, World
from kubegenie_tui.domain.costs import Bill
from kubegenie_tui.domain.errors import Forbidden, NotFound
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.kube.objects import usage

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.kube.context import Context


async def bill_of(agent: "ClusterAgent", *, made_here: bool = False) -> Bill:
    """What a cluster costs and what could be saved, as it is now. What may not be read is named.

    Args:
        agent: its agent.
        made_here: whether it was created here.

    Raises:
        ClusterError, CredentialError, KubeconfigError: it cannot be looked at.
    """
    found = dict(zip(KINDS, await asyncio.gather(*(_list(agent, kind) for kind in KINDS)), strict=True))
    objects = {kind: items for kind, items in found.items() if items is not None}
    unread = [kind for kind, items in found.items() if items is None]
    world = World(
        objects, await _usage(agent), agent.status.version, called=_called(agent.context), made_here=made_here
    )
    return await asyncio.to_thread(bill, world, time.time(), unread)


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

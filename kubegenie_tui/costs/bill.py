"""A cluster's costs, and all that could be saved, the largest first."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from kubegenie_tui.costs.balancers import without_endpoints
from kubegenie_tui.costs.estimate import estimate
from kubegenie_tui.costs.idle import idle_cluster, idle_namespaces
from kubegenie_tui.costs.packing import spare_nodes
from kubegenie_tui.costs.spot import spot_candidates, without_spot_prices
from kubegenie_tui.costs.support import extended_support
from kubegenie_tui.costs.volumes import unattached
from kubegenie_tui.costs.world import Usage, World
from kubegenie_tui.domain.costs import Bill
from kubegenie_tui.domain.manifest import Manifest


def bill(
    objects: Mapping[str, Sequence[Manifest]], usage: Usage, version: str, now: float, unread: Sequence[str] = ()
) -> Bill:
    """What a cluster costs and what could be saved.

    Args:
        objects: by kind id, those of `costs.world.KINDS`.
        usage: millicores and bytes of each pod; empty when nothing is measured.
        version: of the control plane.
        now: seconds since the epoch.
        unread: kinds that could not be looked at.
    """
    world = World(objects, usage, version)
    today = datetime.fromtimestamp(now, UTC).date()
    found = [
        *unattached(world),
        *without_endpoints(world),
        *idle_namespaces(world, now),
        *idle_cluster(world),
        *extended_support(world, today),
        *spot_candidates(world),
        *spare_nodes(world),
    ]
    found.sort(key=lambda each: (-(each.monthly if each.monthly is not None else -1.0), each.rule, each.title))
    return Bill(
        estimate(world, today),
        tuple(found),
        tuple(unread),
        no_usage=not usage,
        no_spot=tuple(without_spot_prices(world)),
    )

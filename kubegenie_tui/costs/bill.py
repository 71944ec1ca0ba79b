"""A cluster's costs, and all that could be saved, the largest first."""

from collections.abc import Sequence
from datetime import UTC, datetime

from kubegenie_tui.costs.balancers import without_endpoints
from kubegenie_tui.costs.estimate import estimate
from kubegenie_tui.costs.idle import idle_namespaces, not_called_idle
from kubegenie_tui.costs.packing import spare_nodes
from kubegenie_tui.costs.sizing import large_nodes
from kubegenie_tui.costs.spot import spot_candidates, without_spot_prices
from kubegenie_tui.costs.support import extended_support
from kubegenie_tui.costs.volumes import unattached
from kubegenie_tui.costs.whole import cluster_not_called_idle, idle_cluster
from kubegenie_tui.costs.world import World
from kubegenie_tui.domain.costs import Bill


def bill(world: World, now: float, unread: Sequence[str] = ()) -> Bill:
    """What a cluster costs and what could be saved.

    Args:
        world: the cluster, with the objects of `costs.world.KINDS`.
        now: seconds since the epoch.
        unread: kinds that could not be looked at.
    """
    today = datetime.fromtimestamp(now, UTC).date()
    found = [
        *unattached(world),
        *without_endpoints(world),
        *idle_namespaces(world, now),
        *idle_cluster(world, now),
        *extended_support(world, today),
        *spot_candidates(world),
        *spare_nodes(world),
        *large_nodes(world),
    ]
    found.sort(key=lambda each: (-(each.monthly if each.monthly is not None else -1.0), each.rule, each.title))
    return Bill(
        estimate(world, today),
        tuple(found),
        tuple(unread),
        no_usage=not world.usage,
        not_idle=(*not_called_idle(world, now), *cluster_not_called_idle(world, now)),
        no_spot=tuple(without_spot_prices(world)),
    )

"""A cluster that is not worth what it costs, all of it."""

from collections.abc import Iterator
from datetime import date

from kubegenie_tui.costs.estimate import estimate
from kubegenie_tui.costs.outside import removal
from kubegenie_tui.costs.volumes import VOLUMES
from kubegenie_tui.costs.world import World
from kubegenie_tui.domain.costs import Advice
from kubegenie_tui.domain.manifest import text_at
from kubegenie_tui.domain.quantity import format_cpu

IDLE_CLUSTER = 0.05
"""Of the CPU that there is."""


def idle_cluster(world: World, today: date) -> Iterator[Advice]:
    """A cluster whose pods use less than a twentieth of its CPU, all together. All that goes with it is counted."""
    there = sum(each.cpu for each in world.machines)
    used = sum(cpu for cpu, _ in world.usage.values()) / 1000
    if not world.usage or there < 1 or used >= there * IDLE_CLUSTER:
        return
    evidence = [
        f"{format_cpu(used * 1000)} of {format_cpu(there * 1000)} CPU is used now, on {len(world.machines)} nodes"
    ]
    going = [each for each in world.all(VOLUMES) if text_at(each, "spec.persistentVolumeReclaimPolicy") == "Delete"]
    costs = estimate(world, today, going)
    if costs is not None:
        parts = ", ".join(f"{each.count:g} x {each.what} ({each.monthly:,.2f})" for each in costs.prices)
        evidence.append(f"with it goes what costs, in US dollars a month: {parts}")
        if costs.unpriced:
            evidence.append(f"without a price, and not counted: {', '.join(costs.unpriced)}")
    if kept := len(world.all(VOLUMES)) - len(going):
        evidence.append(f"not saved: what is behind the volumes that are retained, {kept} of them")
    yield Advice(
        "idle-cluster",
        "The cluster does next to nothing",
        None,
        tuple(evidence),
        costs.monthly if costs is not None else None,
        _next_step(world),
        made_here="remove" if world.made_here else "",
        commands=() if world.made_here else removal(world),
    )


def _next_step(world: World) -> str:
    first = "delete Services of type LoadBalancer and claims first, or what is behind them stays and is paid for; then"
    if world.made_here:
        return f"{first} remove it: `kubegenie provision delete`"
    return f"{first} remove it where it was made" + (":" if world.provider else "")

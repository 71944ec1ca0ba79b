"""A cluster that is not worth what it costs, all of it."""

from collections.abc import Iterator
from datetime import UTC, datetime

from kubegenie_tui.costs.estimate import estimate
from kubegenie_tui.costs.idle import SYSTEM, recent_run, runs_in_words, scaled_to_nothing
from kubegenie_tui.costs.outside import removal
from kubegenie_tui.costs.volumes import VOLUMES
from kubegenie_tui.costs.world import World
from kubegenie_tui.domain.costs import Advice
from kubegenie_tui.domain.manifest import text_at
from kubegenie_tui.domain.quantity import format_cpu

IDLE_CLUSTER = 0.05
"""Of the CPU that there is."""
FIRST = "delete Services of type LoadBalancer and claims, or what is behind them stays and is paid for"
NOT_HERE = (
    "it is not removed from here: KubeGenie removes the clusters that it created, for of others it does not know what "
    "was made for them"
)


def idle_cluster(world: World, now: float) -> Iterator[Advice]:
    """A cluster whose pods never used a twentieth of its CPU, all together. All that goes with it is counted.

    Looked at over a day at least; one that ran a Job in the last week does something.
    """
    if not _is_quiet(world) or _why_not(world, now):
        return
    costs, evidence = _gone(world, now)
    steps = () if world.made_here else tuple(scaled_to_nothing(world, _namespaces(world)))
    yield Advice(
        "idle-cluster",
        "The cluster does next to nothing",
        None,
        (_used(world), runs_in_words(world, _namespaces(world)), *evidence),
        costs,
        _next_step(world, begins=bool(steps)),
        steps,
        stays="" if world.made_here else "The cluster stays, and is paid for, until it is removed where it was made",
        made_here="remove" if world.made_here else "",
        not_here="" if world.made_here else NOT_HERE,
        commands=() if world.made_here else removal(world),
    )


def cluster_not_called_idle(world: World, now: float) -> Iterator[str]:
    """Why a cluster that uses next to nothing is not called idle."""
    if _is_quiet(world) and (why := _why_not(world, now)):
        yield f"The cluster uses next to nothing of its CPU, and is not called idle: {why}"


def _is_quiet(world: World) -> bool:
    there = sum(each.cpu for each in world.machines)
    return bool(world.usage) and there >= 1 and _most(world) < there * IDLE_CLUSTER


def _most(world: World) -> float:
    """Cores that were used at most, now or before."""
    return max(sum(cpu for cpu, _ in world.usage.values()), world.looked.most_together) / 1000


def _why_not(world: World, now: float) -> str:
    return world.looked.too_few if not world.looked.is_long_enough else recent_run(world, _namespaces(world), now)


def _namespaces(world: World) -> set[str]:
    kinds = ("pods", "deployments.apps", "statefulsets.apps", "jobs.batch", "cronjobs.batch")
    return {text_at(each, "metadata.namespace") for kind in kinds for each in world.all(kind)} - set(SYSTEM)


def _used(world: World) -> str:
    there = sum(each.cpu for each in world.machines)
    used = f"{format_cpu(_most(world) * 1000)} of {format_cpu(there * 1000)} CPU was used at most"
    return f"{used}, on {len(world.machines)} nodes: measured {world.looked.words}"


def _gone(world: World, now: float) -> tuple[float | None, list[str]]:
    """US dollars a month that go with the cluster, None when nothing is known; and for what, in words."""
    evidence = []
    going = [each for each in world.all(VOLUMES) if text_at(each, "spec.persistentVolumeReclaimPolicy") == "Delete"]
    costs = estimate(world, datetime.fromtimestamp(now, UTC).date(), going)
    if costs is not None:
        parts = ", ".join(f"{each.count:g} x {each.what} ({each.monthly:,.2f})" for each in costs.prices)
        evidence.append(f"with it goes what costs, in US dollars a month: {parts}")
        if costs.unpriced:
            evidence.append(f"without a price, and not counted: {', '.join(costs.unpriced)}")
    if kept := len(world.all(VOLUMES)) - len(going):
        evidence.append(f"not saved: what is behind the volumes that are retained, {kept} of them")
    return costs.monthly if costs is not None else None, evidence


def _next_step(world: World, *, begins: bool) -> str:
    if world.made_here:
        return f"first {FIRST}; then remove it: `kubegenie provision delete`"
    begin = "scale all workloads to 0, and see whether anybody misses them; then " if begins else "first "
    return f"{begin}{FIRST}; then remove it where it was made" + (":" if world.provider else "")

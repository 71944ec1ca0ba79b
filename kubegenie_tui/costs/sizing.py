"""Nodes that are larger than what runs on them asks for: a smaller size of the same family would do."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from kubegenie_tui.costs.machines import Machine
from kubegenie_tui.costs.outside import new_pool
from kubegenie_tui.costs.packing import ROOM, Size, fit, is_of_daemon, total
from kubegenie_tui.costs.world import World, requested
from kubegenie_tui.domain.costs import Advice, monthly
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Step, Verb
from kubegenie_tui.domain.quantity import format_bytes, format_cpu, parse_quantity
from kubegenie_tui.providers.price_sheet import NodePrice

GIB = 2**30
_FAMILIES = {
    "eks": re.compile(r"([^.]+)\..+"),
    "gke": re.compile(r"(.+)-\d+"),
    "aks": re.compile(r"(Standard_[A-Z]+)\d+(.*)"),
}
"""What sizes of one family have in common, by provider."""
_POOLS = ("eks.amazonaws.com/nodegroup", "cloud.google.com/gke-nodepool", "kubernetes.azure.com/agentpool")
NOT_RECKONED = (
    "not reckoned with: affinity, volumes, pods that ask for nothing, how many pods a node of that size takes, and "
    "what an autoscaler or a peak adds"
)


def large_nodes(world: World) -> Iterator[Advice]:
    """Pools of equal nodes whose pods would find room on as many nodes of a smaller size of the same family.

    Packed as in `packing`. What the system keeps of a node is taken to be as much on a smaller one, where it is less.
    """
    for machines, nodes in _pools(world):
        pods = [pod for each in machines for pod in world.pods_on(each.name)]
        smaller = _smaller(world, machines, pods)
        if smaller is not None:
            yield _advice(world, machines, nodes, pods, smaller)


def _pools(world: World) -> Iterator[tuple[list[Machine], list[Manifest]]]:
    """Nodes that pods may be put on, by what makes them equal; those with devices such as GPUs are left out."""
    nodes = {text_at(each, "metadata.name"): each for each in world.all("nodes")}
    found: defaultdict[tuple[object, ...], list[Machine]] = defaultdict(list)
    for machine in world.machines:
        node = nodes[machine.name]
        if machine.hourly and not (node.get("spec") or {}).get("unschedulable") and not _has_devices(node):
            labels, taints = mapping_at(node, "metadata.labels"), json.dumps(mappings_at(node, "spec.taints"))
            found[machine.size, machine.region, machine.spot, *(labels.get(each) for each in _POOLS), taints].append(
                machine
            )
    for machines in found.values():
        yield machines, [nodes[each.name] for each in machines]


def _has_devices(node: Manifest) -> bool:
    """Extended resources, whose names have a domain of their own."""
    there = mapping_at(node, "status.allocatable")
    return any("/" in key and parse_quantity(str(amount)) > 0 for key, amount in there.items())


def _smaller(world: World, machines: Sequence[Machine], pods: Sequence[Manifest]) -> NodePrice | None:
    """The cheapest size on which all find room; None for none that is cheaper."""
    first, sheet = machines[0], world.sheet
    if sheet is None or first.price is None or first.provider != world.provider:
        return None
    daemons = [total([pod for pod in world.pods_on(each.name) if is_of_daemon(pod)]) for each in machines]
    most: Size = max(cpu for cpu, _ in daemons), max(memory for _, memory in daemons)
    moving = [pod for pod in pods if not is_of_daemon(pod)]
    for size in sheet.sizes(first.region):
        hourly = size.spot_hourly if first.spot else size.hourly
        if hourly is None or hourly >= (first.hourly or 0) or not _is_of_family(first, size):
            continue
        cpu = size.vcpu - (first.price.vcpu - min(each.cpu for each in machines))
        memory = size.memory_gb * GIB - (first.price.memory_gb * GIB - min(each.memory for each in machines))
        if fit(moving, [(cpu * ROOM - most[0], memory * ROOM - most[1])] * len(machines)):
            return size
    return None


def _is_of_family(machine: Machine, size: NodePrice) -> bool:
    pattern = _FAMILIES[machine.provider]
    mine, other = pattern.fullmatch(machine.size), pattern.fullmatch(size.size)
    assert machine.price is not None
    is_smaller = size.vcpu <= machine.price.vcpu and size.memory_gb <= machine.price.memory_gb
    return is_smaller and mine is not None and other is not None and mine.groups() == other.groups()


def _advice(
    world: World, machines: Sequence[Machine], nodes: Sequence[Manifest], pods: Sequence[Manifest], size: NodePrice
) -> Advice:
    first, count = machines[0], len(machines)
    asked, silent = total(pods), sum(1 for pod in pods if requested(pod) == (0, 0))
    refs = [ObjectRef("nodes", each.name) for each in machines]
    old = next((str(found) for each in _POOLS if (found := mapping_at(nodes[0], "metadata.labels").get(each))), "")
    hourly = (first.hourly or 0) - ((size.spot_hourly if first.spot else size.hourly) or 0)
    taints = [f"{each.get('key')}={each.get('value', '')}:{each.get('effect')}" for each in _taints(nodes[0])]
    unknown = "; KubeGenie does not know the new pool: remove it before the cluster" if world.made_here else ""
    return Advice(
        "large-nodes",
        f"{count} x {first.size}{f' of {old}' if old else ''} could be {size.size}",
        refs[0] if count == 1 else None,
        (
            f"the pods ask for {format_cpu(asked[0] * 1000)} CPU and {format_bytes(asked[1])}, with DaemonSets; "
            f"{silent} of {len(pods)} ask for nothing",
            f"packed to {ROOM:.0%} they find room on {count} x {size.size} "
            f"({size.vcpu:g} vCPU, {size.memory_gb:g} GiB)",
            *([f"the new pool needs the taints {', '.join(taints)}"] if taints else []),
            NOT_RECKONED,
        ),
        monthly(hourly, count),
        "make a pool of that size with the same labels first; then cordon the old nodes, drain one after the other in "
        "`:nodes`, look at what stays pending, and delete the old pool:",
        tuple(Step(Verb.PATCH, each, {"spec": {"unschedulable": True}}) for each in refs),
        stays=f"The new pool has to be there first. {count} x {first.size} stay, and are paid for, until they are "
        f"drained and their pool is deleted{unknown}",
        commands=new_pool(world, size.size, count, old),
    )


def _taints(node: Manifest) -> list[Manifest]:
    """Those that somebody set, and not those of a node's condition."""
    found = mappings_at(node, "spec.taints")
    return [each for each in found if not str(each.get("key")).startswith("node.kubernetes.io/")]

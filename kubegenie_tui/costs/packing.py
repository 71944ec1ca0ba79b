"""Nodes that would not be needed if the pods were packed closely."""

from collections.abc import Iterator, Sequence

from kubegenie_tui.costs.machines import Machine
from kubegenie_tui.costs.world import World, requested
from kubegenie_tui.domain.costs import Advice, monthly
from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Step, Verb
from kubegenie_tui.domain.quantity import format_bytes, format_cpu

ROOM = 0.9
"""How full a node may be packed: the rest is for peaks and for rollouts."""
Size = tuple[float, float]


def spare_nodes(world: World) -> Iterator[Advice]:
    """Nodes that could be emptied, the dearest first, one after the other, while all pods find room on the others.

    First-fit decreasing (D. S. Johnson, 1973) by the larger of the shares of CPU and memory. Pods of DaemonSets go with
    their node. Affinity, taints and volumes are not reckoned with: draining shows what they forbid.
    """
    left, spare = list(world.machines), []
    moving = [pod for each in left for pod in world.pods_on(each.name) if not is_of_daemon(pod)]
    daemons = {each.name: total([pod for pod in world.pods_on(each.name) if is_of_daemon(pod)]) for each in left}
    for machine in sorted(left, key=lambda each: (-(each.hourly or 0.0), each.cpu)):
        others = [each for each in left if each is not machine]
        if others and fit(moving, [_room(each, daemons[each.name]) for each in others]):
            left = others
            spare.append(machine)
    if not spare:
        return
    known = [each.hourly for each in spare if each.hourly is not None]
    cpu, memory = total(moving)
    yield Advice(
        "spare-nodes",
        f"{len(spare)} of {len(world.machines)} nodes would not be needed",
        ObjectRef("nodes", spare[0].name) if len(spare) == 1 else None,
        (
            f"the pods ask for {format_cpu(cpu * 1000)} CPU and {format_bytes(memory)} of memory, without DaemonSets"
            if cpu or memory
            else "no pods ask for CPU or memory, DaemonSets aside",
            f"packed to {ROOM:.0%} they find room on {', '.join(each.name for each in left)}",
            "affinity, taints and volumes are not reckoned with",
        ),
        monthly(sum(known)) if len(known) == len(spare) else None,
        f"let the pool be smaller, one node after the other: cordon {spare[0].name}, drain it, and look at what stays "
        "pending",
        (Step(Verb.PATCH, ObjectRef("nodes", spare[0].name), {"spec": {"unschedulable": True}}),),
    )


def fit(pods: Sequence[Manifest], rooms: Sequence[Size]) -> bool:
    """Whether all pods find room, the largest first, in the first place that takes it."""
    left = [[cpu, memory] for cpu, memory in rooms]
    cpu, memory = max(each for each, _ in rooms) or 1, max(each for _, each in rooms) or 1
    sizes = sorted((requested(pod) for pod in pods), key=lambda size: -max(size[0] / cpu, size[1] / memory))
    for size in sizes:
        place = next((each for each in left if each[0] >= size[0] and each[1] >= size[1]), None)
        if place is None:
            return False
        place[0] -= size[0]
        place[1] -= size[1]
    return True


def _room(machine: Machine, daemons: Size) -> Size:
    return machine.cpu * ROOM - daemons[0], machine.memory * ROOM - daemons[1]


def total(pods: Sequence[Manifest]) -> Size:
    """What they ask for together: cores and bytes."""
    sizes = [requested(pod) for pod in pods]
    return sum(cpu for cpu, _ in sizes), sum(memory for _, memory in sizes)


def is_of_daemon(pod: Manifest) -> bool:
    """Whether it goes with its node."""
    owners = mappings_at(pod, "metadata.ownerReferences")
    return any(text_at(each, "kind") in ("DaemonSet", "Node") for each in owners)

"""What a pod costs: its share of the node that it runs on, by what it asks for."""

from collections.abc import Iterable, Sequence

import msgspec

from kubegenie_tui.costs.machines import Machine
from kubegenie_tui.costs.world import World, requested
from kubegenie_tui.domain.manifest import Manifest, text_at

CPU_HOUR, GB_HOUR = 0.031611, 0.004237
"""US dollars for a core and for a GB, an hour. Source: OpenCost, configs/default.json."""


class Share(msgspec.Struct, frozen=True):
    """What some pods cost together."""

    hourly: float
    """US dollars."""
    by_nodes: int
    """How many of the pods by the price of their node."""
    by_defaults: int
    """How many by OpenCost's defaults, for no price of their node is known."""
    sizes: Sequence[str]
    """The sizes of the nodes whose prices were taken."""

    @property
    def words(self) -> str:
        """By which prices."""
        nodes = f"the price of the nodes they run on ({', '.join(self.sizes)}), by their share of what pods can have"
        defaults = "OpenCost's defaults for a core and a GB, for no price of their nodes is known"
        if not self.by_defaults:
            return f"priced by {nodes}"
        if not self.by_nodes:
            return f"priced by {defaults}"
        count = self.by_nodes + self.by_defaults
        return f"{self.by_nodes} of {count} pods are priced by {nodes}; the others by {defaults}"


def share_of(world: World, pods: Iterable[Manifest]) -> Share:
    """What pods cost by what they ask for.

    The price of a node is split between its CPU and memory as OpenCost splits it: in the ratio of its default prices.
    """
    machines = {each.name: each for each in world.machines}
    hourly, sizes, counts = 0.0, set(), [0, 0]
    for pod in pods:
        machine = machines.get(text_at(pod, "spec.nodeName"))
        cost = _worth(*requested(pod))
        price = machine.hourly if machine is not None else None
        counts[price is None] += 1
        if machine is not None and price is not None:
            sizes.add(f"{machine.size}{' spot' if machine.spot else ''}")
            cost = price * min(1.0, cost / (_room(machine) or 1.0))
        hourly += cost
    return Share(hourly, counts[0], counts[1], sorted(sizes))


def _room(machine: Machine) -> float:
    return _worth(machine.cpu, machine.memory)


def _worth(cpu: float, memory: float) -> float:
    return cpu * CPU_HOUR + memory / 2**30 * GB_HOUR

"""What is left of a removed cluster. What it makes itself lies in the group of its nodes, and goes with that."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kubegenie_tui.domain.creation import Leftover, Made
from kubegenie_tui.providers.azure.cloud import Cloud
from kubegenie_tui.providers.azure.steps import others_inside

if TYPE_CHECKING:
    from kubegenie_tui.providers.azure.aks_spec import AksSpec

_KINDS = {
    "microsoft.compute/disks": "volume",
    "microsoft.network/loadbalancers": "load balancer",
    "microsoft.network/publicipaddresses": "public address",
}


async def leftovers_of(cloud: Cloud, spec: "AksSpec", made: Mapping[str, Made]) -> list[Leftover]:
    """The resource group when it is not ours, or when others put something into it: that too."""
    if not spec.new_group:
        return [Leftover("resource group", spec.group)]
    if "group" not in made:
        return []
    async with cloud.client() as client:
        inside = await others_inside(cloud, client, spec.group, str(made["group"]["work"]))
    kept = [
        Leftover(_KINDS.get(kind.lower(), kind), name) for kind, _, name in (each.partition(" ") for each in inside)
    ]
    return [Leftover("resource group", spec.group), *kept] if kept else []

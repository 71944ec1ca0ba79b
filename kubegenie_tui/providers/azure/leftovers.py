"""What is left of a removed cluster. What it makes itself lies in the group of its nodes, and goes with that."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kubegenie_tui.domain.creation import Leftover, Made
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.providers.azure.cloud import Cloud, or_none
from kubegenie_tui.providers.azure.steps import RESOURCES_API, others_inside

if TYPE_CHECKING:
    from kubegenie_tui.providers.azure.aks_spec import AksSpec

_KINDS = {
    "microsoft.compute/disks": "volume",
    "microsoft.network/loadbalancers": "load balancer",
    "microsoft.network/publicipaddresses": "public address",
}


_CLAIM = "kubernetes.io-created-for-pvc-"
_SERVICE = "k8s-azure-service"
"""Tags by which the cloud provider of AKS says what it made something for."""


async def leftovers_of(cloud: Cloud, spec: "AksSpec", made: Mapping[str, Made]) -> list[Leftover]:
    """What goes with the group of its nodes; the resource group when it stays, and what others put into it."""
    going = await _going(cloud, str(made.get("cluster", {}).get("nodes_group", "")))
    if not spec.new_group:
        return [*going, Leftover("resource group", spec.group)]
    if "group" not in made:
        return going
    async with cloud.client() as client:
        inside = await others_inside(cloud, client, spec.group, str(made["group"]["work"]))
    kept = [
        Leftover(_KINDS.get(kind.lower(), kind), name) for kind, _, name in (each.partition(" ") for each in inside)
    ]
    return [*going, Leftover("resource group", spec.group), *kept] if kept else going


async def _going(cloud: Cloud, group: str) -> list[Leftover]:
    """Disks of volumes and addresses of Services in the group of the nodes, which goes with the cluster."""
    if not group:
        return []
    try:
        async with cloud.client() as client:
            path = f"{cloud.path}/resourceGroups/{group}/resources"
            found = await or_none(cloud.all(client, path, RESOURCES_API)) or []
    except KubeGenieError as error:
        return [Leftover("volumes", f"could not be looked up: {error}", goes=True)]
    named = [(each, _for(each.get("tags") or {})) for each in found]
    return [
        Leftover(_KINDS[kind], f"{each.get('name', '')}, {what}", goes=True)
        for each, what in named
        if what and (kind := str(each.get("type", "")).lower()) in _KINDS
    ]


def _for(tags: Mapping[str, str]) -> str:
    """Which claim or Service it was made for; empty for what the nodes need themselves."""
    if name := tags.get(f"{_CLAIM}name"):
        return f"of the claim {tags.get(f'{_CLAIM}namespace', '')}/{name}"
    return f"of the Service {tags[_SERVICE]}" if tags.get(_SERVICE) else ""

"""What a cluster itself made in Google Cloud and that outlives it: load balancers and volumes.

Source: Google labels what a cluster makes with `goog-k8s-cluster-name`, and the machines' own disks with their pool's
too; the controller of Services writes which Service a forwarding rule is for into its description, and no cluster.
"""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.creation import Leftover
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.providers.gcp.outlines import PROVIDER
from kubegenie_tui.providers.gcp.places import region_of
from kubegenie_tui.providers.price_sheet import load_sheet

if TYPE_CHECKING:
    from kubegenie_tui.providers.gcp.gke_spec import GkeSpec
    from kubegenie_tui.providers.gcp.rest import Rest

_CLUSTER = "goog-k8s-cluster-name"
_PLACE = "goog-k8s-cluster-location"
_POOL = "goog-k8s-node-pool-name"
_SERVICE = "kubernetes.io/service-name"


async def leftovers_of(spec: "GkeSpec", rest: "Rest") -> list[Leftover]:
    """Load balancers and volumes of a cluster. What cannot be looked up is one of them, by that name."""
    found: list[Leftover] = []
    try:
        found += _balancers(spec, await rest.listed("aggregated/forwardingRules"))
    except KubeGenieError as error:
        found.append(Leftover("load balancers", f"could not be looked up: {error}"))
    try:
        found += _volumes(spec, await rest.listed("aggregated/disks", filter=f"labels.{_CLUSTER}={spec.name}"))
    except KubeGenieError as error:
        found.append(Leftover("volumes", f"could not be looked up: {error}"))
    return found


def _balancers(spec: "GkeSpec", rules: list[dict[str, Any]]) -> Iterator[Leftover]:
    for each in rules:
        service = _service(each.get("description", ""))
        words = f"{each['name']}, of the Service {service}" if service else each["name"]
        if _is_of(spec, each.get("labels", {})):
            yield Leftover("load balancer", words)
        elif service and _CLUSTER not in each.get("labels", {}) and _last(each.get("region", "")) == spec.within:
            yield Leftover("load balancer", f"{words}, perhaps of another cluster in {spec.within}")


def _volumes(spec: "GkeSpec", disks: list[dict[str, Any]]) -> Iterator[Leftover]:
    for each in disks:
        labels = each.get("labels", {})
        if _is_of(spec, labels) and _POOL not in labels:
            size = int(each.get("sizeGb", 0))
            place = region_of(_last(each.get("zone", "") or each.get("region", "")))
            hourly = load_sheet(PROVIDER).volume_hourly(place, _last(each.get("type", "")), size)
            yield Leftover("volume", f"{each['name']}, {size} GB", hourly)


def _is_of(spec: "GkeSpec", labels: Mapping[str, str]) -> bool:
    return labels.get(_CLUSTER) == spec.name and labels.get(_PLACE, spec.region) == spec.region


def _service(description: str) -> str:
    try:
        return str(json.loads(description)[_SERVICE])
    except (ValueError, KeyError, TypeError):
        return ""


def _last(url: str) -> str:
    return url.rpartition("/")[2]

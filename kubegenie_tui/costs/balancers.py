"""Load balancers: what they cost, and those that lead nowhere.

Those of AKS are one for all public Services, and another for all internal ones; each public Service has an address of
its own. Source: Microsoft Learn, "Use a public standard load balancer in AKS".
"""

from collections.abc import Iterator

from kubegenie_tui.costs.world import World, key_of
from kubegenie_tui.domain.costs import Advice, monthly
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Step, Verb
from kubegenie_tui.providers.price_sheet import Line, Sheet

BALANCER, ADDRESS = "load_balancer", "address"
_INTERNAL = "service.beta.kubernetes.io/azure-load-balancer-internal"


def balancer_lines(world: World, sheet: Sheet) -> Iterator[Line]:
    """What those of a cluster cost."""
    found = [each for each in world.all("services") if text_at(each, "spec.type") == "LoadBalancer"]
    price = sheet.network_hourly(world.region, BALANCER)
    if world.provider != "aks":
        if found:
            yield Line("load balancers", len(found), price)
        return
    public = [each for each in found if not _is_internal(each)]
    if found:
        yield Line("load balancers, that Services share", (len(public) > 0) + (len(public) < len(found)), price)
    if public:
        yield Line("public addresses of Services", len(public), sheet.network_hourly(world.region, ADDRESS))


def without_endpoints(world: World) -> Iterator[Advice]:
    """Services of type LoadBalancer that have one, and no address behind it, ready or not."""
    behind = {
        f"{text_at(each, 'metadata.namespace')}/{mapping_at(each, 'metadata.labels').get('kubernetes.io/service-name')}"
        for each in world.all("endpointslices.discovery.k8s.io")
        if mappings_at(each, "endpoints")
    }
    for service in world.all("services"):
        given = mappings_at(service, "status.loadBalancer.ingress")
        if text_at(service, "spec.type") != "LoadBalancer" or not given or key_of(service) in behind:
            continue
        ref = ObjectRef("services", text_at(service, "metadata.name"), text_at(service, "metadata.namespace"))
        hourly, paid = _saved(world, service, text_at(given[0], "hostname") or text_at(given[0], "ip"))
        yield Advice(
            "idle-load-balancer",
            f"The load balancer of {ref.namespace}/{ref.name} leads to no pod",
            ref,
            (paid, "no EndpointSlice of the Service has an endpoint"),
            monthly(hourly),
            "delete the Service, or let it select pods: `kubegenie diagnose` says why it has none",
            (Step(Verb.DELETE, ref),),
        )


def _saved(world: World, service: Manifest, address: str) -> tuple[float | None, str]:
    """US dollars an hour that go with a Service, None when no sheet knows; and what is paid for, in words."""
    sheet = world.sheet
    if world.provider != "aks":
        return sheet.network_hourly(world.region, BALANCER) if sheet else None, f"{address} is paid for"
    if _is_internal(service):
        return None, f"{address} is of a load balancer that internal Services share: what this one adds is not known"
    words = f"{address} is paid for; the load balancer that it is of is shared with other Services, and not counted"
    return sheet.network_hourly(world.region, ADDRESS) if sheet else None, words


def _is_internal(service: Manifest) -> bool:
    return mapping_at(service, "metadata.annotations").get(_INTERNAL) == "true"

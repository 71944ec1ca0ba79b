"""Load balancers that lead nowhere."""

from collections.abc import Iterator

from kubegenie_tui.costs.world import World, key_of
from kubegenie_tui.domain.costs import Advice, monthly
from kubegenie_tui.domain.manifest import mapping_at, mappings_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Step, Verb


def without_endpoints(world: World) -> Iterator[Advice]:
    """Services of type LoadBalancer that have one, and no address behind it, ready or not."""
    behind = {
        f"{text_at(each, 'metadata.namespace')}/{mapping_at(each, 'metadata.labels').get('kubernetes.io/service-name')}"
        for each in world.all("endpointslices.discovery.k8s.io")
        if mappings_at(each, "endpoints")
    }
    sheet = world.sheet
    hourly = sheet.network_hourly(world.region, "load_balancer") if sheet else None
    for service in world.all("services"):
        given = mappings_at(service, "status.loadBalancer.ingress")
        if text_at(service, "spec.type") != "LoadBalancer" or not given or key_of(service) in behind:
            continue
        ref = ObjectRef("services", text_at(service, "metadata.name"), text_at(service, "metadata.namespace"))
        address = text_at(given[0], "hostname") or text_at(given[0], "ip")
        yield Advice(
            "idle-load-balancer",
            f"The load balancer of {ref.namespace}/{ref.name} leads to no pod",
            ref,
            (f"{address} is paid for", "no EndpointSlice of the Service has an endpoint"),
            monthly(hourly),
            "delete the Service, or let it select pods: `kubegenie diagnose` says why it has none",
            (Step(Verb.DELETE, ref),),
        )

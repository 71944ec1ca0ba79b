"""Variables that Kubernetes sets for each service, and that a program takes for its own settings.

Source: Kubernetes' documentation, "Service", Environment variables: a service `redis` gives each container of its
namespace `REDIS_PORT=tcp://10.0.0.11:6379`, unless `enableServiceLinks` is false.
"""

import re

from kubegenie_tui.diagnostics.build import container_finding, fact
from kubegenie_tui.diagnostics.pods import Container, Workload
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at

_VALUE = re.compile(r"(?:tcp|udp)://(?P<address>\d+\.\d+\.\d+\.\d+):\d+")


def explain(
    snapshot: Snapshot, workload: Workload, container: Container, line: str, evidence: list[Evidence]
) -> Finding | None:
    """The service whose variable a program cannot read."""
    value = _VALUE.search(line)
    if value is None or mapping_at(container.pod, "spec").get("enableServiceLinks") is False:
        return None
    service = _whose(snapshot, container, line, value["address"])
    if service is None:
        return None
    ref, field = ref_of("services", service), f"{workload.spec_path}.enableServiceLinks"
    return container_finding(
        snapshot, workload, container,
        rule="service-link",
        title=f"container {container.name} crashes: it takes {_name(service)} of service {ref.name} for its own",
        cause=f"Kubernetes sets {_name(service)}={value[0]} for service {ref.name}, and the program expects another",
        field=field,
        evidence=[*evidence, fact("services", service, "spec.clusterIP")],
        confidence=0.9,
        next_steps=["set enableServiceLinks to false", f"or set {_name(service)} in the container's env"],
    )  # fmt: skip


def _whose(snapshot: Snapshot, container: Container, line: str, address: str) -> Manifest | None:
    own = {text_at(each, "name") for each in mappings_at(container.spec, "env")}
    for service in snapshot.within("services", ref_of("pods", container.pod).namespace):
        name = _name(service)
        is_named = re.search(rf"\b{re.escape(name)}\b", line) is not None
        if name not in own and (is_named or text_at(service, "spec.clusterIP") == address):
            return service
    return None


def _name(service: Manifest) -> str:
    return f"{ref_of('services', service).name.upper().replace('-', '_')}_PORT"

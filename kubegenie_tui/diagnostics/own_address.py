"""Programs that call their own pod for what is served by another one: `localhost` is the pod itself.

Source: Kubernetes' documentation, "Pods", Pod networking.
"""

from kubegenie_tui.diagnostics.build import container_finding, fact
from kubegenie_tui.diagnostics.clues import Clue
from kubegenie_tui.diagnostics.pods import Container, Workload, container_field, containers_of
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.diagnostics.tellers import told_to_it
from kubegenie_tui.domain.finding import Evidence, Finding
from kubegenie_tui.domain.manifest import mappings_at, number_at, text_at

NAMES = ("localhost", "127.0.0.1")


def explain(
    snapshot: Snapshot, workload: Workload, container: Container, clue: Clue, evidence: list[Evidence]
) -> Finding | None:
    """Whom it should call instead; None where another container of the pod may listen there."""
    if clue.name not in NAMES or clue.about != "refused" or not clue.port or _may_be_served(container, clue.port):
        return None
    servers = [
        text_at(each, "metadata.name")
        for each in snapshot.within("services", ref_of("pods", container.pod).namespace)
        if clue.port in [number_at(port, "port") for port in mappings_at(each, "spec.ports")]
    ]
    if not servers:
        return None
    words = [*(f"{name}:{clue.port}" for name in NAMES), *NAMES]
    told = next(filter(None, (told_to_it(snapshot, workload, container, word) for word in words)), None)
    field, root = told[:2] if told else (container_field(workload, container, "env"), workload.ref)
    others = [fact("services", each, "spec.ports", str(clue.port))
              for each in snapshot.within("services", ref_of("pods", container.pod).namespace)
              if text_at(each, "metadata.name") == servers[0]]  # fmt: skip
    return container_finding(
        snapshot, workload, container,
        rule="calls-itself",
        title=f"container {container.name} crashes: it calls port {clue.port} of its own pod, where nothing listens",
        cause=f"{clue.name} is the pod itself; port {clue.port} is served by service {' or '.join(servers)}",
        root=root,
        field=field,
        evidence=[*evidence, *([told[2]] if told else []), *others],
        confidence=0.88,
        next_steps=[f"let it call {servers[0]}:{clue.port}"],
    )  # fmt: skip


def _may_be_served(container: Container, port: int) -> bool:
    """By itself, or by a container beside it that says so or does not say what it listens on."""
    for each in containers_of(container.pod):
        ports = [number_at(declared, "containerPort") for declared in mappings_at(each.spec, "ports")]
        is_beside = each.name != container.name and (each.sidecar or not each.init)
        if port in ports or (is_beside and not ports):
            return True
    return False

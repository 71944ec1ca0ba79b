"""Services whose selector also fits pods of another kind, which serve none of their ports."""

from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.pods import Workload, declared_ports, is_ready, labels_of, workload_of
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding, Remedy, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, number_at, text_at


def explain(snapshot: Snapshot, service: Manifest, pods: list[Manifest]) -> Finding | None:
    """Ready pods of a workload that declares other ports, beside those of one that declares a port of the service."""
    ports = mappings_at(service, "spec.ports")
    if len(pods) < 2 or not ports or text_at(service, "spec.clusterIP") == "None":
        return None
    targets = {port.get("targetPort", port.get("port")) for port in ports}
    behind = {workload.ref: workload for workload in _workloads(snapshot, pods)}
    serving = [each for each in behind.values() if _declared(each) & targets]
    others = [each for each in behind.values() if _declared(each) and not _declared(each) & targets]
    return _finding(service, serving[0], others[0]) if serving and others else None


def _workloads(snapshot: Snapshot, pods: list[Manifest]) -> list[Workload]:
    """Those with ready pods, once for each set of pods."""
    by_owner: dict[str, Manifest] = {}
    for pod in filter(is_ready, pods):
        owners = mappings_at(pod, "metadata.ownerReferences")
        by_owner.setdefault(text_at(owners[0] if owners else pod, "uid" if owners else "metadata.uid"), pod)
    return [workload_of(snapshot, pod) for pod in by_owner.values()] if len(by_owner) > 1 else []


def _declared(workload: Workload) -> set[object]:
    ports = declared_ports(workload)
    return {number_at(port, "containerPort") for port in ports} | {text_at(port, "name") for port in ports} - {""}


def _finding(service: Manifest, serving: Workload, other: Workload) -> Finding:
    ref, field = ref_of("services", service), "spec.selector"
    own, foreign = _labels(serving), _labels(other)
    apart = {key: value for key, value in own.items() if key in foreign and foreign[key] != value}
    key = min(apart, default="")
    step = f"select {key}={apart[key]} as well" if key else f"give the pods of {serving.word} a label of their own"
    remedy = Remedy("patch", ref, patch={"spec": {"selector": {key: apart[key]}}}) if key else None
    has = ", ".join(sorted(text_at(port, "containerPort") for port in declared_ports(other)))
    evidence = (fact("services", service, field), fact(other.kind, other.manifest, "containerPorts", has))
    return Finding(
        "service-selects-others", Severity.WARNING, f"service {ref.name} also sends to pods of {other.word}",
        f"its selector fits the pods of {other.word} as well, which declare {has} and none of its ports", ref, field,
        evidence, (ref, serving.ref), 0.85, (step,), remedy,
    )  # fmt: skip


def _labels(workload: Workload) -> dict[str, str]:
    at = workload.spec_path.removesuffix("spec").removesuffix(".")
    return labels_of(mapping_at(workload.manifest, at) if at else workload.manifest)

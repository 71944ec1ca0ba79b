"""Network policies that keep workloads from what they are told to call: from a service, or from the cluster's DNS."""

from collections.abc import Iterator

from kubegenie_tui.diagnostics import peers
from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.calls import calls, pod_of, service_of, workloads
from kubegenie_tui.diagnostics.corrections import of_label
from kubegenie_tui.diagnostics.pods import Workload
from kubegenie_tui.diagnostics.policies import DNS, POLICIES, called, in_the_way, told
from kubegenie_tui.diagnostics.selectors import near_label, selects_nothing
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at
from kubegenie_tui.domain.object_ref import ObjectRef


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Each call that no rule of the policies lets through, and policies that guard no pod."""
    if not snapshot.all(POLICIES) and not any(snapshot.all_nearby(POLICIES)):
        return
    for policy in snapshot.all(POLICIES):
        if (found := _guards_nothing(snapshot, policy)) is not None:
            yield found
    for call in calls(snapshot):
        if (shut := in_the_way(snapshot, call.client, None, DNS)) is not None:
            yield _finding(snapshot, call.workload, call.says, shut, "the cluster's DNS", DNS, None)
            continue
        meant = service_of(snapshot, call.namespace, call.host)
        service = called(snapshot, meant.namespace, meant.name) if meant else None
        if service is None:
            continue
        shut = in_the_way(snapshot, call.client, service, call.port)
        if shut is not None:
            ref = ref_of("services", service)
            yield _finding(snapshot, call.workload, call.says, shut, f"service {ref.name}", call.port, ref)
    yield from _without_names(snapshot)


def _without_names(snapshot: Snapshot) -> Iterator[Finding]:
    """Pods that may talk to other pods, and cannot look up where these are."""
    for workload in workloads(snapshot):
        shut = in_the_way(snapshot, pod_of(workload), None, DNS)
        if shut is None:
            continue
        peers = [peer for rule in mappings_at(shut[0], "spec.egress") for peer in mappings_at(rule, "to")]
        if any("podSelector" in peer or "namespaceSelector" in peer for peer in peers):
            says = fact(POLICIES, shut[0], "spec.policyTypes", "Egress")
            yield _finding(snapshot, workload, says, shut, "the cluster's DNS", DNS, None)


def _guards_nothing(snapshot: Snapshot, policy: Manifest) -> Finding | None:
    """A warning when a slip in a label is to be seen; an empty selector is meant to guard whatever there is."""
    ref, selector = ref_of(POLICIES, policy), mapping_at(policy, "spec.podSelector")
    if not selector or not selects_nothing(snapshot, ref.namespace, selector):
        return None
    near = near_label(snapshot, ref.namespace, selector)
    has = f"; the pods of {near.word} have {near.key}={near.value}" if near else ""
    return Finding(
        "policy-selects-nothing", Severity.WARNING if near else Severity.NOTICE,
        f"network policy {ref.name} guards no pod", f"no pod has the labels it selects{has}", ref, "spec.podSelector",
        (fact(POLICIES, policy, "spec.podSelector"), *((near.proof,) if near else ())), (ref,), 0.9 if near else 0.7,
        ("let the selector name labels that the pods have",),
        of_label(ref, "spec.podSelector", near.key, near.value) if near and near.is_alone else None,
    )  # fmt: skip


def _finding(
    snapshot: Snapshot, workload: Workload, says: Evidence, shut: tuple[Manifest, str], goal: str, port: int,
    service: ObjectRef | None,
) -> Finding:  # fmt: skip
    policy, field = shut
    root, direction = ref_of(POLICIES, policy), "egress" if field.startswith("spec.egress") else "ingress"
    evidence: tuple[Evidence, ...] = (fact(POLICIES, policy, field.partition("[")[0], told(policy, field)), says)
    at = f" at port {port}" if port else ""
    return Finding(
        "policy-blocks", Severity.WARNING, f"{workload.word}: a network policy keeps it from {goal}",
        f"no {direction} rule lets it through to {goal}{at}", root, field, evidence,
        tuple(filter(None, (workload.ref, service, root))), 0.75, (f"let {root.name} allow it",),
        peers.remedy(snapshot, policy, field),
    )  # fmt: skip

"""All rules over one snapshot: each fault once, at its root, the worst first."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.diagnostics import (
    api_services,
    asleep_services,
    bare_services,
    bindings,
    budgets,
    changed_configs,
    conditions,
    configuration,
    conversions,
    crashes,
    creation,
    daemons,
    device_claims,
    gateways,
    held_objects,
    hosts,
    images,
    ingresses,
    jobs,
    logged_errors,
    makers,
    memory,
    monitors,
    nodes,
    overlapping_routes,
    policies,
    policy_reports,
    probes,
    reach,
    readiness_gates,
    remedies,
    rollouts,
    scaling,
    schedulers,
    schedules,
    scheduling,
    scrape_jobs,
    service_events,
    services,
    set_services,
    shared_claims,
    stop_hooks,
    stuck,
    tls_secrets,
    volumes,
    waits,
    webhooks,
)
from kubegenie_tui.diagnostics.consequences import STUCK, with_services, without_consequences
from kubegenie_tui.diagnostics.followers import without_followers, without_what_was_not_made
from kubegenie_tui.diagnostics.ordering import is_elsewhere, ordered, places
from kubegenie_tui.diagnostics.pods import Container, Workload, containers_of, is_over, live_pods, workload_of
from kubegenie_tui.diagnostics.snapshot import KIND_IDS, Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at

if TYPE_CHECKING:
    from kubegenie_tui.domain.object_ref import ObjectRef

_OF_CONTAINERS: tuple[Callable[[Snapshot, Workload, Container], Finding | None], ...] = (
    images.explain,
    configuration.explain,
    memory.explain,
    probes.explain,
    crashes.explain,
    waits.explain,
)
"""The first that knows the reason explains the container."""
_OF_OBJECTS: tuple[Callable[[Snapshot], Iterator[Finding]], ...] = (
    scheduling.find,
    schedulers.find,
    device_claims.find,
    creation.find,
    daemons.find,
    volumes.find,
    services.find,
    service_events.find,
    set_services.find,
    policies.find,
    reach.find,
    hosts.find,
    bare_services.find,
    tls_secrets.find,
    held_objects.find,
    ingresses.find,
    overlapping_routes.find,
    gateways.find,
    webhooks.find,
    api_services.find,
    conversions.find,
    monitors.find,
    scrape_jobs.find,
    bindings.find,
    jobs.find,
    nodes.find,
    scaling.find,
    schedules.find,
    budgets.find,
    conditions.find,
    stuck.find,
    readiness_gates.find,
    policy_reports.find,
    rollouts.find,
    stop_hooks.find,
    changed_configs.find,
    asleep_services.find,
    shared_claims.find,
    logged_errors.find,
)
_LAST_RESORTS = frozenset(
    {
        "rollout-late",
        "pod-setup-fails",
        "policy-closes",
        "missing-role",
        "missing-subject",
        "missing-pull-secret",
        "service-events",
    }
)
"""Rules that say nothing new once another has explained the same workload."""
_OF_A_CHANGE = 0.85
"""How sure it is at least that a template is to blame whose pods fail while those of the one before serve."""
_BLIND = "autoscaler-blind"
"""What crashes has no figures: that is said where it crashes."""


class Diagnosis(msgspec.Struct, frozen=True):
    """What was found."""

    findings: tuple[Finding, ...]
    checked: int
    """Objects that were looked at."""


def diagnose(snapshot: Snapshot, rules: Collection[str] = ()) -> Diagnosis:
    """Every fault of a snapshot; where rules are named, what they find as if there were no others."""
    every = [*_of_containers(snapshot), *(f for rule in _OF_OBJECTS for f in rule(snapshot))]
    found = _merged(each for each in every if not rules or each.rule in rules)
    found = _without_the_leaving(snapshot, without_what_was_not_made(snapshot, found))
    found = without_consequences(with_services(snapshot, found))
    found = without_followers(snapshot, _without_last_resorts(found))
    found = [makers.at_maker(snapshot, each) for each in found]
    found = [_as_seen_from(snapshot.only_namespaces, each) for each in found if not _is_of_another(snapshot, each)]
    return Diagnosis(tuple(ordered(found, snapshot.only_namespaces)), len(snapshot))


def _of_containers(snapshot: Snapshot) -> Iterator[Finding]:
    for pod in live_pods(snapshot):
        workload = workload_of(snapshot, pod)
        if text_at(pod, "status.phase") == "Failed" and _has_controller(snapshot, pod):
            continue  # its controller has replaced it, or the job's rule tells of it
        if is_over(pod):
            continue
        for container in containers_of(pod):
            finding = next(filter(None, (explain(snapshot, workload, container) for explain in _OF_CONTAINERS)), None)
            if finding is not None:
                back = remedies.rollback(snapshot, workload, pod)
                sure = max(finding.confidence, _OF_A_CHANGE) if back else finding.confidence
                yield msgspec.structs.replace(finding, remedy=back or finding.remedy, confidence=sure)


def _has_controller(snapshot: Snapshot, pod: Manifest) -> bool:
    """Whether another object answers for the pod: one that is here, or was until lately."""
    owners = (text_at(each, "kind") for each in mappings_at(pod, "metadata.ownerReferences") if each.get("controller"))
    return snapshot.owner_of(pod) is not None or any(KIND_IDS.get(kind, "") in snapshot.kinds() for kind in owners)


def _merged(found: Iterable[Finding]) -> list[Finding]:
    """Findings with the same rule and root are one; everything they affect is gathered."""
    by_root: dict[tuple[str, ObjectRef, str], Finding] = {}
    for finding in found:
        key = (finding.rule, finding.root, finding.field)
        first = by_root.get(key)
        by_root[key] = finding if first is None else _joined(first, finding)
    return list(by_root.values())


def _joined(first: Finding, other: Finding) -> Finding:
    best = other if other.confidence > first.confidence else first
    affected = tuple(dict.fromkeys((*first.affected, *other.affected)))
    return msgspec.structs.replace(
        best,
        affected=affected,
        severity=max(first.severity, other.severity),
        remedy=first.remedy or other.remedy,
    )


def _without_the_leaving(snapshot: Snapshot, found: list[Finding]) -> list[Finding]:
    """What falls to pieces in a namespace that is being deleted is no fault."""
    leaving = {
        ref_of("", each).name for each in snapshot.all("namespaces") if text_at(each, "metadata.deletionTimestamp")
    }
    return [f for f in found if f.root.namespace not in leaving or f.rule == STUCK]


def _is_of_another(snapshot: Snapshot, finding: Finding) -> bool:
    """Whether it is about a namespace as such that is not asked about, or about nothing but what is called there."""
    asked, root = snapshot.only_namespaces, finding.root
    is_of_called = snapshot.called.issuperset(places(finding))
    return is_of_called or (bool(asked) and root.kind == "namespaces" and root.name not in asked)


def _as_seen_from(namespaces: frozenset[str], finding: Finding) -> Finding:
    """A notice at most, where the namespaces that are asked about do not suffer from it."""
    if not is_elsewhere(finding, namespaces):
        return finding
    return msgspec.structs.replace(finding, severity=min(finding.severity, Severity.NOTICE))


def _without_last_resorts(found: list[Finding]) -> list[Finding]:
    explained = {ref for f in found if f.rule not in _LAST_RESORTS for ref in (*f.affected, f.root)}
    not_set_up = {ref for f in found if f.rule == "pod-setup-fails" for ref in f.affected}
    told_better = dict.fromkeys(_LAST_RESORTS, explained) | {"rollout-late": explained | not_set_up}
    told_better[_BLIND] = {ref for f in found if f.rule != _BLIND and f.severity >= Severity.WARNING
                           for ref in f.affected if ref.kind in scaling.SCALED}  # fmt: skip
    told_better[_BLIND] -= {f.root for f in found if f.rule == _BLIND}
    told_better[logged_errors.RULE] = {ref for f in found if f.severity >= Severity.WARNING for ref in f.affected}
    return [f for f in found if f.rule not in told_better or told_better[f.rule].isdisjoint(f.affected)]

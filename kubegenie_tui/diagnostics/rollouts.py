"""Deployments that do not get on, where no other rule knows why, and StatefulSets whose update is held back."""

from collections.abc import Iterator

from kubegenie_tui.diagnostics import remedies
from kubegenie_tui.diagnostics.build import fact, severity_of
from kubegenie_tui.diagnostics.pods import Workload, labels_of
from kubegenie_tui.diagnostics.selectors import matches, selected_pods
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, number_at, text_at
from kubegenie_tui.domain.relations.pod_spec import TEMPLATE_PATHS

_KIND, _SETS = "deployments.apps", "statefulsets.apps"
_PARTITION = "spec.updateStrategy.rollingUpdate.partition"
_STRATEGY = "spec.updateStrategy.type"


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Rollouts past their deadline, paused ones that lack pods, and updates that a partition keeps from every pod."""
    for deployment in snapshot.all(_KIND):
        workload = Workload(_KIND, deployment, TEMPLATE_PATHS[_KIND])
        late = _late(deployment)
        if late is not None:
            why = text_at(late, "message")
            evidence = (fact(_KIND, deployment, "status.conditions[Progressing]", why),)
            title = f"{workload.word}: its rollout does not get on"
            steps = ("look at its newest pods", "go back to the revision before")
            severity = severity_of(snapshot, workload)
            yield Finding("rollout-late", severity, title, why, workload.ref, "", evidence, (workload.ref,), 0.5, steps)
        elif mapping_at(deployment, "spec").get("paused") is True:
            yield _paused(snapshot, deployment, workload)
    yield from (_held(each) for each in snapshot.all(_SETS) if _is_held(each))


def _late(deployment: Manifest) -> Manifest | None:
    conditions = mappings_at(deployment, "status.conditions")
    return next((c for c in conditions if c.get("type") == "Progressing" and c.get("status") == "False"), None)


def _paused(snapshot: Snapshot, deployment: Manifest, workload: Workload) -> Finding:
    updated, wanted = number_at(deployment, "status.updatedReplicas") or 0, number_at(deployment, "spec.replicas") or 0
    why = f"its rollout is paused at {updated} of {wanted} updated pods"
    evidence: tuple[Evidence, ...] = (fact(_KIND, deployment, "spec.paused", "true"),)
    title = f"{workload.word} is paused"
    step = ("resume the rollout; whether it is held on purpose is yours to judge",)
    ready = number_at(deployment, "status.readyReplicas") or 0
    lacking = _waiting_service(snapshot, deployment)
    if lacking is not None:
        why += f"; service {ref_of('services', lacking).name} selects those alone, and has none"
        evidence += (fact("services", lacking, "spec.selector"),)
    is_well = (ready >= wanted or updated >= wanted) and lacking is None
    severity = Severity.NOTICE if is_well else Severity.WARNING
    return Finding(
        "rollout-paused", severity, title, why, workload.ref, "spec.paused", evidence, (workload.ref,), 1.0,
        step, remedies.resume(workload),
    )  # fmt: skip


def _waiting_service(snapshot: Snapshot, deployment: Manifest) -> Manifest | None:
    """A service that selects pods of the newest template, and no other."""
    labels, ref = labels_of(mapping_at(deployment, "spec.template")), ref_of(_KIND, deployment)
    return next(
        (
            service
            for service in snapshot.within("services", ref.namespace)
            if matches(mapping_at(service, "spec.selector"), labels) and not selected_pods(snapshot, service)
        ),
        None,
    )


def _is_held(item: Manifest) -> bool:
    """Whether there is an update that no pod may get; one that some pods have got is a canary."""
    first, replicas = number_at(item, "spec.ordinals.start") or 0, number_at(item, "spec.replicas") or 0
    told = mapping_at(item, "status")
    is_seen = told.get("observedGeneration") == mapping_at(item, "metadata").get("generation")
    has_update = text_at(told, "updateRevision") != text_at(told, "currentRevision")
    is_kept = (number_at(item, _PARTITION) or 0) >= first + replicas > first or (replicas and _is_by_hand(item))
    return bool(is_kept) and is_seen and has_update and not number_at(item, "status.updatedReplicas")


def _is_by_hand(item: Manifest) -> bool:
    """Whether pods get an update only when somebody deletes them; an operator does that for the sets it has made."""
    return text_at(item, _STRATEGY) == "OnDelete" and not mappings_at(item, "metadata.ownerReferences")


def _held(item: Manifest) -> Finding:
    """A notice, for an update may be staged so on purpose, until its team lowers the partition."""
    ref, partition, field = ref_of(_SETS, item), number_at(item, _PARTITION), _PARTITION
    why = f"only pods numbered {partition} and higher get it, and there are none"
    step = "lower the partition, to 0 for all pods, when the update is meant for them"
    if _is_by_hand(item):
        why, field = "its strategy is OnDelete: a pod gets it when it is deleted, and none has been", _STRATEGY
        step = "delete its pods one by one when the update is meant for them, or use RollingUpdate"
    evidence = (fact(_SETS, item, field), fact(_SETS, item, "status.updateRevision"))
    title = f"statefulset {ref.name}: its update is kept from all of its pods"
    return Finding("update-held", Severity.NOTICE, title, why, ref, field, evidence, (ref,), 0.9, (step,))

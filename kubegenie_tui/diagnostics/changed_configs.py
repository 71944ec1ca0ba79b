"""ConfigMaps that were changed after pods had made their variables of them: these keep the old values.

Source: Kubernetes' documentation, "ConfigMaps": those consumed as environment variables are not updated
automatically and require a pod restart. When the data was written: metadata.managedFields.
"""

from collections.abc import Iterator

from kubegenie_tui.diagnostics.build import fact, pods_of
from kubegenie_tui.diagnostics.calls import workloads
from kubegenie_tui.diagnostics.pods import Workload, labels_of
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.quantity import format_age, parse_time
from kubegenie_tui.domain.relations.pod_spec import references_of

_TOGETHER_SECONDS = 5
"""Within these what applies both writes them one after the other."""
_PATIENCE_SECONDS = 30
"""A rollout that follows the change takes its time."""
_FINISHING = ("jobs.batch", "cronjobs.batch")


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """A notice: nobody but its team knows whether the change is meant for the pods of now."""
    for workload in workloads(snapshot):
        names = {r.name for r in references_of(workload.pod_spec) if r.kind == "configmaps" and r.container}
        if not names or workload.kind in _FINISHING or _is_reloaded(workload):
            continue
        for name in sorted(names):
            config = snapshot.get("configmaps", workload.ref.namespace, name)
            if config is not None and (found := _outdated(snapshot, workload, config)) is not None:
                yield found


def _is_reloaded(workload: Workload) -> bool:
    """Whether a controller restarts the pods when what they read changes."""
    template = mapping_at(workload.manifest, workload.spec_path.removesuffix(".spec"))
    told = {**mapping_at(workload.manifest, "metadata.annotations"), **mapping_at(template, "metadata.annotations")}
    return any("reload" in key.lower() for key in (*told, *labels_of(workload.manifest)))


def _outdated(snapshot: Snapshot, workload: Workload, config: Manifest) -> Finding | None:
    written = _written(config)
    if written <= parse_time(text_at(config, "metadata.creationTimestamp")):
        return None
    pods = [pod for pod in pods_of(snapshot, workload.manifest) if not text_at(pod, "metadata.deletionTimestamp")]
    old = [pod for pod in pods if 0 < _started(pod) < written - _TOGETHER_SECONDS]
    if not old or snapshot.now - written < _PATIENCE_SECONDS:
        return None
    ref, since = ref_of("configmaps", config), format_age(snapshot.now - written)
    evidence = (
        fact("configmaps", config, "metadata.managedFields", f"written to {since} ago"),
        fact("pods", old[0], "status", f"its last start was {format_age(snapshot.now - _started(old[0]))} ago"),
    )
    return Finding(
        "configmap-changed", Severity.NOTICE, f"{workload.word} may run with old values of ConfigMap {ref.name}",
        f"{len(old)} of its {len(pods)} pods read their variables from it before it was changed {since} ago",
        workload.ref, "spec.template", evidence, (workload.ref, ref, *(ref_of("pods", pod) for pod in old)), 0.5,
        (f"whether the change is meant for these pods is yours to judge; if it is, restart {workload.ref.name}",),
    )  # fmt: skip


def _written(config: Manifest) -> int:
    """When its data was written last, in seconds since the epoch; 0 when that is not known."""
    entries = mappings_at(config, "metadata.managedFields")
    of_data = [each for each in entries if {"f:data", "f:binaryData"} & set(mapping_at(each, "fieldsV1"))]
    return max((parse_time(text_at(each, "time")) for each in of_data), default=0)


def _started(pod: Manifest) -> int:
    """When the last of its containers started, which then read the variables anew; 0 when that is not known."""
    statuses = mappings_at(pod, "status.containerStatuses")
    if not statuses:
        return parse_time(text_at(pod, "status.startTime"))
    return max(parse_time(text_at(each, "state.running.startedAt")) for each in statuses)

"""APIs by which a cluster is extended, and for which nobody answers.

Whoever asks the server what it has, gets an error then: namespaces are not deleted, autoscalers have no figures.

Source: k8s.io/kube-aggregator, available_controller.go.
"""

from collections.abc import Iterator

from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.pods import is_ready
from kubegenie_tui.diagnostics.selectors import selected_pods
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.nearness import did_you_mean, nearest
from kubegenie_tui.domain.object_ref import ObjectRef

KIND = "apiservices.apiregistration.k8s.io"
SCALERS = "horizontalpodautoscalers.autoscaling"
_FIGURES = {
    "Resource": "metrics.k8s.io", "ContainerResource": "metrics.k8s.io", "Pods": "custom.metrics.k8s.io",
    "Object": "custom.metrics.k8s.io", "External": "external.metrics.k8s.io",
}  # fmt: skip
"""The group that serves the figures of a type of metric."""
SERVED_BY_ADAPTERS = {
    "FailedGetExternalMetric": "External", "FailedGetObjectMetric": "Object", "FailedGetPodsMetric": "Pods",
}  # fmt: skip
"""Why an autoscaler has no figures, by the type of those that a cluster does not serve by itself."""


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Those that the server calls unavailable, each at its service where that is to blame."""
    for item in _down(snapshot):
        yield _finding(snapshot, item)


def named_in(snapshot: Snapshot, said: str) -> ObjectRef | None:
    """The first of them that a message names, as `metrics.example.com/v1beta1`."""
    for item in _down(snapshot):
        if f"{text_at(item, 'spec.group')}/{text_at(item, 'spec.version')}" in said:
            return ref_of(KIND, item)
    return None


def silent_for(snapshot: Snapshot, scaler: Manifest) -> bool:
    """Whether an autoscaler lacks figures because nobody answers for their API."""
    groups = {_FIGURES.get(text_at(each, "type"), "") for each in mappings_at(scaler, "spec.metrics")}
    return any(text_at(item, "spec.group") in groups for item in _down(snapshot))


def metric_of(scaler: Manifest, reason: str) -> tuple[str, str]:
    """The field of the metric that is not served, and what to do."""
    wanted = SERVED_BY_ADAPTERS[reason]
    metrics = mappings_at(scaler, "spec.metrics")
    place = next((place for place, each in enumerate(metrics) if text_at(each, "type") == wanted), 0)
    step = f"run an adapter that serves this metric by {_FIGURES[wanted]}, or scale by another one"
    return f"spec.metrics[{place}].{wanted.lower()}", step


def _down(snapshot: Snapshot) -> Iterator[Manifest]:
    for item in snapshot.all(KIND):
        if mapping_at(item, "spec.service") and text_at(_available(item), "status") == "False":
            yield item


def _available(item: Manifest) -> Manifest:
    return next((each for each in mappings_at(item, "status.conditions") if each.get("type") == "Available"), {})


def _finding(snapshot: Snapshot, item: Manifest) -> Finding:
    ref, called = ref_of(KIND, item), mapping_at(item, "spec.service")
    root, field, why, step = _cause(snapshot, item, text_at(called, "namespace"), text_at(called, "name"))
    condition = _available(item)
    evidence = (
        fact(KIND, item, "spec.service", f"{text_at(called, 'namespace')}/{text_at(called, 'name')}"),
        fact(
            KIND,
            item,
            "status.conditions[Available]",
            f"{text_at(condition, 'reason')}: {text_at(condition, 'message')}",
        ),
    )
    blind = [ref_of(SCALERS, each) for each in _without_figures(snapshot, text_at(item, "spec.group"))]
    own = ObjectRef("services", text_at(called, "name"), text_at(called, "namespace"))
    return Finding(
        "api-service-down", Severity.WARNING, f"nobody answers for the API {ref.name}", why, root, field, evidence,
        (ref, own, *blind), 0.9, (step,),
    )  # fmt: skip


def _cause(snapshot: Snapshot, item: Manifest, space: str, name: str) -> tuple[ObjectRef, str, str, str]:
    """Root, field, cause and next step."""
    ref, service, reason = (
        ref_of(KIND, item),
        snapshot.get("services", space, name),
        text_at(_available(item), "reason"),
    )
    if snapshot.is_missing("services", space, name) or (service is None and reason == "ServiceNotFound"):
        near = nearest(name, snapshot.names("services", space))
        why, step = f"there is no service {space}/{name}{did_you_mean(near)}", "correct the service, or delete the API"
        return ref, "spec.service.name", why, step
    if reason == "ServicePortError":
        return ref, "spec.service.port", text_at(_available(item), "message"), "name a port that the service has"
    selector = mapping_at(service, "spec.selector")
    if service is not None and selector and not any(is_ready(pod) for pod in selected_pods(snapshot, service)):
        why, step = f"no pod behind service {space}/{name} is ready", f"find out why: why is service {name} failing?"
        return ref_of("services", service), "", why, step
    return ref, "status.conditions[Available]", text_at(_available(item), "message"), f"read what {name} logs"


def _without_figures(snapshot: Snapshot, group: str) -> Iterator[Manifest]:
    for scaler in snapshot.all(SCALERS):
        asked = {_FIGURES.get(text_at(each, "type"), "") for each in mappings_at(scaler, "spec.metrics")}
        conditions = mappings_at(scaler, "status.conditions")
        is_blind = any(c.get("type") == "ScalingActive" and c.get("status") == "False" for c in conditions)
        if group in asked and is_blind:
            yield scaler

"""Subresources that write: scale, eviction, and the binding and token that clients rarely ask for."""

from typing import Any

from kubegenie_tui.demo.api.deleting import DeleteOptions, delete
from kubegenie_tui.demo.api.patching import patched
from kubegenie_tui.demo.api.request import Call
from kubegenie_tui.demo.api.statuses import Refusal, invalid
from kubegenie_tui.demo.api.writing import Writer
from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.state.objects import Object, meta, name_of
from kubegenie_tui.demo.state.selectors import selected


def scale_of(obj: Object) -> Object:
    """The Scale of a workload."""
    has, spec, status = meta(obj), obj["spec"], obj.get("status") or {}
    selector = (spec.get("selector") or {}).get("matchLabels") or {}
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {key: has[key] for key in ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")},
        "spec": {"replicas": replicas} if (replicas := spec.get("replicas", 1)) else {},
        "status": {
            "replicas": status.get("replicas", 0),
            "selector": ",".join(f"{key}={value}" for key, value in sorted(selector.items())),
        },
    }


def set_scale(writer: Writer, call: Call) -> Object:
    """Change a workload's replicas by way of its Scale.

    Raises:
        Refusal: 409 or 422.
    """
    old = writer.existing(call)
    body: Any = call.json()
    if call.verb == "patch":
        body = patched(scale_of(old), body, call.headers.get("Content-Type", "").partition(";")[0])
    replicas = (body.get("spec") or {}).get("replicas", 0)
    if replicas < 0:
        message = f"Invalid value: {replicas}: must be greater than or equal to 0"
        raise invalid("Scale.autoscaling", call.name, ("FieldValueInvalid", message, "spec.replicas"))
    version = meta(body).get("resourceVersion") or meta(old)["resourceVersion"]
    fresh = {
        **old,
        "metadata": {**meta(old), "resourceVersion": version},
        "spec": {**old["spec"], "replicas": replicas},
    }
    return scale_of(writer.store(call, old, fresh))


def evict(cluster: Cluster, call: Call, pod: Object) -> Object:
    """Delete a pod, if its disruption budgets allow it.

    Raises:
        Refusal: 429 with the budget that forbids it.
    """
    for budget in cluster.list("poddisruptionbudgets.policy", call.namespace):
        status = budget.get("status") or {}
        if selected(pod, budget["spec"]["selector"]) and not status.get("disruptionsAllowed"):
            has, needs = status.get("currentHealthy", 0), status.get("desiredHealthy", 0)
            cause = f"The disruption budget {name_of(budget)} needs {needs} healthy pods and has {has} currently"
            raise Refusal(
                429,
                "TooManyRequests",
                "Cannot evict pod as it would violate the pod's disruption budget.",
                {"causes": [{"reason": "DisruptionBudget", "message": cause}]},
            )
    body: Any = call.json() if call.body else {}
    options = (body.get("deleteOptions") or {}) if body else {}
    asked = DeleteOptions(grace_period_seconds=options.get("gracePeriodSeconds"), dry_run=options.get("dryRun") or [])
    if call.dry_run:
        asked.dry_run = ["All"]
    delete(cluster, call, pod, asked)
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}

"""DELETE: preconditions, grace, finalizers, propagation; one object or all that match."""

from typing import Any

import msgspec

from kubegenie_tui.demo.api.receiving import check_options
from kubegenie_tui.demo.api.request import Call
from kubegenie_tui.demo.api.statuses import Refusal, invalid, named
from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.state.objects import Object, meta, name_of, with_meta

FOREGROUND, ORPHAN = "foregroundDeletion", "orphan"
PROPAGATION = ("Foreground", "Background", "Orphan")


class DeleteOptions(msgspec.Struct, rename="camel"):
    """What a client may ask for."""

    grace_period_seconds: int | None = None
    propagation_policy: str | None = None
    preconditions: dict[str, str] = {}
    dry_run: list[str] = []


def options_of(call: Call) -> DeleteOptions:
    """The options in the body, else in the query.

    Raises:
        Refusal: 400 or 422.
    """
    body: Any = call.json() if call.body else {}
    found = msgspec.convert({key: value for key, value in body.items() if value is not None}, DeleteOptions)
    if found.grace_period_seconds is None:
        found.grace_period_seconds = call.number("gracePeriodSeconds")
    found.propagation_policy = found.propagation_policy or call.query.get("propagationPolicy")
    if found.propagation_policy not in (None, "", *PROPAGATION):
        supported = ", ".join(f'"{policy}"' for policy in (*PROPAGATION, "nil"))
        message = f'Unsupported value: "{found.propagation_policy}": supported values: {supported}'
        raise invalid("DeleteOptions.meta.k8s.io", "", ("FieldValueNotSupported", message, "propagationPolicy"))
    if call.dry_run:
        check_options(call)
        found.dry_run = ["All"]
    return found


def delete(cluster: Cluster, call: Call, obj: Object, options: DeleteOptions) -> Object:
    """Delete one object; the answer is the object while it is held, else a Status.

    Raises:
        Refusal: 409 for a precondition that does not hold.
    """
    _check(call, obj, options.preconditions)
    done = {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": {**named(call.resource, name_of(obj)), "uid": meta(obj)["uid"]},
    }
    grace = _grace(obj, options.grace_period_seconds)
    if options.dry_run:
        return with_meta(obj, deletionGracePeriodSeconds=grace) if obj["kind"] == "Pod" else done
    finalizer = {"Foreground": FOREGROUND, "Orphan": ORPHAN}.get(options.propagation_policy or "")
    if finalizer and not meta(obj).get("deletionTimestamp"):
        obj = cluster.replace(with_meta(obj, finalizers=[*(meta(obj).get("finalizers") or ()), finalizer]))
    after = cluster.delete(obj, grace=grace)
    if obj["kind"] == "Namespace":
        return cluster.get("namespaces", name_of(obj)) or after
    return after if grace or meta(after).get("finalizers") or obj["kind"] == "Pod" else done


def _grace(obj: Object, asked: int | None) -> int:
    """Seconds: only pods that run somewhere are given time."""
    if obj["kind"] != "Pod" or not obj["spec"].get("nodeName"):
        return 0
    if (obj.get("status") or {}).get("phase") in ("Succeeded", "Failed"):
        return 0
    return int(obj["spec"].get("terminationGracePeriodSeconds", 30)) if asked is None else asked


def _check(call: Call, obj: Object, wanted: dict[str, str]) -> None:
    has = meta(obj)
    for key, label, hint in (
        ("uid", "UID", "The object might have been deleted and then recreated"),
        ("resourceVersion", "ResourceVersion", "The object might have been modified"),
    ):
        if wanted.get(key) and wanted[key] != has[key]:
            why = (
                f"the {label} in the precondition ({wanted[key]}) does not match the {label} in record "
                f"({has[key]}). {hint}"
            )
            kind = call.resource.qualified_kind
            details = {**named(call.resource, call.name), "kind": call.resource.kind}
            raise Refusal(409, "Conflict", f'Operation cannot be fulfilled on {kind} "{call.name}": {why}', details)

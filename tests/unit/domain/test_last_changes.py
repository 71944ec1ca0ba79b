"""What an object tells of its own past."""

from typing import Any

from kubegenie_tui.domain.last_changes import last_changes

BORN, LATER = "2026-11-20T10:00:00Z", "2026-11-21T10:00:00Z"


def entry(manager: str, at: str, fields: dict[str, Any], **more: str) -> dict[str, Any]:
    return {"manager": manager, "operation": "Update", "time": at, "fieldsV1": fields, **more}


def told(*entries: dict[str, Any], **metadata: str) -> list[tuple[int, str]]:
    found = {"name": "web", "namespace": "shop", "creationTimestamp": BORN, "managedFields": list(entries), **metadata}
    return sorted((int(change.at) - 1795168800, change.words) for change in last_changes("pods", {"metadata": found}))


def test_who_made_it_and_who_changed_it_since() -> None:
    spec: dict[str, Any] = {"f:spec": {"f:replicas": {}, "f:paused": {}, "f:strategy": {}}}
    edit = entry("kubectl-edit", LATER, spec)
    assert told(entry("argocd", BORN, spec), edit) == [
        (0, "came, by argocd"),
        (86_400, "changed by kubectl-edit (sets spec.replicas, spec.paused and 1 more)"),
    ]


def test_the_status_and_the_mark_of_kubectl_apply_are_left_out() -> None:
    mark: dict[str, Any] = {"f:metadata": {"f:annotations": {"f:kubectl.kubernetes.io/last-applied-configuration": {}}}}
    status = entry("kubelet", LATER, {"f:status": {"f:phase": {}}}, subresource="status")
    assert told(status, entry("kubectl", LATER, mark)) == [(0, "came")]


def test_what_leaves_is_told_and_what_is_odd_tells_nothing() -> None:
    assert told(deletionTimestamp=LATER) == [(0, "came"), (86_400, "leaving")]
    assert told(entry("who", "yesterday", {"f:spec": {}}), creationTimestamp="") == []
    assert not list(last_changes("pods", {}))

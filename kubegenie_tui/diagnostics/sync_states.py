"""What Argo CD says of an Application, in fields of its own and not in conditions.

Source: Argo CD's documentation, "Resource Health" and "Automated Sync Policy".
"""

from kubegenie_tui.diagnostics.snapshot import Snapshot
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.quantity import parse_time

_UNWELL = frozenset({"Degraded", "Missing"})
_FAILED = frozenset({"Failed", "Error"})
_PATIENCE_SECONDS = 300
_MOST_TOLD = 2


def fault(snapshot: Snapshot, item: Manifest) -> Manifest | None:
    """As a condition: a sync that failed, resources that are unwell, or a difference that is not done away with."""
    phase, health = text_at(item, "status.operationState.phase"), text_at(item, "status.health.status")
    if phase in _FAILED:
        said = text_at(item, "status.operationState.message") or f"its sync is {phase}"
        return detailed(item, _condition("SyncError", said))
    if health in _UNWELL:
        return _condition(f"Health{health}", _unwell(item) or text_at(item, "status.health.message"))
    is_apart = text_at(item, "status.sync.status") == "OutOfSync"
    if is_apart and "automated" in mapping_at(item, "spec.syncPolicy") and not _is_at_work(snapshot, item):
        return _condition("SyncError", "it is OutOfSync, and its automated sync does not change that")
    return None


def detailed(item: Manifest, condition: Manifest) -> Manifest:
    """The condition of a failed sync with what was said of the resources that it failed on, the first of them."""
    results = mappings_at(item, "status.operationState.syncResult.resources")
    failed = [text_at(each, "message") for each in results if text_at(each, "status") == "SyncFailed"]
    if text_at(condition, "type") != "SyncError" or not any(failed):
        return condition
    said = (text_at(condition, "message").rstrip("."), *filter(None, failed[:_MOST_TOLD]))
    return condition | {"message": ": ".join(said)}


def _condition(name: str, said: str) -> Manifest:
    return {"type": name, "status": "True", "reason": "", "message": said}


def _unwell(item: Manifest) -> str:
    """The resources of the application that are unwell: `Deployment/shop/web is Degraded`."""
    unwell = [each for each in mappings_at(item, "status.resources") if text_at(each, "health.status") in _UNWELL]
    paths = ("/".join(text_at(each, key) for key in ("kind", "namespace", "name")) for each in unwell)
    return ", ".join(f"{path} is {text_at(each, 'health.status')}" for path, each in zip(paths, unwell, strict=True))


def _is_at_work(snapshot: Snapshot, item: Manifest) -> bool:
    """Whether a sync is under way, or was until a moment ago."""
    if text_at(item, "status.operationState.phase") == "Running" or mapping_at(item, "operation"):
        return True
    ended = parse_time(text_at(item, "status.operationState.finishedAt"))
    return bool(ended) and snapshot.now - ended < _PATIENCE_SECONDS

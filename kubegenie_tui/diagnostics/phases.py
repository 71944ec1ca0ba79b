"""Words for the state of custom resources that have no condition for it: a phase, a state, a health."""

import re

from kubegenie_tui.diagnostics import operators
from kubegenie_tui.diagnostics.snapshot import Snapshot
from kubegenie_tui.domain.custom.vocabulary import BAD_PHASE, PHASE_PATHS
from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at, texts_at

_AFTER_A_WHILE = re.compile(r"unavailable$", re.IGNORECASE)
"""What passes by itself as a rule: a store of backups that does not answer once."""
_WHY = (
    "status.message", "status.reason", "status.failureReason", "status.failureMessage", "status.error.message",
    "status.error", "status.applicationState.errorMessage",
)  # fmt: skip
_WHY_LISTS = ("status.validationErrors", "status.errors")
_PATIENCE_SECONDS = 600


def fault(snapshot: Snapshot, item: Manifest) -> Manifest | None:
    """A state that tells of a failure, as a condition with its `field`."""
    path = next((path for path in PHASE_PATHS if _is_bad(snapshot, item, text_at(item, path))), "")
    if not path:
        return _of_error(item) or _of_issues(snapshot, item)
    phase = text_at(item, path)
    return {"type": phase, "status": "True", "message": _why(item) or f"it is {phase}", "field": path}


def _is_bad(snapshot: Snapshot, item: Manifest, phase: str) -> bool:
    if _AFTER_A_WHILE.search(phase):
        return operators.age_of(snapshot, text_at(item, "metadata.creationTimestamp")) >= _PATIENCE_SECONDS
    return BAD_PHASE.search(phase) is not None


def _why(item: Manifest) -> str:
    """What it says about it; Velero tells only how many errors its log holds."""
    said = next((told for path in _WHY if (told := text_at(item, path))), "")
    return said or "; ".join([text for path in _WHY_LISTS for text in texts_at(item, path)][:3])


def _of_error(item: Manifest) -> Manifest | None:
    """The error of a snapshot of a volume, which has no phase.

    Source: https://kubernetes.io/docs/concepts/storage/volume-snapshots/, VolumeSnapshotStatus.
    """
    said, field = text_at(item, "status.error.message"), "status.error"
    is_done = mappings_at(item, "status.conditions") or not said or item.get("status", {}).get("readyToUse") is True
    return None if is_done else {"type": "an error", "status": "True", "message": said, "field": field}


def _of_issues(snapshot: Snapshot, item: Manifest) -> Manifest | None:
    """The health that EKS tells of clusters, node groups and add-ons.

    Source: Amazon EKS API Reference, "ClusterHealth", "NodegroupHealth" and "AddonHealth".
    """
    issues = [each for each in mappings_at(item, "status.health.issues") if text_at(each, "code")]
    made = text_at(item, "metadata.creationTimestamp")
    if not issues or operators.age_of(snapshot, made) < _PATIENCE_SECONDS:
        return None
    told = (": ".join(filter(None, (text_at(each, "code"), text_at(each, "message")))) for each in issues)
    about = ", ".join(texts_at(issues[0], "resourceIDs")[:3])
    message = "; ".join(told) + (f" ({about})" if about else "")
    return {"type": "health issues", "status": "True", "message": message, "field": "status.health.issues"}

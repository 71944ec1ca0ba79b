"""Which condition or phase of a custom resource tells that it is not well, and which of them are just young.

Conditions as in Kubernetes' API conventions, "Typical status properties"; those of a route stand below its parents
(Gateway API, RouteParentStatus). What has no conditions is read as one, with the `field` that it stands in.
"""

import re

from kubegenie_tui.diagnostics import operators
from kubegenie_tui.diagnostics.snapshot import Snapshot
from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at, texts_at, value_at
from kubegenie_tui.domain.quantity import parse_time

_GOOD_WHEN_TRUE = frozenset({
    "Ready", "Synced", "Healthy", "Available", "Reconciled", "Accepted", "Established", "ResolvedRefs", "Programmed",
})  # fmt: skip
_GOOD_PART = re.compile(r"(?<!Not)(?:Ready|Healthy|ReferencesResolved)$")
"""Parts of a whole, such as Cluster API's `BootstrapReady`: where the whole says Ready, they are no fault."""
_OF_THEMSELVES = frozenset({"InfrastructureReady", "NodeHealthy"})
"""Parts that Cluster API's Ready does not wait for, or not in every version."""
_BAD_WHEN_TRUE = re.compile(
    r"(?:Error|Failed|Failure|Degraded|Stalled|Invalid|Unhealthy)$"
    r"|^(?:Fallback|ErrorOccurred|ACK\.Terminal|ACK\.Recoverable)$"
)
"""By their ends; and by name those of KEDA, of Argo CD's ApplicationSet, and of the controllers of AWS (ACK)."""
_NOT_AT_ONCE = re.compile(r"Unhealthy$|^ACK\.Recoverable$")
"""What passes by itself as a rule, when something restarts or is asked again."""
_ON_ITS_WAY = frozenset({
    "Progressing", "Creating", "Pending", "InProgress", "Provisioning", "Issuing", "Reconciling", "Waiting",
})  # fmt: skip
_AT_REST = frozenset({"NoTraffic", "NoHealthyBackends", "ReconcilePaused", "Paused"})
"""Reasons of Knative's objects that are scaled to 0, and of what somebody has paused, as Crossplane tells it."""
_PHASES = ("status.phase", "status.state", "status.connectionState.lastObservedState", "status.status")
_BAD_PHASES = frozenset({
    "Failed", "Error", "Degraded", "TRANSIENT_FAILURE", "SHUTDOWN", "UpgradeFailed", "FAILED", "DEGRADED",
    "CREATE_FAILED", "UPDATE_FAILED", "DELETE_FAILED",
})  # fmt: skip
_PATIENCE_SECONDS = 300
_BUSY_SECONDS = 180
_PART_SECONDS = 600
_UNKNOWN_SECONDS = 900
_LONGEST_SECONDS = 3_600
"""How long it may be unknown whether something is ready that says it is at work: charts have long timeouts."""
MISSING = re.compile(
    r"(?P<kind>[A-Za-z]+)(?:\.(?P<group>[a-z][\w.-]*\.[a-z]+))? "
    r"(?:\"(?P<quoted>[a-z0-9.-]+)\"|(?P<space>[a-z0-9-]+)/(?P<name>[a-z0-9.-]+)) (?:was )?not found"
    r"|(?P<core>secret|configmap|service|serviceaccount) (?P<plain>[a-z0-9][a-z0-9.-]*[a-z0-9]) (?:was )?not found"
)
"""`secrets "x" not found`, `Service shop/web not found`, `ProviderConfig.aws.upbound.io "x" not found`."""


def worst(snapshot: Snapshot, kind: str, item: Manifest) -> Manifest | None:
    """The most telling condition that is not as it should be, None where all is well or just young."""
    if operators.is_copy(item):
        return None
    conditions = list(mappings_at(item, "status.conditions"))
    for parent in mappings_at(item, "status.parents"):
        conditions += mappings_at(parent, "conditions")
    busy = any(text_at(each, "type") in _ON_ITS_WAY and text_at(each, "status") == "True" for each in conditions)
    whole = any(text_at(each, "type") == "Ready" and text_at(each, "status") == "True" for each in conditions)
    bad = [
        each
        for each in conditions
        if (
            _is_bad(each)
            or _is_bad_part(item, each, whole)
            or _is_unknown(item, each)
            or operators.is_unwell(kind, each)
        )
        and not _is_young(snapshot, item, each, busy)
    ]
    return max(bad, key=_telling, default=None) or operators.state(snapshot, kind, item) or _of_phase(snapshot, item)


def words(condition: Manifest) -> str:
    """What it says of its object: `is not ready`, `reports Stalled`."""
    name, status = text_at(condition, "type"), text_at(condition, "status")
    if status == "Unknown":
        return f"does not tell whether it is {name.lower()}"
    if name in _GOOD_WHEN_TRUE or name in operators.GOOD_WHEN_TRUE:
        return f"is not {name.lower()}"
    return f"reports {name}=False" if status == "False" else f"reports {name}"


def said(condition: Manifest) -> str:
    """Its reason and its message."""
    return ": ".join(part for part in (text_at(condition, "reason"), text_at(condition, "message")) if part)


def field(condition: Manifest) -> str:
    """Where it stands in its object."""
    return text_at(condition, "field") or f"status.conditions[{text_at(condition, 'type')}]"


def _of_phase(snapshot: Snapshot, item: Manifest) -> Manifest | None:
    """A phase that tells of a failure, as a condition: OLM's kinds have one, and older ones of others."""
    path = next((path for path in _PHASES if text_at(item, path) in _BAD_PHASES), "")
    if not path:
        return _of_issues(snapshot, item)
    phase, why = text_at(item, path), text_at(item, "status.message") or text_at(item, "status.reason")
    return {"type": phase, "status": "True", "message": why or f"it is {phase}", "field": path}


def _of_issues(snapshot: Snapshot, item: Manifest) -> Manifest | None:
    """The health that EKS tells of clusters, node groups and add-ons.

    Source: Amazon EKS API Reference, "ClusterHealth", "NodegroupHealth" and "AddonHealth".
    """
    issues = [each for each in mappings_at(item, "status.health.issues") if text_at(each, "code")]
    if not issues or operators.age_of(snapshot, text_at(item, "metadata.creationTimestamp")) < _PART_SECONDS:
        return None
    told = (": ".join(filter(None, (text_at(each, "code"), text_at(each, "message")))) for each in issues)
    about = ", ".join(texts_at(issues[0], "resourceIDs")[:3])
    message = "; ".join(told) + (f" ({about})" if about else "")
    return {"type": "health issues", "status": "True", "message": message, "field": "status.health.issues"}


def _telling(condition: Manifest) -> tuple[bool, bool, bool]:
    is_known = text_at(condition, "status") != "Unknown"
    return is_known, bool(text_at(condition, "message")), MISSING.search(said(condition)) is not None


def _is_bad(condition: Manifest) -> bool:
    name, status = text_at(condition, "type"), text_at(condition, "status")
    if name in _GOOD_WHEN_TRUE:
        return status == "False" and text_at(condition, "reason") not in _AT_REST
    return status in ("True", "") and _BAD_WHEN_TRUE.search(name) is not None


def _is_bad_part(item: Manifest, condition: Manifest, whole: bool) -> bool:
    """Whether a part is missing; of what is being deleted, parts go one by one."""
    name = text_at(condition, "type")
    if text_at(item, "metadata.deletionTimestamp"):
        return False
    if text_at(condition, "status") != "False" or name in _GOOD_WHEN_TRUE or not _GOOD_PART.search(name):
        return False
    is_told = text_at(condition, "severity") != "Info" and text_at(condition, "reason") not in _AT_REST
    return name in _OF_THEMSELVES or (is_told and not whole)


def _is_unknown(item: Manifest, condition: Manifest) -> bool:
    """Whether it is not known if it is ready, though nobody has paused it."""
    is_open = text_at(condition, "type") == "Ready" and text_at(condition, "status") == "Unknown"
    is_held = any(value_at(item, path) is True for path in ("spec.suspend", "spec.paused"))
    return is_open and not is_held and text_at(condition, "reason") not in _AT_REST


def _is_young(snapshot: Snapshot, item: Manifest, condition: Manifest, busy: bool) -> bool:
    """Whether it is on its way, as far as can be told; `busy`: another condition says that work goes on."""
    since, made = text_at(condition, "lastTransitionTime"), text_at(item, "metadata.creationTimestamp")
    if operators.age_of(snapshot, since or made) < _least_age(condition, busy):
        return True
    age = snapshot.now - parsed if (parsed := parse_time(since)) else _PATIENCE_SECONDS
    waits = text_at(condition, "reason") in _ON_ITS_WAY
    return (waits and age < _PATIENCE_SECONDS) or (busy and age < _BUSY_SECONDS)


def _least_age(condition: Manifest, busy: bool) -> float:
    """Seconds from which on it counts, whatever else is told."""
    name = text_at(condition, "type")
    if text_at(condition, "status") == "Unknown":
        return _LONGEST_SECONDS if busy else _UNKNOWN_SECONDS
    if name in _GOOD_WHEN_TRUE or operators.is_not_unpacked(condition):
        return 0
    if _BAD_WHEN_TRUE.search(name):
        return _PATIENCE_SECONDS if _NOT_AT_ONCE.search(name) else 0
    return _PART_SECONDS

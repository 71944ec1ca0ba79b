"""Which condition or phase of a custom resource tells that it is not well, and which of them are just young.

Conditions as in Kubernetes' API conventions, "Typical status properties"; those of a route stand below its parents
(Gateway API, RouteParentStatus). What has no conditions is read as one, with the `field` that it stands in.
"""

import re
from enum import Enum

from kubegenie_tui.diagnostics import operators, phases, resting
from kubegenie_tui.diagnostics.snapshot import Snapshot
from kubegenie_tui.domain.custom.vocabulary import BAD_WHEN_TRUE, GOOD_PART, GOOD_WHEN_TRUE, OF_THEMSELVES
from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at
from kubegenie_tui.domain.quantity import parse_time

_RUNS = frozenset({"Succeeded"})
"""Of what is done once: how long it may be open only its makers know."""
_NOT_AT_ONCE = re.compile(r"(?:Unhealthy|Unavailable|Unreachable)$|^ACK\.Recoverable$")
"""What passes by itself as a rule, when something restarts or is asked again."""
_ANSWERS_NOT = re.compile(r"(?:NotReady|Unhealthy|Unavailable|Unreachable)$")
"""What is so of anything that does not run, on purpose as well."""
_ON_ITS_WAY = frozenset({
    "Progressing", "Creating", "Pending", "InProgress", "Provisioning", "Issuing", "Reconciling", "Waiting",
})  # fmt: skip
_STAYS = "Synced"
"""What tells of a deletion that fails, where all other conditions only tell that it goes."""
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
    runs = any(text_at(each, "type") == "Running" and text_at(each, "status") == "True" for each in conditions)
    conditions = [each for each in conditions if not (runs and text_at(each, "type") in _RUNS)]
    leaves, is_held = _is_leaving(snapshot, item), resting.is_held(item)
    bad = [
        each
        for each in conditions
        if (_is_bad(each) or _is_bad_part(each, whole) or _is_unknown(each) or operators.is_unwell(kind, each))
        and not _is_meant(each, leaves, is_held)
        and not _is_young(snapshot, item, each, busy)
    ]
    told = max(bad, key=_telling, default=None) or operators.state(snapshot, kind, item)
    return told or (None if leaves is Leaving.NOW else phases.fault(snapshot, item) or _unmet(item))


def _unmet(item: Manifest) -> Manifest | None:
    """What it misses, where it has no conditions and only says why it does not go on: a challenge of cert-manager."""
    said, state = text_at(item, "status.reason"), text_at(item, "status.state")
    if mappings_at(item, "status.conditions") or not state or not MISSING.search(said):
        return None
    return {"type": state, "status": "True", "message": said, "field": "status.reason"}


def words(condition: Manifest) -> str:
    """What it says of its object: `is not ready`, `reports Stalled`."""
    name, status = text_at(condition, "type"), text_at(condition, "status")
    if status == "Unknown":
        return f"does not tell whether it is {name.lower()}"
    if name in _RUNS:
        return f"has not {name.lower()}"
    if name in GOOD_WHEN_TRUE or name in operators.GOOD_WHEN_TRUE:
        return f"is not {name.lower()}"
    return f"reports {name}=False" if status == "False" else f"reports {name}"


def said(condition: Manifest) -> str:
    """Its reason and its message."""
    return ": ".join(part for part in (text_at(condition, "reason"), text_at(condition, "message")) if part)


def field(condition: Manifest) -> str:
    """Where it stands in its object."""
    return text_at(condition, "field") or f"status.conditions[{text_at(condition, 'type')}]"


def _telling(condition: Manifest) -> tuple[bool, bool, bool]:
    is_known = text_at(condition, "status") != "Unknown"
    return is_known, bool(text_at(condition, "message")), MISSING.search(said(condition)) is not None


def _is_bad(condition: Manifest) -> bool:
    name, status = text_at(condition, "type"), text_at(condition, "status")
    if name in GOOD_WHEN_TRUE:
        return status == "False" and not resting.is_on_purpose(condition)
    return status in ("True", "") and BAD_WHEN_TRUE.search(name) is not None


def _is_bad_part(condition: Manifest, whole: bool) -> bool:
    """Whether a part is missing."""
    name = text_at(condition, "type")
    if text_at(condition, "status") != "False" or name in GOOD_WHEN_TRUE or not GOOD_PART.search(name):
        return False
    is_told = text_at(condition, "severity") != "Info" and not resting.is_on_purpose(condition)
    return name in OF_THEMSELVES or (is_told and not whole)


def _is_unknown(condition: Manifest) -> bool:
    """Whether it is not known if it is well, though nobody has paused it.

    Beside Ready, since when that is so must be told: the Gateway API's defaults, of 1970, are nobody's words.
    """
    name = text_at(condition, "type")
    is_open = name in GOOD_WHEN_TRUE - _RUNS and text_at(condition, "status") == "Unknown"
    is_told = name == "Ready" or parse_time(text_at(condition, "lastTransitionTime")) > 0
    return is_open and is_told and not resting.is_on_purpose(condition)


def _is_meant(condition: Manifest, leaves: "Leaving", is_held: bool) -> bool:
    """Whether somebody wants it so: what is deleted or switched off is not ready."""
    name = text_at(condition, "type")
    tells_of_fault = BAD_WHEN_TRUE.search(name) is not None and not _ANSWERS_NOT.search(name)
    if leaves is Leaving.NOW:
        return True
    if leaves is Leaving.LATE:
        return not tells_of_fault and name != _STAYS
    return is_held and not tells_of_fault


class Leaving(Enum):
    """How far the deletion of an object is."""

    NOT = "not"
    NOW = "now"
    LATE = "late"


def _is_leaving(snapshot: Snapshot, item: Manifest) -> Leaving:
    asked = text_at(item, "metadata.deletionTimestamp")
    if not asked:
        return Leaving.NOT
    return Leaving.LATE if operators.age_of(snapshot, asked) >= _PATIENCE_SECONDS else Leaving.NOW


def _is_young(snapshot: Snapshot, item: Manifest, condition: Manifest, busy: bool) -> bool:
    """Whether it is on its way, as far as can be told; `busy`: another condition says that work goes on."""
    since, made = text_at(condition, "lastTransitionTime"), text_at(item, "metadata.creationTimestamp")
    is_open = text_at(condition, "status") == "Unknown"
    known = min(operators.age_of(snapshot, at) for at in ((since, made) if is_open else (since or made,)))
    if known < _least_age(condition, busy):
        return True
    age = snapshot.now - parsed if (parsed := parse_time(since)) else _PATIENCE_SECONDS
    waits = text_at(condition, "reason") in _ON_ITS_WAY
    return (waits and age < _PATIENCE_SECONDS) or (busy and age < _BUSY_SECONDS)


def _least_age(condition: Manifest, busy: bool) -> float:
    """Seconds from which on it counts, whatever else is told."""
    name = text_at(condition, "type")
    if text_at(condition, "status") == "Unknown":
        return _LONGEST_SECONDS if busy else _UNKNOWN_SECONDS
    if name in GOOD_WHEN_TRUE or operators.is_not_unpacked(condition):
        return 0
    if BAD_WHEN_TRUE.search(name):
        return _PATIENCE_SECONDS if _NOT_AT_ONCE.search(name) else 0
    return _PART_SECONDS

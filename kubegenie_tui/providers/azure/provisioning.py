"""How far something of Azure has come: its provisioning state, in our terms."""

from typing import Any

from kubegenie_tui.domain.creation import DONE, TAG, Progress

GONE = Progress(done=False, phase="gone", failure="It is not there any more: somebody removed it meanwhile")
DELETING = "Deleting"
_NEVER = ("Failed", "Canceled")


def progress(found: Any) -> Progress:
    """How far a cluster or a pool has come, by the model of Azure's client; None: it is not there."""
    if found is None:
        return GONE
    state = str(found.properties.provisioning_state or "Unknown")
    if state == "Succeeded":
        return DONE
    return Progress(done=False, phase=state, failure=_failure(found, state) if state in _NEVER else "")


def going(found: Any) -> Progress:
    """How far its going has come."""
    if found is None:
        return DONE
    state = str(found.properties.provisioning_state or DELETING)
    failure = _failure(found, state) if state in _NEVER else ""
    return Progress(done=False, phase=state, failure=failure)


def is_to_go(found: Any) -> bool:
    """Whether it has yet to be asked to go: what is on its way out refuses another request until it is gone."""
    return found is not None and found.properties.provisioning_state != DELETING


def is_ours(tags: dict[str, str] | None, work: str) -> bool:
    """Whether the tag of a work is on it."""
    return bool(work) and (tags or {}).get(TAG) == work


def _failure(found: Any, state: str) -> str:
    status = found.properties.status
    error = status.provisioning_error if status else None
    if error is None:
        return f"Azure says {state}, and not why"
    said = " ".join(part for part in (error.code, error.message) if part)
    details = [each.message for each in error.details or () if each.message]
    return " · ".join(" ".join(part.split()) for part in (said, *details) if part)

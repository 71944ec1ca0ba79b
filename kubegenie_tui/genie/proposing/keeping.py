"""Whether a plan may be kept on the disk until somebody looks at it: only when it holds no credential."""

from collections.abc import Iterator
from typing import Any

import msgspec

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.plan import Plan, Step
from kubegenie_tui.genie.redaction.redactor import Redactor

LARGEST = 200_000
"""Characters of a plan as it is kept."""
_INSTEAD = "make the change in the app or with `kubegenie`, where nothing of it is kept"


def is_keepable(plan: Plan, redactor: Redactor) -> bool:
    """Whether a plan can be kept whole, to be carried out on another day."""
    if plan.passing or len(msgspec.json.encode(plan)) > LARGEST:
        return False
    if any(redactor.text(key) != key for step in plan.steps for key in _keys(step.body)):
        return False
    try:
        require_keepable(plan, redactor)
    except UsageError:
        return False
    return True


def _keys(value: Any) -> Iterator[str]:
    """All names of fields, which nobody masks."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield str(key)
            yield from _keys(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _keys(each)


def require_keepable(plan: Plan, redactor: Redactor) -> None:
    """Raise when a plan holds what must not be on the disk.

    Raises:
        UsageError: it does.
    """
    if plan.helm is not None:
        raise UsageError(f"{plan.title}: helm's values cannot be kept for later", next_step=_INSTEAD)
    for step in plan.steps:
        if _holds_credential(step, redactor):
            why = "it holds what is or looks like a credential, and a proposal waits on the disk"
            raise UsageError(f"{redactor.text(plan.title)}: this cannot be proposed from here", why, _INSTEAD)
    words = f"{plan.title}\n{plan.about}\n{plan.disrupts}\n{plan.destroys}"
    if redactor.text(words) != words:
        why = "its words hold what looks like a credential"
        raise UsageError("This cannot be proposed from here", why, _INSTEAD)


def _holds_credential(step: Step, redactor: Redactor) -> bool:
    body = step.body
    if body is None:
        return False
    if not isinstance(body, dict):
        return True
    if step.ref.kind == "secrets" and not body.keys() <= {"metadata", "kind", "apiVersion", "type"}:
        return True
    return redactor.object(body) != body

"""Every operation by its word, for keys, the menu, the palette and command lines."""

from collections.abc import Sequence

from kubegenie_tui.changes.operations.debugging import DEBUG, NODE_SHELL
from kubegenie_tui.changes.operations.deleting import DELETE, DELETE_WITH, RESTART_POD, SANITIZE
from kubegenie_tui.changes.operations.draining import DRAIN, EVICT
from kubegenie_tui.changes.operations.environment import ENV
from kubegenie_tui.changes.operations.exposing import AUTOSCALE, EXPOSE
from kubegenie_tui.changes.operations.images import IMAGE, RESOURCES
from kubegenie_tui.changes.operations.jobs import RETRY, SUSPEND, TRIGGER, UNSUSPEND
from kubegenie_tui.changes.operations.labels import ANNOTATE, LABEL
from kubegenie_tui.changes.operations.nodes import CORDON, TAINT, UNCORDON
from kubegenie_tui.changes.operations.operation import Operation
from kubegenie_tui.changes.operations.reconciling import APPROVE, PAUSE_RECONCILING, RESUME_RECONCILING
from kubegenie_tui.changes.operations.revisions import ROLLBACK
from kubegenie_tui.changes.operations.rollout import PAUSE, RESTART, RESUME
from kubegenie_tui.changes.operations.scaling import SCALE
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.kind import Kind

OPERATIONS: tuple[Operation, ...] = (
    *(SCALE, RESTART, IMAGE, ENV, RESOURCES, ROLLBACK, PAUSE, RESUME, AUTOSCALE, EXPOSE),
    *(PAUSE_RECONCILING, RESUME_RECONCILING, APPROVE),
    *(TRIGGER, SUSPEND, UNSUSPEND, RETRY),
    *(CORDON, UNCORDON, DRAIN, TAINT, NODE_SHELL),
    *(DEBUG, RESTART_POD, EVICT, SANITIZE),
    *(LABEL, ANNOTATE, DELETE, DELETE_WITH),
)
"""In the order of the menu."""
_BY_WORD = {word: operation for operation in OPERATIONS for word in (operation.id, *operation.aliases)}


def operation_named(word: str) -> Operation:
    """The operation that a word means.

    Raises:
        UsageError: none; near ones are offered.
    """
    found = _BY_WORD.get(word)
    if found is None:
        import difflib

        near = difflib.get_close_matches(word, _BY_WORD, n=3)
        hint = f"did you mean {', '.join(near)}?" if near else f"there are {', '.join(each.id for each in OPERATIONS)}"
        raise UsageError(f'There is no operation "{word}"', next_step=hint)
    return found


def operations_of(kind: Kind) -> Sequence[Operation]:
    """What can be done with objects of a kind."""
    return [operation for operation in OPERATIONS if operation.fits(kind)]

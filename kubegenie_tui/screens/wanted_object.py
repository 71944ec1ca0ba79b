"""Which object a view is about."""

from typing import TYPE_CHECKING

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.typed_object import typed_object
from kubegenie_tui.screens.messages import ViewRequested

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent


def wanted_object(agent: "ClusterAgent", wanted: ViewRequested) -> ObjectRef:
    """The object that was typed, else the one under the cursor.

    Raises:
        UsageError: there is none, what was typed names none, or the cluster has no such kind.
    """
    if wanted.argument:
        word, said, name = typed_object(wanted.argument)
        kind = agent.kinds.resolve(word)
        here = wanted.scope or (wanted.ref.namespace if wanted.ref else "") or agent.status.namespace
        return ObjectRef(kind.id, name, (said or here or "default") if kind.namespaced else "", agent.name)
    if wanted.ref is None:
        raise UsageError("There is no object to look at", next_step="put the cursor on one, or type its kind and name")
    return wanted.ref

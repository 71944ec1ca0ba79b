"""The views about kinds, operators and agents."""

import time
from typing import TYPE_CHECKING

from kubegenie_tui.domain.definition import DEFINITIONS
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.screens.messages import ViewRequested
from kubegenie_tui.screens.wanted_object import wanted_object

if TYPE_CHECKING:
    from textual.screen import Screen

    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.services import Services

CUSTOM_VIEWS = frozenset({"explain", "operators", "reconcile"})


def custom_view(services: "Services", agent: "ClusterAgent", wanted: ViewRequested, *, demo: bool) -> "Screen[None]":
    """The screen of one of CUSTOM_VIEWS.

    Raises:
        UsageError: it needs an object or a kind, and there is none; or the cluster has no kind of that name.
    """
    if wanted.view == "operators":
        from kubegenie_tui.screens.operators import OperatorsScreen

        return OperatorsScreen(services, agent, demo=demo)
    if wanted.view == "reconcile":
        return _reconcile(agent, wanted, demo=demo)
    from kubegenie_tui.screens.definition import DefinitionScreen

    return DefinitionScreen(services, agent, _kind_wanted(agent, wanted), demo=demo)


def _reconcile(agent: "ClusterAgent", wanted: ViewRequested, *, demo: bool) -> "Screen[None]":
    from kubegenie_tui.screens.reconcile import ReconcileScreen

    ref = wanted_object(agent, wanted)
    return ReconcileScreen(agent, agent.kinds.resolve(ref.kind), ref, demo=demo, now=time.time)


def _kind_wanted(agent: "ClusterAgent", wanted: ViewRequested) -> Kind:
    """The kind typed, else the one that the definition under the cursor defines, else that of the object there."""
    if wanted.argument:
        return agent.kinds.resolve(wanted.argument)
    if wanted.ref is None:
        raise UsageError("Explain which kind?", next_step="`:explain pods`, or put the cursor on an object")
    return agent.kinds.resolve(wanted.ref.name if wanted.ref.kind == DEFINITIONS else wanted.ref.kind)

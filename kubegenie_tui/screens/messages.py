"""What screens ask of the app: they never know each other, they post one of these."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from textual.message import Message

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.place import Place
from kubegenie_tui.domain.plan import Plan


@dataclass
class DetailRequested(Message):
    """Open one object."""

    ref: ObjectRef
    tab: str = "summary"
    """summary, yaml, events or logs."""


@dataclass
class LogsRequested(Message):
    """Open the logs of a pod, or of all pods of a workload or a service."""

    ref: ObjectRef
    container: str = ""
    """Empty for the default container of a pod, for every container of several."""
    previous: bool = False
    others: tuple[ObjectRef, ...] = ()
    """More objects whose logs are merged with it, in whatever cluster."""
    find: str = ""
    """A query of the log's search to begin with."""


@dataclass
class ExplorerRequested(Message):
    """Open the explorer; what is left empty stays as it was in that cluster."""

    cluster: str
    kind_name: str = ""
    scope: str | None = None
    """Namespace, empty for all, None to leave it."""
    filter: str = ""
    name: str = ""
    """Put the cursor on this object when it comes."""
    place: Place | None = None
    """Exactly this, in place of all those; the panes stay as they are."""

    def leads_from(self, here: Place) -> Place:
        """Where this leads from a place of that cluster."""
        if self.place is not None:
            return msgspec.structs.replace(self.place, tree=here.tree, genie=here.genie, detail=here.detail)
        if not (self.kind_name or self.scope is not None or self.filter or self.name):
            return here
        namespace = here.namespace if self.scope is None else self.scope
        return msgspec.structs.replace(
            here,
            kind=self.kind_name or here.kind,
            namespace=namespace,
            filter=self.filter,
            selected=self.name,
            selected_namespace=namespace,
        )


@dataclass
class PlanRequested(Message):
    """Show what a plan would do, and let the person decide. Nothing else writes."""

    plan: Plan
    undoes: int = 0
    """Id of the change that it takes back; 0 for none."""
    told: Callable[[bool, str, int], object] | None = None
    """As `plan_end.Told`; None when nobody waits for that."""
    leads: str = ""
    """What leaving the plan does once all of it was made, such as `opens the shell`; empty for nothing."""


@dataclass
class OperationRequested(Message):
    """Do something with the object that the screen shows."""

    words: tuple[str, ...] = ()
    """Operations, the first that fits is meant; none for a menu of all."""


@dataclass
class UndoRequested(Message):
    """Take a change back, by a plan of its own."""

    cluster: str
    undo_id: int


@dataclass
class FleetRequested(Message):
    """Show a kind over several clusters; what is left empty stays as it is in that fleet, order and faults too."""

    clusters: tuple[str, ...] = ()
    """Their names, none for all."""
    kind_name: str = ""
    scope: str | None = None
    """Namespace, empty for all, None to leave it."""
    filter: str = ""

    def leads_from(self, here: Place) -> Place:
        """Where this leads from a place of those clusters."""
        return msgspec.structs.replace(
            here,
            kind=self.kind_name or here.kind,
            namespace=here.namespace if self.scope is None else self.scope,
            filter=self.filter,
            selected="",
            selected_namespace="",
            selected_cluster="",
        )


@dataclass
class ViewRequested(Message):
    """Open a view of a cluster or of one of its objects above the place: see `screens.views`."""

    view: str
    """The word of its command: `xray`, `can`."""
    cluster: str
    """Empty for a view of all clusters."""
    ref: ObjectRef | None = None
    """The object under the cursor."""
    scope: str = ""
    """Of the place, empty for all."""
    argument: str = ""
    """What was typed after the word."""
    typed: bool = False
    """Whether it was asked for by its word, and not by a key on an object."""


@dataclass
class AskRequested(Message):
    """Put a question to the genie."""

    text: str
    """Empty to open the chat and let the person type."""
    focus: Focus


@dataclass
class ChatRequested(Message):
    """Open the chat full screen."""


@dataclass
class ChatWished(Message):
    """Do something with what was said about a cluster."""

    cluster: str
    line: str
    """What follows `:chat`: `branch`, `rename the broken checkout`."""


@dataclass
class ClustersRequested(Message):
    """Open the cluster list."""


@dataclass
class DemoRequested(Message):
    """Start the simulated clusters and open them."""


@dataclass
class ThemeRequested(Message):
    """Wear another theme from now on."""

    name: str


@dataclass
class TabRequested(Message):
    """Do something with tabs, or with the halves of one."""

    what: str
    """new, close, next, previous, the number of a tab; split, one."""
    line: str = ""
    """A command that the new tab or half begins with."""


@dataclass
class PlaceShown(Message):
    """A place shows something else now."""


@dataclass
class BackRequested(Message):
    """Leave this place for the one before."""

"""What the explorer's keys do with a row, done with the one object that a screen shows or has its cursor on."""

import time
from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING

from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.screens.messages import OperationRequested, ViewRequested
from kubegenie_tui.screens.object_screen import ObjectScreen

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent


class ObjectKeys(ObjectScreen):
    """Operations and views of one object."""

    @abstractmethod
    def object_at_hand(self) -> ObjectRef | None:
        """What a key means; None when there is nothing."""

    def chosen_objects(self) -> tuple[Kind | None, list[ObjectRef]]:
        """What an operation is done with, and its kind."""
        ref = self.object_at_hand()
        return (self.source.kinds.find(ref.kind), [ref]) if ref else (None, [])

    def action_show_view(self, view: str) -> None:
        """Open a view of the object."""
        ref = self.object_at_hand()
        self.post_message(ViewRequested(view, self.source.name, ref, ref.namespace if ref else ""))

    def action_operate(self, words: str, view: str = "") -> None:
        """As in the explorer: the first of these operations that fits, or for a pod the view."""
        ref = self.object_at_hand()
        if view and ref is not None and ref.kind == "pods":
            self.action_show_view(view)
        else:
            self.post_message(OperationRequested(tuple(words.split())))

    def action_show_operations(self) -> None:
        """All that can be done with the object."""
        self.post_message(OperationRequested())


class AboutObject(ObjectKeys):
    """What is told of one object that has a name, from the time it is opened to its end."""

    def __init__(
        self,
        agent: "ClusterAgent",
        kind: Kind,
        ref: ObjectRef,
        *,
        demo: bool = False,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(agent, ref.namespace, demo=demo, now=now)
        self._agent = agent
        self._kind = kind
        self._ref = ref

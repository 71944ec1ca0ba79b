"""A place with one table or two: each half goes where it likes, and what keys do is about the half that has them."""

from abc import abstractmethod
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import msgspec

from kubegenie_tui.domain.place import Place
from kubegenie_tui.domain.place_history import PlaceHistory
from kubegenie_tui.domain.tabs import KeptTab, Shown
from kubegenie_tui.screens.row_keys import RowKeys
from kubegenie_tui.widgets.resource_table import ResourceTable
from kubegenie_tui.widgets.table_pane import TablePane

if TYPE_CHECKING:
    from kubegenie_tui.screens.split import Split


class TableHalf(Protocol):
    """One table, and a person's place in it."""

    history: PlaceHistory
    """The places before this one and after it."""

    @property
    def pane(self) -> TablePane:
        """The pane with the table."""

    def begin(self) -> None:
        """Show the place it was made for."""

    def current_place(self) -> Place:
        """Where the person is now."""

    def shown(self) -> Shown:
        """What outlives a restart."""

    def refresh_usage(self) -> None:
        """Show the use that was measured last."""

    def rest(self) -> None:
        """Hold nothing of the clusters while nobody looks."""

    def wake(self) -> None:
        """Be up to date again."""

    def close(self) -> None:
        """Let go of everything."""


H = TypeVar("H", bound=TableHalf)


class Halved(RowKeys, Generic[H]):
    """What the explorer of one cluster and the table over several share: a way back, and they can be split."""

    half: H
    """The table that has the keys."""
    halves: list[H]

    def __init__(self) -> None:
        super().__init__()
        self.to_open: KeptTab | None = None
        """A split that comes back after the first rows."""

    @cached_property
    def split(self) -> "Split[H]":
        """A second table beside the first; made when there is first to be one."""
        from kubegenie_tui.screens.split import Split

        return Split(self)

    @abstractmethod
    async def new_half(self, shown: Shown) -> H:
        """A table that will show this, not begun yet.

        Raises:
            KubeGenieError: its cluster cannot be used.
        """

    @abstractmethod
    def follow_half(self) -> None:
        """Say around the table what is shown in it."""

    @abstractmethod
    def leave(self) -> None:
        """Go where Escape leads from the first place."""

    async def begin_with(self, line: str) -> None:
        """Do what a command line says in the half that was just opened."""
        self.run_command(line)

    @property
    def pane(self) -> TablePane:
        """The pane with the table."""
        return self.half.pane

    @property
    def table(self) -> ResourceTable:
        """The table."""
        return self.half.pane.table

    def current_place(self) -> Place:
        """Where the person is now."""
        return self.half.current_place()

    def noted(self, place: Place) -> Place:
        """A place, with the panes around the table as the person wants them."""
        return place

    def shown(self) -> Shown:
        """What the table that has the keys shows, and where."""
        return self._noted(self.half.shown())

    def kept(self) -> KeptTab:
        """What outlives a restart."""
        first, *others = [self._noted(half.shown()) for half in self.halves]
        if others:
            return KeptTab(first, others[0], self.half is self.halves[1])
        later = self.to_open
        return KeptTab(first, later.second, later.in_second) if later else KeptTab(first)

    def _noted(self, shown: Shown) -> Shown:
        return msgspec.structs.replace(shown, place=self.noted(shown.place))

    def travel(self, move: Callable[[Place], Place | None]) -> bool:
        """Go where the history leads from here; False when it leads nowhere."""
        place = move(self.current_place()) if self.kind is not None else None
        if place is not None:
            self.show(place, remember=False)
        return place is not None

    def action_go_back(self) -> None:
        """Clear the filter, else return to the place before, else leave."""
        if self.table.filter_text or self.table.faults_only:
            self.table.set_filter("")
        elif not self.travel(self.half.history.back):
            self.leave()

    def action_travel(self, where: str) -> None:
        """Go back, forward, or to the place that was left last."""
        history = self.half.history
        if not self.travel({"back": history.back, "forward": history.forward, "last": history.last}[where]):
            self.notify("There is no place to go to", markup=False)

    def rest(self) -> None:
        """See TableScreen."""
        for half in self.halves:
            half.rest()

    def wake(self) -> None:
        """See TableScreen."""
        for half in self.halves:
            half.wake()

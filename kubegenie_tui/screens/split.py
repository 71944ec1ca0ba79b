"""A second table beside the first: each half has a place of its own, and one of them has the keys."""

from typing import TYPE_CHECKING, Generic

from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.place_history import PlaceHistory
from kubegenie_tui.domain.tabs import KeptTab, Shown
from kubegenie_tui.screens.halved import H

if TYPE_CHECKING:
    from textual.widget import Widget

    from kubegenie_tui.screens.halved import Halved


class Split(Generic[H]):
    """The halves of one place: opened, left for one another, led elsewhere, closed."""

    def __init__(self, place: "Halved[H]") -> None:
        self._place = place
        place.watch(place, "focused", self._heed_focus, init=False)

    @property
    def is_open(self) -> bool:
        """Whether there are two halves."""
        return len(self._place.halves) > 1

    @property
    def other(self) -> H | None:
        """The half without the keys."""
        return next((half for half in self._place.halves if half is not self._place.half), None)

    async def open(self, shown: Shown, *, focus: bool = True) -> None:
        """Show something in a second half."""
        place = self._place
        try:
            half = await place.new_half(shown)
        except KubeGenieError as error:
            place.notify(f"The half {shown.title} is gone: {error}", severity="warning", markup=False)
            return
        half.history = PlaceHistory(shown.history)
        first = place.half
        place.halves.append(half)
        place.add_class("-split")
        half.pane.add_class("-second")
        await place.query_one("#middle").mount(half.pane, after=first.pane)
        half.begin()
        self._name()
        if focus:
            self.turn_to(half)

    async def open_kept(self, kept: KeptTab) -> None:
        """Show the second half as it was the last time."""
        if kept.second is not None and not self.is_open:
            await self.open(kept.second, focus=kept.in_second)

    async def close(self, half: H) -> None:
        """One table again, the other one."""
        place, left = self._place, next(each for each in self._place.halves if each is not half)
        place.halves.remove(half)
        self.turn_to(left)
        half.close()
        await half.pane.remove()
        place.remove_class("-split")
        left.pane.remove_class("-second")
        self._name()

    def change_half(self) -> None:
        """Give the keys to the other half."""
        if self.other is not None:
            self.turn_to(self.other)

    def _heed_focus(self, focused: "Widget | None") -> None:
        """The half that has the focus, by a click or by tab, is what keys and commands are about."""
        if focused is not None and self.other is not None and self.other.pane.table is focused:
            self.turn_to(self.other)

    def turn_to(self, half: H) -> None:
        """Give the keys to a half, and let everything around be about it."""
        self._place.half = half
        self._place.set_focus(half.pane.table)
        self._place.follow_half()

    def lead(self, half: H) -> None:
        """Put another half, which has the same pane, where the one with the keys was."""
        place, old = self._place, self._place.half
        place.halves[place.halves.index(old)] = half
        old.close()
        half.begin()
        self._name()
        self.turn_to(half)

    def _name(self) -> None:
        for half in self._place.halves:
            half.pane.name_cluster(half.shown().where if self.is_open else "")

"""A second table beside the first: each half has a place of its own, and one of them has the keys."""

from typing import TYPE_CHECKING

from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.place import Place
from kubegenie_tui.domain.place_history import PlaceHistory
from kubegenie_tui.domain.tabs import KeptTab
from kubegenie_tui.screens.half import Half

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.screens.explorer import ExplorerScreen


class Split:
    """The halves of one explorer: opened, left for one another, led to another cluster, closed."""

    def __init__(self, explorer: "ExplorerScreen") -> None:
        self._explorer = explorer

    @property
    def is_open(self) -> bool:
        """Whether there are two halves."""
        return len(self._explorer.halves) > 1

    @property
    def other(self) -> Half | None:
        """The half without the keys."""
        return next((half for half in self._explorer.halves if half is not self._explorer.half), None)

    async def open(self, agent: "ClusterAgent", place: Place, history: str = "", *, focus: bool = True) -> None:
        """Show a place in a second half."""
        explorer = self._explorer
        first, half = explorer.half, Half(explorer, agent, place, explorer.new_pane())
        half.history = PlaceHistory(history)
        explorer.halves.append(half)
        explorer.add_class("-split")
        half.pane.add_class("-second")
        await explorer.query_one("#middle").mount(half.pane, after=first.pane)
        half.listen(explorer.refresh_kinds)
        half.show(place, remember=False)
        self._name()
        if focus:
            self.turn_to(half)

    async def open_kept(self, kept: KeptTab) -> None:
        """Show the second half as it was the last time."""
        explorer, second = self._explorer, kept.second
        if second is None or self.is_open:
            return
        try:
            agent = await explorer.services.manager.open(second.clusters[0])
        except KubeGenieError as error:
            explorer.notify(f"The half {second.title} is gone: {error}", severity="warning", markup=False)
            return
        await self.open(agent, second.place, second.history, focus=kept.in_second)

    async def close(self, half: Half) -> None:
        """One table again, the other one."""
        explorer, left = self._explorer, next(each for each in self._explorer.halves if each is not half)
        explorer.halves.remove(half)
        self.turn_to(left)
        half.close()
        await half.pane.remove()
        explorer.remove_class("-split")
        left.pane.remove_class("-second")
        self._name()

    def change_half(self) -> None:
        """Give the keys to the other half."""
        if self.other is not None:
            self.turn_to(self.other)

    def heed_focus(self) -> None:
        """The half that has the focus is what keys and commands are about."""
        focused = self._explorer.focused
        if focused is not None and self.other is not None and self.other.pane.table is focused:
            self.turn_to(self.other)

    def turn_to(self, half: Half) -> None:
        """Give the keys to a half, and let everything around be about it."""
        self._explorer.half = half
        self._explorer.set_focus(half.pane.table)
        self._explorer.follow_half()

    def lead(self, agent: "ClusterAgent", place: Place, history: str) -> None:
        """Show another cluster in the half that has the keys."""
        explorer, old = self._explorer, self._explorer.half
        half = Half(explorer, agent, place, old.pane)
        half.history = PlaceHistory(history)
        explorer.halves[explorer.halves.index(old)] = half
        half.listen(explorer.refresh_kinds)
        half.show(place, remember=False)
        old.close()
        self._name()
        self.turn_to(half)

    def _name(self) -> None:
        for half in self._explorer.halves:
            half.pane.name_cluster(half.agent.name if self.is_open else "")

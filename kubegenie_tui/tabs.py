"""Tabs: opened with what is in view, left and returned to, closed, and there again after a restart.

A tab that nobody has looked at yet is only what is kept of it: restoring costs no more than the tab in front.
"""

from functools import partial
from typing import TYPE_CHECKING

from kubegenie_tui.domain.errors import KubeGenieError, StoreError
from kubegenie_tui.domain.place_history import PlaceHistory
from kubegenie_tui.domain.tabs import KeptTab, KeptTabs
from kubegenie_tui.places import OpenTab
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.fleet import FleetScreen
from kubegenie_tui.screens.half import Half
from kubegenie_tui.screens.halved import Halved
from kubegenie_tui.screens.messages import ExplorerRequested
from kubegenie_tui.theme import cluster_ink
from kubegenie_tui.widgets.background import begin
from kubegenie_tui.widgets.header import StatusHeader
from kubegenie_tui.widgets.tab_strip import TabStrip

if TYPE_CHECKING:
    from kubegenie_tui.places import Places

ONLY = "There is only this tab; n opens another"
ONE = "There is one table only; | opens another beside it"


class TabControl:
    """Acts on the tabs of one app."""

    def __init__(self, app: "Places") -> None:
        self._app = app

    # What a person asks for

    async def do(self, what: str, line: str = "") -> None:
        """Open, close or change tabs.

        Args:
            what: new, close, next, previous, or the number of a tab; split, one (table), other (half).
            line: a command for the new tab or half to begin with.
        """
        tabs, at = self._app.open_tabs, self._at
        match what:
            case "new":
                await self._open(line)
            case "close":
                await self._close()
            case "next" | "previous" if len(tabs) == 1:
                self._app.notify(ONLY, markup=False)
            case "next" | "previous":
                await self.go_to((at + (1 if what == "next" else -1)) % len(tabs))
            case "split" | "one" | "other":
                await self._change_halves(what, line)
            case _ if what.isdecimal() and 0 < int(what) <= len(tabs):
                await self.go_to(int(what) - 1)
            case _:
                self._app.notify(f"There is no tab {what}", markup=False)

    async def _change_halves(self, what: str, line: str) -> None:
        """Split the table, close the half without the keys, or give it the keys."""
        place = await self._app.back_in_place()
        if not isinstance(place, Halved):
            self._app.notify("Open a cluster first: what is split is a table of its objects", markup=False)
            return
        split = place.split
        if what != "split" and not split.is_open:
            self._app.notify(ONE, markup=False)
        elif what == "other":
            split.change_half()
        elif split.other is not None and not line:
            await split.close(split.other)
        else:
            if not split.is_open:
                await split.open(place.shown())
            if line:
                await place.begin_with(line)
        await self.paint()
        self.keep()

    async def go_to(self, index: int) -> None:
        """Look at another tab."""
        tab = self._app.open_tabs[index]
        if tab is self._app.tab and self._app.place is tab.stands:
            await self._app.back_in_place()
        elif await self._look_at(tab):
            self.keep()

    async def _open(self, line: str) -> None:
        place = await self._app.back_in_place()
        if isinstance(place, ExplorerScreen | FleetScreen):
            tab = OpenTab(place.kept())
            self._app.open_tabs.insert(self._at + 1, tab)
            if await self._look_at(tab):
                self.keep()
            if line and tab.stands is not None:
                tab.stands.run_command(line)
        elif place is not None:
            self._app.notify("Open a cluster first: a tab begins with what is in view", markup=False)

    async def _close(self) -> None:
        place = await self._app.back_in_place()
        if isinstance(place, Halved) and place.split.is_open:
            await place.split.close(place.half)
            await self.paint()
            self.keep()
        elif len(self._app.open_tabs) == 1:
            self._app.notify(ONLY, markup=False)
        elif place is not None:
            await self._drop(self._app.tab)

    async def _drop(self, tab: OpenTab) -> None:
        """Close a tab, looking at its neighbour if it is looked at."""
        tabs, at = self._app.open_tabs, self._app.open_tabs.index(tab)
        tabs.remove(tab)
        if not tabs:
            tabs.append(OpenTab())
        if tab is self._app.tab:
            await self._look_at(tabs[min(at, len(tabs) - 1)])
        for place in tab.opened:
            await self._app.forget(place)
        await self.paint()
        self.keep()

    # Looking at a tab

    @property
    def _at(self) -> int:
        return self._app.open_tabs.index(self._app.tab)

    async def _look_at(self, tab: OpenTab) -> bool:
        """Stand in a tab; False when it cannot be opened (it is dropped then), or something would be lost."""
        if tab.stands is None and tab.kept is not None:
            try:
                tab.stands = await self._make(tab, tab.kept)
            except KubeGenieError as error:
                self._app.notify(f"The tab {tab.kept.title} is gone: {error}", severity="warning", markup=False)
                await self._drop(tab)
                return False
        place = tab.stands
        if place is None:
            self._app.tab = tab
            await self._app.open_clusters()
        elif await self._app.stand_in(place):
            self._app.tab = tab
        else:
            return False
        await self.paint()
        return True

    async def _make(self, tab: OpenTab, kept: KeptTab) -> ExplorerScreen | FleetScreen:
        services, demo, first = self._app.services, self._app.options.demo, kept.first
        if first.fleet:
            tab.fleet = FleetScreen(services, first.clusters, first.place, demo=demo)
            tab.fleet.half.history = PlaceHistory(first.history)
            tab.fleet.to_open = kept if kept.second else None
            return tab.fleet
        agent = await services.manager.open(first.clusters[0])
        explorer = ExplorerScreen(services, agent, first.place, demo=demo)
        explorer.half.history = PlaceHistory(first.history)
        explorer.to_open = kept if kept.second else None
        explorer.half.look_ahead()
        tab.explorers.append(explorer)
        return explorer

    async def lead_half(self, explorer: ExplorerScreen, wanted: ExplorerRequested) -> None:
        """In a split the half that has the keys goes where the person wants to be."""
        if not await self._app.stand_in(explorer):
            return
        if explorer.agent.name == wanted.cluster:
            explorer.go(wanted)
        elif found := await self._app.find(wanted):
            agent, place, history = found
            half = Half(explorer, agent, place, explorer.half.pane)
            half.history = PlaceHistory(history)
            explorer.split.lead(half)

    # The line of tabs

    async def paint(self) -> None:
        """Show the line of tabs on the place, where there is more than one."""
        place, tabs = self._app.place, self._app.open_tabs
        if not isinstance(place, ExplorerScreen | FleetScreen):
            return
        strip = next(iter(place.query(TabStrip)), None)
        if len(tabs) > 1:
            if strip is None:
                strip = TabStrip()
                await place.mount(strip, after=place.query_one(StatusHeader))
            strip.set_tabs([_title(tab) for tab in tabs], self._at, [self._ink(tab) for tab in tabs])
        elif strip is not None:
            await strip.remove()

    def _ink(self, tab: OpenTab) -> str:
        """That of the cluster's colour, where the tab shows one that has a colour."""
        kept = tab.stands.kept() if tab.stands else tab.kept
        names = kept.first.clusters if kept else ()
        agent = self._app.services.manager.agent(names[0]) if len(names) == 1 else None
        return cluster_ink(agent.status.traits.colour) if agent and agent.status.traits.colour else ""

    # From one session to the next

    async def restore(self, text: str) -> bool:
        """Open the tab that was in front the last time, the others as they are looked at; False when there is none."""
        kept = KeptTabs.read(text)
        known = {status.name for status in self._app.services.manager.statuses}
        tabs = [(tab, left) for tab in kept.tabs for left in (tab.among(known),)]
        for tab, _ in tabs:
            if missing := tab.missing(known):
                words = f"There is no cluster {', '.join(missing)} any more, as in the tab {tab.title}"
                self._app.notify(words, severity="warning", markup=False, timeout=10)
        front = sum(left is not None for _, left in tabs[: kept.active])
        opened = [OpenTab(left) for _, left in tabs if left is not None]
        self._app.tab_keeping.were_kept = bool(opened) or not kept.worth_keeping
        if not opened:
            return False
        self._app.open_tabs[:] = opened
        self._app.tab = opened[min(front, len(opened) - 1)]
        return await self._look_at(self._app.tab) or self._app.place is not None

    def keep(self) -> None:
        """Write down the tabs, as soon as there is time."""
        begin(self._app, partial(self._keep, self._app.tab_keeping.kept()), "keep-tabs", exclusive=True)

    async def _keep(self, kept: KeptTabs) -> None:
        try:
            await self._app.tab_keeping.write(kept)
        except StoreError as error:
            self._app.notify(f"Tabs are not kept: {error}", severity="warning", markup=False)


def _title(tab: OpenTab) -> str:
    kept = tab.stands.kept() if tab.stands else tab.kept
    return kept.title if kept else "clusters"

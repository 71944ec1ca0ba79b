"""Where a person stands: the clusters, one of them, or several at once, each place in the tab it was opened in."""

import asyncio
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from textual import on
from textual.screen import Screen

from kubegenie_tui.domain.errors import KubeGenieError, StoreError
from kubegenie_tui.domain.place import Place
from kubegenie_tui.domain.place_history import PlaceHistory
from kubegenie_tui.domain.start import StartOptions
from kubegenie_tui.domain.tabs import KeptTabs
from kubegenie_tui.screens import messages
from kubegenie_tui.screens.table_screen import TableScreen
from kubegenie_tui.tab_keeping import TabKeeping
from kubegenie_tui.type_ahead import TypeAhead

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.domain.cluster import ClusterStatus
    from kubegenie_tui.domain.tabs import KeptTab
    from kubegenie_tui.screens.clusters import ClustersScreen
    from kubegenie_tui.screens.explorer import ExplorerScreen
    from kubegenie_tui.screens.fleet import FleetScreen
    from kubegenie_tui.services import Services
    from kubegenie_tui.settings import Settings
    from kubegenie_tui.tabs import TabControl


LAST_SECONDS = 0.5
"""What writing down the last place may take."""


class OpenTab:
    """The places that were opened in one tab."""

    def __init__(self, kept: "KeptTab | None" = None) -> None:
        self.kept = kept
        """What it will show when somebody looks at it for the first time."""
        self.stands: ExplorerScreen | FleetScreen | None = None
        """The place that is shown in it."""
        self.explorers: list[ExplorerScreen] = []
        self.fleet: FleetScreen | None = None
        self.before_fleet: ExplorerScreen | None = None
        """Where the fleet was opened; None for the clusters."""

    @property
    def opened(self) -> "list[ExplorerScreen | FleetScreen]":
        """All of them."""
        return [*self.explorers, *([self.fleet] if self.fleet else [])]

    @property
    def halved(self) -> "ExplorerScreen | None":
        """The explorer that stands here, if it is split."""
        stands = self.stands
        return next((explorer for explorer in self.explorers if explorer is stands and len(explorer.halves) > 1), None)

    def explorer_of(self, cluster: str) -> "ExplorerScreen | None":
        """The explorer of a cluster, if it was opened here."""
        return next((explorer for explorer in self.explorers if explorer.agent.name == cluster), None)


class Places(TypeAhead):
    """One stack of screens: a place, and what was opened above it."""

    settings: "Settings"
    options: StartOptions

    def __init__(self) -> None:
        super().__init__()
        self._services: Services | None = None
        self._clusters: ClustersScreen | None = None
        self.open_tabs = [OpenTab()]
        self.tab = self.open_tabs[0]
        """The one that is looked at."""
        self.tab_keeping = TabKeeping(self)
        self.stood_in: TableScreen | None = None
        """The place that was gone to last, also when the screens are closed already."""

    @property
    def services(self) -> "Services":
        """The services, once they are open."""
        assert self._services is not None
        return self._services

    @cached_property
    def tab_control(self) -> "TabControl":
        """Opens, closes and keeps tabs; made when there is first to do with them."""
        from kubegenie_tui.tabs import TabControl

        return TabControl(self)

    @property
    def place(self) -> TableScreen | None:
        """The place below whatever was opened above it."""
        return next((screen for screen in self.screen_stack if isinstance(screen, TableScreen)), None)

    async def back_in_place(self) -> TableScreen | None:
        """Close what was opened above the place; None when there is none, or when something would be lost."""
        return self.place if await self._close_above() else None

    async def _close_above(self) -> bool:
        if len(self.screen_stack) <= 2:
            return True
        from kubegenie_tui.screens.editor import EditorScreen

        held = next(
            (screen for screen in self.screen_stack if isinstance(screen, EditorScreen) and screen.is_edited), None
        )
        if held is not None:
            held.tell_held()
            return False
        while len(self.screen_stack) > 2:
            await self.pop_screen()
        return True

    async def stand_in(self, place: "ClustersScreen | ExplorerScreen | FleetScreen") -> bool:
        """Make this the place, with nothing above it; False when something would be lost by that."""
        if not await self._close_above():
            return False
        left, is_new = self.place, not self.is_screen_installed(place)
        self.stood_in = place
        if left is place:
            return True
        if is_new:
            self.install_screen(place, f"place-{id(place)}")
        await (self.switch_screen(place) if len(self.screen_stack) == 2 else self.push_screen(place))
        if left is not None:
            left.rest()
        if not is_new:
            place.wake()
        return True

    async def _stand_in_tab(self, place: "ExplorerScreen | FleetScreen") -> bool:
        if not await self.stand_in(place):
            return False
        self.tab.stands = place
        await self._paint_tabs()
        return True

    @on(messages.PlaceShown)
    async def _paint_tabs(self) -> None:
        if "tab_control" in vars(self):
            await self.tab_control.paint()

    @on(messages.ClustersRequested)
    async def open_clusters(self) -> None:
        """The list of clusters."""
        if self._clusters is None:
            from kubegenie_tui.screens.clusters import ClustersScreen

            self._clusters = ClustersScreen(self.services, demo=self.options.demo)
        await self.stand_in(self._clusters)

    @on(messages.ExplorerRequested)
    async def open_explorer(self, wanted: messages.ExplorerRequested) -> None:
        """The explorer of a cluster, in this tab."""
        if (halved := self.tab.halved) is not None and halved is self.place:
            await self.tab_control.lead_half(halved, wanted)
        elif (explorer := self.tab.explorer_of(wanted.cluster)) is not None:
            if await self._stand_in_tab(explorer):
                explorer.go(wanted)
        elif explorer := await self._new_explorer(wanted):
            explorer.half.look_ahead()
            await self._stand_in_tab(explorer)

    async def _new_explorer(self, wanted: messages.ExplorerRequested) -> "ExplorerScreen | None":
        from kubegenie_tui.screens.explorer import ExplorerScreen

        found = await self.find(wanted)
        if found is None:
            await self.open_clusters()
            return None
        agent, place, history = found
        explorer = ExplorerScreen(self.services, agent, place, demo=self.options.demo)
        explorer.half.history = PlaceHistory(history)
        self.tab.explorers.append(explorer)
        return explorer

    async def find(self, wanted: messages.ExplorerRequested) -> "tuple[ClusterAgent, Place, str] | None":
        """The cluster, the place that is wanted there, and its history; None when it cannot be used, which is said."""
        store = self.services.store
        try:
            agent = await self.services.manager.open(wanted.cluster)
        except KubeGenieError as error:
            self.notify(str(error), severity="error", markup=False, timeout=10)
            return None
        place = await store.places.load(wanted.cluster) or _first_place(self.settings, wanted.cluster, agent.status)
        return agent, wanted.leads_from(place), await store.facts.get("history", wanted.cluster) or ""

    @on(messages.FleetRequested)
    async def open_fleet(self, wanted: messages.FleetRequested) -> None:
        """A table over several clusters, in this tab."""
        statuses = self.services.manager.statuses
        names = wanted.clusters or tuple(status.name for status in statuses if not status.is_impersonated)
        if self.place is not self.tab.fleet:
            self.tab.before_fleet = next((each for each in self.tab.explorers if each is self.place), None)
        shown, returns = self.tab.fleet, self.place is not self.tab.fleet
        if shown is not None and shown.takes(names, returns=returns):
            if await self._stand_in_tab(shown):
                shown.lead(names, wanted, returns=returns)
            return
        from kubegenie_tui.screens.fleet import FleetScreen

        self.tab.fleet = FleetScreen(self.services, names, wanted.leads_from(Place()), demo=self.options.demo)
        await self._stand_in_tab(self.tab.fleet)
        if shown is not None:
            await self.forget(shown)

    async def forget(self, place: Screen[None]) -> None:
        """End a place that is not looked at."""
        if self.is_screen_installed(place):
            self.uninstall_screen(place)
            await place.remove()

    @on(messages.BackRequested)
    async def _go_back(self) -> None:
        if len(self.screen_stack) > 2:
            await self.pop_screen()
        elif self.screen is self._clusters and self.tab.stands is not None:
            await self.stand_in(self.tab.stands)
        elif self.screen is self.tab.fleet and (explorer := self.tab.before_fleet) is not None:
            await self._stand_in_tab(explorer)
        elif self.screen is self.tab.fleet:
            await self.open_clusters()

    async def _restore_tabs(self) -> bool:
        text = await self.tab_keeping.read()
        lone, known = KeptTabs.read(text).lone, {status.name for status in self.services.manager.statuses}
        if lone is None or lone.among(known) is None:
            return bool(text) and await self.tab_control.restore(text)
        self.tab_keeping.were_kept = True
        await self.open_explorer(messages.ExplorerRequested(lone.clusters[0], place=lone.place))
        return True

    async def keep_last(self) -> None:
        """At the end, write down where the person stood; it is no reason to wait long, or to fail."""
        store = self.services.store
        with suppress(StoreError, TimeoutError):
            async with asyncio.timeout(LAST_SECONDS):
                for explorer in self.tab.explorers:
                    if explorer is self.tab.stands:
                        await explorer.half.keep(store, explorer.noted(explorer.current_place()))
                if not self.options.is_asked_for or "tab_control" in vars(self):
                    await self.tab_keeping.write(self.tab_keeping.kept())

    @on(messages.TabRequested)
    async def _change_tabs(self, wanted: messages.TabRequested) -> None:
        await self.tab_control.do(wanted.what, wanted.line)

    async def action_tab(self, what: str) -> None:
        """Open, close or change tabs: new, close, next, previous, or the number of one."""
        await self.tab_control.do(what)


def _first_place(settings: "Settings", cluster: str, status: "ClusterStatus") -> Place:
    from kubegenie_tui.settings import holds_for

    ui = settings.ui
    namespace = status.traits.namespace or holds_for(settings, cluster).namespace or status.namespace
    return Place("pods", namespace, tree=ui.tree, genie=ui.genie, detail=ui.detail)

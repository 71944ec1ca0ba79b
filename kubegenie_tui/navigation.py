"""Going from place to place: screens ask by messages, and only here are they known to each other."""

import time
from typing import TYPE_CHECKING

from textual import on
from textual.screen import Screen

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.log_target import LogTarget
from kubegenie_tui.domain.place import Place
from kubegenie_tui.domain.place_history import PlaceHistory
from kubegenie_tui.domain.start import StartOptions
from kubegenie_tui.screens import messages
from kubegenie_tui.screens.change_control import CHANGE_VIEWS, ChangeControl
from kubegenie_tui.screens.stream_control import STREAM_VIEWS, StreamControl
from kubegenie_tui.screens.table_screen import TableScreen
from kubegenie_tui.theme import THEMES
from kubegenie_tui.type_ahead import TypeAhead

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.screens.clusters import ClustersScreen
    from kubegenie_tui.screens.explorer import ExplorerScreen
    from kubegenie_tui.screens.fleet import FleetScreen
    from kubegenie_tui.services import Services
    from kubegenie_tui.settings import Settings

DEMO_WANTED = 64
"""What the app returns when the person asked for the simulated clusters: whoever started it starts those."""


class Navigation(TypeAhead):
    """One stack of screens: a place (the clusters, or one of them) and what was opened above it."""

    settings: "Settings"
    options: StartOptions

    def __init__(self) -> None:
        super().__init__()
        self._services: Services | None = None
        self._clusters: ClustersScreen | None = None
        self._explorers: dict[str, ExplorerScreen] = {}
        self._fleet: FleetScreen | None = None

    @property
    def services(self) -> "Services":
        """The services, once they are open."""
        assert self._services is not None
        return self._services

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

    async def _stand_in(self, place: Screen[None]) -> None:
        """Make this the place, with nothing above it, unless something would be lost."""
        if not await self._close_above() or self.screen is place:
            return
        if not self.is_screen_installed(place):
            self.install_screen(place, f"place-{id(place)}")
        if len(self.screen_stack) == 2:
            await self.switch_screen(place)
        else:
            await self.push_screen(place)

    @on(messages.ClustersRequested)
    async def _open_clusters(self) -> None:
        if self._clusters is None:
            from kubegenie_tui.screens.clusters import ClustersScreen

            self._clusters = ClustersScreen(self.services, demo=self.options.demo)
        await self._stand_in(self._clusters)

    @on(messages.ExplorerRequested)
    async def _open_explorer(self, wanted: messages.ExplorerRequested) -> None:
        explorer = self._explorers.get(wanted.cluster)
        if explorer is not None:
            await self._stand_in(explorer)
            explorer.go(wanted)
        elif explorer := await self._new_explorer(wanted):
            explorer.look_ahead()
            await self._stand_in(explorer)

    async def _new_explorer(self, wanted: messages.ExplorerRequested) -> "ExplorerScreen | None":
        from kubegenie_tui.screens.explorer import ExplorerScreen

        try:
            agent = await self.services.manager.open(wanted.cluster)
        except KubeGenieError as error:
            self.notify(str(error), severity="error", markup=False, timeout=10)
            await self._open_clusters()
            return None
        place = await self.services.store.places.load(wanted.cluster) or _first_place(
            self.settings, wanted.cluster, agent.status.namespace
        )
        explorer = ExplorerScreen(self.services, agent, wanted.leads_from(place), demo=self.options.demo)
        explorer.history = PlaceHistory(await self.services.store.facts.get("history", wanted.cluster) or "")
        self._explorers[wanted.cluster] = explorer
        return explorer

    @on(messages.FleetRequested)
    async def _open_fleet(self, wanted: messages.FleetRequested) -> None:
        names = wanted.clusters or tuple(status.name for status in self.services.manager.statuses)
        if (shown := self._fleet) is not None and shown.fleet.clusters == names:
            await self._stand_in(shown)
            shown.go(wanted)
            return
        from kubegenie_tui.agents.fleet import Fleet
        from kubegenie_tui.screens.fleet import FleetScreen

        fleet = Fleet(self.services.manager, names)
        self._fleet = FleetScreen(self.services, fleet, wanted, demo=self.options.demo)
        await self._stand_in(self._fleet)
        if shown is not None:
            self.uninstall_screen(shown)
            await shown.remove()

    @on(messages.ViewRequested)
    async def _open_view(self, wanted: messages.ViewRequested) -> None:
        if wanted.view in CHANGE_VIEWS:
            ChangeControl(self, self.services).show_view(wanted)
            return
        if wanted.view in STREAM_VIEWS:
            StreamControl(self, self.services, demo=self.options.demo).show_view(wanted)
            return
        from kubegenie_tui.screens.views import make_view

        try:
            one = wanted.cluster and wanted.view != "fleet-pulse"
            agent = await self.services.manager.open(wanted.cluster) if one else None
            screen = make_view(self.services, agent, wanted, demo=self.options.demo)
        except KubeGenieError as error:
            self.notify(str(error), severity="warning", markup=False, timeout=10)
            return
        await self.push_screen(screen)

    @on(messages.PlanRequested)
    def _show_plan(self, wanted: messages.PlanRequested) -> None:
        ChangeControl(self, self.services).show_plan(wanted)

    @on(messages.UndoRequested)
    def _undo(self, wanted: messages.UndoRequested) -> None:
        ChangeControl(self, self.services).undo(wanted)

    @on(messages.DetailRequested)
    async def _open_detail(self, wanted: messages.DetailRequested) -> None:
        from kubegenie_tui.screens.detail import DetailScreen

        ref, demo = wanted.ref, self.options.demo
        try:
            agent = await self.services.manager.open(ref.cluster)
            kind = agent.kinds.resolve(ref.kind)
        except KubeGenieError as error:
            self.notify(str(error), severity="error", markup=False, timeout=10)
            return
        screen = DetailScreen(agent, kind, ref.namespace, ref.name, wanted.tab, demo=demo, now=time.time)
        await self.push_screen(screen)

    @on(messages.LogsRequested)
    async def _open_logs(self, wanted: messages.LogsRequested) -> None:
        from kubegenie_tui.screens.logs import LogsScreen

        target = LogTarget((wanted.ref, *wanted.others), wanted.container, wanted.previous)
        opened = {name: await self._agent_or_error(name) for name in target.clusters}
        usable = [each for each in opened.values() if not isinstance(each, KubeGenieError)]
        if not usable:
            self.notify(str(opened[wanted.ref.cluster]), severity="error", markup=False, timeout=10)
            return
        clusters = opened if len(opened) > 1 else {}
        await self.push_screen(LogsScreen(usable[0], target, clusters=clusters, demo=self.options.demo, now=time.time))

    async def _agent_or_error(self, cluster: str) -> "ClusterAgent | KubeGenieError":
        try:
            return await self.services.manager.open(cluster)
        except KubeGenieError as error:
            return error

    @on(messages.AskRequested)
    async def _ask(self, wanted: messages.AskRequested) -> None:
        explorer = self._explorers.get(wanted.focus.cluster)
        if explorer is not None:
            await self._stand_in(explorer)
            await explorer.ask(wanted.text, wanted.focus)
        else:
            await self._open_chat()

    @on(messages.ChatRequested)
    async def _open_chat(self) -> None:
        from kubegenie_tui.screens.chat import ChatScreen

        focus = self.screen.focus_now() if isinstance(self.screen, TableScreen) else Focus()
        await self.push_screen(ChatScreen(self.services, focus, demo=self.options.demo))

    @on(messages.BackRequested)
    async def _go_back(self) -> None:
        if len(self.screen_stack) > 2:
            await self.pop_screen()
        elif self.screen is self._clusters and self._explorers:
            await self._stand_in(list(self._explorers.values())[-1])

    @on(messages.DemoRequested)
    def _leave_for_demo(self) -> None:
        self.exit(DEMO_WANTED)

    @on(messages.ThemeRequested)
    def _wear_theme(self, wanted: messages.ThemeRequested) -> None:
        self.theme = THEMES[wanted.name].name


def _first_place(settings: "Settings", cluster: str, namespace: str) -> Place:
    from kubegenie_tui.settings import holds_for

    ui = settings.ui
    return Place(
        "pods", holds_for(settings, cluster).namespace or namespace, tree=ui.tree, genie=ui.genie, detail=ui.detail
    )

"""The app: opens the services, and carries a person from place to place. It has no features of its own."""

import gc
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import App
from textual.binding import BindingType
from textual.screen import Screen

from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.place import Place
from kubegenie_tui.domain.start import StartOptions
from kubegenie_tui.keys import bindings, check_keymap
from kubegenie_tui.screens import messages
from kubegenie_tui.screens.table_screen import TableScreen
from kubegenie_tui.theme import DARK, THEMES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from kubegenie_tui.screens.clusters import ClustersScreen
    from kubegenie_tui.screens.explorer import ExplorerScreen
    from kubegenie_tui.services import Services
    from kubegenie_tui.settings import Settings

DEMO_WANTED = 64
"""What the app returns when the person asked for the simulated clusters: whoever started it starts those."""


class KubeGenieApp(App[int]):
    """One stack of screens: a place (the clusters, or one of them) and what was opened above it."""

    TITLE = "KubeGenie"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = bindings("everywhere")

    def __init__(self, settings: "Settings", options: StartOptions, build: "Callable[[], Awaitable[Services]]") -> None:
        super().__init__()
        self.settings = settings
        self.options = options
        self._build = build
        self._services: Services | None = None
        self._clusters: ClustersScreen | None = None
        self._explorers: dict[str, ExplorerScreen] = {}
        for theme in THEMES.values():
            self.register_theme(theme)
        self.theme = THEMES[settings.ui.theme].name
        self.set_keymap(check_keymap(settings.keys))

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The names our stylesheets use, whatever theme is on."""
        return DARK.variables

    @property
    def services(self) -> "Services":
        """The services, once they are open."""
        assert self._services is not None
        return self._services

    # Opening and closing

    def on_mount(self) -> None:
        """Paint first, open the services then."""
        self.call_after_refresh(self._start)

    @work(group="start", exit_on_error=False)
    async def _start(self) -> None:
        self._services = await self._build()
        if self._services.store.notice:
            self.notify(self._services.store.notice, severity="warning", markup=False, timeout=20)
        manager = self.services.manager
        if not manager.statuses:
            from kubegenie_tui.screens.welcome import WelcomeScreen

            await self.push_screen(WelcomeScreen(self.services))
        elif self.options.is_specific or len(manager.statuses) == 1:
            await self._open_explorer(messages.ExplorerRequested(self.options.context or manager.current))
        else:
            await self._open_clusters()

    async def on_unmount(self) -> None:
        """Close what was opened."""
        if self._services is not None:
            await self._services.close()

    # Going from place to place

    async def _stand_in(self, place: Screen[None]) -> None:
        """Make this the place, with nothing above it."""
        while len(self.screen_stack) > 2:
            await self.pop_screen()
        if self.screen is place:
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
        explorer = self._explorers.get(wanted.cluster) or await self._new_explorer(wanted)
        if explorer is None:
            return
        await self._stand_in(explorer)
        explorer.go(wanted)

    async def _new_explorer(self, wanted: messages.ExplorerRequested) -> "ExplorerScreen | None":
        from kubegenie_tui.screens.explorer import ExplorerScreen

        try:
            agent = await self.services.manager.open(wanted.cluster)
        except KubeGenieError as error:
            self.notify(str(error), severity="error", markup=False, timeout=10)
            await self._open_clusters()
            return None
        place = await self.services.store.places.load(wanted.cluster) or self._first_place(agent.status.namespace)
        explorer = ExplorerScreen(self.services, agent, place, demo=self.options.demo)
        self._explorers[wanted.cluster] = explorer
        return explorer

    def _first_place(self, namespace: str) -> Place:
        ui = self.settings.ui
        return Place("pods", namespace, tree=ui.tree, genie=ui.genie, detail=ui.detail)

    @on(messages.DetailRequested)
    async def _open_detail(self, wanted: messages.DetailRequested) -> None:
        from kubegenie_tui.screens.detail import DetailScreen

        agent = await self.services.manager.open(wanted.cluster)
        screen = DetailScreen(agent, wanted.kind, wanted.namespace, wanted.name, wanted.tab, demo=self.options.demo)
        await self.push_screen(screen)

    @on(messages.LogsRequested)
    async def _open_logs(self, wanted: messages.LogsRequested) -> None:
        from kubegenie_tui.screens.logs import LogsScreen

        agent = await self.services.manager.open(wanted.cluster)
        screen = LogsScreen(agent, wanted.namespace, wanted.pod, wanted.container, wanted.previous)
        await self.push_screen(screen)

    @on(messages.AskRequested)
    async def _ask(self, wanted: messages.AskRequested) -> None:
        explorer = self._explorers.get(wanted.focus.cluster)
        if explorer is not None:
            await self._stand_in(explorer)
            await explorer.ask(wanted.text)
        else:
            await self._open_chat()

    @on(messages.ChatRequested)
    async def _open_chat(self) -> None:
        from kubegenie_tui.domain.conversation import Focus
        from kubegenie_tui.screens.chat import ChatScreen

        focus = self.screen.focus_now() if isinstance(self.screen, TableScreen) else Focus()
        await self.push_screen(ChatScreen(self.services, focus))

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

    # Keys that work everywhere

    async def action_open_command(self) -> None:
        """Type a command; from a screen above, back in the place below it."""
        while len(self.screen_stack) > 2:
            await self.pop_screen()
        if isinstance(self.screen, TableScreen):
            self.screen.open_command()

    async def action_show_clusters(self) -> None:
        """The list of clusters."""
        await self._open_clusters()

    async def action_switch_cluster(self, step: int) -> None:
        """The next cluster that is open."""
        names = list(self._explorers)
        if names:
            at = next((i for i, name in enumerate(names) if self._explorers[name] is self.screen), -1)
            await self._stand_in(self._explorers[names[(at + step) % len(names)]])

    async def action_show_chat(self) -> None:
        """The genie, full screen."""
        await self._open_chat()

    async def action_show_help(self) -> None:
        """Every key in force."""
        from kubegenie_tui.screens.help import HelpScreen

        await self.push_screen(HelpScreen(self.screen.active_bindings, self.settings.keys))

    def action_quit_app(self) -> None:
        """Leave."""
        self.exit(0)


def run_app(options: StartOptions) -> int:
    """Run full screen until the person leaves; 0, or DEMO_WANTED.

    Raises:
        SettingsError: the settings cannot be used.
    """
    from kubegenie_tui.settings import load_settings

    settings = load_settings()

    async def build() -> "Services":
        from kubegenie_tui.services import build_services

        return await build_services(settings, options)

    gc.set_threshold(50_000, 50, 1_000)
    return KubeGenieApp(settings, options, build).run() or 0

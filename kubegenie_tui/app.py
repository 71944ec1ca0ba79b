"""The app: settings, theme, keys and services. It has no features of its own."""

import asyncio
import contextlib
import gc
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import work
from textual.binding import BindingType
from textual.css.query import NoMatches
from textual.widget import MountError
from textual.worker import WorkerFailed, get_current_worker

from kubegenie_tui.crash_report import keep_crash_report
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.start import StartOptions
from kubegenie_tui.domain.text import plain
from kubegenie_tui.ending import end_in_time, listen
from kubegenie_tui.keymap import check_command_keys, check_keymap
from kubegenie_tui.keys import bindings
from kubegenie_tui.navigation import DEMO_WANTED, Navigation
from kubegenie_tui.screens import messages
from kubegenie_tui.screens.change_control import ChangeControl
from kubegenie_tui.screens.cluster_news import ClusterNews
from kubegenie_tui.screens.failed_work import FailedWork
from kubegenie_tui.screens.proposal_control import ProposalWatch
from kubegenie_tui.screens.table_screen import TableScreen
from kubegenie_tui.theme import DARK, THEMES, fitting
from kubegenie_tui.widgets.background import begin

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from textual.binding import ActiveBinding
    from textual.worker import Worker

    from kubegenie_tui.screens.picker import Choice
    from kubegenie_tui.services import Services
    from kubegenie_tui.settings import Settings

__all__ = ["DEMO_WANTED", "KubeGenieApp", "run_app"]


FORWARDS_SECONDS = 1.0
"""Rows come first; then port-forwards of the last time are offered."""


class KubeGenieApp(Navigation):
    """KubeGenie, full screen."""

    TITLE = "KubeGenie"
    BINDINGS: ClassVar[list[BindingType]] = bindings("everywhere")

    def __init__(self, settings: "Settings", options: StartOptions, build: "Callable[[], Awaitable[Services]]") -> None:
        super().__init__()
        self.settings = settings
        self.options = options
        self._build = build
        self._failed_work = FailedWork(self)
        for theme in THEMES.values():
            self.register_theme(theme)
        self.theme = THEMES[settings.ui.theme].name
        self.set_keymap(check_keymap(settings.keys))
        check_command_keys({name: command.key for name, command in settings.commands.items()}, settings.keys)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The names our stylesheets use, whatever theme is on."""
        return DARK.variables

    # Opening and closing

    def on_mount(self) -> None:
        """Paint first, open the services then; leave in good order when told to end or when the terminal goes away."""
        listen(lambda number: self.exit(128 + number), full_screen=True)
        self.call_after_refresh(self._start)

    @work(group="start")
    async def _start(self) -> None:
        self._services = await self._build()
        if self._services.store.notice:
            self.notify(self._services.store.notice, severity="warning", markup=False, timeout=20)
        manager = self.services.manager
        if not manager.statuses:
            from kubegenie_tui.screens.welcome import WelcomeScreen

            await self.push_screen(WelcomeScreen(self.services))
        elif self.options.fleet:
            await self.open_clusters()
            if (place := self.place) is not None:
                place.run_command(self.options.fleet_line)
        elif not self.options.is_specific and await self._restore_tabs():
            pass
        elif self.options.is_specific or len(manager.statuses) == 1:
            cluster = self.options.cluster(manager.current)
            await self.open_explorer(messages.ExplorerRequested(cluster, scope=self.options.namespace))
            if self.options.command and isinstance(self.screen, TableScreen):
                self.screen.run_command(self.options.command)
        else:
            await self.open_clusters()
        _collect_again()
        await asyncio.sleep(FORWARDS_SECONDS)
        await self._offer_forwards()
        await ChangeControl(self, self.services).offer_left_behind()
        await self._take_up_works()
        await ProposalWatch(self, self.services).begin()
        await self.services.begin_agents()
        ClusterNews(self, self.services).begin()
        await self.services.forget_old_chats()

    async def _take_up_works(self) -> None:
        """Go on with the clusters whose making was broken off; what cannot be is in the list of works."""
        with contextlib.suppress(KubeGenieError):
            if await self.services.store.works.all():
                from kubegenie_tui.screens.provision_control import ProvisionControl

                await ProvisionControl(self, self.services).take_up()

    async def _offer_forwards(self) -> None:
        forwards = self.services.forwards
        await forwards.load()
        if forwards.offered:
            self.notify(f":forwards has {forwards.offered} of the last time, to be started again", markup=False)

    async def on_unmount(self) -> None:
        """Close what was opened."""
        if self._services is not None:
            await self.keep_last()
            await self._services.close()

    def _handle_exception(self, error: Exception) -> None:
        """Work that failed ends nothing else; that widgets are gone is no fault once the app is being left."""
        is_left = self._exit or not self._running
        if isinstance(error, WorkerFailed):
            if not is_left:
                self._tell_failed(get_current_worker(), error.error)
        elif not (is_left and isinstance(error, MountError | NoMatches)):
            super()._handle_exception(error)

    def _tell_failed(self, worker: "Worker[Any]", error: BaseException) -> None:
        if self._services is not None:
            self._failed_work.tell(worker, error)
        elif isinstance(error, KubeGenieError):
            self.exit(return_code=1, message=Text(plain(str(error))))
        elif isinstance(error, Exception):
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """End on a fault of our own: a sentence for the person, and a trace without values for a report."""
        file = keep_crash_report(self._exception)
        self.panic(Text(f"KubeGenie met a fault of its own and had to end. What led to it was kept in {file}"))

    # Keys that work everywhere

    async def action_open_command(self) -> None:
        """Type a command; from a screen above, back in the place below it."""
        if place := await self.back_in_place():
            place.open_command()

    def action_command_palette(self, typed: str = "") -> None:
        """Everything that can be done here, by a few letters of its name."""
        if self.place is not None:
            self.place.when_known(lambda: self._show_palette(typed))

    def _show_palette(self, typed: str) -> None:
        from kubegenie_tui.screens.learning import offer_when_told
        from kubegenie_tui.screens.palette import palette_choices
        from kubegenie_tui.screens.picker import PickerScreen

        if (place := self.place) is not None and not self.screen.is_modal:
            active = {each.binding.id: each for each in self.screen.active_bindings.values()}

            def choices() -> "list[Choice]":
                return palette_choices(active.values(), self.settings.keys, place.known())

            picker = PickerScreen("What to do", choices(), typed=typed)
            self.push_screen(picker, lambda picked: self._do(active, picked))
            if agent := self.services.manager.agent(place.focus_now().cluster):
                begin(self, partial(offer_when_told, picker, agent, choices), "palette", exclusive=True)

    async def _do(self, active: "Mapping[str | None, ActiveBinding]", picked: str | None) -> None:
        if picked in active:
            await self.run_action(active[picked].binding.action, active[picked].node)
        elif picked and (place := await self.back_in_place()):
            place.run_command(picked)

    async def action_show_clusters(self) -> None:
        """The list of clusters."""
        await self.open_clusters()

    async def action_switch_cluster(self, step: int) -> None:
        """The next cluster that is open."""
        explorers = self.tab.explorers
        if explorers:
            at = next((i for i, explorer in enumerate(explorers) if explorer is self.screen), -1)
            await self._stand_in_tab(explorers[(at + step) % len(explorers)])

    async def action_show_chat(self) -> None:
        """The genie, full screen."""
        await self._open_chat()

    async def action_show_help(self) -> None:
        """Every key in force."""
        from kubegenie_tui.screens.explorer import ExplorerScreen
        from kubegenie_tui.screens.fleet import FleetScreen
        from kubegenie_tui.screens.help import HelpScreen

        own = self.screen.own_commands.keys() if isinstance(self.screen, ExplorerScreen | FleetScreen) else {}
        await self.push_screen(HelpScreen(self.screen.active_bindings, self.settings.keys, own))

    def action_quit_app(self) -> None:
        """Leave."""
        self.exit(0)


def _collect_again() -> None:
    """What was imported stays: the collector, where it was held back meanwhile, need never look at it again."""
    if gc.isenabled():
        return
    gc.freeze()
    gc.set_threshold(10_000, 10, 5_000)
    gc.enable()


def run_app(options: StartOptions) -> int:
    """Run full screen until the person leaves; 0, DEMO_WANTED, or 128 and the number of the signal that ended it.

    Raises:
        SettingsError: the settings cannot be used.
    """
    from kubegenie_tui.settings import load_settings

    settings = load_settings()

    async def build() -> "Services":
        from kubegenie_tui.services import build_services

        return await build_services(settings, options)

    app = KubeGenieApp(settings, options, build)
    app.theme = fitting(app.theme, app.console.color_system)
    with contextlib.ExitStack() as over:

        async def left() -> int:
            """Once all is closed nobody waits for a thread that asks somebody who does not answer."""
            given = await app.run_async()
            status = app.return_code or 0 if given is None else given
            if status != DEMO_WANTED:
                over.callback(end_in_time(status).cancel)
            return status

        return asyncio.run(left())

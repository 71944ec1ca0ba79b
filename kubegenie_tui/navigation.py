"""What is opened above a place: screens ask by messages, and only here and in `places` are they known to each other."""

import time
from typing import TYPE_CHECKING

from textual import on, work

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.log_target import LogTarget
from kubegenie_tui.places import Places
from kubegenie_tui.screens import messages
from kubegenie_tui.screens.change_control import CHANGE_VIEWS, ChangeControl
from kubegenie_tui.screens.learning import is_learning, learned
from kubegenie_tui.screens.stream_control import STREAM_VIEWS, StreamControl
from kubegenie_tui.screens.table_screen import TableScreen
from kubegenie_tui.theme import THEMES

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent

DEMO_WANTED = 64
"""What the app returns when the person asked for the simulated clusters: whoever started it starts those."""


class Navigation(Places):
    """A place, and what can be opened above it."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A command is typed in a place, and there is none before the first cluster."""
        return self.place is not None if action in ("open_command", "command_palette") else True

    @on(messages.ViewRequested)
    async def _open_view(self, wanted: messages.ViewRequested) -> None:
        if wanted.view == "bookmark":
            from kubegenie_tui.bookmarks import BookmarkControl

            BookmarkControl(self).run(wanted.argument)
            return
        if wanted.view == "note":
            self._note(wanted)
            return
        if wanted.view == "model":
            from kubegenie_tui.screens.model_control import ModelControl

            ModelControl(self, self.services, wanted.cluster).run(wanted.argument)
            return
        if wanted.view == "register":
            from kubegenie_tui.screens.secret_control import SecretControl

            SecretControl(self, self.services).run(wanted)
            return
        if wanted.view in CHANGE_VIEWS:
            ChangeControl(self, self.services).show_view(wanted)
            return
        if wanted.view in STREAM_VIEWS:
            StreamControl(self, self.services, demo=self.options.demo).show_view(wanted)
            return
        agent: ClusterAgent | None = None
        try:
            one = wanted.cluster and wanted.view not in ("fleet-pulse", "agents", "audit")
            agent = await self.services.manager.open(wanted.cluster) if one else None
            await self._push_view(wanted, agent)
        except KubeGenieError as error:
            if agent is not None and is_learning(agent):
                self._push_when_known(wanted, agent)
            else:
                self._tell(error)

    async def _push_view(self, wanted: messages.ViewRequested, agent: "ClusterAgent | None") -> None:
        from kubegenie_tui.screens.views import make_view

        await self.push_screen(make_view(self.services, agent, wanted, demo=self.options.demo))

    @work(group="view", exclusive=True)
    async def _push_when_known(self, wanted: messages.ViewRequested, agent: "ClusterAgent") -> None:
        """As `_push_view`, of a kind that only the cluster knows, which did not yet tell what it serves."""
        try:
            await learned(self, agent)
            await self._push_view(wanted, agent)
        except KubeGenieError as error:
            self._tell(error)

    def _tell(self, error: KubeGenieError) -> None:
        self.notify(str(error), severity="warning", markup=False, timeout=10)

    @on(messages.PlanRequested)
    def _show_plan(self, wanted: messages.PlanRequested) -> None:
        ChangeControl(self, self.services).show_plan(wanted)

    @on(messages.OperationRequested)
    def _operate(self, wanted: messages.OperationRequested) -> None:
        from kubegenie_tui.screens.object_keys import ObjectKeys
        from kubegenie_tui.screens.operation_control import OperationControl

        if not isinstance(self.screen, ObjectKeys):
            return
        control = OperationControl(self.screen, self.services)
        try:
            if wanted.words:
                control.start_first(wanted.words)
            else:
                control.show_menu()
        except KubeGenieError as error:
            self.notify(str(error), severity="warning", markup=False)

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
        demo = self.options.demo
        screen = LogsScreen(usable[0], target, clusters=clusters, find=wanted.find, demo=demo, now=time.time)
        await self.push_screen(screen)

    async def _agent_or_error(self, cluster: str) -> "ClusterAgent | KubeGenieError":
        try:
            return await self.services.manager.open(cluster)
        except KubeGenieError as error:
            return error

    @on(messages.AskRequested)
    async def _ask(self, wanted: messages.AskRequested) -> None:
        explorer = self.tab.explorer_of(wanted.focus.cluster)
        if explorer is not None:
            await self._stand_in_tab(explorer)
            await explorer.ask(wanted.text, wanted.focus)
        else:
            await self._open_chat()

    @on(messages.ChatRequested)
    async def _open_chat(self) -> None:
        from kubegenie_tui.screens.chat import ChatScreen

        focus = self.screen.focus_now() if isinstance(self.screen, TableScreen) else Focus()
        await self.push_screen(ChatScreen(self.services, focus, demo=self.options.demo))

    @on(messages.ChatWished)
    def _keep_chat(self, wanted: messages.ChatWished) -> None:
        from kubegenie_tui.screens.chat_keeping import ChatKeeping

        ChatKeeping(self, self.services, wanted.cluster).run(wanted.line)

    def _note(self, wanted: messages.ViewRequested) -> None:
        from kubegenie_tui.screens.note_control import NoteControl

        in_view = self.screen.symptom_now() if isinstance(self.screen, TableScreen) else None
        NoteControl(self, self.services).run(wanted, in_view)

    @on(messages.DemoRequested)
    def _leave_for_demo(self) -> None:
        self.exit(DEMO_WANTED)

    @on(messages.ThemeRequested)
    def _wear_theme(self, wanted: messages.ThemeRequested) -> None:
        self.theme = THEMES[wanted.name].name

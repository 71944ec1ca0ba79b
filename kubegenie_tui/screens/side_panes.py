"""The panes around the table: shown and hidden by a key, made when they are first shown."""

import time
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.place import Place
from kubegenie_tui.domain.row import Row
from kubegenie_tui.widgets.resource_tree import ResourceTree

if TYPE_CHECKING:
    from textual.widget import Widget

    from kubegenie_tui.screens.chat_control import ChatControl
    from kubegenie_tui.screens.detail_control import DetailControl
    from kubegenie_tui.screens.explorer import ExplorerScreen

REST = 0.15
"""Seconds the cursor must rest on a row before its object is fetched: scrolling stays fast."""
ROOM = {"tree": 100, "genie": 130, "detail": 0}
"""Columns of the terminal below which a pane is not opened by itself."""


class SidePanes:
    """Tree, genie and detail of one explorer."""

    def __init__(self, explorer: "ExplorerScreen") -> None:
        self._explorer = explorer
        self._chat: ChatControl | None = None
        self._detail: DetailControl | None = None
        self._opened = False
        place = explorer.place
        self._wanted = {"tree": place.tree, "detail": place.detail, "genie": place.genie}
        """What the person wants to see; on a narrow terminal that is more than what is shown."""

    def shows(self, pane: str) -> bool:
        """Whether `tree`, `genie` or `detail` is shown."""
        return self._explorer.has_class(f"-{pane}")

    def noted(self, place: Place) -> Place:
        """The place with the panes as the person wants them."""
        return msgspec.structs.replace(place, **self._wanted)

    async def open_first(self) -> None:
        """Show what was shown before, as far as there is room; once only."""
        if self._opened:
            return
        self._opened = True
        for pane, wanted in tuple(self._wanted.items()):
            if wanted and self._explorer.size.width >= ROOM[pane]:
                await self.show(pane)

    async def toggle(self, pane: str) -> None:
        """Show the pane and give it the keys; when it has them already, hide it and give them back to the table."""
        held = self.shows(pane) and (pane == "detail" or self._has_keys(pane))
        if held:
            self._wanted[pane] = False
            self._explorer.remove_class(f"-{pane}")
            self._explorer.table.focus()
            return
        await self.show(pane)
        if pane == "tree":
            self._explorer.query_one(ResourceTree).focus()
        elif pane == "genie":
            self._focus_genie()

    def _has_keys(self, pane: str) -> bool:
        if pane == "tree":
            return self._explorer.query_one(ResourceTree).has_focus
        return self._chat is not None and self._chat.pane.has_focus_within

    async def show(self, pane: str) -> None:
        """Show the pane."""
        self._wanted[pane] = True
        self._explorer.add_class(f"-{pane}")
        match pane:
            case "tree":
                self._explorer.query_one(ResourceTree).announce()
            case "genie":
                await self._make_chat()
            case "detail":
                await self._make_detail()

    async def ask(self, text: str, focus: Focus) -> None:
        """Open the genie about something, with a question or with an empty line to type one."""
        await self.show("genie")
        if self._chat is not None:
            self._chat.keep_in_mind(focus)
            self._focus_genie()
            if text:
                self._chat.pane.submit(text)

    def _focus_genie(self) -> None:
        if self._chat is not None:
            self._heed_focus(self._chat.pane)
            self._chat.pane.focus_input()

    def _heed_focus(self, widget: "Widget | None") -> None:
        """Where there is room for one only, the genie or the rows are shown: what has the keys."""
        asking = widget is not None and self._chat is not None and self._chat.pane in widget.ancestors_with_self
        self._explorer.set_class(asking, "-asking")

    def _leave_genie(self) -> None:
        """Give the keys back to the rows."""
        self._explorer.remove_class("-asking")
        self._explorer.table.focus()

    async def _make_chat(self) -> None:
        if self._chat is not None:
            return
        from kubegenie_tui.screens.chat_control import ChatControl
        from kubegenie_tui.widgets.chat_pane import ChatPane

        pane = ChatPane()
        explorer = self._explorer
        self._chat = ChatControl(explorer.services, pane, explorer.focus_now, leave=self._leave_genie)
        await self._explorer.query_one("#panes").mount(pane)
        explorer.watch(explorer, "focused", self._heed_focus, init=False)

    async def _make_detail(self) -> None:
        if self._detail is None:
            from kubegenie_tui.screens.detail_control import DetailControl
            from kubegenie_tui.widgets.detail_view import DetailView

            view = DetailView()
            await self._explorer.query_one("#middle").mount(view)
            self._detail = DetailControl(view, self._explorer.agent, now=time.time)
        self.follow(self._explorer.table.current)

    def follow(self, row: Row | None) -> None:
        """The cursor stands on another row: the detail below shows that one, once the cursor rests."""
        kind = self._explorer.kind
        if self._detail is not None and kind is not None and row is not None and self.shows("detail"):
            self._detail.look_in(self._explorer.agent)
            self._detail.show(kind, row.namespace, row.name, after=REST)

    def release(self) -> None:
        """Let go of what the panes watch."""
        if self._detail is not None:
            self._detail.close()

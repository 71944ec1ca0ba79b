"""All port-forwards: what leads where, how that goes, and those of earlier sessions to be started again."""

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from kubegenie_tui.domain.command_line import Known
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.forward import FORWARD_COLUMNS, ForwardState, ForwardStatus, forward_row
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.live import LiveRows, LiveState, Phase
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.messages import BackRequested
from kubegenie_tui.screens.table_screen import TableScreen
from kubegenie_tui.widgets.header import StatusHeader
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.resource_table import ResourceTable
from kubegenie_tui.widgets.table_pane import TablePane, error_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from kubegenie_tui.agents.forwards import Forwards
    from kubegenie_tui.services import Services

FORWARDS = Kind("", "v1", "forwards", "Forward", namespaced=False)
BYTES_SECONDS = 1.0
"""Between two looks at how much went through."""
_NOTHING = "F on a pod, service or workload makes one."


class _ForwardsPane(TablePane):
    EVERYWHERE = "in any cluster"


class ForwardsScreen(TableScreen):
    """A list above the place it was opened from."""

    CSS_PATH = "forwards.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("forwards")

    def __init__(self, services: "Services", *, demo: bool = False) -> None:
        super().__init__()
        self._services = services
        self._demo = demo
        self._live = LiveRows(FORWARD_COLUMNS)
        self._version = 0
        self._stop: Callable[[], None] = lambda: None

    @property
    def _forwards(self) -> "Forwards":
        return self._services.forwards

    def compose(self) -> ComposeResult:
        """Header, the list, what is wrong with the one under the cursor, the line for typing, footer."""
        yield StatusHeader(demo=self._demo)
        yield _ForwardsPane(emphasise=not self._services.settings.ui.reduce_motion)
        yield Static(id="trouble", markup=False)
        yield self.prompt_line()
        yield KeyFooter()

    def on_mount(self) -> None:
        """Show what there is and follow it."""
        self._live.set_state(LiveState(Phase.LIVE))
        self._stop = self._forwards.subscribe(self._refresh_rows)
        self._refresh_rows()
        self.pane.show(FORWARDS, "", self._live)
        self.table.set_hidden(frozenset({"NAMESPACE"}))
        self.table.focus()
        self.set_interval(BYTES_SECONDS, self._refresh_rows)
        self._tell()

    def on_unmount(self) -> None:
        """Follow it no more."""
        self._stop()

    def known(self) -> Known:
        """Names a command can be completed from."""
        clusters = [status.name for status in self._services.manager.statuses]
        return Known(KindIndex(()), (), clusters)

    def focus_now(self) -> Focus:
        """The target under the cursor."""
        status = self._current()
        if status is None:
            return Focus()
        target = status.spec.target
        return Focus(target.cluster, target.namespace, target.kind, target)

    def _refresh_rows(self) -> None:
        self._version += 1
        statuses = self._forwards.statuses
        for status in statuses:
            row = forward_row(status, self._version)
            known = self._live.rows.get(row.uid)
            if known is None or known.cells != row.cells:
                self._live.put(row)
        self._live.keep_only(status.spec.id for status in statuses)
        self._live.publish()
        if self.is_attached:
            self._tell()

    def _tell(self) -> None:
        left = Content.assemble(("KubeGenie", "bold"), "  ", f"⇄ {self._forwards.running} running")
        self.query_one(StatusHeader).set_parts(left)
        status = self._current()
        trouble = error_words(status.error) if status is not None and status.error else Content()
        if not self._forwards.statuses:
            trouble = Content.styled(_NOTHING, "$muted")
        self.query_one("#trouble", Static).update(trouble)
        self.set_class(bool(trouble.plain), "-trouble")

    def _current(self) -> ForwardStatus | None:
        row = self.table.current
        return next((each for each in self._forwards.statuses if row and each.spec.id == row.uid), None)

    @on(ResourceTable.Moved)
    def _moved(self) -> None:
        self._tell()

    # Keys

    @on(ResourceTable.Opened)
    def action_start_forward(self) -> None:
        """Start the one under the cursor again."""
        status = self._current()
        if status is not None and status.state is ForwardState.STOPPED:
            self._start(status)

    @work(group="forward")
    async def _start(self, status: ForwardStatus) -> None:
        try:
            await self._forwards.start(status.spec)
        except KubeGenieError as error:
            self.notify(str(error), severity="warning", markup=False, timeout=10)

    @work(group="forward")
    async def action_stop_forward(self) -> None:
        """Stop the one under the cursor; forget it when it is stopped already."""
        status = self._current()
        if status is None:
            return
        try:
            if status.state is ForwardState.STOPPED:
                await self._forwards.forget(status.spec.id)
            else:
                await self._forwards.stop(status.spec.id)
        except KubeGenieError as error:
            self.notify(str(error), severity="warning", markup=False, timeout=10)

    def action_copy_address(self) -> None:
        """Put the address on the clipboard."""
        if status := self._current():
            self.app.copy_to_clipboard(f"localhost:{status.spec.local}")
            self.notify(f"Copied localhost:{status.spec.local}", markup=False)

    def action_leave(self) -> None:
        """Clear the filter, else go back."""
        if self.table.filter_text:
            self.table.set_filter("")
        else:
            self.post_message(BackRequested())

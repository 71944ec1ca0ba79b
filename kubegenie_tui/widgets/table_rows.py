"""The rows of a virtual table: how they come, change, are ordered, filtered, marked, and which lines that touches."""

import time
from asyncio import sleep
from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import work
from textual.geometry import Region
from textual.message import Message
from textual.widget import Widget

from kubegenie_tui.domain.live import Changes, LiveRows, ShownRows
from kubegenie_tui.domain.row import Row
from kubegenie_tui.domain.row_filter import RowFilter
from kubegenie_tui.domain.table_layout import place
from kubegenie_tui.domain.table_view import CPU, MEMORY, TableView, Usage
from kubegenie_tui.domain.table_widths import TableWidths
from kubegenie_tui.domain.viewport import Viewport
from kubegenie_tui.widgets.emphasis import Emphasis
from kubegenie_tui.widgets.row_painter import GUTTER, RowPainter

if TYPE_CHECKING:
    from collections.abc import Callable

SLICE = 0.004
"""Seconds of ordering work between two looks at the keyboard."""
FEW = 2_000
"""Up to so many rows are ordered at once."""
MARGIN = 1
"""Blank cells at the right edge."""


class TableRows(Widget, can_focus=True):
    """Rows of one kind: cursor by identity, marks, sort, filter, columns that follow the width."""

    class Moved(Message):
        """The cursor stands on another row, or that row changed."""

        def __init__(self, row: Row | None) -> None:
            super().__init__()
            self.row = row

    class Opened(Message):
        """A row was clicked twice."""

    class Counted(Message):
        """The numbers or the state that the title tells changed."""

    def __init__(self, *, emphasise: bool = True, id: str | None = None) -> None:
        super().__init__(id=id, classes="pane")
        self.live: ShownRows = LiveRows(())
        self.view = TableView(())
        self.viewport = Viewport()
        self.marks: set[str] = set()
        self.wide = False
        self.filter_text = ""
        self.faults_only = False
        self.chosen: tuple[str, ...] = ()
        """Titles of the columns that the person chose, in order."""
        self._hidden: frozenset[str] = frozenset()
        self._left = 0
        self._unsubscribe: Callable[[], None] = lambda: None
        self._widths = TableWidths()
        self._painter = RowPainter()
        self._shown: list[Row] = []
        self._emphasis = Emphasis() if emphasise else None

    def show(self, live: ShownRows, usage: Usage | None = None, view: TableView | None = None) -> None:
        """Show other rows from now on, by a view of their own if they need one.

        Marks and the place are forgotten, the sort column stays.
        """
        self._unsubscribe()
        self.live = live
        self._unsubscribe = live.subscribe(self._take)
        orders = self.view.orders
        self.view = TableView(live.columns, usage) if view is None else view
        self.view.set_orders(orders)
        self.marks = set()
        self.viewport.reset()
        self._left, self._widths = 0, TableWidths()
        self.set_filter("", self.faults_only)

    def on_unmount(self) -> None:
        """Hear no more of the rows."""
        self._unsubscribe()

    def select(self, namespace: str, name: str, cluster: str = "") -> None:
        """Put the cursor on this object now, or when it comes; of any cluster when none is given."""
        self.viewport.want(namespace, name, cluster)
        self._arranged()

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return self.view.row(self.viewport.cursor)

    def set_filter(self, text: str, faults_only: bool = False) -> None:
        """Show only the rows that pass; the cursor stays on its object when that one passes."""
        self.filter_text, self.faults_only = text, faults_only
        self.view.filter = RowFilter(text, self.view.titled_columns(), faults_only)
        self._arrange()

    def choose_columns(self, titles: tuple[str, ...]) -> None:
        """Show these columns in this order; none for those that the kind has by itself."""
        self.chosen = titles
        self._place()

    def set_usage(self, usage: Usage) -> None:
        """Show new figures of CPU and memory."""
        self.view.usage = usage
        if self.filter_text or {CPU.title, MEMORY.title} & dict(self.view.orders).keys():
            self._arrange()
        else:
            self._widths.measure(self.viewport.rows(self.view), self.view.titled_columns(), time.time())
            self._place()

    def set_hidden(self, titles: frozenset[str]) -> None:
        """Leave these columns out."""
        self._hidden = titles
        self._place()

    def set_wide(self, wide: bool) -> None:
        """Show all columns as wide as they are, or what fits."""
        if wide != self.wide:
            self.wide, self._left = wide, 0
            self._place()

    def mark(self, rows: Iterable[Row]) -> None:
        """Mark what is not marked, and the reverse when all of them are."""
        chosen = {self.view.identity(row) for row in rows}
        self.marks = self.marks - chosen if chosen <= self.marks else self.marks | chosen
        self.refresh()

    # How rows come and change

    def _arrange(self) -> None:
        if len(self.live.rows) > FEW and self.is_attached:
            self._arrange_in_slices()
            return
        for _ in self.view.arrange(self.live.rows):
            pass
        self._arranged()

    @work(group="arrange", exclusive=True)
    async def _arrange_in_slices(self) -> None:
        deadline = time.perf_counter() + SLICE
        for _ in self.view.arrange(self.live.rows):
            if time.perf_counter() > deadline:
                await sleep(0)
                deadline = time.perf_counter() + SLICE
        self._arranged()

    def _arranged(self) -> None:
        self.viewport.follow(self.view)
        for rows in (self.live.rows.values(), self.viewport.rows(self.view)):
            self._widths.measure(rows, self.view.titled_columns(), time.time())
        self._place()
        self._tell()

    def _take(self, changes: Changes) -> None:
        if self.live.columns is not self.view.columns:
            self.view.columns = self.live.columns
            self.set_filter(self.filter_text, self.faults_only)
        moved = self.view.apply(changes.upserted, changes.removed)
        if self._widths.measure(changes.upserted.values(), self.view.titled_columns(), time.time()):
            self._place()
        if moved:
            self.marks -= changes.removed
            self.viewport.follow(self.view, changes.upserted.values())
        self._refresh_changed(changes)
        if moved or changes.state_changed:
            self._tell()

    def _refresh_changed(self, changes: Changes) -> None:
        before, self._shown = self._shown, self.viewport.rows(self.view)
        if self._emphasis and self._emphasis.note(before, changes.upserted, self.view.identity):
            self.set_timer(self._emphasis.SECONDS, self._calm)
        if len(before) != len(self._shown):
            self.refresh()
            return
        for y, (old, new) in enumerate(zip(before, self._shown, strict=True)):
            if old is not new:
                self._refresh_line(y)

    def _calm(self) -> None:
        over = self._emphasis.expire() if self._emphasis else ()
        for y, row in enumerate(self._shown):
            if self.view.identity(row) in over:
                self._refresh_line(y)

    def _refresh_line(self, y: int) -> None:
        self.refresh(Region(0, y + 1, self.size.width, 1))

    def _tell(self) -> None:
        self.post_message(self.Counted())
        self.post_message(self.Moved(self.current))

    def _place(self) -> None:
        room = self.size.width - GUTTER - MARGIN
        columns = self.view.titled_columns()
        self._painter.placed = place(
            columns, self._widths.natural, room, hidden=self._hidden, wide=self.wide, chosen=self.chosen
        )
        self._shown = self.viewport.rows(self.view)
        self.refresh()

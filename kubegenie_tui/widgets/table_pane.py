"""The pane in the middle: a title that tells what is shown and how fresh it is, and the table, or why there is none."""

import time
from collections.abc import Set

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from kubegenie_tui.domain.errors import Forbidden, KubeGenieError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.kind_groups import plural_title
from kubegenie_tui.domain.live import LiveRows, LiveState, Phase, ShownRows
from kubegenie_tui.domain.namespace_set import is_one
from kubegenie_tui.domain.quantity import format_age
from kubegenie_tui.domain.row import Row
from kubegenie_tui.domain.table_view import TableView, Usage
from kubegenie_tui.domain.text import plain
from kubegenie_tui.widgets.key_names import key_that
from kubegenie_tui.widgets.pane_title import PaneTitle
from kubegenie_tui.widgets.resource_table import ResourceTable

BESIDE = 100
"""Cells from which two tables stand side by side."""


class TablePanes(Vertical):
    """Where one table stands, or two: side by side where there is room, else one below the other."""

    def on_resize(self) -> None:
        """Tell the style sheet how much room there is."""
        self.set_class(self.size.width >= BESIDE, "-beside")


NARROWER = "\n  or go to a namespace where you may: `:ns NAME`"


class TablePane(Vertical):
    """Rows of one kind in one scope."""

    DEFAULT_CSS = """
    TablePane { width: 1fr; }
    TablePane > #nothing { display: none; padding: 1 3; color: $muted; }
    TablePane.-empty > #nothing { display: block; }
    """

    EVERYWHERE = "in this cluster"
    WIDER = ""
    """What is said of a namespace where there is nothing, if not the key that leads out of it."""

    def __init__(self, *, emphasise: bool = True, id: str | None = None) -> None:
        super().__init__(id=id)
        self.kind: Kind | None = None
        self.namespace = ""
        self._awaited = ""
        self._cluster = ""
        self._title_line = PaneTitle()
        self._words = Static(id="nothing", markup=False)
        self.table = ResourceTable(emphasise=emphasise)

    def compose(self) -> ComposeResult:
        """Title, table, and the words for when there are no rows."""
        yield self._title_line
        yield self._words
        yield self.table

    def on_mount(self) -> None:
        """Tell the age of what is stale once a second."""
        self.set_interval(1.0, self._tell_time)

    def show(
        self, kind: Kind, namespace: str, live: ShownRows, usage: Usage | None = None, view: TableView | None = None
    ) -> None:
        """Show these rows from now on, by a view of their own if they need one; no namespace means all."""
        self.kind, self.namespace = kind, namespace
        self.table.show(live, usage, view)
        hidden = is_one(namespace) or not kind.namespaced
        self.table.set_hidden(frozenset({"NAMESPACE"}) if hidden else frozenset())
        self.tell()

    def clear(self) -> None:
        """Show nothing until there is something else to show."""
        self.kind = None
        self.table.show(LiveRows(()))
        self.tell()

    def expect(self, words: str) -> None:
        """Say what is waited for until there is something to show."""
        self._awaited = words
        self.tell()

    def name_cluster(self, name: str) -> None:
        """Begin the title with the cluster, where there are tables of several; no name leaves it out."""
        self._cluster = plain(name)
        self.tell()

    def chosen(self) -> list[Row]:
        """The marked rows from top to bottom, those that a filter hides last; else the one under the cursor."""
        table = self.table
        places = {uid: table.view.index_of(uid) for uid in table.marks & table.live.rows.keys()}
        hidden = len(table.view)
        ordered = sorted(places, key=lambda uid: (hidden if (at := places[uid]) is None else at, uid))
        marked = [table.live.rows[uid] for uid in ordered]
        return marked or ([table.current] if table.current else [])

    def mark_again(self, marks: Set[str]) -> None:
        """Mark these, by identity, as far as they are still among the rows."""
        self.table.marks |= marks & self.table.live.rows.keys()
        self.tell()

    def on_descendant_focus(self) -> None:
        """Show where the keys go."""
        self._title_line.add_class("-focused")

    def on_descendant_blur(self) -> None:
        """Show that the keys go elsewhere."""
        self._title_line.remove_class("-focused")

    def _tell_time(self) -> None:
        if self.table.live.state.phase is not Phase.LIVE:
            self.tell()

    @on(ResourceTable.Counted)
    def tell(self) -> None:
        """Bring title and words up to date."""
        table, state = self.table, self.table.live.state
        title = self._title_line
        title.set_class(state.phase in (Phase.STALE, Phase.DENIED, Phase.GONE), "-stale")
        title.set_content(self._title(state))
        empty = len(table.view) == 0 and bool(words := self._nothing(state))
        self.set_class(empty, "-empty")
        if empty:
            self._words.update(words)

    def _title(self, state: LiveState) -> Content:
        if self.kind is None:
            return Content()
        table, shown, total = self.table, len(self.table.view), self.table.view.total
        numbers = f"{shown:,}" if shown == total else f"{shown:,} of {total:,}"
        what = " ".join(filter(None, (self._cluster, plural_title(self.kind))))
        parts: list[Content | str | tuple[str, str]] = [what, "  ", (numbers, "$foreground")]
        if self.kind.namespaced:
            parts.append((f"  {plain(self.namespace) or 'all namespaces'}", "$muted"))
        if table.filter_text:
            parts.append((f"  /{plain(table.filter_text)}", "$accent"))
        if table.faults_only:
            parts.append(("  faults only", "$warning"))
        if table.marks:
            parts.append((f"  {len(table.marks)} marked", "$mark"))
        if note := table.view.filter.note:
            parts.append((f"  {plain(note)}", "$warning"))
        if phase := self.phase(state):
            parts.append((f"  {phase}", "$warning") if self.in_trouble(state) else f"  {phase}")
        return Content.assemble(*parts)

    def in_trouble(self, state: LiveState) -> bool:
        """Whether something is wrong with the rows, more than that they are still coming."""
        return state.phase in (Phase.STALE, Phase.DENIED, Phase.GONE)

    def phase(self, state: LiveState) -> str:
        """How far the rows can be trusted, in words; empty while they are live."""
        now = time.time()
        retry = f"retry in {state.retry_at - now:.0f}s" if state.retry_at > now else "retrying"
        match state.phase:
            case Phase.LOADING:
                return retry if state.error else "loading …"
            case Phase.STALE:
                reason = f" · {plain(state.error.what)}" if state.error else ""
                return f"stale {format_age(now - state.since)} · {retry}{reason}"
            case Phase.DENIED:
                return "denied"
            case Phase.GONE:
                return "no longer served"
        return ""

    def _nothing(self, state: LiveState) -> Content:
        if state.error is not None and not self.table.live.rows:
            words = error_words(state.error)
            narrower = isinstance(state.error, Forbidden) and self.kind and self.kind.namespaced and not self.namespace
            return Content.assemble(words, (NARROWER, "$foreground")) if narrower else words
        if self.kind is None:
            return Content(plain(self._awaited))
        if state.phase is Phase.LOADING:
            return Content()
        what = plural_title(self.kind).lower()
        if self.table.live.rows:
            if not self.table.view.total:
                return Content()
            key = key_that(self, "go_back", "leave")
            return Content(f"No {what} pass the filter.{f' {key} clears it.' if key else ''}")
        where = f"in {plain(self.namespace)}{self.WIDER or self._wider()}" if self.namespace else self.EVERYWHERE
        return Content(f"There are no {what} {where}.")

    def _wider(self) -> str:
        key = key_that(self, "namespace_slot(0)")
        return f". {key} shows all namespaces" if key else ""


def error_words(error: KubeGenieError) -> Content:
    """An error where the person looks: what, why, what next, one line each."""
    lines: list[Content | str | tuple[str, str]] = [(f"✖ {plain(error.what)}", "bold $error")]
    if error.why:
        lines.append(f"\n  {plain(error.why)}")
    if error.next_step:
        lines.append((f"\n  {plain(error.next_step)}", "$foreground"))
    return Content.assemble(*lines)

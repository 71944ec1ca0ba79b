"""The logs of one container or many: a title that tells how they come in, the lines, and a search below them."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar, Protocol

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message

from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.log_line import LogLine
from kubegenie_tui.domain.text import plain
from kubegenie_tui.keys import bindings
from kubegenie_tui.widgets.log_rate import Rate
from kubegenie_tui.widgets.log_view import LogView
from kubegenie_tui.widgets.search_bar import SearchBar
from kubegenie_tui.widgets.search_pane import Nothing, SearchPane
from kubegenie_tui.widgets.title_line import TitleLine

BESIDE_TITLE = 4
"""Cells of the title's line that are neither of its parts."""


class LogActions(Protocol):
    """What a pane of logs cannot do by itself."""

    def toggle_previous(self) -> None:
        """Show the runs before these, or these again."""

    def choose_container(self) -> None:
        """Let the person pick another container, or every one."""

    def choose_since(self) -> None:
        """Let the person pick how far back the logs begin."""

    def save(self) -> None:
        """Write the lines to a file."""

    def ask(self) -> None:
        """Ask the genie about what the logs are of."""


class LogPane(SearchPane):
    """Draws what it is given; whoever brings the lines is its `actions`."""

    DEFAULT_CSS = """
    LogPane { height: 1fr; }
    LogPane.-empty > LogView { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("logs")

    class Closed(Message):
        """The person wants to leave."""

    def __init__(self, *, id: str | None = None, now: Callable[[], float] = time.time) -> None:
        super().__init__(id=id)
        self.actions: LogActions | None = None
        self.view = LogView(now=now)
        self._rate = Rate(now)
        self._what = Content("Logs")
        self._state = ""
        self._trouble = False
        self._ended = False

    def compose(self) -> ComposeResult:
        """Title, words for when there are no lines, lines, search."""
        yield TitleLine()
        yield Nothing()
        yield self.view
        yield SearchBar("text  /regex/  !not  level:warn  pod:web  container:app  json:status>=500  since:5m")

    def on_mount(self) -> None:
        """Keep the rate in the title true."""
        self.set_interval(1.0, self._cool)

    @property
    def text_view(self) -> LogView:
        """The lines."""
        return self.view

    # What the pane is given

    def begin(self) -> None:
        """Another log: forget the lines of the one before."""
        self._state, self._trouble, self._ended = "", False, False
        self._rate.clear()
        self.view.clear()
        self.show_something()

    def name_log(self, title: str, part: str, *, previous: bool, since: str = "") -> None:
        """Whose log it is: the object, of its containers which, and how far back it begins."""
        run = Content.styled("  previous run", "$warning") if previous else Content()
        back = Content.styled(f"  {since}", "$muted") if since else Content()
        self._what = Content.assemble(("Logs ", "bold"), plain(title), (f"  {plain(part)}", "$accent"), run, back)
        self.tell()

    def tell_state(self, state: str, *, trouble: bool = False, ended: bool = False) -> None:
        """How the lines come in, in a few words: `waiting to start: …`, `connection lost, retry in 2s`."""
        self._state, self._trouble, self._ended = state, trouble, ended
        self.tell()

    def show_nothing(self, words: str | KubeGenieError) -> None:
        """Say why there are no lines; when there are some they stay and nothing is said here."""
        if not self.view.store:
            super().show_nothing(words)

    def take_lines(self, records: Sequence[LogLine]) -> None:
        """More lines at the end; they come in well."""
        self._state, self._trouble, self._ended = "", False, False
        self._rate.add(records)
        self.show_something()
        self.view.append(records)
        self.tell()

    # The title

    def _cool(self) -> None:
        if self._rate.moves:
            self.tell()

    @on(LogView.FollowChanged)
    def tell(self) -> None:
        """Bring the title up to date."""
        state = (f"   {plain(self._state)}", "$warning" if self._trouble else "$muted")
        note = f"   {self.note}" if self.note else ""
        left = Content.assemble(self._what, (note, "$accent"), state if self._state else "")
        right = Content.assemble(*self._words())
        if self.note and left.cell_length + right.cell_length > self.size.width - BESIDE_TITLE:
            right = Content()  # a note is there for a moment, and has to be read
        self.query_one(TitleLine).set_parts(left, right)

    def _words(self) -> Iterator[tuple[str, str]]:
        view = self.view
        if view.store.dropped:
            yield f"{view.store.dropped:,} older dropped  ", "$muted"
        if view.marks:
            yield f"{len(view.marks):,} marked  ", "$mark"
        if view.hiding:
            yield f"{view.place.rows:,} shown of ", "$warning"
        yield f"{len(view.store):,} line{'' if len(view.store) == 1 else 's'}  ", "$muted"
        if (rate := self._rate.per_second()) >= 1:
            yield f"{rate:,.0f}/s  ", "$muted"
        if view.hiding and not view.place.rows:
            yield "no line matches, & shows all", "$warning"
        elif not self._ended:
            yield ("following", "$accent") if view.following else ("stopped, f follows", "$warning")

    # Keys

    def action_switch(self, what: str) -> None:
        """Follow the end or stay, times before the lines, JSON as written, lines that do not match."""
        view = self.view
        if what == "follow":
            view.set_following(not view.following)
        elif what == "times":
            view.set_times(not view.times)
        elif what == "json":
            view.set_raw(not view.raw)
            self.say("JSON as it was written" if view.raw else "JSON as message and fields")
        elif not view.find.active:
            self.say("nothing is searched for: / first")
        else:
            view.set_hiding(not view.hiding)
        self.tell()

    def action_mark(self, what: str) -> None:
        """Mark a line, or go to the next marked one."""
        if what == "line":
            self.view.toggle_mark()
        elif not self.view.marks:
            self.say("nothing is marked: m first")
        else:
            self.view.go_to_mark()
        self.tell()

    def action_wish(self, what: str) -> None:
        """What only whoever brings the lines can do."""
        if actions := self.actions:
            wishes = {
                "previous": actions.toggle_previous,
                "container": actions.choose_container,
                "since": actions.choose_since,
                "save": actions.save,
                "genie": actions.ask,
            }
            wishes[what]()

    def action_go_back(self) -> None:
        """End the search first, then leave."""
        if not self.end_search():
            self.post_message(self.Closed())

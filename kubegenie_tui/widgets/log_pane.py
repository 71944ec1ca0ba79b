"""The logs of one container: a title that tells how they come in, the lines, and a search below them."""

import time
from collections import deque
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
from kubegenie_tui.widgets.log_view import LogView
from kubegenie_tui.widgets.search_bar import SearchBar
from kubegenie_tui.widgets.search_pane import Nothing, SearchPane
from kubegenie_tui.widgets.title_line import TitleLine

RATE_SECONDS = 5
"""The rate in the title is the mean of so many seconds."""


class LogActions(Protocol):
    """What a pane of logs cannot do by itself."""

    def toggle_previous(self) -> None:
        """Show the run before this one, or this one again."""

    def choose_container(self) -> None:
        """Let the person pick another container."""

    def save(self) -> None:
        """Write the lines to a file."""

    def ask(self) -> None:
        """Ask the genie about this pod."""


class Rate:
    """How many lines are written a second, lately; those of before we looked do not count."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._since = now()
        self._arrived: deque[tuple[float, int]] = deque()

    @property
    def moves(self) -> bool:
        """Whether the rate changes by itself."""
        return bool(self._arrived)

    def clear(self) -> None:
        """Begin anew."""
        self._since = self._now()
        self._arrived.clear()

    def add(self, lines: Sequence[LogLine]) -> None:
        """Lines that came in now."""
        since = int(self._since * 1e9)
        self._arrived.append((self._now(), sum(not line.stamp or line.stamp >= since for line in lines)))

    def per_second(self) -> float:
        """The mean of the last RATE_SECONDS."""
        while self._arrived and self._arrived[0][0] < self._now() - RATE_SECONDS:
            self._arrived.popleft()
        return sum(count for _, count in self._arrived) / RATE_SECONDS


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
        yield SearchBar()

    def on_mount(self) -> None:
        """Keep the rate in the title true."""
        self.set_interval(1.0, self._cool)

    @property
    def text_view(self) -> LogView:
        """The lines."""
        return self.view

    # What the pane is given

    def begin(self, pod: str, container: str, *, previous: bool) -> None:
        """Another log: forget the lines of the one before."""
        self._state, self._trouble, self._ended = "", False, False
        self._rate.clear()
        self.view.clear()
        self.show_something()
        self.name_log(pod, container, previous=previous)

    def name_log(self, pod: str, container: str, *, previous: bool) -> None:
        """Whose log it is."""
        run = Content.styled("  previous run", "$warning") if previous else Content()
        self._what = Content.assemble(("Logs ", "bold"), plain(pod), (f"  {plain(container)}", "$accent"), run)
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
        self.query_one(TitleLine).set_parts(left, Content.assemble(*self._words()))

    def _words(self) -> Iterator[tuple[str, str]]:
        view = self.view
        if view.store.dropped:
            yield f"{view.store.dropped:,} older dropped  ", "$muted"
        if view.hiding:
            yield f"{view.place.rows:,} shown of ", "$warning"
        yield f"{len(view.store):,} line{'' if len(view.store) == 1 else 's'}  ", "$muted"
        if (rate := self._rate.per_second()) >= 1:
            yield f"{rate:,.0f}/s  ", "$muted"
        if not self._ended:
            yield ("following", "$accent") if view.following else ("stopped, f follows", "$warning")

    # Keys

    def action_toggle_follow(self) -> None:
        """Follow the end, or stay here."""
        self.view.set_following(not self.view.following)

    def action_toggle_times(self) -> None:
        """Times before the lines, or not."""
        self.view.set_times(not self.view.times)

    def action_toggle_hide(self) -> None:
        """Hide the lines that do not match, or show them again."""
        if not self.view.find.active:
            self.say("nothing is searched for: / first")
            return
        self.view.set_hiding(not self.view.hiding)
        self.tell()

    def action_toggle_previous(self) -> None:
        """The run before this one."""
        if self.actions:
            self.actions.toggle_previous()

    def action_choose_container(self) -> None:
        """Another container."""
        if self.actions:
            self.actions.choose_container()

    def action_save_logs(self) -> None:
        """Write the lines to a file."""
        if self.actions:
            self.actions.save()

    def action_ask_genie(self) -> None:
        """Ask about this pod."""
        if self.actions:
            self.actions.ask()

    def action_go_back(self) -> None:
        """End the search first, then leave."""
        if not self.end_search():
            self.post_message(self.Closed())

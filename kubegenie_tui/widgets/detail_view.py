"""One object in four views: summary, YAML, events, logs. Alone on a screen, or below a table."""

from typing import ClassVar, Protocol

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.summary_section import Field
from kubegenie_tui.domain.text import plain
from kubegenie_tui.keys import bindings
from kubegenie_tui.widgets.event_list import EventList
from kubegenie_tui.widgets.log_pane import LogPane
from kubegenie_tui.widgets.search_bar import SearchBar
from kubegenie_tui.widgets.search_pane import Nothing, SearchPane
from kubegenie_tui.widgets.summary_view import SummaryView
from kubegenie_tui.widgets.text_view import TextView
from kubegenie_tui.widgets.title_line import TabLine
from kubegenie_tui.widgets.yaml_view import YamlView

TABS = ("summary", "yaml", "events", "logs")
INK = {Health.PROGRESSING: "$accent", Health.WARN: "$warning", Health.BAD: "$error"}


class DetailActions(Protocol):
    """What the view cannot do by itself."""

    def show_tab(self, tab: str) -> None:
        """The person looks at another view."""

    def refresh(self) -> None:
        """Fetch the object again."""

    def toggle_managed_fields(self) -> None:
        """With managedFields in the YAML, or without."""

    def ask(self) -> None:
        """Ask the genie about the object."""


class DetailView(SearchPane):
    """Draws what it is given; whoever fetches the object is its `actions`."""

    DEFAULT_CSS = """
    DetailView { height: 1fr; }
    DetailView > TextView, DetailView > LogPane { display: none; }
    DetailView.-summary > SummaryView, DetailView.-yaml > YamlView { display: block; }
    DetailView.-events > EventList, DetailView.-logs > LogPane { display: block; }
    DetailView.-empty > TextView, DetailView.-empty > LogPane { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("detail")

    class Closed(Message):
        """The person wants to leave."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.actions: DetailActions | None = None
        self.tab = "summary"
        self._what = Content()
        self._tabs: dict[str, str] = {}
        self._state = Content()

    def compose(self) -> ComposeResult:
        """Title, the four views, the words for when there is nothing to view, search."""
        yield TabLine()
        yield Nothing()
        yield SummaryView()
        yield YamlView()
        yield EventList()
        yield LogPane()
        yield SearchBar()

    @property
    def logs(self) -> LogPane:
        """The pane of logs."""
        return self.query_one(LogPane)

    @property
    def text_view(self) -> TextView:
        """The text of the tab that is shown."""
        views: dict[str, type[TextView]] = {"summary": SummaryView, "yaml": YamlView, "events": EventList}
        return self.query_one(views[self.tab]) if self.tab in views else self.logs.view

    def focus_text(self) -> None:
        """Give the keys to the tab that is shown."""
        self.text_view.focus()

    # What the view is given

    def begin(self, kind: str, namespace: str, name: str, *, has_logs: bool) -> None:
        """Another object comes: its kind as a word, where it is, and whether it has logs."""
        where = f"{namespace}/" if namespace else ""
        self._what = Content.assemble((f"{plain(kind)} ", "bold"), (plain(where), "$muted"), (plain(name), "bold"))
        self._tabs = {tab: tab for tab in TABS if has_logs or tab != "logs"}
        self._state = Content()
        for view in self.query_children(TextView):
            view.search("")
            view.scroll_to_row(0)
        self._take_tab(self.tab if self.tab in self._tabs else "summary")

    def tell_state(self, status: Field | None, age: str, *, gone: str = "") -> None:
        """How the object is: its status, its age, and, once it is gone, since when."""
        if gone:
            self._state = Content.styled(f"  {gone}", "$warning")
        elif status is None:
            self._state = Content.styled(f"  {age}", "$muted")
        else:
            glyph = "" if status.health <= Health.IDLE else f"{status.health.glyph} "
            word = (f"  {glyph}{status.value}", INK.get(status.health, "$foreground"))
            self._state = Content.assemble(word, (f"  {age}", "$muted"))
        self.tell()

    def tell_events(self, count: int) -> None:
        """How many events there are."""
        self._tabs["events"] = f"events {count}" if count else "events"
        self.tell()

    def tell(self) -> None:
        """Bring the title up to date."""
        note = (f"   {self.note}", "$accent") if self.note else ""
        title = Content.assemble(self._what, self._state, note)
        self.query_one(TabLine).set_tabs(title, list(self._tabs.items()), self.tab)

    # Keys

    def action_show_tab(self, tab: str) -> None:
        """Another view of the object."""
        if tab not in self._tabs:
            self.say(f"this has no {tab}")
            return
        had_keys = self.has_focus_within
        self._take_tab(tab)
        if had_keys:
            self.focus_text()
        if self.actions:
            self.actions.show_tab(tab)

    def _take_tab(self, tab: str) -> None:
        if self.bar.is_open and tab != self.tab:
            self.end_search()
        self.tab = tab
        for each in TABS:
            self.set_class(each == tab, f"-{each}")
        self.tell()

    @on(TabLine.Chosen)
    def _choose(self, event: TabLine.Chosen) -> None:
        event.stop()
        self.action_show_tab(event.tab)

    def action_toggle_managed_fields(self) -> None:
        """With managedFields in the YAML, or without."""
        if self.actions:
            self.actions.toggle_managed_fields()

    def action_refresh_detail(self) -> None:
        """Fetch the object again."""
        if self.actions:
            self.actions.refresh()

    def action_ask_genie(self) -> None:
        """Ask about the object."""
        if self.actions:
            self.actions.ask()

    def action_go_back(self) -> None:
        """End the search first, then leave."""
        if not self.end_search():
            self.post_message(self.Closed())

    @on(LogPane.Closed)
    def _leave_logs(self, event: LogPane.Closed) -> None:
        event.stop()
        self.post_message(self.Closed())

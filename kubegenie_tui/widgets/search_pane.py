"""What every pane of text has: search below it, copy, wrap, and a word in its title about what was just done."""

from abc import abstractmethod

from textual import on
from textual.content import Content
from textual.widgets import Static

from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.domain.text import plain
from kubegenie_tui.widgets.marked_pane import MarkedPane
from kubegenie_tui.widgets.search_bar import SearchBar
from kubegenie_tui.widgets.table_pane import error_words
from kubegenie_tui.widgets.text_view import TextView

MOST_COPIED = 1_000_000
"""Characters that are sent to the clipboard; terminals refuse more."""
NOTE_SECONDS = 4.0


class Nothing(Static, can_focus=True):
    """Words in place of the text; they take the keys, so that all keys of the pane go on working."""

    def __init__(self) -> None:
        super().__init__(markup=False, classes="pane")


class SearchPane(MarkedPane):
    """A pane around one text view at a time."""

    DEFAULT_CSS = """
    SearchPane > Nothing { display: none; padding: 1 3; height: 1fr; color: $muted; }
    SearchPane.-empty > Nothing { display: block; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.note = ""
        """What was just done, in a word or two; for the title."""

    @property
    @abstractmethod
    def text_view(self) -> TextView:
        """The text that is shown now."""

    @abstractmethod
    def tell(self) -> None:
        """Bring the title up to date."""

    @property
    def bar(self) -> SearchBar:
        """The line where a search is typed."""
        return self.query_children(SearchBar).first()

    def say(self, words: str) -> None:
        """Tell in the title what was just done, for some seconds."""
        self.note = words
        self.tell()
        self.set_timer(NOTE_SECONDS, lambda: self._unsay(words))

    def _unsay(self, words: str) -> None:
        if self.note == words:
            self.note = ""
            self.tell()

    # When there is no text

    def show_nothing(self, words: str | KubeGenieError) -> None:
        """Say why there is nothing to see: it loads, it is empty, or an error stands in the way."""
        nothing = self.query_children(Nothing).first()
        nothing.update(error_words(words) if isinstance(words, KubeGenieError) else Content(plain(words)))
        had_keys = self.has_focus_within
        self.add_class("-empty")
        if had_keys:
            nothing.focus()

    def show_something(self) -> None:
        """The text is worth looking at again."""
        self.remove_class("-empty")
        if self.query_children(Nothing).first().has_focus:
            self.text_view.focus()

    # Searching

    def action_search(self) -> None:
        """Let the person type what to look for."""
        self.bar.open()

    def action_next_match(self, step: int) -> None:
        """Go to the next match (1) or the one before (-1)."""
        self.text_view.action_next_match(step)

    def end_search(self) -> bool:
        """Look for nothing any more; False when nothing was looked for."""
        if not self.bar.is_open:
            return False
        self.bar.close()
        self.text_view.search("")
        self.text_view.focus()
        return True

    @on(SearchBar.Typed)
    def _look_for(self, event: SearchBar.Typed) -> None:
        event.stop()
        try:
            self.text_view.search(event.query)
        except UsageError as error:
            self.bar.tell(str(error), wrong=True)

    @on(SearchBar.Left)
    def _give_keys_back(self, event: SearchBar.Left) -> None:
        event.stop()
        self.text_view.focus()

    @on(SearchBar.Stepped)
    def _step(self, event: SearchBar.Stepped) -> None:
        event.stop()
        self.text_view.action_next_match(event.step)

    @on(TextView.Searched)
    def _count(self, event: TextView.Searched) -> None:
        event.stop()
        if event.view is self.text_view:
            fault = event.view.find.fault
            self.bar.tell(fault or count_words(event.view, event.at), wrong=bool(fault))

    # Copying and wrapping

    def action_copy_text(self) -> None:
        """Put the selection, or else the whole text, on the clipboard."""
        text = self.screen.get_selected_text() or self.text_view.copied()
        kept = text[-MOST_COPIED:].partition("\n")[2] if len(text) > MOST_COPIED else text
        self.app.copy_to_clipboard(kept)
        lines = f"{kept.count(chr(10)) + 1:,} lines" if "\n" in kept else f"{len(kept):,} characters"
        self.say(f"copied the last {lines}" if kept is not text else f"copied {lines}")

    def action_toggle_wrap(self) -> None:
        """Wrap long lines, or scroll sideways."""
        view = self.text_view
        view.set_wrap(not view.place.wrap)
        self.say("lines wrap" if view.place.wrap else "lines do not wrap")


def count_words(view: TextView, at: int) -> str:
    """`3 of 17`, `none`, `searching … 17`."""
    find = view.find
    if not find.active:
        return ""
    if not find.complete:
        return f"searching … {len(find.matches):,}"
    return f"{at:,} of {len(find.matches):,} lines" if find.matches else "nothing found"

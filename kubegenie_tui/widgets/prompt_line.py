"""The line that opens at the bottom for `:` and `/`, completions above it."""

from collections.abc import Callable, Sequence
from typing import ClassVar, Literal

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from kubegenie_tui.domain.command_line import Completion
from kubegenie_tui.keys import bindings
from kubegenie_tui.widgets.line_input import LineInput

Mode = Literal[":", "/"]


class PromptLine(Vertical):
    """Typed text for a command or a filter; hidden while nobody types."""

    DEFAULT_CSS = """
    PromptLine { dock: bottom; height: auto; display: none; background: $panel; margin-bottom: 1; }
    PromptLine.-open { display: block; }
    PromptLine #completions { height: auto; max-height: 8; padding: 0 1; color: $muted; }
    PromptLine #sign { width: 3; padding: 0 1; color: $accent; text-style: bold; }
    PromptLine #entry { height: 1; }
    PromptLine LineInput { background: $panel; width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("prompt")

    class Submitted(Message):
        """The person pressed Enter."""

        def __init__(self, mode: Mode, text: str) -> None:
            super().__init__()
            self.mode = mode
            self.text = text

    class Typed(Message):
        """The text changed."""

        def __init__(self, mode: Mode, text: str) -> None:
            super().__init__()
            self.mode = mode
            self.text = text

    class Cancelled(Message):
        """The person pressed Escape."""

        def __init__(self, mode: Mode) -> None:
            super().__init__()
            self.mode = mode

    def __init__(self, complete: Callable[[str], Sequence[Completion]], history: list[str] | None = None) -> None:
        super().__init__()
        self._complete = complete
        self._mode: Mode = ":"
        self._completions: Sequence[Completion] = ()
        self._history = history if history is not None else []
        """Earlier commands, the latest last; shared with whoever keeps it."""
        self._recalled = 0
        self._shown = Static(id="completions", markup=False)
        self._sign = Static(":", id="sign", markup=False)
        self._entry = LineInput(compact=True, select_on_focus=False)

    def compose(self) -> ComposeResult:
        """Completions above the entry."""
        yield self._shown
        yield Horizontal(self._sign, self._entry, id="entry")

    @property
    def is_open(self) -> bool:
        """Whether the person types here."""
        return self.has_class("-open")

    def open(self, mode: Mode, text: str = "") -> None:
        """Show the line and give it the keys."""
        self._mode, self._recalled = mode, 0
        self._sign.update(Content(mode))
        self._fill(text)
        self.add_class("-open")
        self._entry.focus()
        self._show_completions(text)

    def close(self) -> None:
        """Hide the line."""
        self.remove_class("-open")

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.is_open:
            self._show_completions(event.value)
            self.post_message(self.Typed(self._mode, event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        text = event.value.strip()
        if self._mode == ":" and text and self._history[-1:] != [text]:
            self._history.append(text)
        self.close()
        self.post_message(self.Submitted(self._mode, text))

    def _show_completions(self, text: str) -> None:
        self._completions = self._complete(text) if self._mode == ":" else ()
        lines = [
            Content.assemble((done.text, "$foreground" if index else "bold $accent"), "  ", (done.hint, "$muted"))
            for index, done in enumerate(self._completions)
        ]
        self._shown.display = bool(lines)
        self._shown.update(Content("\n").join(lines))

    def _fill(self, text: str) -> None:
        self._entry.value = text
        self._entry.cursor_position = len(text)

    def action_cancel(self) -> None:
        """Close without doing anything."""
        self.close()
        self.post_message(self.Cancelled(self._mode))

    def action_complete(self) -> None:
        """Take the first completion."""
        if self._completions:
            self._fill(self._completions[0].text + " ")

    def action_recall(self, step: int) -> None:
        """Bring back an earlier command."""
        if self._mode != ":" or not self._history:
            return
        self._recalled = max(0, min(self._recalled + step, len(self._history)))
        self._fill(self._history[-self._recalled] if self._recalled else "")

    @on(events.DescendantBlur)
    def _left(self) -> None:
        if self.is_open:
            self.close()

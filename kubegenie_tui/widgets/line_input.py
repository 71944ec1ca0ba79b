"""One line to type in, as every screen has it: no frame, and a cursor that does not blink."""

from textual import events
from textual.reactive import reactive
from textual.widgets import Input

from kubegenie_tui.domain.text import pasted_lines, plain


class LineInput(Input):
    """Takes one line."""

    DEFAULT_CSS = """
    LineInput { border: none; height: 1; padding: 0; background: $background; }
    LineInput:focus { border: none; }
    """
    cursor_blink = reactive(False, init=False)

    def _on_paste(self, event: events.Paste) -> None:
        event.text = plain(pasted_lines(event.text))

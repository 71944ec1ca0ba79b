"""Where a question is typed: grows with its lines, remembers what was asked, leaves every other key to the pane."""

from collections.abc import Callable, Collection

from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import TextArea

from kubegenie_tui.domain.text import pasted_lines
from kubegenie_tui.widgets.chat_choices import LAST_KEY
from kubegenie_tui.widgets.key_names import keys_now


class ChatInput(TextArea):
    """Enter sends, the key of commands begins one where nothing was typed yet, up and down bring back questions."""

    DEFAULT_CSS = """
    ChatInput {
        height: auto; min-height: 1; max-height: 5; width: 1fr; padding: 0; border: none; background: transparent;
    }
    ChatInput:focus { border: none; }
    ChatInput .text-area--cursor-line { background: transparent; }
    ChatInput .text-area--placeholder { color: $muted; }
    """

    cursor_blink = reactive(False, init=False)

    class Picked(Message):
        """A number was typed where nothing was typed yet: one of the choices is meant."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, numbers: Callable[[], Collection[int]]) -> None:
        """An empty line.

        Args:
            numbers: those that are choices in an empty line.
        """
        super().__init__(compact=True, highlight_cursor_line=False, classes="pane")
        self._numbers = numbers
        self._asked: list[str] = []
        self._recalled = 0

    def remember(self, question: str) -> None:
        """Something that was asked."""
        if self._asked[-1:] != [question]:
            self._asked.append(question)
        self._recalled = 0

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.prevent_default()
            return
        if event.key in "123456789" and not self.text and self._is_whole(event.key):
            event.stop()
            event.prevent_default()
            self.post_message(self.Picked(int(event.key)))
            return
        if event.key in keys_now(self, "open-command") and not self.text:
            event.stop()
            event.prevent_default()
            await self.app.run_action("open_command", self.app)
            return
        await super()._on_key(event)
        event.prevent_default()

    def _is_whole(self, digit: str) -> bool:
        """Whether a digit picks by itself: something can be picked, and no longer number begins so."""
        numbers = self._numbers()
        return bool(numbers) and not any(number > LAST_KEY and str(number).startswith(digit) for number in numbers)

    async def _on_paste(self, event: events.Paste) -> None:
        event.text = pasted_lines(event.text)

    def action_cursor_up(self, select: bool = False) -> None:
        """Up, and from the first line on to earlier questions."""
        if not select and self._asked and self.navigator.is_first_wrapped_line(self.cursor_location):
            self._recall(1)
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        """Down, and from the last line on to later questions."""
        if not select and self._recalled and self.navigator.is_last_wrapped_line(self.cursor_location):
            self._recall(-1)
        else:
            super().action_cursor_down(select)

    def _recall(self, step: int) -> None:
        self._recalled = max(0, min(self._recalled + step, len(self._asked)))
        self.text = self._asked[-self._recalled] if self._recalled else ""
        self.move_cursor(self.document.end)

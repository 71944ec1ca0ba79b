"""A manifest to edit: line numbers, the same quiet colours as where it is only read, and no markup."""

from typing import ClassVar

from rich.text import Text
from textual import events
from textual.message import Message
from textual.widgets import TextArea

from kubegenie_tui.domain.text import pasted_lines
from kubegenie_tui.widgets.key_names import keys_now
from kubegenie_tui.widgets.yaml_view import spans_of

INKS = ("key", "number", "muted", "bad")


class YamlArea(TextArea):
    """Tab indents where it takes no offer; what is pasted is made plain text."""

    class Picked(Message):
        """Another offer is meant (by so many further), or the one that is meant is taken."""

        def __init__(self, step: int = 0) -> None:
            super().__init__()
            self.step = step
            """0 to take it."""

    DEFAULT_CSS = """
    YamlArea { border: none; padding: 0; background: $background; color: $foreground; scrollbar-size: 1 1; }
    YamlArea:focus { border: none; }
    YamlArea > .yaml--key { color: $accent; }
    YamlArea > .yaml--number { color: $mark; }
    YamlArea > .yaml--muted { color: $muted; }
    YamlArea > .yaml--bad { color: $error; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"yaml--{ink}" for ink in INKS}

    def __init__(self, text: str) -> None:
        super().__init__(text, soft_wrap=False, tab_behavior="indent", show_line_numbers=True)
        self.cursor_blink = False
        self.offering = False
        """Whether there are offers that the arrows are for, and a key that takes one."""
        self.indent_width = 2

    def get_line(self, line_index: int) -> Text:
        """A line with its inks: comments muted, what is wrong in red."""
        line = super().get_line(line_index)
        text = line.plain
        if text.lstrip().startswith("#"):
            line.stylize(self.get_component_rich_style("yaml--bad" if "✖" in text else "yaml--muted", partial=True))
            return line
        for span in spans_of(text):
            line.stylize(self.get_component_rich_style(f"yaml--{span.ink}", partial=True), span.start, span.end)
        return line

    def action_cursor_up(self, select: bool = False) -> None:
        """The offer before, or the line above."""
        if self.offering and not select:
            self.post_message(self.Picked(-1))
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        """The next offer, or the line below."""
        if self.offering and not select:
            self.post_message(self.Picked(1))
        else:
            super().action_cursor_down(select)

    async def _on_key(self, event: events.Key) -> None:
        if self.offering and event.key in keys_now(self, "take-offer"):
            event.stop()
            event.prevent_default()
            self.post_message(self.Picked())
            return
        if event.key == "enter" and (indent := self._indent_after()):
            event.stop()
            event.prevent_default()
            self.insert(f"\n{indent}")
            return
        await super()._on_key(event)

    def _indent_after(self) -> str:
        """Where the line after the cursor's begins: as this one, further in below a name."""
        row, column = self.cursor_location
        left = self.document.get_line(row)[:column]
        front = left[: len(left) - len(left.lstrip(" -"))]
        return " " * (len(front) + (2 if left.rstrip().endswith(":") else 0))

    async def _on_paste(self, event: events.Paste) -> None:
        event.text = pasted_lines(event.text)

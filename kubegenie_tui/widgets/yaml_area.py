"""A manifest to edit: line numbers, the same quiet colours as where it is only read, and no markup."""

from typing import ClassVar

from rich.text import Text
from textual import events
from textual.widgets import TextArea

from kubegenie_tui.domain.text import plain_lines
from kubegenie_tui.widgets.yaml_view import spans_of

INKS = ("key", "number", "muted", "bad")


class YamlArea(TextArea):
    """Tab indents; what is pasted is made plain text."""

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

    async def _on_paste(self, event: events.Paste) -> None:
        event.text = plain_lines(event.text)
        await super()._on_paste(event)

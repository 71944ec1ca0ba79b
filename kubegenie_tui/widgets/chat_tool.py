"""One look-up of the genie: what it asked, how it went and how long it took; what came back unfolds below it."""

from time import monotonic

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from kubegenie_tui.domain.conversation import LookUp, Message, ToolFinished
from kubegenie_tui.domain.text import plain, plain_lines
from kubegenie_tui.widgets.title_line import TitleLine

MOST_SHOWN = 20_000
"""Characters of a result that are unfolded."""


class ToolCall(Vertical):
    """A line that runs until it is finished."""

    DEFAULT_CSS = """
    ToolCall { height: auto; }
    ToolCall > TitleLine { padding: 0; color: $foreground; }
    ToolCall > .result { padding: 0 0 0 2; color: $muted; height: auto; }
    """

    def __init__(self, label: str) -> None:
        super().__init__()
        self._label = plain(label)
        self._began = monotonic()
        self._line = TitleLine()
        self._result = ""
        self._running = True

    def on_mount(self) -> None:
        """Show the line."""
        self.mount(self._line)
        self.tick()

    def tick(self) -> None:
        """Show the time that passes."""
        if self._running:
            elapsed = format_elapsed((monotonic() - self._began) * 1000, running=True)
            self._line.set_parts(Content.assemble(("◐ ", "$accent"), self._label), Content.styled(elapsed, "$muted"))

    def finish(self, event: ToolFinished) -> None:
        """Show what it brought."""
        self._end(LookUp(ok=event.ok, summary=event.summary, milliseconds=event.milliseconds))
        self._keep(event.result)

    def recall(self, message: Message) -> None:
        """Show a look-up of an earlier day; how it went is not known of what was kept before that was recorded."""
        look_up = message.record.look_up if message.record is not None else None
        if look_up is not None:
            self._end(look_up)
        else:
            self._running = False
            self._line.set_parts(Content.styled(f"· {self._label}", "$muted"), Content())
        self._keep(message.text)

    def _end(self, look_up: LookUp) -> None:
        self._running = False
        glyph = ("✓ ", "$success") if look_up.ok else ("✖ ", "$error")
        summary = f"  {plain(look_up.summary)}" if look_up.summary else ""
        left = Content.assemble(glyph, self._label, (summary, "$muted"))
        self._line.set_parts(left, Content.styled(format_elapsed(look_up.milliseconds), "$muted"))

    def stop(self) -> None:
        """It was stopped before it was finished."""
        if self._running:
            self._running = False
            self._line.set_parts(Content.styled(f"○ {self._label}", "$muted"), Content.styled("stopped", "$muted"))

    def _keep(self, result: str) -> None:
        shown = plain_lines(result[:MOST_SHOWN]).expandtabs(4)
        more = len(result) - MOST_SHOWN
        self._result = f"{shown}\n… {more:,} more characters" if more > 0 else shown

    @property
    def is_unfolded(self) -> bool:
        """Whether the result is shown."""
        return bool(self.query(".result"))

    def unfold(self, shown: bool) -> None:
        """Show the result below the line, or hide it."""
        if shown and not self.is_unfolded and self._result:
            self.mount(Static(Content(self._result), markup=False, classes="result"))
        elif not shown:
            self.query(".result").remove()

    def on_click(self) -> None:
        """Unfold, or fold again."""
        self.unfold(not self.is_unfolded)


def format_elapsed(milliseconds: float, *, running: bool = False) -> str:
    """`38 ms`, `1.2 s`; a running clock tells tenths of seconds only."""
    if milliseconds < 1000 and not running:
        return f"{milliseconds:.0f} ms"
    return f"{milliseconds / 1000:.1f} s"

"""What a terminal pastes, as they send it: the line breaks of xterm, VTE, iTerm2 and tmux are carriage returns."""

import pytest
from textual import events
from textual._xterm_parser import XTermParser
from textual.app import App, ComposeResult
from textual.widget import Widget

from kubegenie_tui.theme import DARK
from kubegenie_tui.widgets.chat_input import ChatInput
from kubegenie_tui.widgets.line_input import LineInput
from kubegenie_tui.widgets.yaml_area import YamlArea

BRACKETS = "\x1b[200~", "\x1b[201~"
LINES = ["kind: Pod", "metadata:", "  name: web\u202e"]


class Pasting(App[None]):
    """Nothing but one place to type in."""

    def __init__(self, place: Widget) -> None:
        super().__init__()
        self._place = place
        self.register_theme(DARK)
        self.theme = DARK.name

    def compose(self) -> ComposeResult:
        yield self._place


def pasted(text: str) -> events.Paste:
    """What comes of a paste that the terminal puts in brackets."""
    (event,) = XTermParser().feed(text.join(BRACKETS))
    assert isinstance(event, events.Paste)
    return event


async def text_after(place: YamlArea | ChatInput | LineInput, line_break: str) -> str:
    app = Pasting(place)
    async with app.run_test() as pilot:
        place.focus()
        app.post_message(pasted(line_break.join(LINES)))
        await pilot.pause()
        return place.value if isinstance(place, LineInput) else place.text


@pytest.mark.parametrize("line_break", ["\r", "\n", "\r\n"])
async def test_its_lines_stay_lines(line_break: str) -> None:
    wanted = "kind: Pod\nmetadata:\n  name: web"
    assert await text_after(YamlArea(""), line_break) == wanted
    assert await text_after(ChatInput(lambda: ()), line_break) == wanted
    assert await text_after(LineInput(), line_break) == wanted.replace("\n", " ")

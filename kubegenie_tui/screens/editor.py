"""Edit an object's YAML inside the app: what was changed is looked at as a plan, above the text that made it."""

from collections.abc import Awaitable, Callable
from typing import ClassVar, NamedTuple

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from kubegenie_tui.domain.text import plain
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.floating import FloatingScreen
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.yaml_area import YamlArea


class Judged(NamedTuple):
    """What became of an edited text."""

    done: bool
    """Whether the editor has nothing more to do."""
    text: str = ""
    """The text to go on with, faults on top; empty to go on as it is."""


class EditorScreen(FloatingScreen[None]):
    """The text stays until it is carried out or dropped on purpose."""

    CSS_PATH = "editor.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("editing")

    def __init__(self, title: str, text: str, judge: Callable[[str], Awaitable[Judged]]) -> None:
        """A text to edit.

        Args:
            title: what is edited, and where.
            text: what to begin with.
            judge: shows a person what an edit would do.
        """
        super().__init__()
        self._title = title
        self._text = text
        self._judge = judge
        self._dropping = False

    def compose(self) -> ComposeResult:
        """Title, text, what is to be said, keys."""
        yield Static(Content(plain(self._title)), id="title", markup=False)
        yield YamlArea(self._text)
        yield Static(id="said", markup=False)
        yield KeyFooter()

    @property
    def area(self) -> YamlArea:
        """Where the text is."""
        return self.query_one(YamlArea)

    def on_mount(self) -> None:
        """Begin below the comment."""
        self.area.focus()
        self.area.move_cursor((min(4, self.area.document.line_count - 1), 0))

    @work(group="judge", exclusive=True, exit_on_error=False)
    async def action_preview(self) -> None:
        """Show what the edit would do."""
        self._say("")
        judged = await self._judge(self.area.text)
        if judged.done:
            self.dismiss(None)
        elif judged.text:
            place = self.area.cursor_location
            self.area.load_text(judged.text)
            self.area.move_cursor(place)
            self.area.scroll_home(animate=False)
            self._say(judged.text.split("\n")[2].partition("✖ ")[2])

    @property
    def is_edited(self) -> bool:
        """Whether leaving would lose something."""
        return self.area.text != self._text

    def tell_held(self) -> None:
        """Say that there is an edit to be lost."""
        self._say("The edit is not applied: esc twice drops it, ctrl+s shows what it would do")

    def action_leave(self) -> None:
        """Drop the edit; one that holds something is asked about first."""
        if not self.is_edited or self._dropping:
            self.dismiss(None)
        else:
            self._say("The edit is not applied: esc once more drops it, ctrl+s shows what it would do")
            self._dropping = True

    def on_text_area_changed(self) -> None:
        """Ask again before an edit is dropped that goes on."""
        self._dropping = False

    def _say(self, text: str) -> None:
        said = self.query_one("#said", Static)
        said.display = bool(text)
        said.update(Content(plain(text)))

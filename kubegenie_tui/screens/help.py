"""Every key in force, grouped by place; type to find one."""

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import ActiveBinding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from kubegenie_tui.domain.text import plain
from kubegenie_tui.key_words import PLACE_TITLES, KeyLine, key_lines, key_word
from kubegenie_tui.keys import EVERY_KEY, PLACES, bindings
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.line_input import LineInput

GENERAL = ("table", "text", "search", "prompt", "everywhere")
"""Places whose keys work inside of others: they come after those."""
KEYS_WIDTH = 22
"""Columns of the keys, before the words."""


class HelpScreen(ModalScreen[None]):
    """Floats above the screen that it explains: what works there first, the keys of other places after that."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("help"), *bindings("everywhere", ("show-help",), quiet=True)]

    def __init__(
        self, active_bindings: Mapping[str, ActiveBinding], keymap: Mapping[str, str], own: Mapping[str, str]
    ) -> None:
        """Help for the bindings of one moment.

        Args:
            active_bindings: what works on the screen below, as Textual tells it.
            keymap: the person's own keys by binding id.
            own: keys of commands that are not ours, each with what it does.
        """
        super().__init__()
        self._in_force = {active.binding.id for active in active_bindings.values() if active.enabled}
        self._keymap = keymap
        self._own = [KeyLine((key_word(key),), plain(label), ()) for key, label in own.items()]
        self._entry = LineInput(placeholder="type to find a key or what it does", compact=True)
        self._scroll = VerticalScroll(can_focus=False)
        self._shown = Static(id="keys", markup=False)

    def compose(self) -> ComposeResult:
        """A line to type in above the keys."""
        with Vertical() as box:
            box.border_title = Content("Keys")
            box.border_subtitle = Content(f"{self._closing_key()} closes")
            yield self._entry
            with self._scroll:
                yield self._shown
        yield KeyFooter()

    def _closing_key(self) -> str:
        line = key_lines([EVERY_KEY["close-help"]], self._keymap)[0]
        return line.keys[0]

    def on_mount(self) -> None:
        """Show all there is."""
        self._fill("")
        self._entry.focus()

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        event.stop()
        self._fill(event.value)

    def _fill(self, text: str) -> None:
        own = [line for line in self._own if _matches(line, text)]
        mine = [_group("Commands of your own and of plugins", own, in_force=True)] if own else []
        groups = [*self._groups(text, in_force=True), *mine, *self._groups(text, in_force=False)]
        shown = Content("\n\n").join(groups) if groups else Content.styled("no key like that", "$muted")
        self._shown.update(shown)
        self._scroll.scroll_home(animate=False)

    def _groups(self, text: str, *, in_force: bool) -> Iterator[Content]:
        for place in sorted(PLACES, key=GENERAL.count):
            wanted = [key for key in PLACES[place] if (key.id in self._in_force) is in_force]
            lines = [line for line in key_lines(wanted, self._keymap) if _matches(line, text)]
            if lines:
                yield _group(PLACE_TITLES[place], lines, in_force=in_force)

    @on(Input.Submitted)
    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)

    def action_show_help(self) -> None:
        """The key that opens the help closes it too."""
        self.action_leave()

    def action_scroll(self, rows: int) -> None:
        """Read on without leaving the line."""
        self._scroll.scroll_relative(y=rows, animate=False)


def _matches(line: KeyLine, text: str) -> bool:
    looked_through = " ".join((*line.keys, line.label, *line.ids)).lower()
    return all(word in looked_through for word in text.lower().split())


def _group(title: str, lines: Iterable[KeyLine], *, in_force: bool) -> Content:
    parts = [
        Content.styled(
            title if in_force else f"{title}, when you are there", "bold $accent" if in_force else "bold $muted"
        )
    ]
    for line in lines:
        keys = "  ".join(line.keys).ljust(KEYS_WIDTH)
        parts.append(
            Content.assemble("  ", (keys, "bold" if in_force else "$muted"), (line.label, "" if in_force else "$muted"))
        )
    return Content("\n").join(parts)

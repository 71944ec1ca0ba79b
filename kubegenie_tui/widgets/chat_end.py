"""Below what leads to a plan: how that ended, and what became of its objects."""

from typing import NamedTuple

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from kubegenie_tui.domain.conversation import Aftermath
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.plan import Note
from kubegenie_tui.domain.text import plain
from kubegenie_tui.widgets.chat_choices import Choices

_GLYPHS = {
    "under way": ("◐", "$warning"),
    "well": ("✓", "$success"),
    "unwell": ("✖", "$error"),
    "open": ("◐", "$warning"),
    "stopped": ("○", "$muted"),
}


class Ended(NamedTuple):
    """How a plan ended."""

    made: bool | None
    """None while that is open."""
    how: str


class End(Vertical):
    """Two lines or more, told anew as things go on."""

    DEFAULT_CSS = """
    End { height: auto; margin-bottom: 1; }
    End > Static { color: $muted; }
    End > Choices { margin-bottom: 0; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._how = Static(markup=False)
        self._became = Static(markup=False)
        self._places: Choices | None = None

    async def tell(self, told: Ended | Aftermath, before: Choices | None) -> Choices | None:
        """How the plan ended, or what became of its objects; where that can be seen, once it is known.

        `before` has the numbers before those of the places.
        """
        if self._places is not None:
            await self._places.remove()
            self._places = None
        if isinstance(told, Ended):
            await self._became.remove()
            self._became = Static(markup=False)
            await self._show(self._how, end_words(told))
            return None
        await self._show(self._became, aftermath_words(told))
        if told.state != "under way" and told.links:
            self._places = Choices([], [], before)
            self._places.lead_to(told.links)
            await self.mount(self._places)
        return self._places

    async def _show(self, line: Static, words: Content) -> None:
        line.update(words)
        if not line.is_attached:
            await self.mount(line)


def end_words(told: Ended) -> Content:
    """`✓ Done in 3.2s`."""
    glyph = ("◐ ", "$warning") if told.made is None else ("✓ ", "$success") if told.made else ("○ ", "$muted")
    return Content.assemble(glyph, (plain(told.how), "$muted"))


def aftermath_words(aftermath: Aftermath) -> Content:
    """How it is; below that a line for each thing that is seen, and what was promised."""
    glyph, colour = _GLYPHS[aftermath.state]
    parts: list[Content] = [Content.assemble((f"{glyph} ", colour), (plain(aftermath.words), "$muted"))]
    parts += [_note(note) for note in aftermath.notes]
    if aftermath.promised:
        parts.append(Content.assemble(("  promised, not checked: ", "$muted"), plain(aftermath.promised)))
    return Content("\n").join(parts)


def _note(note: Note) -> Content:
    colour = "$success" if note.health is Health.OK else "$muted" if note.health < Health.WARN else "$error"
    return Content.assemble((f"  {note.health.glyph} ", colour), (plain(note.text), "$foreground"))

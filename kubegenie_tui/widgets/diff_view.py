"""What a plan changes, object by object: signed lines, coloured as well, one section an object."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.segment import Segment
from textual import events
from textual.geometry import Size

from kubegenie_tui.domain.plan import StepPreview
from kubegenie_tui.domain.text import plain
from kubegenie_tui.widgets.text_runs import Span
from kubegenie_tui.widgets.text_view import TextView

MOST_OPEN = 5
"""Up to so many objects are shown with their lines, more only with their counts."""
_INKS = {"-": "bad", "+": "good", "@": "muted", "▾": "strong", "▸": "strong"}


class _Line(NamedTuple):
    sign: str
    text: str
    section: int


class DiffView(TextView):
    """Unified differences to read; long lines wrap so that nothing of a change is out of view at the right."""

    DEFAULT_CSS = "DiffView { height: auto; } DiffView:focus > .text--thumb { color: $accent; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(wrap=True, id=id)
        self._steps: Sequence[StepPreview] = ()
        self._open: set[int] = set()
        self._shown: list[_Line] = []

    def show(self, steps: Sequence[StepPreview]) -> None:
        """Show these from now on."""
        self._steps = steps
        self._open = set(range(len(steps))) if len(steps) <= MOST_OPEN else set()
        self._lay_out()

    def _lay_out(self) -> None:
        self._shown = list(self._lines())
        self.set_lines([line.text for line in self._shown])
        self.refresh(layout=True)

    def _lines(self) -> Iterator[_Line]:
        for at, step in enumerate(self._steps):
            is_open = at in self._open
            if len(self._steps) > 1:
                yield _Line("▾" if is_open else "▸", _heading(step), at)
            if is_open:
                yield from (_Line(line.sign, plain(line.text), at) for line in step.diff)
                if not step.diff:
                    yield _Line("@", "nothing would change", at)

    # Painting

    @property
    def prefix_width(self) -> int:
        """The sign and a blank."""
        return 3

    def prefix(self, line: int, part: int) -> list[Segment]:
        """The sign, on the first row of a line."""
        sign = self._shown[line].sign if part == 0 else " "
        return [Segment(f" {'┄' if sign == '@' else sign} ", self.ink(_INKS[sign]) if sign in _INKS else None)]

    def spans(self, line: int) -> Sequence[Span]:
        """A line in the ink of its sign."""
        sign, text, _ = self._shown[line]
        return (Span(0, len(text), _INKS[sign]),) if sign in _INKS else ()

    def copied(self) -> str:
        """The difference as `diff` writes it."""
        return "\n".join(f"{line.sign} {line.text}" for line in self._shown)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as there are, were they this wide."""
        room = max(1, width - self.prefix_width - self.EDGE)
        if room != self.place.room:
            self.place.room = room
            self.place.arrange()
        return self.place.rows

    # Moving from object to object

    def go_to_object(self, step: int) -> None:
        """Bring the next object (1) or the one before (-1) to the top."""
        heads = [self.place.row_of(at) for at, line in enumerate(self._shown) if line.sign in "▾▸"]
        beyond = [row for row in heads if row > self.top] if step > 0 else [row for row in heads if row < self.top]
        if beyond:
            self.scroll_to_row(beyond[0] if step > 0 else beyond[-1])

    def toggle_objects(self) -> None:
        """Show the lines of every object, or only the counts."""
        self._open = set() if self._open else set(range(len(self._steps)))
        self._lay_out()

    def on_click(self, event: events.Click) -> None:
        """Open or close the object whose heading was clicked."""
        row = self.top + event.y
        line = self._shown[self.place.at(row)[0]] if row < self.place.rows else None
        if line is not None and line.sign in "▾▸":
            self._open ^= {line.section}
            self._lay_out()


def _heading(step: StepPreview) -> str:
    """`update deployments.apps shop/web  +1 -1`."""
    signs = [line.sign for line in step.diff]
    counts = " ".join(f"{sign}{signs.count(sign)}" for sign in "+-" if sign in signs)
    return plain(f"{step.step.words}  {counts or 'unchanged'}")

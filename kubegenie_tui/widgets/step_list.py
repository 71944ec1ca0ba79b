"""The steps of a plan while it is carried out: how far each is, in a glyph and in words."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from textual.geometry import Size

from kubegenie_tui.domain.plan import StepState
from kubegenie_tui.domain.text import plain
from kubegenie_tui.theme import HEALTH_CLASS
from kubegenie_tui.widgets.styled_lines import Styled, StyledLinesView, wrapped
from kubegenie_tui.widgets.text_runs import Span


class ShownStep(NamedTuple):
    """One line of the list."""

    state: StepState
    what: str
    """`patch deployments.apps shop/web`."""
    text: str = ""
    """How far it is: `2 of 6 pods ready`."""
    seconds: float | None = None
    """How long it takes or took; None before it began."""
    word: str = ""
    """What to call its state; empty for the usual word."""


class StepList(StyledLinesView):
    """Brings the step that is under way, or else the one that failed, into view when it becomes that."""

    DEFAULT_CSS = "StepList { height: auto; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._steps: Sequence[ShownStep] = ()
        self._led_to: tuple[int, StepState] | None = None

    def show(self, steps: Sequence[ShownStep]) -> None:
        """Show these from now on."""
        rows, self._steps = len(self.lines), steps
        self.recompose_lines()
        if len(self.lines) != rows:
            self.refresh(layout=True)
        self.call_after_refresh(self._lead)

    def _lead(self) -> None:
        led_to = _of_interest(self._steps)
        if led_to is None or led_to == self._led_to or not self.size.height:
            return
        self._led_to = led_to
        width = self.place.room
        first = sum(1 for each in self._steps[: led_to[0]] for _ in _lines(each, width))
        last = first + sum(1 for _ in _lines(self._steps[led_to[0]], width)) - 1
        if not self.top <= first <= last < self.top + self.size.height:
            self.scroll_to_row(min(first, max(0, last - self.size.height // 2)))

    def compose_lines(self, width: int) -> Iterator[Styled]:
        """A line a step, more where the words need them."""
        for step in self._steps:
            yield from _lines(step, width)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as there are, were they this wide."""
        return sum(1 for _ in self.compose_lines(max(1, width - self.EDGE)))


def _of_interest(steps: Sequence[ShownStep]) -> tuple[int, StepState] | None:
    for state in (StepState.RUNNING, StepState.FAILED):
        for at, step in enumerate(steps):
            if step.state is state:
                return at, state
    return None


def _lines(step: ShownStep, width: int) -> Iterator[Styled]:
    ink = HEALTH_CLASS[step.state.health]
    took = "" if step.seconds is None else f"  {step.seconds:.1f}s"
    words = dict.fromkeys((step.what, step.word or _WORDS.get(step.state, ""), step.text))
    text = " · ".join(plain(part) for part in words if part) + took
    for at, piece in enumerate(wrapped(text, width - 4)):
        head = f" {step.state.health.glyph} " if at == 0 else "   "
        spans = [Span(0, 3, ink)]
        if step.state in (StepState.FAILED, StepState.SKIPPED):
            spans.append(Span(3, 3 + len(piece), ink))
        yield Styled(head + piece, tuple(spans))


_WORDS = {StepState.FAILED: "failed", StepState.SKIPPED: "not done", StepState.DONE: "done"}
"""States that the text of a step may leave open."""

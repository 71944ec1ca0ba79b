"""The events of an object, newest first, their messages whole."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from kubegenie_tui.domain.quantity import format_age
from kubegenie_tui.domain.summary_event import EventLine
from kubegenie_tui.domain.text import plain
from kubegenie_tui.widgets.styled_lines import Styled, StyledLinesView, column, wrapped
from kubegenie_tui.widgets.text_runs import Span

AGE, REASON, COUNT, SOURCE = 7, 22, 6, 24
NARROW = 100
"""Below so many cells the source is left out."""


class EventList(StyledLinesView):
    """One event a paragraph: age, reason, count, source, message."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._events: Sequence[EventLine] = ()
        self._now = 0.0
        self._trouble = ""

    def show(self, events: Sequence[EventLine], now: float, trouble: str = "") -> None:
        """Show these from now on.

        Args:
            events: the newest first.
            now: seconds since the epoch, for their ages.
            trouble: why they could not be had, empty when they could.
        """
        self._events, self._now, self._trouble = events, now, plain(trouble)
        self.recompose_lines()

    def compose_lines(self, width: int) -> Iterator[Styled]:
        """A line of titles and the events."""
        if self._trouble:
            for piece in wrapped(f"  ✖ {self._trouble}", width - 1):
                yield Styled(piece, (Span(0, len(piece), "bad"),))
        elif not self._events:
            yield Styled("  There are no events. The API server keeps them for an hour.", (Span(0, 99, "muted"),))
        if not self._events:
            return
        source = SOURCE if width >= NARROW else 0
        titles = _cells("AGE", "  REASON", "COUNT", "SOURCE" if source else "", source) + "MESSAGE"
        yield Styled(titles, (Span(0, len(titles), "muted"),))
        for event in self._events:
            yield from self._event(event, source, width)

    def _event(self, event: EventLine, source: int, width: int) -> Iterator[Styled]:
        age = format_age(self._now - event.last) if event.last else "–"
        count = f"×{event.count}" if event.count > 1 else ""
        head = _cells(age, f"{'▲' if event.warning else ' '} {event.reason}", count, event.source, source)
        first, *more = wrapped(event.message, width - cell_len(head) - 1)
        yield Styled(head + first, _inks(event, len(head)))
        for piece in more:
            yield Styled(" " * cell_len(head) + piece)


def _cells(age: str, reason: str, count: str, source: str, source_width: int) -> str:
    shown = column(source, source_width - 2) + "  " if source_width else ""
    return f" {age:>{AGE}}  {column(reason, REASON)} {count:>{COUNT}}  {shown}"


def _inks(event: EventLine, end: int) -> tuple[Span, ...]:
    reason = AGE + 3
    inks = [Span(0, reason, "muted")]
    if event.warning:
        inks.append(Span(reason, reason + REASON, "warn"))
    return (*inks, Span(reason + REASON, end, "muted"))

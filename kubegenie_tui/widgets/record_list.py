"""Records of what was done, the latest first: a line each, with a glyph and a word for how it went."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.text import plain
from kubegenie_tui.theme import HEALTH_CLASS
from kubegenie_tui.widgets.styled_lines import Styled, StyledLinesView, column, wrapped
from kubegenie_tui.widgets.text_runs import Span


class Record(NamedTuple):
    """One line of the list."""

    when: str
    health: Health
    word: str
    """How it went: `done`, `failed`."""
    text: str


class RecordList(StyledLinesView):
    """Stays where it was scrolled to while records come."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._records: Sequence[Record] = ()

    def show(self, records: Sequence[Record]) -> None:
        """Show these from now on."""
        if records != self._records:
            came = len(records) - len(self._records) if self._records and self.top else 0
            self._records = records
            self.recompose_lines()
            self.scroll_to_row(self.top + max(0, came))

    def compose_lines(self, width: int) -> Iterator[Styled]:
        """A line a record, more where the words need them."""
        stamp = max((len(record.when) for record in self._records), default=0) + 2
        state = max((len(record.word) for record in self._records), default=0) + 4
        for record in self._records:
            head = f" {record.when:<{stamp}}{record.health.glyph} {column(plain(record.word), state - 2)}"
            ink = HEALTH_CLASS[record.health]
            spans = (Span(0, stamp, "muted"), Span(stamp + 1, len(head), ink))
            for at, piece in enumerate(wrapped(plain(record.text), width - len(head))):
                yield Styled(f"{head}{piece}", spans) if at == 0 else Styled(" " * len(head) + piece)

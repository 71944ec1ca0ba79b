"""A summary as aligned labels and values; only what is wrong has colour, and a glyph that says the same."""

from collections.abc import Iterator

from rich.cells import cell_len

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.summary_section import Field, Section, Summary
from kubegenie_tui.theme import HEALTH_CLASS
from kubegenie_tui.widgets.styled_lines import Styled, StyledLinesView, column, wrapped
from kubegenie_tui.widgets.text_runs import Span

INDENT = 2
GAP = 2
MOST_LABEL = 40
"""Cells a label may take; longer ones are cut."""
COMMON_LABEL = 20
"""Labels up to here share one column through all sections."""
QUIET = (Health.OK, Health.IDLE)


class SummaryView(StyledLinesView):
    """What `kubectl describe` would tell, easier to look at."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._summary: Summary | None = None

    def show(self, summary: Summary) -> None:
        """Show this from now on, at the place where the window is."""
        if summary != self._summary:
            self._summary = summary
            self.recompose_lines()

    def compose_lines(self, width: int) -> Iterator[Styled]:
        """Sections one below the other."""
        sections = self._summary.sections if self._summary else ()
        common = max((label for label in map(_label_width, sections) if label <= COMMON_LABEL), default=0)
        for index, section in enumerate(sections):
            if index:
                yield Styled("")
            if section.title:
                yield Styled(f" {section.title}", (Span(0, len(section.title) + 1, "strong"),))
            yield from _rows(section, max(common, _label_width(section)), width)


def _label_width(section: Section) -> int:
    return max(cell_len(row.label) for row in section.rows)


def _rows(section: Section, label_width: int, width: int) -> Iterator[Styled]:
    label_width = min(label_width, max(6, min(MOST_LABEL, width * 2 // 5)))
    for row in section.rows:
        yield from _field(row, label_width, width)


def _field(row: Field, label_width: int, width: int) -> Iterator[Styled]:
    before = " " * INDENT + column(row.label, label_width) + " " * GAP
    value = row.value if row.health in QUIET else f"{row.health.glyph} {row.value}"
    ink = "" if row.health is Health.OK else HEALTH_CLASS[row.health]
    for index, piece in enumerate(wrapped(value, width - cell_len(before) - 1)):
        head = before if index == 0 else " " * cell_len(before)
        spans = [Span(0, len(head), "muted")]
        if ink:
            spans.append(Span(len(head), len(head) + len(piece), ink))
        yield Styled(head + piece, tuple(spans))

"""What a person should know before saying yes to a plan, in words: its weight, what it touches, what was checked."""

from collections.abc import Iterator, Sequence

from textual.geometry import Size

from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.plan import Note, Preview, Tier, said_of
from kubegenie_tui.domain.text import plain
from kubegenie_tui.theme import HEALTH_CLASS
from kubegenie_tui.widgets.styled_lines import Styled, StyledLinesView, wrapped
from kubegenie_tui.widgets.text_runs import Span

LABEL = 9
"""Cells of the words at the left."""
REFUSED = "refused"
"""The label that is itself the word for what follows."""
LOUD = (Health.WARN, Health.BAD)
TIED = "\N{NO-BREAK SPACE}"
NEXT = f"  {Health.OK.glyph}{TIED}"
"""Between checks that passed and share their lines: the glyph is not torn from what it stands for."""


class PlanNotes(StyledLinesView):
    """Labelled lines that wrap; glyph and word go with every colour."""

    DEFAULT_CSS = "PlanNotes { height: auto; } PlanNotes:focus > .text--thumb { color: $accent; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._groups: Sequence[tuple[str, Sequence[Note]]] = ()

    def show(self, groups: Sequence[tuple[str, Sequence[Note]]]) -> None:
        """Show these from now on, each group with its label."""
        self._groups = groups
        self.recompose_lines()
        self.refresh(layout=True)

    def compose_lines(self, width: int) -> Iterator[Styled]:
        """Groups one below the other."""
        for label, notes in self._groups:
            for at, note in enumerate(notes):
                yield from note_lines(label if at == 0 else "", note, width)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as there are, were they this wide."""
        return sum(1 for _ in self.compose_lines(max(1, width - self.EDGE)))


def note_lines(label: str, note: Note, width: int) -> Iterator[Styled]:
    """A note on as many rows of this width as it takes."""
    glyph = note.health.glyph
    text = f"{note.health.word} · {plain(note.text)}" if note.health in LOUD and label != REFUSED else plain(note.text)
    ink = HEALTH_CLASS[note.health]
    for at, piece in enumerate(wrapped(text, width - LABEL - 3)):
        hanging = LABEL if piece.startswith(glyph) else LABEL + 2
        head = f" {label:<{LABEL - 1}}{glyph} " if at == 0 else " " * hanging
        spans = [Span(0, LABEL, "muted"), Span(LABEL, LABEL + 2, ink)] if at == 0 else []
        if note.health in LOUD:
            spans.append(Span(len(head), len(head) + len(piece), ink))
        else:
            spans += [Span(len(head) + at, len(head) + at + 1, ink) for at, sign in enumerate(piece) if sign == glyph]
        yield Styled(head + piece.replace(TIED, " "), tuple(spans))


def groups_of(preview: Preview) -> list[tuple[str, Sequence[Note]]]:
    """What a preview tells beside its differences, the gravest first."""
    if preview.refusal is not None:
        return [(REFUSED, refusal_notes(preview.refusal))]
    weight = Health.IDLE if preview.tier is Tier.REVERSIBLE else Health.WARN
    passed = [note.text for note in preview.checks if note.health is Health.OK]
    checks = sorted((note for note in preview.checks if note.health is not Health.OK), key=_gravest_first)
    return [
        ("why", [Note(weight, reason) for reason in preview.reasons]),
        ("checks", [*checks, *([Note(Health.OK, NEXT.join(passed))] if passed else ())]),
        ("impact", sorted(preview.impact, key=_gravest_first)),
        ("said", [Note(Health.IDLE, line) for line in said_of(preview.plan)]),
    ]


def _gravest_first(note: Note) -> int:
    return -note.health


def refusal_notes(error: KubeGenieError) -> list[Note]:
    """What happened, why, and what to do next."""
    rest = [Note(Health.IDLE, text) for text in (error.why, error.next_step) if text]
    return [Note(Health.BAD, error.what), *rest]

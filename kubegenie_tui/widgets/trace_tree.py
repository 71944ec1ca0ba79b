"""What something is made of as a tree, with Ready and Synced side by side, and where each part is."""

from typing import NamedTuple

from rich.cells import cell_len

from kubegenie_tui.domain.text import shorten_middle
from kubegenie_tui.domain.tracing import Part, Said, Traced
from kubegenie_tui.theme import HEALTH_CLASS
from kubegenie_tui.widgets.cursor_lines import CursorLines, Parts
from kubegenie_tui.widgets.styled_lines import column

_SAID = 8
"""Cells for a status: `Unknown` and one more."""
_FEWEST = 24
"""Cells for kind and name at least."""
_CLOUDS = 14
_DEEPEST = "◀ deepest"
_AGAIN = "↑ see above"


class _Line(NamedTuple):
    found: Traced
    branch: str
    """What leads to it from above: `│ ├ `."""
    is_again: bool
    """Whether its parts stand further up, where it is a part of something else."""


class TraceTree(CursorLines):
    """A line for each part below a line of titles."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: list[_Line] = []
        self._deepest: Part | None = None
        self._name_width = self._cloud_width = 0
        self._tells_synced = True

    @property
    def current(self) -> Traced | None:
        """The part under the cursor."""
        line = self._line
        return line.found if line else None

    @property
    def _line(self) -> _Line | None:
        at = self.cursor - 1
        return self._lines[at] if 0 <= at < len(self._lines) else None

    @property
    def _stands_again(self) -> bool:
        return self._line is not None and self._line.is_again

    def show(self, root: Traced) -> None:
        """Show this; the cursor stays on its part when that is still there."""
        held, is_again = self.current, self._stands_again
        self._lines = [_Line(each.found, _branch(each.lasts), each.is_again) for each in root.outline()]
        culprits, self._tells_synced = root.culprits, root.tells_synced
        self._deepest = culprits[0].part if culprits else None
        self._name_width = max(cell_len(_name(line)) for line in self._lines)
        self._cloud_width = min(_CLOUDS, max(len(_where(line.found)) for line in self._lines))
        self.stand_on(held.part if held else root.part, again=is_again)

    def stand_on(self, part: Part, *, again: bool = False) -> None:
        """Put the cursor on a part, or on the first when it is not among them; `again`: where it comes once more."""
        places = [at for at, line in enumerate(self._lines, 1) if line.found.part == part]
        self.stand(next((at for at in places if self._lines[at - 1].is_again == again), (places or [1])[0]))

    def next_fault(self) -> None:
        """Put the cursor on the next part that is not well, from the end again at the first."""
        faults = [at for at, line in enumerate(self._lines, 1) if not line.found.is_well and not line.is_again]
        later = [at for at in faults if at > self.cursor]
        if faults:
            self.stand(later[0] if later else faults[0])

    def count(self) -> int:
        """Parts, and the titles."""
        return len(self._lines) + 1 if self._lines else 0

    def is_stop(self, at: int) -> bool:
        """All but the titles."""
        return at > 0

    def line_parts(self, at: int, width: int) -> Parts:
        """The titles, or a part."""
        before_name = 3 + _SAID * (1 + self._tells_synced)
        room = max(_FEWEST, min(self._name_width, width - before_name - self._cloud_width - len(_DEEPEST) - 4))
        if at == 0:
            synced = column("SYNCED", _SAID) if self._tells_synced else ""
            titles = f"   {column('READY', _SAID)}{synced}{column('WHAT', room)}  WHERE"
            return [(titles, "muted")]
        line = self._lines[at - 1]
        found = line.found
        ink = HEALTH_CLASS[found.health]
        before = len(line.branch)
        name = shorten_middle(_name(line)[before:], max(8, room - before))
        deepest = found.part == self._deepest and not line.is_again
        return [
            (f" {found.health.glyph} ", ink),
            _said(found.ready, exists=found.exists),
            *([_said(found.synced, exists=found.exists)] if self._tells_synced else []),
            (line.branch, "muted"),
            (column(name, room - before) + "  ", ""),
            (column(_where(found), self._cloud_width) + "  ", "muted"),
            *([(f"{_DEEPEST} ", "bad")] if deepest else []),
            (_AGAIN if line.is_again else _reason(found), "muted" if line.is_again else ink),
        ]


def _branch(lasts: tuple[bool, ...]) -> str:
    """What leads to a line from above; nothing for the first."""
    if not lasts:
        return ""
    *above, last = lasts
    return "".join("  " if each else "│ " for each in above) + ("└ " if last else "├ ")


def _where(found: Traced) -> str:
    return ", ".join(found.clouds)


def _name(line: _Line) -> str:
    return f"{line.branch}{line.found.part.kind} {line.found.part.name}"


def _said(said: Said, *, exists: bool) -> tuple[str, str]:
    word = said.status or ("-" if exists else "")
    ink = "muted" if not said.status else "" if said.holds else "bad" if said.status == "False" else "warn"
    return column(word, _SAID), ink


def _reason(found: Traced) -> str:
    """Why in a word: the whole message is told of the part under the cursor."""
    if found.unread:
        return found.unread
    if not found.exists:
        return "does not exist"
    if found.going:
        return "being deleted"
    failing = [each for each in (found.synced, found.ready) if each.status and not each.holds]
    return failing[0].reason if failing else ""

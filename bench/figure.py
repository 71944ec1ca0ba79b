"""What a benchmark reports: figures, each with the budget it must keep."""

import sys
from collections.abc import Iterable

import msgspec


class Figure(msgspec.Struct, frozen=True):
    """One measured number."""

    name: str
    """What was measured, on what: `list 10k pods, CPU`."""
    value: float
    unit: str
    budget: float | None = None
    """The limit; None for a figure that is only told."""
    at_least: bool = False
    """Whether the budget is a floor (a rate), not a ceiling."""

    @property
    def kept(self) -> bool:
        """Whether the budget is kept."""
        if self.budget is None:
            return True
        return self.value >= self.budget if self.at_least else self.value <= self.budget


def report(figures: Iterable[Figure]) -> None:
    """Hand figures to the runner: one JSON line each, as soon as it is known. Notes for people go to standard error."""
    for figure in figures:
        sys.stdout.write(msgspec.json.encode(figure).decode() + "\n")
        sys.stdout.flush()

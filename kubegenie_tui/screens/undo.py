"""What was changed in a cluster, the latest first: pick one to take it back, by a plan of its own."""

from collections.abc import Sequence

from textual.content import Content

from kubegenie_tui.domain.plan import Undoable
from kubegenie_tui.domain.quantity import format_age
from kubegenie_tui.domain.text import plain
from kubegenie_tui.screens.picker import Choice, PickerScreen

AGE = 6
"""Cells of the age."""
GAP = 2
"""Blanks behind it."""
UNSURE = "not known whether all of it was made"


class UndoScreen(PickerScreen):
    """Gives the id of the change to take back; one of which no more can be told than why it stays is not given."""

    def __init__(self, cluster: str, changes: Sequence[Undoable], *, now: float) -> None:
        """The list of one cluster.

        Args:
            cluster: its name.
            changes: what was changed, the latest first.
            now: seconds since the epoch.
        """
        self._changes = {str(change.id): change for change in changes}
        choices = [Choice(str(change.id), _line(change, now), AGE + GAP) for change in changes]
        nothing = "nothing was changed from here yet"
        super().__init__(f"Undo on {plain(cluster)}", choices, nothing=nothing)

    def _give(self, choice: str | None) -> None:
        change = self._changes.get(choice or "")
        if change is not None and (change.undone or (change.plan is None and not change.secrets)):
            why = "it was undone already" if change.undone else change.why_not
            self.notify(f"{change.title} · {why}", severity="warning", markup=False)
        else:
            super()._give(choice)


def _line(change: Undoable, now: float) -> Content:
    ago = format_age(now - change.at).rjust(AGE)
    state = "undone" if change.undone else "" if change.plan else f"✖ {change.why_not}"
    title = (plain(change.title), "$muted" if state else "$foreground")
    told = state or (UNSURE if change.unsure else "")
    return Content.assemble((ago, "$muted"), " " * GAP, title, (f"  {plain(told)}", "$muted"))

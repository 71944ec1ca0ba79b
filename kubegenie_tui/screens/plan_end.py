"""How a plan ended, for whoever asked for it and keeps it: made, refused, or left by the person.

What the server said of it is told without the values that were sent.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from kubegenie_tui.domain.plan import Preview
from kubegenie_tui.domain.sent_values import sent_by, without_values

if TYPE_CHECKING:
    from kubegenie_tui.screens.plan_run import PlanRun

Told = Callable[[bool, str, int], object]
"""Hears once whether all of it was made, how it ended, in a sentence, and the record that takes it back, 0 for none."""
LEFT = "Left without a yes; nothing was changed"


def tell_end(run: "PlanRun | None", preview: Preview | None, told: Told) -> None:
    """Tell it now that the person has left the plan, or when what goes on in the background has ended."""
    if run is None:
        if preview is None or preview.refusal is None:
            told(False, LEFT, 0)
        else:
            told(False, f"Refused: {without_values(str(preview.refusal), sent_by(preview.plan))}", 0)
    elif run.finished:
        _tell(run, told)
    else:
        heard = run.told

        def hear() -> None:
            heard()
            if run.finished:
                _tell(run, told)

        run.told = hear


def _tell(run: "PlanRun", told: Told) -> None:
    said = " · ".join(str(part) for part in (run.outcome, run.error) if part)
    told(run.well, without_values(said, sent_by(run.preview.plan)), run.undo_id)

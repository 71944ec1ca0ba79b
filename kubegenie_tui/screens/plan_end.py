"""How a plan ended, for whoever asked for it: made, refused, or left by the person."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from kubegenie_tui.domain.plan import Preview

if TYPE_CHECKING:
    from kubegenie_tui.screens.plan_run import PlanRun

Told = Callable[[bool, str, int], object]
"""Hears once whether all of it was made, how it ended, in a sentence, and the record that takes it back, 0 for none."""
LEFT = "Left without a yes; nothing was changed"


def tell_end(run: "PlanRun | None", preview: Preview | None, told: Told) -> None:
    """Tell it now that the person has left the plan, or when what goes on in the background has ended."""
    if run is None:
        refusal = preview.refusal if preview is not None else None
        told(False, f"Refused: {refusal}" if refusal else LEFT, 0)
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
    told(run.well, " · ".join(str(part) for part in (run.outcome, run.error) if part), run.undo_id)

"""What becomes of a change that no chat proposed: looked after in the background, told in a corner at the end."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.closing import closing
from kubegenie_tui.domain.conversation import Aftermath, Symptom
from kubegenie_tui.domain.errors import KubeGenieError, unexpected
from kubegenie_tui.domain.plan import Plan
from kubegenie_tui.domain.text import plain
from kubegenie_tui.widgets.background import begin

if TYPE_CHECKING:
    from textual.app import App

    from kubegenie_tui.services import Services

Heard = Callable[[Aftermath], object]
"""Hears each look; the last one is no longer under way."""
SHOWN_SECONDS = 20.0
"""For how long the end is told."""


def look_after(
    app: "App[Any]",
    services: "Services",
    plan: Plan,
    answers: Symptom | None,
    known: Sequence[Symptom] = (),
    heard: Heard = lambda _: None,
) -> None:
    """Look after a plan that was carried out, wherever the person goes meanwhile, until the app ends.

    Args:
        app: whose work it is.
        services: where is looked.
        plan: what was carried out.
        answers: the finding that it is to end, None for none.
        known: what was found before.
        heard: hears each look.
    """
    begin(app, partial(_looked_after, app, services, plan, answers, known, heard), "aftermath")


async def _looked_after(
    app: "App[Any]",
    services: "Services",
    plan: Plan,
    answers: Symptom | None,
    known: Sequence[Symptom],
    heard: Heard,
) -> None:
    seen = Aftermath(plan.title, promised=plan.expect)
    try:
        async with closing(services.genie.looked_after(plan, answers, known)) as looks:
            async for seen in looks:
                heard(seen)
    except KubeGenieError as error:
        _tell(app, plan, str(error), well=False)
    except Exception as error:  # the border of a worker: what nobody expected is said where the person looks
        _tell(app, plan, str(unexpected(error)), well=False)
    else:
        _tell(app, plan, " · ".join((seen.words, *(note.text for note in seen.notes))), well=seen.state == "well")


def _tell(app: "App[Any]", plan: Plan, words: str, *, well: bool) -> None:
    said = plain(f"{plan.title} · {words}")
    app.notify(said, severity="information" if well else "warning", markup=False, timeout=SHOWN_SECONDS)

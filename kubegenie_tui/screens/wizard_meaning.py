"""Beside the pages of the wizard: where one is, and what the cluster would come to as it is described so far."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

from textual.content import Content

from kubegenie_tui.domain.creation import HOURS_A_MONTH, Estimate, Outline
from kubegenie_tui.domain.errors import KubeGenieError, SpecRefused
from kubegenie_tui.domain.form import Value
from kubegenie_tui.domain.quantity import format_age
from kubegenie_tui.domain.summary_section import counted
from kubegenie_tui.domain.text import plain
from kubegenie_tui.widgets.hanging import Hanging

Foresee = Callable[[Mapping[str, Value]], Awaitable[Outline | None]]
"""What it comes to, given what stands in the fields; None when nobody can tell."""

PROVIDER, ACCOUNT, REVIEW = "Provider", "Account", "Review"
_BEHIND, _HERE, _AHEAD = "●", "◐", "○"


def trail(titles: Sequence[str], at: str) -> Content:
    """`Provider ● Account ● Cluster ◐ Review ○`.

    Args:
        titles: of the pages about the cluster.
        at: the title of the page one is on.
    """
    every = [PROVIDER, ACCOUNT, *titles, REVIEW]
    here = every.index(at)
    parts: list[tuple[str, str]] = []
    for number, title in enumerate(every):
        if number < here:
            parts.append((f"{plain(title)} {_BEHIND} ", "$success"))
        elif number == here:
            parts.append((f"{plain(title)} {_HERE} ", "bold $accent"))
        else:
            parts.append((f"{plain(title)} {_AHEAD} ", "$muted"))
    return Content.assemble(*parts).rstrip()


async def foreseen(foresee: Foresee, here: Mapping[str, Value]) -> tuple[Content | Hanging, str] | None:
    """What it comes to, whole and in a few words; None when nobody can tell."""
    try:
        outline = await foresee(here)
    except SpecRefused as error:
        return Content.styled(f"What it comes to is told once it can be made\n\n{plain(error.what)}", "$muted"), ""
    except KubeGenieError as error:
        return Content.styled(plain(str(error)), "$warning"), ""
    return None if outline is None else (Hanging(*_lines(outline)), sum_of(outline))


def sum_of(outline: Outline) -> str:
    """`30 steps · about $257.66 a month`."""
    steps = counted(len(outline.steps), "step")
    return f"{steps} · {_monthly(outline.estimate)}" if outline.estimate else steps


def dollars(hourly: float) -> str:
    """What one costs: `$0.10 an hour`, or `$0.08 a month` for what is sold by the month."""
    if 0 < hourly < 0.001:
        return f"${hourly * HOURS_A_MONTH:.2f} a month"
    cents = f"{hourly:,.2f}"
    return f"${cents if float(cents.replace(',', '')) == hourly else f'{hourly:,.6f}'.rstrip('0')} an hour"


def _monthly(estimate: Estimate) -> str:
    return f"about ${estimate.monthly:,.2f} a month" if estimate.prices else "unpriced"


def _lines(outline: Outline) -> Iterator[tuple[Content, int]]:
    """Each with the cells of its first column."""
    estimate = outline.estimate
    if estimate is not None:
        yield Content.styled(_monthly(estimate).capitalize(), "bold"), 0
        for price in estimate.prices:
            yield Content(f"{price.monthly:11,.2f}  {price.count:g} x {plain(price.what)}"), 13
        for each in estimate.unpriced:
            yield Content.styled(f"          ?  {plain(each)}", "$muted"), 13
        if estimate.as_of:
            yield Content.styled(plain(f"prices of {estimate.as_of}: {estimate.source}"), "$muted"), 0
        yield Content(), 0
    seconds = sum(each.usual_seconds for each in outline.steps)
    yield Content.styled(f"{counted(len(outline.steps), 'step')}, about {format_age(seconds)}", "bold"), 0
    for call, count in Counter(each.call for each in outline.steps).items():
        yield Content.assemble((f"{count:5} x ", "$muted"), plain(call)), 8
    if outline.warnings:
        yield Content(), 0
    for each in outline.warnings:
        yield Content.styled(f"▲ {plain(each)}", "$warning"), 2

"""How many nodes the pools of a cluster were asked for last: when it was made, or by a scaling since then."""

import asyncio
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.creation import Change, Work, WorkKind, WorkState
from kubegenie_tui.provision.described import recalled

if TYPE_CHECKING:
    from kubegenie_tui.provision.makers import Maker
    from kubegenie_tui.provision.works import Works


async def numbers_of(works: "Works", maker: "Maker", work: Work, pools: tuple[str, ...]) -> dict[str, str]:
    """In words, by pool: `2`, or `1 to 5`; without those of which nothing is known."""
    spec = await asyncio.to_thread(recalled, maker.spec, work.spec)
    found = {pool: words for pool in pools if (words := _made_with(spec, pool))}
    for each in reversed(await works.all()):
        change = each.change
        if each.of == work.id and each.kind is WorkKind.SCALE and each.state is WorkState.DONE and change:
            found[change.pool] = _changed_to(change)
    return found


def _made_with(spec: Any, pool: str) -> str:
    """A provider with no list of `pools` describes its one pool in the fields of its model."""
    asked = next((each for each in getattr(spec, "pools", ()) if each.name == pool), spec)
    least, most, count = (getattr(asked, field, None) for field in ("minimum", "maximum", "count"))
    scales = getattr(asked, "autoscale", count is None)
    if scales and least is not None and most is not None:
        return f"{least} to {most}"
    return "" if count is None else str(count)


def _changed_to(change: Change) -> str:
    return f"{change.bounds.least} to {change.bounds.most}" if change.bounds else str(change.count)

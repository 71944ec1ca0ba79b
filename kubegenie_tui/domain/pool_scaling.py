"""Scaling a pool of nodes as a person asks for it: a number of nodes, or bounds between which it scales itself."""

from kubegenie_tui.domain.creation import Bounds, Change, WorkKind
from kubegenie_tui.domain.errors import SpecRefused

MOST_NODES = 1000
"""As `NodePool` has it."""


def scale_change(pool: str, count: int | None, least: int | None, most: int | None) -> Change:
    """The change of a pool; None is what was not said.

    Raises:
        SpecRefused: this is neither a number of nodes nor bounds, and which field says so.
    """
    if least is None and most is None:
        if count is None:
            step = "say how many nodes there shall be, or the least and the most"
            raise SpecRefused(f"Nothing is asked of the pool {pool}", "", step, field="count")
        return Change(WorkKind.SCALE, pool=pool, count=count)
    if count is not None:
        why = "between bounds the pool chooses the number itself"
        raise SpecRefused("A pool is given a number of nodes or bounds, not both", why, field="count")
    return Change(WorkKind.SCALE, pool=pool, bounds=_bounds(least, most))


def _bounds(least: int | None, most: int | None) -> Bounds:
    if least is None or most is None:
        missing = "least" if least is None else "most"
        raise SpecRefused(f"The {missing} is missing", "bounds are two numbers", field=missing)
    if not 0 <= least <= MOST_NODES:
        raise SpecRefused(f"The least cannot be {least} nodes", f"it is from 0 to {MOST_NODES}", field="least")
    if not 1 <= most <= MOST_NODES:
        raise SpecRefused(f"The most cannot be {most} nodes", f"it is from 1 to {MOST_NODES}", field="most")
    if most < least:
        raise SpecRefused(f"The most, {most} nodes, is less than the least, {least}", field="most")
    return Bounds(least, most)

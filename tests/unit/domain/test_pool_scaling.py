"""A pool is given a number of nodes or bounds; whatever else is asked for is refused at its field."""

import pytest

from kubegenie_tui.domain.creation import Bounds, Change, WorkKind
from kubegenie_tui.domain.errors import SpecRefused
from kubegenie_tui.domain.pool_scaling import scale_change


def test_a_number_of_nodes_or_bounds() -> None:
    assert scale_change("web", 3, None, None) == Change(WorkKind.SCALE, pool="web", count=3)
    assert scale_change("web", 0, None, None).bounds is None
    assert scale_change("web", None, 0, 4) == Change(WorkKind.SCALE, pool="web", bounds=Bounds(0, 4))
    assert scale_change("web", None, 4, 4).bounds == Bounds(4, 4)


@pytest.mark.parametrize(
    ("asked", "field", "said"),
    [
        ((None, None, None), "count", "say how many nodes there shall be, or the least and the most"),
        ((3, 1, 4), "count", "not both"),
        ((None, 1, None), "most", "The most is missing"),
        ((None, None, 4), "least", "bounds are two numbers"),
        ((None, 5, 4), "most", "The most, 4 nodes, is less than the least, 5"),
        ((None, -1, 4), "least", "from 0 to 1000"),
        ((None, 0, 0), "most", "from 1 to 1000"),
        ((None, 1, 1001), "most", "from 1 to 1000"),
    ],
)
def test_what_does_not_go_together(asked: tuple[int | None, ...], field: str, said: str) -> None:
    count, least, most = asked
    with pytest.raises(SpecRefused, match=said) as told:
        scale_change("web", count, least, most)
    assert told.value.field == field


@pytest.mark.parametrize(("count", "to"), [(0, 2), (2, 2), (3, 3), (4, 4), (9, 4)])
def test_a_pool_beyond_its_new_bounds_is_brought_within(count: int, to: int) -> None:
    bounds = Bounds(2, 4)
    assert bounds.nearest(count) == to
    told = f"Its nodes go from {count} to {to}"
    assert bounds.effect(count) == (() if to == count else (told,))

"""What could be saved is a part of what is paid."""

import pytest

from kubegenie_tui.domain.costs import Advice, Bill
from kubegenie_tui.domain.creation import Estimate, Price

NODES = Price("m5.large", 2, 70.0)
PAID = Estimate((NODES,), "2026-01-19", "a sheet", unpriced=("x99.unheard",))


def advice(monthly: float | None) -> Advice:
    return Advice("spare-nodes", "2 of 3 nodes would not be needed", None, (), monthly)


@pytest.mark.parametrize(
    ("estimate", "figures", "saved"),
    [
        (PAID, [20.0, 30.0, None], 50.0),
        (PAID, [PAID.monthly, 30.0], PAID.monthly),
        (None, [20.0, 30.0], 50.0),
        (PAID, [], 0.0),
    ],
)
def test_pieces_that_overlap_save_no_more_than_is_paid(
    estimate: Estimate | None, figures: list[float | None], saved: float
) -> None:
    assert Bill(estimate, tuple(map(advice, figures))).saving == saved

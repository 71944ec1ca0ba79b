"""The price sheet of Google's knows nodes and their disks, and nothing is guessed."""

import pytest

from kubegenie_tui.providers.price_sheet import Line, load_sheet

SHEET = load_sheet("gke")


@pytest.mark.parametrize("region", SHEET.regions)
def test_spot_nodes_are_cheaper_and_disks_have_a_price(region: str) -> None:
    for each in SHEET.sizes(region):
        assert each.spot_hourly is not None
        assert 0 < each.spot_hourly < each.hourly
    disks = [SHEET.disk_hourly(region, kind) for kind in ("pd-standard", "pd-balanced", "pd-ssd")]
    assert all(disks)
    assert disks == sorted(each or 0 for each in disks)


def test_what_is_not_in_the_sheet_is_named_and_not_guessed() -> None:
    assert SHEET.node("mars-north1", "e2-standard-2") is None
    assert SHEET.node("us-east1", "m9-huge") is None
    assert SHEET.disk_hourly("us-east1", "floppy") is None
    estimate = SHEET.estimate([Line("cluster", 1, 0.1), Line("nodes", 3, None)], "us-central1")
    assert estimate.monthly == pytest.approx(73)
    assert estimate.unpriced == ("nodes",)

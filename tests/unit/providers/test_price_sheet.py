"""The price sheets say what, when and by whom, and nothing that they do not know."""

from datetime import date
from pathlib import Path

import pytest

import kubegenie_tui
from kubegenie_tui.providers.price_sheet import Line, load_sheet

SHEETS = sorted(each.stem for each in (Path(kubegenie_tui.__file__).parent / "providers/prices").glob("*.toml"))


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_has_a_day_a_source_and_prices(name: str) -> None:
    sheet = load_sheet(name)
    assert date.fromisoformat(sheet.as_of) >= date(2024, 1, 1)
    assert sheet.source
    for region in sheet.regions:
        sizes = sheet.sizes(region)
        assert sizes == sorted(sizes, key=lambda each: each.hourly)
        for each in sizes:
            assert each.size
            assert each.spot_hourly is None or 0 < each.spot_hourly < each.hourly
            assert sheet.node(region, each.size) is not None


def test_what_is_not_in_a_sheet_is_named_and_not_guessed() -> None:
    sheet = load_sheet("gke")
    assert sheet.node("mars-north1", "e2-standard-2") is None
    assert sheet.node("us-east1", "m9-huge") is None
    assert sheet.disk_hourly("us-east1", "floppy") is None
    estimate = sheet.estimate([Line("cluster", 1, 0.1), Line("nodes", 3, None)])
    assert estimate.monthly == pytest.approx(73)
    assert estimate.unpriced == ("nodes",)

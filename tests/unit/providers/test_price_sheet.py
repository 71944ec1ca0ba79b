"""What things cost comes from a dated sheet, and what is not in it is never guessed."""

import datetime
from pathlib import Path

import msgspec
import pytest

from kubegenie_tui.domain.creation import HOURS_A_MONTH
from kubegenie_tui.providers import price_sheet
from kubegenie_tui.providers.price_sheet import Line, load_sheet

SHEETS = sorted(path.stem for path in (Path(price_sheet.__file__).parent / "prices").glob("*.toml"))


@pytest.mark.parametrize("provider", SHEETS)
def test_each_sheet_says_of_which_day_it_is_and_who_says_so(provider: str) -> None:
    sheet = load_sheet(provider)
    assert datetime.date.fromisoformat(sheet.as_of)
    assert sheet.source
    assert sheet.regions


@pytest.mark.parametrize("provider", SHEETS)
def test_larger_machines_are_not_free(provider: str) -> None:
    sheet = load_sheet(provider)
    for region in sheet.regions:
        hourly = [each.hourly for each in sheet.sizes(region)]
        assert hourly == sorted(hourly)
        assert hourly[0] > 0


def test_a_size_is_told_in_a_few_words() -> None:
    price = load_sheet("eks").node("us-east-1", "m5.xlarge")
    assert price is not None
    assert price.words == "4 vCPU · 16 GiB · $0.192/h"


def test_an_estimate_names_what_has_no_price() -> None:
    sheet = load_sheet("eks")
    assert sheet.node("us-east-1", "x9.huge") is None
    assert sheet.node("mars-1", "m5.large") is None
    lines = [Line("control plane", 1, 0.10), Line("2 x x9.huge", 2, None), Line("nodes", 2, 0.096)]
    estimate = sheet.estimate(lines, "us-east-1")
    assert estimate.monthly == pytest.approx((0.10 + 0.192) * HOURS_A_MONTH)
    assert estimate.unpriced == ("2 x x9.huge",)
    assert estimate.as_of == sheet.as_of


def test_where_a_region_is_not_in_the_sheet_the_command_that_fetches_it_is_told() -> None:
    sheet, lines = load_sheet("eks"), [Line("control plane", 1, 0.10)]
    assert "refresh" not in sheet.estimate(lines, "us-east-1").source
    told = sheet.estimate(lines, "mars-1").source
    assert told.endswith("no prices of machines in mars-1: `kubegenie costs refresh eks --region mars-1` fetches them")


@pytest.mark.parametrize(("days", "is_old"), [(364, False), (366, True)])
def test_prices_of_more_than_a_year_ago_are_called_old(days: int, is_old: bool) -> None:
    as_of = (datetime.datetime.now(datetime.UTC).date() - datetime.timedelta(days=days)).isoformat()
    sheet = msgspec.structs.replace(load_sheet("aks"), as_of=as_of)
    assert ("They are more than a year old" in sheet.estimate([], "westeurope").source) is is_old


def test_disks_are_priced_by_the_month_and_told_by_the_hour() -> None:
    hourly = load_sheet("eks").disk_hourly("us-east-1", "gp3")
    assert hourly == pytest.approx(0.08 / HOURS_A_MONTH)
    assert load_sheet("eks").disk_hourly("mars-1", "gp3") is None
    assert load_sheet("eks").network_hourly("us-east-1", "nat") == 0.045


def test_a_disk_is_billed_by_the_gb_or_as_the_next_larger_size() -> None:
    eks, aks = load_sheet("eks"), load_sheet("aks")
    assert eks.volume_hourly("us-east-1", "gp3", 20) == pytest.approx(20 * 0.08 / HOURS_A_MONTH)
    assert eks.volume_hourly("us-east-1", "io9", 20) is None
    for gigabytes, monthly in ((1, 0.30), (100, 9.60), (128, 9.60), (129, 19.20)):
        hourly = aks.volume_hourly("westeurope", "StandardSSD_LRS", gigabytes)
        assert hourly == pytest.approx(monthly / HOURS_A_MONTH)
    assert aks.volume_hourly("westeurope", "StandardSSD_LRS", 40_000) is None
    assert aks.volume_hourly("westeurope", "UltraSSD_LRS", 4) is None
    assert aks.volume_hourly("mars-1", "StandardSSD_LRS", 4) is None

"""Prices of GKE of today: a machine is what its cores and its memory cost, by family."""

import pytest

from kubegenie_tui.domain.errors import PermissionMissing, ProviderError
from kubegenie_tui.providers.price_refresh import refresh
from kubegenie_tui.providers.price_sheet import load_sheet, packaged_sheet
from tests.clouds.price_lists import FakeCatalog, sku
from tests.unit.kube.loopback import serve


def catalog() -> FakeCatalog:
    return FakeCatalog(
        sku("E2 Instance Core running in Americas", 0.02),
        sku("E2 Instance Ram running in Americas", 0.003),
        sku("Spot Preemptible E2 Instance Core running in Americas", 0.01, "Preemptible"),
        sku("Spot Preemptible E2 Instance Ram running in Americas", 0.001, "Preemptible"),
        sku("E2 Custom Instance Core running in Americas", 9.0),
        sku("E2 Instance Core running in Belgium", 0.5, "OnDemand", "europe-west1"),
        sku("E2 Instance Ram running in Belgium", 0.0625, "OnDemand", "europe-west1"),
        sku("Commitment v1: E2 Cpu in Americas for 1 Year", 0.001, "Commit1Yr"),
        sku("N2 Instance Core running in Americas", 0.03),
        sku("Balanced PD Capacity", 0.11),
        sku("Storage PD Capacity", 0.05, free=True),
        sku("Regional SSD backed PD Capacity", 0.4),
    )


async def test_a_size_costs_its_cores_and_its_memory() -> None:
    fake = catalog()
    fake.page = 5
    async with serve(fake.answer) as url:
        await refresh("gke", ["us-central1", "europe-west1"], lambda _: None, endpoint=url)
    sheet = load_sheet("gke")
    price = sheet.node("us-central1", "e2-standard-4")
    assert price is not None
    assert price.hourly == pytest.approx(4 * 0.02 + 16 * 0.003)
    assert price.spot_hourly == pytest.approx(0.056)
    other = sheet.node("europe-west1", "e2-standard-2")
    assert other is not None
    assert (other.hourly, other.spot_hourly) == (1.5, None)
    assert sheet.node("us-central1", "n2-standard-2") is None
    assert sheet.disks["us-central1"] == {"pd-balanced": 0.11, "pd-standard": 0.05}
    assert sheet.nodes["us-east1"] == packaged_sheet("gke").nodes["us-east1"]
    assert len(fake.asked) == 3


async def test_an_api_that_is_off_is_told() -> None:
    fake = catalog()
    fake.disabled = True
    async with serve(fake.answer) as url:
        with pytest.raises(PermissionMissing, match="API is off") as caught:
            await refresh("gke", ["us-central1"], lambda _: None, endpoint=url)
    assert "turn that API on" in caught.value.next_step


async def test_prices_in_another_currency_are_none() -> None:
    fake = catalog()
    for each in fake.skus:
        each["pricingInfo"][0]["pricingExpression"]["tieredRates"][-1]["unitPrice"]["currencyCode"] = "CZK"
    async with serve(fake.answer) as url:
        with pytest.raises(ProviderError, match="no prices for us-central1"):
            await refresh("gke", ["us-central1"], lambda _: None, endpoint=url)

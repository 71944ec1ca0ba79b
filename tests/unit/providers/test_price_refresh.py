"""Prices of today are fetched from the provider, written wholly or not at all, and taken where they are the newer."""

import asyncio
import importlib.util
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web

from kubegenie_tui.cli.parser import build_parser
from kubegenie_tui.cli.refreshing import refreshed
from kubegenie_tui.domain.errors import ExtraMissing, PermissionMissing, ProviderError, TryLater, UsageError
from kubegenie_tui.providers import price_refresh
from kubegenie_tui.providers.price_refresh import REFRESHABLE, refresh
from kubegenie_tui.providers.price_sheet import Line, Sheet, load_sheet, packaged_sheet
from tests.clouds.price_lists import FakePriceList, FakeRetail, Fault, instance, meter, product
from tests.unit.kube.loopback import serve

TODAY = datetime.now(UTC).date().isoformat()
LARGE = "Standard_D2s_v5"


def azure() -> FakeRetail:
    return FakeRetail(
        meter(LARGE, "D2s v5", 0.5),
        meter(LARGE, "D2s v5 Spot", 0.1),
        meter(LARGE, "D2s v5 Low Priority", 0.9),
        meter(LARGE, "D2s v5", 0.8, productName="Virtual Machines Dsv5 Series Windows"),
        meter(LARGE, "D2s v5", 0.7, productName="Dsv5 Series Cloud Services"),
        meter(LARGE, "D2s v5", 0.6, type="Reservation", unitOfMeasure="1 Hour"),
        meter(LARGE, "D2s v5", 0.6, isPrimaryMeterRegion=False),
        meter("Standard_D4s_v5", "D4s v5", 1.0),
        meter("Standard_D4s_v5", "D4s v5", 9.0, armRegionName="eastus"),
        meter("Standard_Zz9", "Zz9", 3.0),
        disk("E10 LRS Disk", 11.0),
        disk("E4 LRS Disk", 3.0),
        disk("E10 LRS Disk", 8.0, type="Reservation"),
        disk("E10 LRS Disk Mount", 1.1),
        disk("E10 LRS Disk Operations", 0.002, unitOfMeasure="10K"),
        disk("P10 ZRS Disk", 30.0, productName="Premium SSD Managed Disks"),
        network("IP Addresses", "Standard IPv4 Static Public IP", 0.006),
        network("IP Addresses", "Basic IPv4 Static Public IP", 0.004),
        network("Load Balancer", "Standard Included LB Rules and Outbound Rules", 0.026, armRegionName="Global"),
        network("Load Balancer", "Standard Included LB Rules and Outbound Rules", 0.9, armRegionName="attdallas1"),
    )


def disk(name: str, price: float, **other: object) -> dict[str, Any]:
    """A size of disk of Azure; what it costs each month, unless said otherwise."""
    told = {"serviceName": "Storage", "productName": "Standard SSD Managed Disks", "unitOfMeasure": "1/Month"}
    return meter("", name, price, **{**told, **other})


def network(product: str, name: str, price: float, **other: object) -> dict[str, Any]:
    """Something of Azure's network, by the hour."""
    service = "Load Balancer" if product == "Load Balancer" else "Virtual Network"
    return meter("", name, price, **{"serviceName": service, "productName": product, **other})


def aws() -> FakePriceList:
    fake = FakePriceList(
        instance("m5.large", "0.1070000000", "2", "8 GiB"),
        instance("m5.large", "0.2000000000", "2", "8 GiB", operatingSystem="Windows"),
        instance("x1e.32xlarge", "32.0000000000", "128", "3,904 GiB"),
        instance("p5.48xlarge", "9.0000000000", "192", "2048 GiB", marketoption="CapacityBlock"),
        instance("t3.nano", "0.0000000000", "2", "0.5 GiB"),
        product("AmazonEC2", "Storage", "GB-Mo", "0.0880000000", volumeApiName="gp3"),
        product("AmazonEC2", "NAT Gateway", "GB", "0.0490000000", usagetype="EU-NatGateway-Bytes"),
        product("AmazonEC2", "NAT Gateway", "Hrs", "0.0700000000", usagetype="EU-Regional-NatGateway-Hours"),
        product("AmazonEC2", "NAT Gateway", "Hrs", "0.0480000000", usagetype="EU-NatGateway-Hours"),
        product("AWSELB", "Load Balancer-Network", "Hrs", "0.0055000000", usagetype="EU-TS-LoadBalancerUsage"),
        product("AWSELB", "Load Balancer-Network", "Hrs", "0.0252000000", usagetype="EU-LoadBalancerUsage"),
        product("AWSELB", "Load Balancer", "Hrs", "0.0280000000", usagetype="EU-LoadBalancerUsage"),
        product("AmazonVPC", "", "Hrs", "0.0050000000", usagetype="EU-PublicIPv4:InUseAddress"),
    )
    fake.spot = [("m5.large", "eu-west-1a", "0.04"), ("m5.large", "eu-west-1b", "0.06"), ("gone.large", "x", "1")]
    return fake


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Somebody that AWS knows."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))


@pytest.fixture
async def nowhere() -> str:
    """An address at which nothing listens any more."""
    async with serve(FakeRetail().answer) as url:
        pass
    return url


def file_of(home: Path, provider: str) -> Path:
    return home / "data" / "prices" / f"{provider}.toml"


def test_the_command_offers_all_that_can_be_refreshed() -> None:
    for provider in REFRESHABLE:
        assert build_parser().parse_args(["costs", "refresh", provider]).provider == provider
    with pytest.raises(UsageError):
        build_parser().parse_args(["costs", "refresh", "mars"])
    assert build_parser().parse_args(["costs", "--context", "prod"]).costs_verb is None


async def test_prices_of_azure_are_those_of_linux_on_demand_and_as_spot(home: Path) -> None:
    fake, told = azure(), list[str]()
    fake.page = 3
    assert load_sheet("aks").as_of == packaged_sheet("aks").as_of
    async with serve(fake.answer) as url:
        await refresh("aks", ["westeurope"], told.append, endpoint=url)
    sheet = load_sheet("aks")
    assert sheet.node("westeurope", LARGE) == msgspec.structs.replace(
        packaged_sheet("aks").nodes["westeurope"][LARGE], hourly=0.5, spot_hourly=0.1
    )
    assert set(sheet.nodes["westeurope"]) == {LARGE, "Standard_D4s_v5"}
    assert [each for each in fake.asked if "Virtual+Machines" not in each][2:], "disks and network are asked for too"
    assert any("page 3" in line for line in told)
    assert "westeurope: 1 sizes are left out, whose cores and memory are not known" in told
    assert file_of(home, "aks").stat().st_mode & 0o777 == 0o600


async def test_disks_addresses_and_balancers_of_azure_are_priced_too() -> None:
    async with serve(azure().answer) as url:
        await refresh("aks", ["westeurope"], lambda _: None, endpoint=url)
    sheet = load_sheet("aks")
    assert sheet.disk_sizes["westeurope"] == {"StandardSSD_LRS": {32: 3.0, 128: 11.0}, "Premium_ZRS": {128: 30.0}}
    assert sheet.network["westeurope"] == {"address": 0.006, "load_balancer": 0.026}
    assert sheet.disk_sizes["eastus"] == packaged_sheet("aks").disk_sizes["eastus"]


async def test_a_meter_that_azure_has_not_is_told() -> None:
    fake, told = azure(), list[str]()
    fake.meters = [each for each in fake.meters if each["productName"] != "IP Addresses"]
    async with serve(fake.answer) as url:
        await refresh("aks", ["westeurope"], told.append, endpoint=url)
    assert "westeurope: no price for address" in told
    assert load_sheet("aks").network["westeurope"] == {"load_balancer": 0.026}


async def test_regions_keep_the_day_of_their_prices() -> None:
    async with serve(azure().answer) as url:
        await refresh("aks", ["westeurope"], lambda _: None, endpoint=url)
    sheet, packaged = load_sheet("aks"), packaged_sheet("aks")
    lines = [Line("node", 1, 0.5)]
    fresh, old = sheet.estimate(lines, "westeurope"), sheet.estimate(lines, "eastus")
    assert (fresh.as_of, old.as_of) == (TODAY, packaged.as_of)
    assert "Azure Retail Prices API" in fresh.source
    assert packaged.as_of in fresh.source
    assert sheet.nodes["eastus"] == packaged.nodes["eastus"]
    assert old.source.startswith(packaged.source)


async def test_what_was_refreshed_before_stays_with_its_own_day(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serve(azure().answer) as url:
        await refresh("aks", ["westeurope"], lambda _: None, endpoint=url)
        file = file_of(home, "aks")
        file.write_text(file.read_text().replace(TODAY, "2026-01-02"))
        await refresh("aks", ["eastus"], lambda _: None, endpoint=url)
    sheet = load_sheet("aks")
    assert sheet.origin("westeurope").as_of == "2026-01-02"
    assert sheet.origin("eastus").as_of == TODAY
    assert sheet.nodes["eastus"]["Standard_D4s_v5"].hourly == 9.0
    assert sheet.nodes["westeurope"][LARGE].hourly == 0.5


async def test_older_prices_do_not_replace_the_packaged_ones(home: Path) -> None:
    async with serve(azure().answer) as url:
        await refresh("aks", ["westeurope"], lambda _: None, endpoint=url)
    file = file_of(home, "aks")
    file.write_text(file.read_text().replace(TODAY, "2001-01-01"))
    assert load_sheet("aks") == packaged_sheet("aks")


async def test_a_file_that_is_no_sheet_is_told_and_replaced(home: Path) -> None:
    file = file_of(home, "aks")
    file.parent.mkdir(parents=True)
    file.write_text("as_of = [")
    with pytest.raises(ProviderError, match="cannot be read") as caught:
        load_sheet("aks")
    assert "costs refresh aks" in caught.value.next_step
    async with serve(azure().answer) as url:
        await refresh("aks", ["westeurope"], lambda _: None, endpoint=url)
    assert load_sheet("aks").origin("westeurope").as_of == TODAY


async def test_a_busy_server_is_asked_again() -> None:
    fake = azure()
    fake.faults = [Fault(429, headers={"Retry-After": "0"}), Fault(503, headers={"Retry-After": "0"})]
    async with serve(fake.answer) as url:
        await refresh("aks", ["westeurope"], lambda _: None, endpoint=url)
    assert fake.asked[0] == fake.asked[1] == fake.asked[2]


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (Fault(400, "Invalid OData"), "HTTP 400"),
        (Fault(302, headers={"Location": "https://example.com/"}), "HTTP 302"),
        (Fault(200, "<html>"), "no prices"),
        (Fault(200, '{"Items": [{"retailPrice": "much"}]}'), "no prices"),
    ],
)
async def test_what_is_no_answer_is_told_and_leaves_nothing(home: Path, fault: Fault, why: str) -> None:
    fake = azure()
    fake.page = 3
    async with serve(fake.answer) as url:
        await refresh("aks", ["westeurope"], lambda _: None, endpoint=url)
        before = file_of(home, "aks").read_bytes()

        def told(line: str) -> None:
            if "eastus: asking" in line:
                fake.faults = [fault]

        with pytest.raises(ProviderError, match=why):
            await refresh("aks", ["westeurope", "eastus"], told, endpoint=url)
    assert file_of(home, "aks").read_bytes() == before
    assert [each.name for each in file_of(home, "aks").parent.iterdir()] == ["aks.toml"]


async def test_nobody_is_followed_to_another_server() -> None:
    fake = azure()
    fake.page, fake.elsewhere = 3, "https://example.com"
    async with serve(fake.answer) as url:
        with pytest.raises(ProviderError, match="another address"):
            await refresh("aks", ["westeurope"], lambda _: None, endpoint=url)


async def test_a_server_that_is_not_there_is_told(nowhere: str, home: Path) -> None:
    with pytest.raises(ProviderError, match="refused"):
        await refresh("aks", ["westeurope"], lambda _: None, endpoint=nowhere)
    assert not file_of(home, "aks").exists()


async def test_it_does_not_take_for_ever_and_can_be_cancelled(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reached, release = asyncio.Event(), asyncio.Event()

    async def slow(_: web.Request) -> web.Response:
        reached.set()
        await release.wait()
        return web.json_response({"Items": []})

    async with serve(slow) as url:
        work = asyncio.create_task(refresh("aks", ["westeurope"], lambda _: None, endpoint=url))
        await reached.wait()
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        monkeypatch.setattr(price_refresh, "MOST_SECONDS", 0.05)
        with pytest.raises(TryLater, match="longer than"):
            await refresh("aks", ["westeurope"], lambda _: None, endpoint=url)
        release.set()
    assert not file_of(home, "aks").exists()


@pytest.mark.parametrize(
    ("region", "endpoint"),
    [
        ("West Europe", ""),
        ("a' or 1 eq 1", ""),
        ("westeurope", "http://example.com"),
        ("westeurope", "file:///etc/passwd"),
        ("westeurope", "prices"),
    ],
)
async def test_what_cannot_be_asked_is_not_asked(region: str, endpoint: str) -> None:
    with pytest.raises(UsageError):
        await refresh("aks", [region], lambda _: None, endpoint=endpoint)


async def test_a_region_without_prices_is_told() -> None:
    async with serve(azure().answer) as url:
        with pytest.raises(ProviderError, match="no prices for mars-1"):
            await refresh("aks", ["mars-1"], lambda _: None, endpoint=url)


@pytest.mark.usefixtures("keys")
async def test_prices_of_aws_are_those_of_its_price_list_and_the_spot_market() -> None:
    fake = aws()
    fake.page = 1
    async with serve(fake.answer) as url:
        await refresh("eks", ["eu-west-1"], lambda _: None, endpoint=url)
    sheet = load_sheet("eks")
    price = sheet.node("eu-west-1", "m5.large")
    assert price is not None
    assert (price.vcpu, price.memory_gb, price.hourly) == (2, 8, 0.107)
    assert price.spot_hourly == pytest.approx(0.05)
    huge = sheet.node("eu-west-1", "x1e.32xlarge")
    assert huge is not None
    assert (huge.memory_gb, huge.spot_hourly) == (3904, None)
    assert set(sheet.nodes["eu-west-1"]) == {"m5.large", "x1e.32xlarge"}
    assert sheet.disks["eu-west-1"] == {"gp3": 0.088}
    network = {"nat": 0.048, "load_balancer": 0.0252, "classic_load_balancer": 0.028, "address": 0.005}
    assert sheet.network["eu-west-1"] == network
    assert sheet.control_plane == packaged_sheet("eks").control_plane


@pytest.mark.usefixtures("keys")
async def test_without_the_right_to_spot_prices_the_others_come_all_the_same() -> None:
    fake, told = aws(), list[str]()
    fake.denied = "DescribeSpotPriceHistory"
    async with serve(fake.answer) as url:
        await refresh("eks", ["eu-west-1"], told.append, endpoint=url)
    price = load_sheet("eks").node("eu-west-1", "m5.large")
    assert price is not None
    assert price.spot_hourly is None
    assert any("no spot prices" in line and "DescribeSpotPriceHistory" in line for line in told)


@pytest.mark.usefixtures("keys")
async def test_without_the_right_to_the_price_list_the_right_is_named(home: Path) -> None:
    fake = aws()
    fake.denied = "GetProducts"
    async with serve(fake.answer) as url:
        with pytest.raises(PermissionMissing, match="pricing:GetProducts"):
            await refresh("eks", ["eu-west-1"], lambda _: None, endpoint=url)
    assert not file_of(home, "eks").exists()


async def test_without_the_library_of_aws_the_command_to_install_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ExtraMissing) as caught:
        await refresh("eks", ["eu-west-1"], lambda _: None)
    assert caught.value.next_step == 'pip install "kubegenie[aws]"'


@pytest.mark.usefixtures("keys")
async def test_a_profile_that_does_not_exist_is_told() -> None:
    with pytest.raises(ProviderError, match="nobody"):
        await refresh("eks", ["eu-west-1"], lambda _: None, profile="nobody")


@pytest.mark.usefixtures("keys")
async def test_a_list_without_an_end_is_left() -> None:
    fake = aws()
    fake.endless = True
    async with serve(fake.answer) as url:
        with pytest.raises(ProviderError, match="does not end"):
            await refresh("eks", ["eu-west-1"], lambda _: None, endpoint=url)


async def test_the_command_says_what_there_is_now(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    async with serve(azure().answer) as url:
        words = ["costs", "refresh", "aks", "--region", "westeurope", "--endpoint", url]
        assert await refreshed(build_parser().parse_args([*words, "-o", "json"])) == 0
        said = capsys.readouterr()
        assert json.loads(said.out)["regions"] == {"westeurope": {"as_of": TODAY, "sizes": 2}}
        assert "westeurope: asking" in said.err
        await refreshed(build_parser().parse_args(words))
    told = capsys.readouterr().out
    assert f"westeurope          {TODAY}  2 sizes" in told
    assert str(file_of(home, "aks")) in told


def test_a_sheet_is_the_same_after_it_was_written(home: Path) -> None:
    sheet = packaged_sheet("gke")
    newer = Sheet("2030-01-01", 'a "source"', {"x": 1e-07}, {"mars-1": sheet.nodes["us-central1"]})
    file = file_of(home, "gke")
    file.parent.mkdir(parents=True)
    file.write_text("\n".join(price_refresh.lines(newer.with_newer(sheet))))
    assert load_sheet("gke").nodes == sheet.nodes | newer.nodes
    assert load_sheet("gke").disks == sheet.disks
    assert load_sheet("gke").origin("mars-1").source == 'a "source"'

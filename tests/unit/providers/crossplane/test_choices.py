"""What there is to choose from for a cluster of Crossplane, with no cloud to ask."""

import sys
from datetime import date
from pathlib import Path

import pytest

from kubegenie_tui.providers import support
from kubegenie_tui.providers.aws.regions import regions_of_eks
from kubegenie_tui.providers.crossplane.choices import choices_of
from kubegenie_tui.providers.price_sheet import packaged_sheet


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KUBEGENIE_HOME", str(tmp_path))


def known(field: str, cloud: str, region: str = "") -> dict[str, str]:
    return {each.value: each.label for each in choices_of(field, {"cloud": cloud, "region": region})}


@pytest.mark.parametrize(
    ("cloud", "region", "size", "words"),
    [
        ("aws", "us-east-1", "m5.large", "2 vCPU · 8 GiB · $0.096/h"),
        ("gcp", "europe-west1", "e2-standard-4", "4 vCPU · 16 GiB · $"),
        ("azure", "westeurope", "Standard_D4s_v5", "4 vCPU · 16 GiB · $"),
    ],
)
def test_regions_and_sizes_of_the_cloud(cloud: str, region: str, size: str, words: str) -> None:
    assert known("region", cloud)[region] == ""
    assert known("node_size", cloud, region)[size].startswith(words)


def test_a_region_without_prices_has_the_sizes_of_others() -> None:
    assert known("region", "aws")["eu-west-1"] == "no prices of machines"
    assert known("node_size", "aws", "eu-west-1")["m5.large"] == "2 vCPU · 8 GiB · unpriced"


def test_without_the_library_of_aws_the_regions_are_those_of_the_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(regions_of_eks()) > len(packaged_sheet("eks").regions)
    monkeypatch.setitem(sys.modules, "botocore.session", None)
    assert list(known("region", "aws")) == packaged_sheet("eks").regions


def test_versions_that_are_supported_are_told_with_their_last_day(monkeypatch: pytest.MonkeyPatch) -> None:
    days = {"1.98": date(2000, 1, 1), "1.99": date(2999, 1, 1), "1.100": date(2999, 9, 1)}
    monkeypatch.setattr(support, "support_dates", lambda: {"eks": {"standard_until": days}})
    until = "standard support until 2999"
    assert list(known("version", "aws").items()) == [("1.100", f"{until}-09-01"), ("1.99", f"{until}-01-01")]
    assert known("version", "azure") == {}


def test_any_other_field_and_no_cloud_have_none() -> None:
    assert known("network", "aws") == known("region", "") == {}

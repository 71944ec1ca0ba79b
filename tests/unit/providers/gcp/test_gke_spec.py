"""Google's rules on what a cluster may be, and ours on where credentials go."""

from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.providers.config_form import configured, form_fields
from kubegenie_tui.providers.gcp.gke_config import GkeConfig
from kubegenie_tui.providers.gcp.gke_spec import GkeSpec
from kubegenie_tui.providers.gcp.outlines import PROVIDER
from tests.control_plane import ROOT
from tests.unit.providers.gcp.conftest import PROJECT, config, spec

AUTOPILOT = {"mode": "Autopilot", "region": "europe-west1", "pools": []}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": "a" * 41}, "at most 40 of them"),
        ({"name": "Shop"}, "it takes "),
        ({"region": "Frankfurt"}, "it takes "),
        ({"version": "v1.34"}, "it takes "),
        ({"pools": [{"name": "a" * 41}]}, "at most 40 of them"),
        ({"pools": [{"name": "a"}, {"name": "a"}]}, "two pools are called a"),
        ({"pools": [{"name": "a", "size": "huge"}]}, "it takes "),
        ({"pools": [{"name": "a", "disk_gb": 9}]}, "greater than or equal to 10"),
        ({"pools": [{"name": "a", "autoscale": True, "count": 9}]}, "not between 1 and 5"),
        ({"pools": []}, "needs a node pool"),
        ({**AUTOPILOT, "pools": [{"name": "a"}]}, "has no node pools"),
        ({**AUTOPILOT, "region": "europe-west1-b"}, "name a region"),
        ({**AUTOPILOT, "channel": "none"}, "needs a release channel"),
        ({"labels": {"Team": "x"}}, "small letters"),
        ({"labels": "team=My Shop"}, "small letters"),
        ({"labels": {"kubegenie-work": "x"}}, "not yours to set"),
        ({"labels": {"goog-x": "x"}}, "not yours to set"),
        ({"labels": {f"l{number}": "x" for number in range(64)}}, "64 labels at most"),
        ({"authorized_networks": ["10.0.0.1/8"]}, "has host bits set"),
        ({"authorized_networks": "office"}, "does not appear to be"),
        ({"authorized_networks": [f"10.0.{number}.0/24" for number in range(101)]}, "100 networks at most"),
        ({"pods_range": "pods", "subnetwork": "shop"}, "go together"),
        ({"pods_range": "pods", "services_range": "services"}, "name it"),
        ({"nodes": 3}, "Extra inputs"),
    ],
)
def test_what_google_would_refuse_is_refused_before(values: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        spec(**values)


def test_lists_of_a_file_are_what_is_typed_into_a_form() -> None:
    listed = spec(authorized_networks=["10.0.0.0/8", "192.0.2.0/24"], labels={"team": "shop", "stage": "test"})
    typed = spec(authorized_networks="10.0.0.0/8, 192.0.2.0/24", labels="team=shop,stage = test")
    assert listed.networks == typed.networks == ("10.0.0.0/8", "192.0.2.0/24")
    assert listed.label_table == typed.label_table == {"team": "shop", "stage": "test"}


def test_a_region_has_three_zones_and_a_zone_is_one() -> None:
    regional, zonal = spec(region="europe-west1"), spec(region="europe-west1-b")
    assert (regional.zones, regional.within, regional.zonal) == (3, "europe-west1", False)
    assert (zonal.zones, zonal.within, zonal.zonal) == (1, "europe-west1", True)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"project": "My Project"}, "it takes "),
        ({**config("http://10.0.0.7"), "project": PROJECT}, "http is taken on this machine alone"),
        ({**config("http://127.0.0.1:1"), "credentials_file": "/key.json"}, "credentials go to https endpoints alone"),
        ({"project": PROJECT, "credentials_file": "key.json"}, "it takes a whole path"),
        ({"project": PROJECT, "endpoint": "ftp://127.0.0.1"}, "it begins with 'https' or 'http'"),
    ],
)
def test_credentials_go_nowhere_in_the_clear_and_are_found_again(values: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        configured(GkeConfig, dict(values))


@pytest.mark.parametrize("host", ["127.0.0.1:1", "[::1]:1", "localhost:1"])
def test_this_machine_has_several_names(host: str) -> None:
    assert GkeConfig.model_validate(config(f"http://{host}")).anonymous


def test_the_example_of_the_guide_is_one() -> None:
    page = (ROOT / "docs/guide/create-gke.md").read_text(encoding="utf-8")
    example = yaml.safe_load(page.partition("```yaml\n")[2].partition("```")[0])
    assert GkeConfig.model_validate(example["config"]).project == "shop-1234"
    wanted = GkeSpec.model_validate(example["cluster"])
    assert set(GkeSpec.model_fields) - set(example["cluster"]) == {"pods_range", "services_range"}
    assert [(each.name, each.spot) for each in wanted.pools] == [("web", False), ("batch", True)]
    assert example["provider"] == PROVIDER


def test_a_form_asks_for_the_project_first() -> None:
    fields = form_fields(GkeConfig, {})
    assert [each.id for each in fields] == [
        "project",
        "credentials_file",
        "endpoint",
        "compute_endpoint",
        "projects_endpoint",
    ]
    assert not GkeConfig.model_validate({"project": PROJECT}).anonymous

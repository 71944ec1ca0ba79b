"""What a cluster takes in each cloud, by the Compositions that come with us and by one of a person's own."""

from typing import Any

import pytest

from kubegenie_tui.providers.crossplane.costs import estimate_of
from kubegenie_tui.providers.crossplane.crossplane_spec import CrossplaneSpec
from kubegenie_tui.provision.pages import pages_of, refused_on

GIVEN: dict[str, dict[str, Any]] = {
    "aws": {"cloud": "aws", "region": "eu-west-1", "node_size": "m6i.large"},
    "gcp": {"cloud": "gcp", "region": "europe-west1", "node_size": "e2-standard-4"},
    "azure": {"cloud": "azure", "region": "westeurope", "node_size": "Standard_D4s_v5"},
}
PAGES = pages_of(CrossplaneSpec)


def refused(page: int, values: dict[str, Any]) -> dict[str, str]:
    """What is said as it is typed, on a page of the wizard."""
    return refused_on(CrossplaneSpec, PAGES, PAGES[page], {"name": "shop", **values})


@pytest.mark.parametrize(
    ("cloud", "region", "words"),
    [
        ("aws", "europe-west1", "it takes a region of AWS: eu-west-1"),
        ("aws", "cn-north-1", "China and GovCloud take a Composition of your own"),
        ("gcp", "eu-west-1", "it takes a region or a zone of Google"),
        ("azure", "eu-west-1", "it takes a region of Azure: westeurope"),
    ],
)
def test_a_region_of_another_cloud_is_refused_on_its_page(cloud: str, region: str, words: str) -> None:
    assert words in refused(0, {**GIVEN[cloud], "region": region})["region"]
    assert refused(0, GIVEN[cloud]) == {}


@pytest.mark.parametrize("cloud", GIVEN)
@pytest.mark.parametrize("other", GIVEN)
def test_a_machine_of_another_cloud_is_refused_on_its_page(cloud: str, other: str) -> None:
    said = refused(1, {**GIVEN[cloud], "node_size": GIVEN[other]["node_size"]})
    assert said.keys() == (set() if cloud == other else {"node_size"})


@pytest.mark.parametrize("cloud", GIVEN)
def test_a_version_is_one_of_the_cloud(cloud: str) -> None:
    assert "a version of" in refused(0, {**GIVEN[cloud], "version": "newest"})["version"]
    assert refused(0, {**GIVEN[cloud], "version": "1.34"}) == {}


def test_a_composition_of_ones_own_takes_words_of_its_own() -> None:
    own = {"cloud": "aws", "region": "europe", "node_size": "small", "version": "stable", "composition": "small"}
    assert refused(0, own) == refused(1, own) == {}


@pytest.mark.parametrize(("region", "nodes"), [("europe-west1", 3), ("europe-west1-b", 1)])
def test_the_nodes_of_one_zone_of_google_are_counted_once(region: str, nodes: int) -> None:
    spec = CrossplaneSpec.model_validate({"name": "shop", **GIVEN["gcp"], "region": region})
    [machines] = [each for each in estimate_of(spec).prices if each.what == "e2-standard-4"]
    assert machines.count == nodes

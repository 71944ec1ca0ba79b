"""What is wrong with a file is told in words of the person who wrote it, each fault with its field."""

from typing import Any

import pytest

from kubegenie_tui.domain.errors import SpecRefused
from kubegenie_tui.providers.gcp.gke_config import GkeConfig
from kubegenie_tui.providers.gcp.gke_spec import GkeSpec
from kubegenie_tui.provision.described import require_fit

CONFIG = {"project": "shop-1234"}
CLUSTER = {"name": "shop", "region": "europe-west1", "pools": [{"name": "web"}]}


@pytest.mark.parametrize(
    ("config", "cluster", "said"),
    [
        ({"endpoint": 5}, {}, "config.endpoint: it takes an address such as https://example.com"),
        ({"credentials_file": 5}, {}, "config.credentials_file: it takes a path"),
        ({}, {"labels": 5}, "cluster.labels: it takes a text, in quotes where it looks like a number"),
        (
            {},
            {"version": 1.30},
            "cluster.version: it takes a version: 1.34, 1.34.1-gke.100, latest (in quotes)",
        ),
        ({}, {"pools": "web"}, "cluster.pools: it takes a list"),
        ({}, {"pools": ["web"]}, "cluster.pools.0: it takes fields of its own"),
        ({}, {"pools": [{"name": "web", "spot": []}]}, "cluster.pools.0.spot: it takes yes or no"),
    ],
)
def test_a_value_of_another_kind(config: dict[str, Any], cluster: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecRefused) as told:
        require_fit((GkeConfig, CONFIG | config, "config"), (GkeSpec, CLUSTER | cluster, "cluster"))
    assert [each.what for each in (told.value, *told.value.more)] == [said]

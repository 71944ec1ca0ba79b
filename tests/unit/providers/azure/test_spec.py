"""What AKS does not take is refused as it is typed, in words."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.providers.azure.aks_config import AksConfig
from kubegenie_tui.providers.azure.aks_spec import AksPool, AksSpec
from kubegenie_tui.providers.config_form import configured, form_fields
from kubegenie_tui.provision.described import read_description
from kubegenie_tui.provision.pages import pages_of
from tests.clouds.aks_world import SUBSCRIPTION
from tests.control_plane import ROOT
from tests.unit.providers.azure.conftest import shop

SIZE = {"size": "Standard_D4s_v5"}


@pytest.mark.parametrize(
    ("pool", "said"),
    [
        ({"name": "far-too-long"}, "it takes "),
        ({"name": "abcdefghijklm"}, "it takes "),
        ({"name": "1st"}, "it takes "),
        ({"spot": True}, "spot nodes are for user pools only"),
        ({"count": 0}, "a system pool has at least one node"),
        ({"autoscale": True, "minimum": 0}, "a system pool has at least one node"),
        ({"autoscale": True, "count": 9}, "9 nodes are not between 1 and 5"),
        ({"zones": "1, 4"}, "there is no zone 4"),
        ({"disk_gb": 20}, "greater than or equal to 30"),
    ],
)
def test_pools(pool: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        AksPool.model_validate({**SIZE, **pool})


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"pools": [{**SIZE, "mode": "User"}]}, "at least one pool is a system pool"),
        ({"pools": []}, "at least 1 item"),
        ({"pools": [SIZE, SIZE]}, "two pools are called system"),
        ({"dns_prefix": "-shop"}, "it takes "),
        ({"resource_group": "ends-with."}, "it takes "),
        ({"resource_group": "g" * 70}, "too long together"),
        ({"new_group": False}, "name the resource group"),
        ({"subnet": "my-subnet"}, "it takes "),
        ({"authorised_ranges": "192.0.2.0/24, there"}, "there is no range of addresses"),
        ({"authorised_ranges": "192.0.2.0/24", "private": True}, "a private cluster has no authorised ranges"),
        ({"admin_groups": "admins"}, "admins is no object id"),
        ({"local_accounts": False}, "without local accounts nobody gets in"),
    ],
)
def test_clusters(values: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        shop(**values)


def test_a_file_may_hold_lists_where_a_form_has_commas() -> None:
    assert shop(authorised_ranges=["192.0.2.0/24"]).ranges == shop(authorised_ranges="192.0.2.0/24").ranges
    assert shop().pools[0].zone_list == ["1", "2", "3"]
    assert AksSpec.model_validate_json(shop().model_dump_json()) == shop()


def test_the_example_of_the_guide_is_one(tmp_path: Path) -> None:
    text = (ROOT / "docs/guide/create-aks.md").read_text(encoding="utf-8")
    file = tmp_path / "shop.yaml"
    file.write_text(text.partition("```yaml\n")[2].partition("```")[0])
    provider, config, cluster = read_description(file)
    assert provider == "aks"
    assert AksConfig.model_validate(config).manager == "https://management.azure.com"
    assert AksSpec.model_validate(cluster).group == "shop-aks"
    assert cluster.keys() | {"dns_prefix"} == AksSpec.model_fields.keys()


def test_every_field_but_the_pools_is_on_a_page_of_the_wizard() -> None:
    for name, info in AksSpec.model_fields.items():
        assert isinstance(info.json_schema_extra, dict), name
        assert info.json_schema_extra["page"]
    assert [field.id for field in form_fields(AksPool, {})] == list(AksPool.model_fields)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"subscription": "mine"}, "it takes "),
        ({"client_id": "x"}, "a client id and a client secret go together"),
        ({"client_secret": "x"}, "a client id and a client secret go together"),
        ({"client_id": "x", "client_secret": "y"}, "a client id needs its tenant"),
        ({"endpoint": "http://management.azure.com"}, "it begins with 'https'"),
    ],
)
def test_configurations(values: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        configured(AksConfig, {"subscription": SUBSCRIPTION, **values})


def test_the_wizard_asks_on_four_pages() -> None:
    pages = [(page.title, page.many) for page in pages_of(AksSpec)]
    assert pages == [("Cluster", ""), ("Network", ""), ("Access", ""), ("Node pools", "pools")]

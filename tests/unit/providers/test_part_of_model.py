"""The models of the providers refuse a value while it is typed, and what does not fit as soon as all of it is known."""

from typing import Any

import pytest
from pydantic import BaseModel, Field, model_validator

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.form import NumberField, TextField
from kubegenie_tui.providers.aws.eks_config import EksConfig
from kubegenie_tui.providers.aws.eks_spec import EksPool, EksSpec
from kubegenie_tui.providers.azure.aks_config import AksConfig
from kubegenie_tui.providers.azure.aks_spec import AksPool, AksSpec
from kubegenie_tui.providers.cluster_api.cluster_api_spec import ClusterApiSpec
from kubegenie_tui.providers.config_form import field_of
from kubegenie_tui.providers.crossplane.crossplane_config import CrossplaneConfig
from kubegenie_tui.providers.crossplane.crossplane_spec import CrossplaneSpec
from kubegenie_tui.providers.gcp.gke_config import GkeConfig
from kubegenie_tui.providers.gcp.gke_spec import GkePool, GkeSpec
from kubegenie_tui.providers.part_of_model import refused_so_far
from kubegenie_tui.providers.specs import Unfit

NAME = "it takes small letters, digits and hyphens, a letter first and no hyphen last, at most 40 of them"
SPECS: tuple[type[BaseModel], ...] = (EksSpec, GkeSpec, AksSpec, ClusterApiSpec, CrossplaneSpec)


@pytest.mark.parametrize(
    ("model", "name", "typed", "said"),
    [
        *((spec, "name", wrong, NAME) for spec in SPECS for wrong in ("Shop", "1shop", "shop-", "s" * 41)),
        (EksSpec, "cidr", "8.8.0.0/16", "a private network: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10"),
        (EksSpec, "cidr", "10.0.0.0/8", "from /16 to /24: it is divided into eight"),
        (EksSpec, "allowed", "10.0.0.0/8", "10.0.0.0/8 is no network of the internet"),
        (EksSpec, "access", "ada=admin", "ada is no ARN of a user or a role"),
        (EksSpec, "add_ons", "Core DNS", "Core DNS is no add-on"),
        (EksSpec, "fargate", "Batch", "Batch is no namespace"),
        (EksSpec, "region", "Ireland", "it takes a region of AWS: eu-west-1"),
        (EksSpec, "version", "1.3", "it takes a version such as 1.34"),
        (EksSpec, "kms_key", "alias/mine", "it takes the ARN of a key"),
        (EksSpec, "vpc", "mine", "it takes the id of a VPC"),
        (EksPool, "size", "large", "it takes an instance type: m6i.large"),
        (EksConfig, "endpoint", "http://example.com", "use https: http is for this machine alone"),
        (EksConfig, "role", "ops", "it takes the ARN of a role"),
        (EksConfig, "access_key", "mine", "it takes the id of an access key"),
        (GkeSpec, "region", "Frankfurt", "it takes a region or a zone"),
        (GkeSpec, "version", "v1", "it takes a version: 1.34"),
        (GkeSpec, "labels", "Team=Shop", "Team=Shop: small letters"),
        (GkeSpec, "authorized_networks", "everybody", "'everybody' does not appear to be an IPv4 or IPv6 network"),
        (GkePool, "size", "huge", "it takes a machine type: e2-standard-4"),
        (GkeConfig, "project", "My Project", "it takes the id of a project"),
        (GkeConfig, "credentials_file", "key.json", "it takes a whole path"),
        (GkeConfig, "endpoint", "ftp://example.com", "it begins with 'https' or 'http'"),
        (AksSpec, "dns_prefix", "-shop", "it takes at most 54 letters, digits and hyphens"),
        (AksSpec, "resource_group", "ends-with.", "it takes at most 90 letters"),
        (AksSpec, "subnet", "mine", "it takes the id of a subnet"),
        (AksPool, "name", "far-too-long", "it takes at most 12 small letters and digits, a letter first"),
        (AksConfig, "subscription", "mine", "it takes the id of a subscription"),
        (AksConfig, "tenant", "my tenant", "it takes the id or the domain of a tenant"),
        (ClusterApiSpec, "version", "1.34", "it takes a version to the patch"),
        (ClusterApiSpec, "variables", "region", "region: it takes name=value"),
        (ClusterApiSpec, "pod_range", "10.0.0.1/16", "10.0.0.1/16 has host bits set"),
        (ClusterApiSpec, "control_planes", "2", "etcd takes an odd number of machines"),
        (CrossplaneSpec, "network", "10.0.0.0/28", "it takes addresses like 10.0.0.0/16"),
        (CrossplaneSpec, "composition", "My file", "it takes the name of a file"),
        (CrossplaneConfig, "namespace", "My space", "it takes small letters, digits and hyphens"),
    ],
)
def test_a_value_is_refused_while_it_is_typed(model: type[BaseModel], name: str, typed: str, said: str) -> None:
    field = field_of(model, name)
    assert isinstance(field, TextField | NumberField)
    with pytest.raises(UsageError) as told:
        field.read(typed)
    assert str(told.value).startswith(said)
    assert "pattern" not in str(told.value)


@pytest.mark.parametrize("model", [*SPECS, EksConfig, GkeConfig, AksConfig, CrossplaneConfig])
def test_what_stands_in_a_field_at_first_is_taken(model: type[BaseModel]) -> None:
    for name, info in model.model_fields.items():
        if name != "pools" and not info.is_required():
            field = field_of(model, name)
            if not isinstance(field, TextField) or field.value:
                field.read("" if field.value is None else str(field.value))


@pytest.mark.parametrize(
    ("model", "asked", "values", "field", "said"),
    [
        (EksSpec, "region network vpc subnets zones", {"network": "existing"}, "vpc", "an existing network is a VPC"),
        (EksSpec, "region network vpc subnets zones", {"zones": "us-east-1a"}, "zones", "us-east-1a is no zone of"),
        (EksSpec, "pools", {"pools": [{"max_unavailable": 9}]}, "pools.0.max_unavailable", "9 nodes cannot be taken"),
        (EksConfig, "access_key secret_key profile", {"access_key": "A" * 20}, "secret_key", "go together"),
        (GkeSpec, "region mode channel", {"mode": "Autopilot", "region": "europe-west1-b"}, "region", "is regional"),
        (GkeSpec, "pods_range services_range", {"pods_range": "pods"}, "services_range", "go together"),
        (AksSpec, "name region new_group resource_group", {"new_group": False}, "resource_group", "name the resource"),
        (AksSpec, "private authorised_ranges", {"authorised_ranges": "all"}, "authorised_ranges", "all is no range"),
        (AksSpec, "admin_groups local_accounts", {"admin_groups": "ada"}, "admin_groups", "ada is no object id"),
        (AksSpec, "pools", {"pools": [{"spot": True}]}, "pools.0.spot", "spot nodes are for user pools"),
        (ClusterApiSpec, "pools", {"pools": [{"worker_class": "a"}] * 2}, "pools", "two pools are called default"),
        (CrossplaneSpec, "minimum maximum", {"minimum": 5}, "minimum", "5 nodes at least are more than 3 at most"),
    ],
)
def test_what_does_not_fit_is_refused_as_soon_as_it_is_known(
    model: type[BaseModel], asked: str, values: dict[str, Any], field: str, said: str
) -> None:
    given = {"name": "shop", "region": "eu-west-1"} | values
    known = {name: value for name, value in given.items() if name in asked.split()}
    found = {each.fields[0]: each.why for each in refused_so_far(model, asked.split(), known) if each.why[:2] != "it"}
    assert said in found[field]
    less = [name for name in asked.split() if name not in values and name != "region"]
    assert all(said not in each.why for each in refused_so_far(model, less, known))


def test_what_was_not_asked_for_yet_is_not_missed() -> None:
    assert refused_so_far(AksSpec, {"name", "region"}, {"name": "shop", "region": "westeurope"}) == []
    assert refused_so_far(EksSpec, {"name", "add_ons"}, {"name": "shop", "add_ons": "coredns"}) == []


def test_a_rule_that_cannot_tell_yet_is_left_to_the_end() -> None:
    class Shop(BaseModel):
        first: int = Field(ge=1)
        last: int

        @model_validator(mode="after")
        def _in_order(self) -> "Shop":
            if self.last - self.first < 0:
                raise Unfit("the last comes first", "last", "first")
            return self

        @model_validator(mode="after")
        def _few(self) -> "Shop":
            if self.first > 9:
                raise ValueError("too many")
            return self

        @model_validator(mode="after")
        def _even(self) -> "Shop":
            if self.first % 2:
                raise Unfit("it is odd", "first")
            return self

    def said(asked: set[str], **values: int) -> list[str]:
        return [each.why for each in refused_so_far(Shop, asked, values)]

    assert said({"first"}, first=2) == []
    assert said({"first"}, first=11) == ["it is odd"]
    assert said({"first"}, first=0) == ["it takes at least 1"]
    assert said({"first", "last"}, first=3, last=1) == ["the last comes first", "it is odd"]

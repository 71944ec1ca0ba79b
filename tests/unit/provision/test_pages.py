"""Values that are refused are told on the page that asks for them, or where the person is when several pages do."""

from typing import Any

import pytest
from pydantic import BaseModel

from kubegenie_tui.domain.errors import SpecRefused
from kubegenie_tui.providers.aws.eks_spec import EksSpec
from kubegenie_tui.providers.azure.aks_spec import AksSpec
from kubegenie_tui.providers.cluster_api.cluster_api_spec import ClusterApiSpec
from kubegenie_tui.providers.crossplane.crossplane_spec import CrossplaneSpec
from kubegenie_tui.providers.gcp.gke_spec import GkeSpec
from kubegenie_tui.provision.described import described
from kubegenie_tui.provision.pages import in_words, page_of, pages_of, refused_item, values_of

EKS: dict[str, Any] = {"name": "shop", "region": "eu-west-1", "pools": [{"size": "m5.large"}]}
HERE = 99
LABEL = 18
"""Cells of a label in a form: one of them is to be blank."""


@pytest.mark.parametrize(
    ("wrong", "page", "said"),
    [
        ({"name": "Shop"}, "Cluster", "name: it takes small letters, digits and hyphens"),
        ({"zones": "us-east-1a, us-east-1b"}, "Network", "zones: us-east-1a is no zone of eu-west-1"),
        ({"network": "existing"}, "Network", "vpc: an existing network is a VPC and two subnets at least"),
        ({"pools": [{"count": 9, "autoscale": True}]}, "Node pools", "pools.0.count: 9 nodes are not between 1 and 5"),
        ({"pools": [{"name": "a"}, {"name": "a"}]}, "Node pools", "pools: two pools are called a"),
        ({"pools": []}, "", "coredns needs nodes: a pool, or kube-system on Fargate"),
        ({"nodes": "public", "fargate": "batch"}, "", "Fargate runs in private subnets alone"),
    ],
)
def test_the_page_of_what_is_refused(wrong: dict[str, Any], page: str, said: str) -> None:
    with pytest.raises(SpecRefused) as told:
        described(EksSpec, EKS | wrong)
    assert str(told.value).startswith(said)
    pages = pages_of(EksSpec)
    at = page_of(pages, (told.value.field, *told.value.others), HERE)
    assert (pages[at].title if at != HERE else "") == page


def test_the_cloud_is_asked_for_before_its_region() -> None:
    [first, *_] = pages_of(CrossplaneSpec)
    assert [field.id for field in first.fields] == ["name", "cloud", "region", "version", "composition"]


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("cluster_class", "ClusterClass: it is needed"),
        ("pools.0.worker_class", "Node pools: Class: it is needed"),
        ("pools", "pools: it is needed"),
        ("", "it is needed"),
    ],
)
def test_what_is_refused_is_told_as_the_form_calls_it(field: str, said: str) -> None:
    refused = SpecRefused(f"{field}: it is needed" if field else "it is needed", field=field)
    assert in_words(pages_of(ClusterApiSpec), refused) == said


def test_what_no_page_asks_for_is_told_where_the_person_is() -> None:
    assert page_of(pages_of(EksSpec), ("",), HERE) == HERE


def test_a_text_that_was_taken_out_is_not_brought_back() -> None:
    given = values_of({"name": "shop", "add_ons": "", "version": "", "kms_key": ""}, {}, pages_of(EksSpec))
    assert given == {"name": "shop", "add_ons": ""}
    assert described(EksSpec, EKS | given).add_ons == ""  # type: ignore[attr-defined]
    assert values_of({"name": "shop", "add_ons": ""}, {}) == {"name": "shop"}


def test_a_field_that_there_is_not_is_told_before_the_one_that_it_was_meant_for() -> None:
    with pytest.raises(SpecRefused, match="regoin: there is no such field"):
        described(AksSpec, {"name": "shop", "regoin": "westeurope", "pools": [{"name": "system"}]})


def test_what_is_refused_of_one_of_many_is_told_of_that_one() -> None:
    [pools] = [each for each in pages_of(EksSpec) if each.many]
    with pytest.raises(SpecRefused) as told:
        described(AksSpec, {"name": "shop", "region": "westeurope", "pools": [{"size": "big"}]})
    why = "it takes a size of machine: Standard_D4s_v5"
    assert refused_item(pools, {told.value.field: str(told.value)}) == (0, "size", why)
    for others in ("pools", "pools.size", "zones", "pools.0.colour", ""):
        assert refused_item(pools, {others: "why"}) is None


@pytest.mark.parametrize("spec", [EksSpec, GkeSpec, AksSpec, CrossplaneSpec, ClusterApiSpec])
def test_each_label_has_room_beside_its_field(spec: type[BaseModel]) -> None:
    for page in pages_of(spec):
        assert not [each.label for each in page.fields if len(each.label) >= LABEL]

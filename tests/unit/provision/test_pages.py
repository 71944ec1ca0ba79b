"""Values that are refused are told on the page that asks for them, or where the person is when several pages do."""

from typing import Any

import pytest

from kubegenie_tui.domain.errors import SpecRefused
from kubegenie_tui.providers.aws.eks_spec import EksSpec
from kubegenie_tui.provision.described import described
from kubegenie_tui.provision.pages import page_of, pages_of

EKS: dict[str, Any] = {"name": "shop", "region": "eu-west-1", "pools": [{"size": "m5.large"}]}
HERE = 99


@pytest.mark.parametrize(
    ("wrong", "page", "said"),
    [
        ({"name": "Shop"}, "Cluster", "name: String should match pattern"),
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


def test_what_no_page_asks_for_is_told_where_the_person_is() -> None:
    assert page_of(pages_of(EksSpec), ("",), HERE) == HERE

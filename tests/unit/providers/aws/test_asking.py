"""What a person fills in is checked by the rules of AWS, before AWS is asked."""

from typing import Any

import pytest
from pydantic import ValidationError

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.providers.aws.eks_config import EksConfig
from kubegenie_tui.providers.aws.eks_spec import EksPool, EksSpec
from kubegenie_tui.providers.config_form import configured

POOL = {"name": "default", "size": "m5.large"}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"region": "Ireland"}, "Region:"),
        ({"endpoint": "http://10.0.0.7:5000"}, "Endpoint: use https: http is for this machine alone"),
        ({"access_key": "AKIAIOSFODNN7EXAMPLE"}, "an access key and its secret key go together"),
        ({"session_token": "x"}, "a session token goes with an access key"),
        (
            {"access_key": "AKIAIOSFODNN7EXAMPLE", "secret_key": "x", "profile": "dev"},
            "it takes a profile or an access key, not both",
        ),
        ({"role": "ops"}, "Role:"),
    ],
)
def test_settings_that_lead_nowhere(values: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError) as told:
        configured(EksConfig, {"region": "eu-west-1", **values})
    assert str(told.value).startswith(said)


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:5000", "http://[::1]:5000", "http://localhost:5000"])
def test_plain_http_is_for_this_machine(endpoint: str) -> None:
    assert EksConfig.model_validate({"region": "eu-west-1", "endpoint": endpoint}).endpoint


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"cidr": "10.0.0.0/25"}, "from /16 to /24"),
        ({"cidr": "10.0.0.1/16"}, "has host bits set"),
        ({"cidr": "8.8.0.0/16"}, "a private network"),
        ({"zones": "eu-west-1a"}, "from 2 to 4 different zones"),
        ({"zones": "eu-west-1a, eu-west-1a"}, "from 2 to 4 different zones"),
        ({"zones": "eu-west-1a, us-east-1b"}, "us-east-1b is no zone of eu-west-1"),
        ({"version": "1.3"}, "it takes "),
        ({"allowed": "10.0.0.0/8"}, "10.0.0.0/8 is no network of the internet"),
        ({"allowed": ""}, "from 1 to 40 networks"),
        ({"access": "ada=view"}, "ada is no ARN of a user or a role"),
        ({"access": "arn:aws:iam::123456789012:user/ada=god"}, "takes one of admin, namespaces, edit, view"),
        ({"fargate": "a,b,c,d,e,f"}, "5 namespaces at most"),
        ({"fargate": "batch", "nodes": "public"}, "Fargate runs in private subnets alone"),
        ({"network": "existing", "vpc": "vpc-12345678"}, "a VPC and two subnets at least"),
        ({"vpc": "vpc-12345678"}, "for an existing network"),
        ({"pools": []}, "coredns needs nodes"),
        ({"kms_key": "alias/mine"}, "it takes "),
        ({"pools": [{**POOL, "max_unavailable": 9}]}, "9 nodes cannot be taken away of 2"),
        ({"pools": [{**POOL, "autoscale": True, "count": 9}]}, "9 nodes are not between 1 and 5"),
    ],
)
def test_clusters_that_cannot_be(values: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        EksSpec.model_validate({"name": "shop", "region": "eu-west-1", "pools": [POOL], **values})


@pytest.mark.parametrize(
    ("size", "image"),
    [
        ("m5.large", "AL2023_x86_64_STANDARD"),
        ("m7g.large", "AL2023_ARM_64_STANDARD"),
        ("c7gn.xlarge", "AL2023_ARM_64_STANDARD"),
        ("m7i-flex.large", "AL2023_x86_64_STANDARD"),
        ("g5.xlarge", "AL2023_x86_64_NVIDIA"),
        ("g5g.xlarge", "AL2023_ARM_64_NVIDIA"),
        ("g4dn.xlarge", "AL2023_x86_64_NVIDIA"),
    ],
)
def test_machines_start_from_the_image_for_their_processor(size: str, image: str) -> None:
    assert EksPool.model_validate({"size": size}).image == image


def test_a_network_is_divided_into_parts_that_do_not_meet() -> None:
    spec = EksSpec.model_validate({"name": "shop", "region": "eu-west-1", "cidr": "10.0.0.0/24", "pools": [POOL]})
    assert spec.blocks == tuple(f"10.0.0.{start}/27" for start in range(0, 256, 32))
    assert spec.zone_names == ("eu-west-1a", "eu-west-1b")


def test_a_file_may_have_lists_and_tables() -> None:
    arn = "arn:aws:iam::123456789012:role/ops"
    values = {"zones": ["eu-west-1b", "eu-west-1c"], "access": {arn: "admin"}, "fargate": ["batch"]}
    spec = EksSpec.model_validate({"name": "shop", "region": "eu-west-1", "pools": [POOL], **values})
    assert spec.zone_names == ("eu-west-1b", "eu-west-1c")
    assert spec.principals == {arn: "AmazonEKSClusterAdminPolicy"}

"""What is asked of AWS without changing anything: who we are, what there is, what it would cost, what would be left."""

import json
import re
import sys
from typing import Any

import pytest

from kubegenie_tui.domain.creation import HOURS_A_MONTH
from kubegenie_tui.domain.errors import (
    CredentialError,
    ExtraMissing,
    KubeGenieError,
    ProviderError,
    SpecRefused,
    TryLater,
)
from kubegenie_tui.providers.adopting import adopted
from kubegenie_tui.providers.api import listening
from kubegenie_tui.providers.aws.blueprint import Blueprint
from kubegenie_tui.providers.aws.cloud import Cloud
from kubegenie_tui.providers.aws.eks import EksProvider
from kubegenie_tui.providers.aws.eks_config import EksConfig
from kubegenie_tui.providers.aws.eks_spec import EksSpec
from kubegenie_tui.providers.aws.rights import PERMISSIONS
from tests.clouds.aws_account import KEYS, REGION, Account
from tests.clouds.aws_proxy import AwsProxy, Fault
from tests.control_plane import ROOT

CLUSTER: dict[str, Any] = {"name": "shop", "region": REGION, "pools": [{"size": "m5.xlarge", "count": 3}]}


def spec(**values: Any) -> EksSpec:
    return EksSpec.model_validate({**CLUSTER, **values})


async def test_who_we_are_and_what_is_missing(provider: EksProvider, aws: AwsProxy) -> None:
    aws.denied = {"eks:CreateNodegroup", "iam:PassRole"}
    found = await provider.identify()
    assert found.where == "account 123456789012"
    assert (found.missing, found.unknown) == (("eks:CreateNodegroup", "iam:PassRole"), "")


async def test_permissions_that_cannot_be_looked_at_are_unknown(provider: EksProvider, aws: AwsProxy) -> None:
    aws.faults.append(Fault("iam:SimulatePrincipalPolicy", "AccessDenied", 403))
    found = await provider.identify()
    assert found.missing == ()
    assert "does not allow iam:SimulatePrincipalPolicy" in found.unknown


async def test_nobody(provider: EksProvider, aws: AwsProxy) -> None:
    aws.faults.append(Fault("sts:GetCallerIdentity", "ExpiredToken", 403, "The security token is expired"))
    with pytest.raises(CredentialError, match="AWS does not know who we are · The security token is expired · sign in"):
        await provider.identify()


async def test_nobody_listens() -> None:
    config = EksConfig.model_validate({"region": REGION, "endpoint": "http://127.0.0.1:9", **KEYS})
    with pytest.raises(TryLater, match="sts:GetCallerIdentity got no answer") as told:
        await EksProvider(config).identify()
    assert KEYS["secret_key"] not in str(told.value)


def test_every_call_of_a_cluster_is_a_permission_that_is_looked_at() -> None:
    cloud = Cloud(EksConfig.model_validate({"region": REGION}))
    several = [
        spec(fargate="a", access="arn:aws:iam::123456789012:user/ada=edit"),
        spec(nodes="public", pools=[{"size": "t3.large"}]),
    ]
    calls = {each.planned.call for wanted in several for each in Blueprint(cloud, wanted).steps()}
    assert calls <= set(PERMISSIONS)


async def test_regions_zones_and_networks(provider: EksProvider, network: dict[str, str]) -> None:
    assert REGION in {each.value for each in await provider.choices("region", {})}
    zones = await provider.choices("zones", {"region": REGION})
    assert [each.value for each in zones][:2] == ["us-east-1a", "us-east-1b"]
    assert "use1-az3" not in {each.label for each in zones}
    assert network["vpc"] in {each.value for each in await provider.choices("vpc", {})}
    subnets = await provider.choices("subnets", {"vpc": network["vpc"]})
    assert [each.label for each in subnets] == ["10.9.0.0/24 · us-east-1a", "10.9.1.0/24 · us-east-1b"]
    assert await provider.choices("name", {}) == []


async def test_versions_say_how_long_they_are_supported(provider: EksProvider) -> None:
    found = {each.value: each.label for each in await provider.choices("version", {})}
    assert list(found) == ["1.35", "1.34", "1.33", "1.31"]
    assert found["1.34"].startswith("default · standard support until 2026-12-0")
    assert "six times as much" in found["1.31"]


async def test_without_the_right_to_list_versions_any_text_will_do(provider: EksProvider, aws: AwsProxy) -> None:
    aws.faults.append(Fault("eks:DescribeClusterVersions", "AccessDeniedException", 403, times=2))
    assert await provider.choices("version", {}) == []
    outline = await provider.outline(spec(version="1.34"))
    assert not any("extended" in each for each in outline.warnings)


def test_the_guide_lists_what_is_asked_for() -> None:
    block = re.search(r"```json\n(.*?)```", (ROOT / "docs/guide/create-eks.md").read_text(), re.DOTALL)
    assert block is not None
    [statement] = json.loads(block[1])["Statement"]
    assert statement["Action"] == sorted([*PERMISSIONS, "iam:SimulatePrincipalPolicy"])


async def test_sizes_with_a_price_come_first(provider: EksProvider) -> None:
    found = await provider.choices("pools.size", {"region": REGION})
    words = {each.value: each.label for each in found}
    assert words["m5.xlarge"] == "4 vCPU · 16 GiB · $0.192/h"
    assert words["m7g.large"].endswith("· Arm")
    assert "unpriced" not in found[0].label
    assert any("unpriced" in each.label for each in found)
    assert "t3.nano" not in words


async def test_an_outline_shows_what_is_sent_and_what_it_costs(provider: EksProvider) -> None:
    outline = await provider.outline(spec(version="1.31"))
    assert outline.where == f"{REGION} · account 123456789012"
    [plane] = [each for each in outline.steps if each.key == "cluster"]
    assert (plane.call, plane.request["roleArn"]) == ("eks:CreateCluster", "<role/cluster.arn>")
    assert plane.request["resourcesVpcConfig"]["subnetIds"][0] == "<subnet/private/us-east-1a.id>"
    assert plane.request["tags"] == {"kubegenie-work": "<work>"}
    assert outline.estimate is not None
    hourly = 0.60 + 3 * 0.192 + 3 * 50 * 0.08 / HOURS_A_MONTH + 0.045 + 0.005
    assert outline.estimate.monthly == pytest.approx(hourly * HOURS_A_MONTH)
    assert outline.estimate.as_of
    assert any("extended support" in each for each in outline.warnings)
    assert any("reached from everywhere" in each for each in outline.warnings)
    assert any("load balancers" in each for each in outline.leaves)


async def test_a_preview_is_the_outline_without_a_look_at_aws(provider: EksProvider, aws: AwsProxy) -> None:
    outline = await provider.outline(spec())
    aws.calls.clear()
    preview = await provider.preview(spec())
    assert (preview.steps, preview.estimate) == (outline.steps, outline.estimate)
    await provider.preview(spec(region="eu-west-9", zones=""))
    assert aws.calls == []
    with pytest.raises(ProviderError, match="no cluster nowhere"):
        await provider.kubeconfig("nowhere")


async def test_of_keys_it_is_said_that_they_may_end(provider: EksProvider, config: dict[str, Any]) -> None:
    said = "The session token may end before the cluster is there: the work goes on once it is given another"
    for_a_while = EksProvider(EksConfig.model_validate({**config, "session_token": "t"}))
    warned = [(await each.preview(spec())).warnings for each in (provider, for_a_while)]
    assert set(warned[1]) - set(warned[0]) == {said}
    assert not any("access key" in each for each in warned[0])


async def test_what_has_no_price_is_not_guessed(provider: EksProvider) -> None:
    outline = await provider.outline(
        spec(pools=[{"size": "x1.32xlarge"}, {"name": "b", "size": "m5.large", "spot": True}])
    )
    assert outline.estimate is not None
    assert "default: x1.32xlarge" in outline.estimate.unpriced
    assert any("spot: less than $0.096/h" in each for each in outline.estimate.unpriced)


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"version": "1.19"}, "version", "EKS has no Kubernetes 1.19"),
        ({"zones": "us-east-1a, us-east-1z"}, "zones", "us-east-1z takes no cluster"),
        ({"pools": [{"size": "m5.gigantic"}]}, "pools", "us-east-1 has no m5.gigantic"),
        (
            {"network": "existing", "vpc": "vpc-00000000", "subnets": "subnet-00000000, subnet-11111111"},
            "subnets",
            "One of the subnets is not there",
        ),
    ],
)
async def test_what_aws_has_not_is_refused_before_anybody_says_yes(
    provider: EksProvider, values: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(SpecRefused, match=said) as told:
        await provider.outline(spec(**values))
    assert told.value.field == field


async def test_subnets_of_one_zone_are_refused(
    provider: EksProvider, account: Account, network: dict[str, str]
) -> None:
    more = account.client("ec2").create_subnet(
        VpcId=network["vpc"], CidrBlock="10.9.2.0/24", AvailabilityZone=f"{REGION}a"
    )["Subnet"]["SubnetId"]
    subnets = f"{network['subnets'].split(', ')[0]}, {more}"
    with pytest.raises(SpecRefused, match="All subnets are in one zone"):
        await provider.outline(spec(network="existing", vpc=network["vpc"], subnets=subnets))


async def test_what_the_cluster_made_by_itself(
    provider: EksProvider, account: Account, network: dict[str, str]
) -> None:
    tags = [{"Key": "kubernetes.io/cluster/shop", "Value": "owned"}]
    ec2, subnets = account.client("ec2"), network["subnets"].split(", ")
    for more in ([], [{"Key": "eks:nodegroup-name", "Value": "default"}]):
        ec2.create_volume(
            AvailabilityZone=f"{REGION}a",
            Size=20,
            VolumeType="gp3",
            TagSpecifications=[{"ResourceType": "volume", "Tags": tags + more}],
        )
    for name, table in (("ours", tags), ("theirs", [{"Key": "team", "Value": "x"}])):
        account.client("elbv2").create_load_balancer(Name=name, Subnets=subnets, Tags=table)
        listener = {"Protocol": "tcp", "LoadBalancerPort": 80, "InstancePort": 80}
        account.client("elb").create_load_balancer(
            LoadBalancerName=f"{name}-classic", Listeners=[listener], Subnets=subnets, Tags=table
        )
    found = await provider.leftovers(spec(), {})
    assert [each.kind for each in found] == ["load balancer", "load balancer", "volume"]
    assert [each.name for each in found[:2]] == ["ours", "ours-classic"]
    assert found[2].name.endswith("(20 GB)")
    assert found[2].hourly == pytest.approx(20 * 0.08 / HOURS_A_MONTH)


async def test_clusters_are_listed_and_reached(
    provider: EksProvider, account: Account, network: dict[str, str]
) -> None:
    arn = account.client("iam").create_role(RoleName="listed", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    subnets = network["subnets"].split(", ")
    account.client("eks").create_cluster(name="listed", roleArn=arn, resourcesVpcConfig={"subnetIds": subnets})
    [found] = [each for each in await provider.list_clusters() if each.name == "listed"]
    assert (found.region, found.state) == (REGION, "ACTIVE")
    document = await provider.kubeconfig("listed")
    assert document["current-context"] == "listed"
    assert document["clusters"][0]["cluster"]["server"] == found.server
    plugin = document["users"][0]["user"]["exec"]
    assert plugin["args"][-6:] == ["token", "eks", "--cluster", "listed", "--region", REGION]
    endpoint, secrets = adopted(document, "eks", trusted=True)
    assert KEYS["secret_key"] not in repr(endpoint)
    assert secrets == {"env:AWS_ACCESS_KEY_ID": KEYS["access_key"], "env:AWS_SECRET_ACCESS_KEY": KEYS["secret_key"]}
    with pytest.raises(ProviderError, match="EKS has no cluster nowhere in this account"):
        await provider.kubeconfig("nowhere")


async def test_a_cluster_of_another_region_is_found(provider: EksProvider, account: Account) -> None:
    eks, ec2 = account.client("eks", "eu-west-1"), account.client("ec2", "eu-west-1")
    arn = account.client("iam").create_role(RoleName="far", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    subnets = [each["SubnetId"] for each in ec2.describe_subnets()["Subnets"]]
    eks.create_cluster(name="far", roleArn=arn, resourcesVpcConfig={"subnetIds": subnets})
    document = await provider.kubeconfig("far")
    arguments = document["users"][0]["user"]["exec"]["args"]
    assert arguments[-2:] == ["--region", "eu-west-1"]


async def test_clusters_of_all_regions_are_listed_each_by_a_name_of_its_own(
    provider: EksProvider, aws: AwsProxy, account: Account, network: dict[str, str]
) -> None:
    arn = account.client("iam").create_role(RoleName="twin", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    account.create_cluster("twin", arn, network["subnets"])
    eks, ec2 = account.client("eks", "eu-west-1"), account.client("ec2", "eu-west-1")
    subnets = [each["SubnetId"] for each in ec2.describe_subnets()["Subnets"]]
    eks.create_cluster(name="twin", roleArn=arn, resourcesVpcConfig={"subnetIds": subnets})
    found = [(each.name, each.region) for each in await provider.list_clusters() if each.name.endswith("twin")]
    assert found == [("twin", REGION), ("eu-west-1/twin", "eu-west-1")]
    document = await provider.kubeconfig("eu-west-1/twin")
    assert document["current-context"] == "eu-west-1/twin"
    arguments = document["users"][0]["user"]["exec"]["args"]
    assert arguments[-4:] == ["--cluster", "twin", "--region", "eu-west-1"]
    aws.faults.append(Fault("ec2:DescribeRegions", "UnauthorizedOperation", 403))
    told: list[str | KubeGenieError] = []
    with listening(told.append):
        regions = {each.region for each in await provider.list_clusters()}
    assert regions == {REGION}
    [trouble] = told
    assert "AWS does not allow ec2:DescribeRegions" in str(trouble)


async def test_regions_that_are_forbidden_are_told_together(provider: EksProvider, aws: AwsProxy) -> None:
    fault = Fault("eks:ListClusters", "AccessDeniedException", 403, "denied by a service control policy", times=99)
    aws.heard["ec2:DescribeRegions"] = lambda: aws.faults.append(fault)
    told: list[str | KubeGenieError] = []
    with listening(told.append):
        assert {each.region for each in await provider.list_clusters()} <= {REGION}
    [how_far, trouble] = told
    assert "other regions" in str(how_far)
    assert str(trouble).startswith("Clusters cannot be listed in af-south-1, ap-east-1, ")
    assert str(trouble).count("service control policy") == 1


async def test_a_role_is_taken_before_anything_is_asked(
    config: dict[str, Any], aws: AwsProxy, account: Account
) -> None:
    role = account.client("iam").create_role(RoleName="ops", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    provider = EksProvider(EksConfig.model_validate({**config, "role": role}))
    aws.denied = {"eks:DeleteCluster"}
    found = await provider.identify()
    assert found.who.endswith("assumed-role/ops/kubegenie")
    assert (found.missing, found.unknown) == (("eks:DeleteCluster",), "")
    assert aws.calls[0] == "sts:AssumeRole"


async def test_without_the_library_the_command_that_brings_it_is_told(
    provider: EksProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [each for each in sys.modules if each.startswith("botocore")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "botocore", None)
    for ask in (provider.list_clusters, provider.identify):
        with pytest.raises(ExtraMissing, match=r"pip install \"kubegenie\[aws\]\""):
            await ask()

"""A cluster of EKS from the yes to its removal; the account is looked at by a plain client."""

from typing import Any

import pytest

from kubegenie_tui.domain.creation import Change, StepState, Work, WorkKind, WorkState
from kubegenie_tui.domain.errors import SpecRefused, UsageError
from kubegenie_tui.provision.works import pools_of
from tests.clouds.aws_account import REGION, Account, on_record
from tests.clouds.aws_proxy import AwsProxy, Fault
from tests.clouds.making import Making
from tests.unit.providers.aws.conftest import SMALL

EVERYTHING: dict[str, Any] = {
    "region": REGION,
    "version": "1.34",
    "cidr": "10.20.0.0/16",
    "zones": "us-east-1a, us-east-1b",
    "allowed": "203.0.113.0/24",
    "access": {"arn:aws:iam::123456789012:role/ops": "view"},
    "pools": [
        {"name": "default", "size": "m5.large", "autoscale": True, "count": 2, "minimum": 1, "maximum": 4},
        {"name": "arm", "size": "m7g.large", "spot": True, "count": 1},
    ],
    "fargate": "batch",
}


async def test_everything_is_made_and_everything_goes(making: Making, aws: AwsProxy, account: Account) -> None:
    before = account.inventory()
    work = await making.made(name="whole", **EVERYTHING)
    assert work.state is WorkState.DONE, work.message
    assert {each.state for each in work.steps} == {StepState.DONE}
    _check_network(account, work)
    _check_cluster(account, aws)
    assert {made["id"] for key, made in work.made.items() if "id" in made and not key.endswith("/routes")} == (
        account.tagged(work.id)
    )
    [registered] = await making.store.clusters.all()
    assert registered.endpoint is not None
    assert registered.endpoint.plugin is not None
    assert registered.endpoint.plugin.arguments[-6:-2] == ("token", "eks", "--cluster", "whole")
    after = await making.removed(work)
    assert after.state is WorkState.REMOVED, after.message
    assert account.inventory() == before
    assert not aws.eks.ours
    assert not aws.eks.policies
    assert not await making.store.clusters.all()


def _check_network(account: Account, work: Work) -> None:
    ec2 = account.client("ec2")
    made = work.made
    vpc = made["vpc"]["id"]
    assert ec2.describe_vpc_attribute(VpcId=vpc, Attribute="enableDnsHostnames")["EnableDnsHostnames"]["Value"]
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    by_id = {each["SubnetId"]: each for each in subnets}
    assert len(subnets) == 4
    private = by_id[made["subnet/private/us-east-1b"]["id"]]
    assert (private["CidrBlock"], private["AvailabilityZone"]) == ("10.20.32.0/19", "us-east-1b")
    assert {"Key": "kubernetes.io/role/internal-elb", "Value": "1"} in private["Tags"]
    tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
    ways = {
        link["SubnetId"]: next(each for each in table["Routes"] if each["DestinationCidrBlock"] == "0.0.0.0/0")
        for table in tables
        for link in table["Associations"]
        if link.get("SubnetId")
    }
    assert ways.keys() == by_id.keys()
    assert ways[private["SubnetId"]]["NatGatewayId"] == made["nat/us-east-1a"]["id"]
    assert ways[made["subnet/public/us-east-1a"]["id"]]["GatewayId"] == made["gateway"]["id"]


def _check_cluster(account: Account, aws: AwsProxy) -> None:
    eks = account.client("eks")
    cluster = eks.describe_cluster(name="whole")["cluster"]
    assert len(cluster["resourcesVpcConfig"]["subnetIds"]) == 4
    assert cluster["resourcesVpcConfig"]["publicAccessCidrs"] == ["203.0.113.0/24"]
    assert aws.eks.over["/clusters/whole"]["accessConfig"]["authenticationMode"] == "API"
    pool = eks.describe_nodegroup(clusterName="whole", nodegroupName="default")["nodegroup"]
    assert pool["scalingConfig"] == {"minSize": 1, "maxSize": 4, "desiredSize": 2}
    assert pool["nodeRole"].endswith("role/whole-us-east-1-nodes")
    arm = eks.describe_nodegroup(clusterName="whole", nodegroupName="arm")["nodegroup"]
    assert (arm["amiType"], arm["capacityType"]) == ("AL2023_ARM_64_STANDARD", "SPOT")
    profile = eks.describe_fargate_profile(clusterName="whole", fargateProfileName="fargate")["fargateProfile"]
    assert profile["selectors"] == [{"namespace": "batch"}]
    assert len([each for each in aws.eks.ours if "/addons/" in each]) == 4
    assert [each["policyArn"].rpartition("/")[2] for each in aws.eks.policies.values()] == ["AmazonEKSViewPolicy"]


async def test_public_nodes_have_addresses_and_no_nat(making: Making, account: Account) -> None:
    before = account.inventory()
    work = await making.made(
        name="open", region=REGION, nodes="public", add_ons="", pools=[{"name": "a", "size": "t3.large"}]
    )
    assert work.state is WorkState.DONE, work.message
    assert not [each for each in work.made if each.startswith(("nat/", "address/"))]
    [one, two] = account.client("ec2").describe_subnets(
        Filters=[{"Name": "vpc-id", "Values": [work.made["vpc"]["id"]]}]
    )["Subnets"]
    assert one["MapPublicIpOnLaunch"]
    assert two["MapPublicIpOnLaunch"]
    assert (await making.removed(work)).state is WorkState.REMOVED
    assert account.inventory() == before


async def test_what_is_refused_for_a_moment_is_asked_again(
    making: Making, aws: AwsProxy, account: Account, network: dict[str, str]
) -> None:
    before = account.inventory()
    aws.faults += [
        Fault("iam:CreateRole", "Throttling", 400, times=2),
        Fault("eks:CreateCluster", "InvalidParameterException", 400, "Role with arn x could not be assumed"),
        Fault("eks:DescribeNodegroup", "ServerException", 500, times=4),
        Fault("eks:CreateNodegroup", "TooManyRequestsException", 429),
    ]
    work = await making.made(name="patient", **SMALL, **network)
    assert work.state is WorkState.DONE, work.message
    assert aws.calls.count("eks:CreateCluster") == 2
    assert account.inventory() - before == on_record(work)
    assert (await making.removed(work)).state is WorkState.REMOVED
    assert account.inventory() == before


async def test_what_was_made_a_moment_ago_may_not_be_known_yet(making: Making, aws: AwsProxy, account: Account) -> None:
    before = account.inventory()
    aws.faults += [
        Fault("ec2:CreateSubnet", "InvalidVpcID.NotFound", 400, "The vpc ID 'vpc-1' does not exist"),
        Fault("ec2:CreateRoute", "InvalidRouteTableID.NotFound", 400, "The routeTable ID 'rtb-1' does not exist"),
        Fault("iam:AttachRolePolicy", "NoSuchEntity", 404, "The role cannot be found"),
    ]
    work = await making.made(name="early", region=REGION, nodes="public", add_ons="", pools=[])
    assert work.state is WorkState.DONE, work.message
    assert [aws.calls.count(each) for each in ("ec2:CreateRoute", "iam:AttachRolePolicy")] == [2, 2]
    assert (await making.removed(work)).state is WorkState.REMOVED
    assert account.inventory() == before


REFUSALS = [
    ("eks:CreateCluster", "AccessDeniedException", 403, "AWS does not allow eks:CreateCluster"),
    ("eks:CreateNodegroup", "ResourceLimitExceededException", 400, "AWS has no more for this account"),
    ("iam:CreateRole", "LimitExceeded", 409, "AWS has no more for this account"),
    ("iam:AttachRolePolicy", "InvalidClientTokenId", 403, "AWS does not know who we are"),
    ("eks:CreateCluster", "InvalidParameterException", 400, "AWS does not accept eks:CreateCluster"),
]


@pytest.mark.parametrize(("call", "code", "status", "said"), REFUSALS)
async def test_what_is_refused_for_good_is_told_and_nothing_is_orphaned(
    making: Making,
    aws: AwsProxy,
    account: Account,
    network: dict[str, str],
    call: str,
    code: str,
    status: int,
    said: str,
) -> None:
    before = account.inventory()
    aws.faults.append(Fault(call, code, status))
    work = await making.made(name=f"refused-{code[:9].lower()}", **SMALL, **network)
    assert work.state is WorkState.FAILED
    assert said in work.message
    assert "because the test says so" in work.message
    assert aws.calls.count(call) == 1
    assert account.inventory() - before == on_record(work)
    assert (await making.removed(work)).state is WorkState.REMOVED
    assert account.inventory() == before


async def test_quota_of_networks(making: Making, aws: AwsProxy, account: Account) -> None:
    before = account.inventory()
    aws.faults.append(Fault("ec2:AllocateAddress", "AddressLimitExceeded", 400))
    work = await making.made(name="no-address", region=REGION, add_ons="")
    assert work.state is WorkState.FAILED
    assert "Service Quotas" in work.message
    assert work.step("address/us-east-1a").state is StepState.FAILED
    assert (await making.removed(work)).state is WorkState.REMOVED
    assert account.inventory() == before


async def test_a_failed_pool_is_made_anew_when_it_is_tried_again(
    making: Making, aws: AwsProxy, account: Account, network: dict[str, str]
) -> None:
    before = account.inventory()
    aws.eks.broken["default"] = "no such machines in this zone"
    work = await making.made(name="poolless", **SMALL, **network)
    assert work.state is WorkState.FAILED
    assert "AsgInstanceLaunchFailures: no such machines in this zone" in work.message
    assert account.inventory() - before == on_record(work)
    aws.eks.broken.clear()
    work = await making.again(work)
    assert work.state is WorkState.DONE, work.message
    assert aws.calls.count("eks:DeleteNodegroup") == 1
    assert account.inventory() - before == on_record(work)
    assert (await making.removed(work)).state is WorkState.REMOVED
    assert account.inventory() == before


async def test_without_a_further_pool_and_an_add_on_it_goes_on(
    making: Making, aws: AwsProxy, account: Account, network: dict[str, str]
) -> None:
    before = account.inventory()
    aws.eks.broken |= {"extra": "InsufficientInstanceCapacity", "coredns": "no room"}
    pools = [{"name": "default", "size": "m5.large"}, {"name": "extra", "size": "m5.large"}]
    work = await making.made(name="less", version="1.33", **{**SMALL, "add_ons": "coredns", "pools": pools}, **network)
    for key in ("pool/extra", "add-on/coredns"):
        assert work.step(key).state is StepState.FAILED
        await making.works.skip(work.id)
        work = await making.ended()
    assert work.state is WorkState.DONE, work.message
    maker, outline = await making.works.review_change(work, Change(WorkKind.UPGRADE, version="1.34"))
    assert [each.key for each in outline.steps] == ["upgrade/cluster", "upgrade/pool/default"]
    assert await pools_of(maker, work) == ("default",)
    change = await making.works.begin_change(maker, work, Change(WorkKind.UPGRADE, version="1.34"), outline, "less")
    assert (await making.ended()).state is WorkState.DONE, change.message
    assert (await making.removed(work)).state is WorkState.REMOVED
    assert account.inventory() == before


async def test_without_its_first_pool_it_does_not_go_on(making: Making, aws: AwsProxy, network: dict[str, str]) -> None:
    aws.eks.broken["default"] = "InsufficientInstanceCapacity"
    work = await making.made(name="none", **SMALL, **network)
    with pytest.raises(UsageError, match="Nothing goes on without pool/default"):
        await making.works.skip(work.id)
    await making.removed(work)


async def test_a_failed_pool_is_cleaned_up(
    making: Making, aws: AwsProxy, account: Account, network: dict[str, str]
) -> None:
    before = account.inventory()
    aws.eks.broken["default"] = "no such machines in this zone"
    work = await making.made(name="given-up", **SMALL, **network)
    assert work.state is WorkState.FAILED
    assert (await making.removed(work)).state is WorkState.REMOVED
    assert account.inventory() == before


@pytest.mark.parametrize("what", ["role", "cluster"])
async def test_what_has_the_name_already_is_left_alone(
    making: Making, aws: AwsProxy, account: Account, network: dict[str, str], what: str
) -> None:
    name = f"taken-{what}"
    role = f"{name}-{REGION}-cluster" if what == "role" else f"{name}-other"
    arn = account.client("iam").create_role(RoleName=role, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    before = account.inventory()
    if what == "cluster":
        aws.heard["eks:CreateCluster"] = lambda: account.create_cluster(name, arn, network["subnets"])
    work = await making.made(name=name, **SMALL, **network)
    assert work.state is WorkState.FAILED
    assert ("has that name already" if what == "role" else "the name is taken") in work.message
    assert (await making.removed(work)).state is WorkState.REMOVED
    assert account.inventory() - before == ({name} if what == "cluster" else set())


async def test_a_name_that_is_taken_is_told_before_anything_is_made(
    making: Making, account: Account, network: dict[str, str]
) -> None:
    arn = account.client("iam").create_role(RoleName="first-other", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    account.create_cluster("first", arn, network["subnets"])
    with pytest.raises(SpecRefused, match="There is a cluster first already") as told:
        await making.review(name="first", **SMALL, **network)
    assert told.value.field == "name"

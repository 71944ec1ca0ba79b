"""A process may end at any request: the next one goes on, and nothing is made twice or forgotten."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.domain.creation import Change, StepState, Work, WorkKind, WorkState
from tests.clouds.aws_account import REGION, Account, on_record
from tests.clouds.aws_proxy import AwsProxy, Fault
from tests.clouds.killing import Killer
from tests.clouds.making import Making
from tests.unit.providers.aws.conftest import SMALL

WHOLE: dict[str, Any] = {
    "region": REGION,
    "add_ons": "vpc-cni",
    "access": "arn:aws:iam::123456789012:user/ada=edit",
    "pools": [{"name": "default", "size": "m5.large"}],
    "fargate": "batch",
}

WRITES = (
    *("iam:CreateRole", "iam:AttachRolePolicy", "ec2:CreateVpc", "ec2:ModifyVpcAttribute", "ec2:CreateInternetGateway"),
    *("ec2:AttachInternetGateway", "ec2:CreateRouteTable", "ec2:CreateRoute", "ec2:CreateSubnet"),
    *("ec2:AssociateRouteTable", "ec2:AllocateAddress", "ec2:CreateNatGateway", "eks:CreateCluster"),
    *("eks:CreateAddon", "eks:CreateAccessEntry", "eks:AssociateAccessPolicy", "eks:CreateNodegroup"),
    "eks:CreateFargateProfile",
)
REMOVES = (
    *("eks:DeleteFargateProfile", "eks:DeleteNodegroup", "eks:DeleteAddon", "eks:DisassociateAccessPolicy"),
    *("eks:DeleteAccessEntry", "eks:DeleteCluster", "ec2:DisassociateRouteTable", "ec2:DeleteSubnet"),
    *("ec2:DeleteRoute", "ec2:DeleteRouteTable", "ec2:DeleteNatGateway", "ec2:ReleaseAddress"),
    *("ec2:DetachInternetGateway", "ec2:DeleteInternetGateway", "ec2:DeleteVpc"),
    *("iam:DetachRolePolicy", "iam:DeleteRole"),
)
"""What each kind of step asks for when it goes."""


async def test_an_answer_that_is_lost_makes_nothing_twice(making: Making, aws: AwsProxy, account: Account) -> None:
    """Each kind of request arrives and its answer does not: it is looked up before it is sent again."""
    before = account.inventory()
    aws.faults += [Fault(each, lost=True) for each in WRITES]
    work = await making.made(name="lost", **WHOLE)
    assert work.state is WorkState.DONE, work.message
    assert not [each for each in aws.faults if each.times]
    made = account.inventory() - before
    assert {made["id"] for made in work.made.values() if "id" in made} <= made
    aws.faults += [Fault(each, lost=True) for each in REMOVES]
    work = await making.removed(work)
    assert work.state is WorkState.REMOVED, work.message
    assert not [each for each in aws.faults if each.times]
    assert account.inventory() == before


@pytest.mark.parametrize("call", ["iam:CreateRole", "eks:CreateCluster", "eks:CreateNodegroup"])
async def test_a_process_that_ends_in_a_step_is_followed_by_one_that_goes_on(
    making: Making, aws: AwsProxy, account: Account, network: dict[str, str], call: str
) -> None:
    before = account.inventory()
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    aws.hold(call, lambda: loop.call_soon_threadsafe(asked.set))
    work = await making.begin(name="broken-off", **SMALL, **network)
    await asked.wait()
    making.tasks[-1].cancel()
    await asyncio.gather(making.tasks[-1], return_exceptions=True)
    aws.go_on()
    [broken] = await making.works.broken_off()
    assert broken.id == work.id
    work = await making.again(broken)
    assert work.state is WorkState.DONE, work.message
    assert aws.calls.count(call) == (2 if call == "iam:CreateRole" else 1)
    assert (await making.removed(work)).state is WorkState.REMOVED
    assert account.inventory() == before


EACH_STEP = (
    *("iam:CreateRole", "ec2:CreateVpc", "ec2:CreateInternetGateway", "ec2:CreateRouteTable", "ec2:CreateSubnet"),
    *("ec2:AllocateAddress", "ec2:CreateNatGateway", "eks:CreateCluster", "eks:CreateAddon"),
    *("eks:CreateAccessEntry", "eks:CreateNodegroup", "eks:CreateFargateProfile"),
)
"""What each kind of step asks for."""


def there_of(work: Work) -> set[str]:
    """The ids of EC2 that may be there by the records of a work."""
    left = [each for each in work.steps if each.state is not StepState.REMOVED]
    return {each.made["id"] for each in left if "id" in each.made}


@pytest.mark.timeout(300)  # Each of several processes starts anew after it was killed.
async def test_killed_in_each_kind_of_step_it_goes_on_and_nothing_is_made_twice_or_left(
    making: Making, aws: AwsProxy, account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was asked for has had its effect, and whoever asked is no more: once in each kind of step, both ways."""
    account.network()
    before = account.inventory()
    killer = Killer(making, tmp_path / "site", monkeypatch)
    aws.done = lambda call: killer.at(call) if call in EACH_STEP + REMOVES else None

    def nothing_is_forgotten(work: Work) -> None:
        there = account.inventory()
        assert before <= there
        assert there & account.tagged(work.id) <= there_of(work)

    try:
        work = await killer.made(name="killed", **WHOLE)
        assert work.state is WorkState.DONE, work.message
        assert set(killer.moments) == set(EACH_STEP)
        made = {each["id"] for key, each in work.made.items() if "id" in each and not key.endswith("/routes")}
        assert made == account.tagged(work.id)
        killer.found = nothing_is_forgotten
        work = await killer.removed(work)
        assert set(killer.moments) == set(REMOVES)
    finally:
        killer.end()
    assert work.state is WorkState.REMOVED, work.message
    assert account.inventory() == before
    assert aws.calls.count("eks:DeleteCluster") == aws.calls.count("eks:DeleteNodegroup") == 1


async def test_killed_while_it_is_upgraded_or_scaled_it_goes_on_and_nothing_is_asked_twice(
    making: Making,
    aws: AwsProxy,
    account: Account,
    network: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    work = await making.made(name="changed", version="1.33", **SMALL, **network)
    made = account.inventory()
    killer = Killer(making, tmp_path / "site", monkeypatch)
    aws.done = lambda call: killer.at(call) if call.startswith("eks:Update") else None
    versions = ["eks:UpdateClusterVersion", "eks:UpdateNodegroupVersion"]
    try:
        upgraded = await killer.changed(work, Change(WorkKind.UPGRADE, version="1.34"))
        assert (upgraded.state, killer.moments) == (WorkState.DONE, versions), upgraded.message
        scaled = await killer.changed(work, Change(WorkKind.SCALE, pool="default", count=4))
        assert (scaled.state, killer.moments) == (WorkState.DONE, ["eks:UpdateNodegroupConfig"]), scaled.message
    finally:
        killer.end()
    assert [each for each in aws.calls if each.startswith("eks:Update")] == [*versions, "eks:UpdateNodegroupConfig"]
    assert {each["told"]["status"] for each in aws.eks.updates.values()} == {"Successful"}
    eks = account.client("eks")
    pool = eks.describe_nodegroup(clusterName="changed", nodegroupName="default")["nodegroup"]
    assert pool["scalingConfig"] == {"minSize": 4, "maxSize": 4, "desiredSize": 4}
    assert {each["version"] for each in aws.eks.over.values()} == {"1.34"}
    assert account.inventory() == made


async def test_a_person_stops_it_and_cleans_up(
    making: Making, aws: AwsProxy, account: Account, network: dict[str, str]
) -> None:
    before = account.inventory()
    aws.eks.polls = 10**6
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    aws.heard["eks:CreateCluster"] = lambda: loop.call_soon_threadsafe(asked.set)
    work = await making.begin(name="stopped", **SMALL, **network)
    await asked.wait()
    await making.works.stop(work.id)
    work = await making.ended()
    assert work.state is WorkState.STOPPED
    assert account.inventory() - before == on_record(work)
    aws.eks.polls = 1
    aws.eks.coming.clear()
    assert (await making.removed(work)).state is WorkState.REMOVED
    assert account.inventory() == before


async def test_a_removal_that_is_refused_can_be_tried_again(
    making: Making, aws: AwsProxy, account: Account, network: dict[str, str]
) -> None:
    before = account.inventory()
    work = await making.made(name="sticky", **SMALL, **network)
    aws.faults.append(Fault("iam:DetachRolePolicy", "AccessDenied", 403))
    aws.faults.append(Fault("eks:DeleteCluster", "ResourceInUseException", 409, "Cluster has nodegroups attached"))
    work = await making.removed(work)
    assert work.state is WorkState.FAILED
    assert "let somebody allow iam:DetachRolePolicy" in work.message
    assert work.step("pool/default").state is StepState.REMOVED
    work = await making.again(work)
    assert work.state is WorkState.REMOVED, work.message
    assert account.inventory() == before

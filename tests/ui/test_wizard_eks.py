"""Clusters of AWS from the first key of the wizard to their rows, and what a person reads when AWS is against it."""

import base64
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from kubegenie_tui.domain.creation import WorkState
from tests.clouds.api_front import api_server
from tests.clouds.aws_account import KEYS, REGION, Account, on_record
from tests.clouds.aws_moto import moto_server
from tests.clouds.aws_proxy import AwsProxy, Fault, serving
from tests.ui.on_demo import OnDemo
from tests.ui.wizarding import (
    at,
    back_at,
    begun,
    checked,
    cleaned_up,
    ended,
    filled,
    known,
    listed,
    made,
    named,
    opened,
    reads,
    reviewed,
    rows,
    scaled,
    type_in,
)

WHO = "arn:aws:sts::123456789012"


class Amazon(NamedTuple):
    """AWS in front of a person, and the account looked at from behind."""

    demo: OnDemo
    aws: AwsProxy
    account: Account
    network: dict[str, str]
    before: set[str]

    @property
    def new(self) -> set[str]:
        """What is there since."""
        return self.account.inventory() - self.before

    @property
    def config(self) -> dict[str, str]:
        return {"region": REGION, "endpoint": self.aws.url, **KEYS}

    def left_behind(self, name: str) -> None:
        """Two load balancers and a volume that a cluster made; a volume of others is there too."""
        tags = [{"Key": f"kubernetes.io/cluster/{name}", "Value": "owned"}]
        for table in (tags, [{"Key": "team", "Value": "x"}]):
            tagged = [{"ResourceType": "volume", "Tags": table}]
            ec2 = self.account.client("ec2")
            ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=20, VolumeType="gp3", TagSpecifications=tagged)
        subnets = self.network["subnets"].split(", ")
        self.account.client("elbv2").create_load_balancer(Name="web", Subnets=subnets, Tags=tags)
        listener = {"Protocol": "tcp", "LoadBalancerPort": 80, "InstancePort": 80}
        classic = self.account.client("elb")
        classic.create_load_balancer(LoadBalancerName="web-classic", Listeners=[listener], Subnets=subnets, Tags=tags)

    def made_by_others(self, name: str) -> None:
        role = self.account.client("iam").create_role(RoleName=f"{name}-other", AssumeRolePolicyDocument="{}")
        self.account.create_cluster(name, role["Role"]["Arn"], self.network["subnets"])


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    with moto_server(tmp_path_factory.mktemp("moto") / "log") as address:
        yield Account(address)


@pytest.fixture(scope="module")
def network(account: Account) -> dict[str, str]:
    return account.network()


@pytest.fixture
async def amazon(
    account: Account, network: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Amazon]:
    with serving(account.address) as aws:
        async with listed(tmp_path, monkeypatch, "a phrase") as demo:
            yield Amazon(demo, aws, account, network, account.inventory())


async def described(amazon: Amazon, name: str = "shop") -> None:
    """From the first page about the cluster to the review of one in a network that is there."""
    demo = amazon.demo
    await filled(demo, "eks: Cluster (1 of 5)", name=name, region=REGION, add_ons="")
    await at(demo, "eks: Network (2 of 5)")
    rows(demo)["network"].entry.focus()
    await demo.pilot.press("right")
    await filled(demo, "eks: Network (2 of 5)", **amazon.network)
    await filled(demo, "eks: Node pools (3 of 5)")
    await filled(demo, "eks: Fargate (4 of 5)")


async def begun_anew(amazon: Amazon) -> None:
    await known(amazon.demo, "eks", amazon.config, WHO)
    await described(amazon)
    await reviewed(amazon.demo, "Control plane shop", "eks:CreateCluster", "eks:CreateNodegroup")
    await begun(amazon.demo, "shop")


def signed_by_us(token: str) -> bool:
    """Whether it is a request to AWS that was signed with the key that was typed."""
    kind, _, signed = token.partition(".")
    url = base64.urlsafe_b64decode(f"{signed}==").decode()
    return kind == "k8s-aws-v1" and f"X-Amz-Credential={KEYS['access_key']}" in url


async def test_from_the_first_key_to_the_opened_cluster(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(account.address) as aws:
        async with api_server(tmp_path / "ca") as front, listed(tmp_path, monkeypatch, "a phrase") as demo:
            aws.eks.server, aws.eks.authority = f"https://{front.host}", front.authority
            front.takes = signed_by_us
            before = account.inventory()
            await known(demo, "eks", {"region": REGION, "endpoint": aws.url, **KEYS}, WHO)
            await filled(demo, "eks: Cluster (1 of 5)", name="whole", region=REGION)
            await at(demo, "eks: Network (2 of 5)")
            type_in(demo, cidr="8.8.0.0/16")
            for key in ("enter", "down"):
                await named(demo, "eks: Network (2 of 5)", "cidr", "8.8.0.0/16", "a private network: 10.0.0.0/8")
                await demo.pilot.press(key)
            await filled(demo, "eks: Network (2 of 5)", cidr="10.8.0.0/16")
            await at(demo, "eks: Node pools (3 of 5)")
            await demo.pilot.press("up", "up", "ctrl+y")
            await demo.until(lambda: demo.text().count("m6i.large") == 2)
            await demo.pilot.press("down", "down", "enter")
            await demo.until_shown("✖ two pools are called default")
            await demo.pilot.press("up", "up", "ctrl+d")
            await demo.until(lambda: demo.text().count("m6i.large") == 1)
            await demo.pilot.press("down", "down", "enter")
            await filled(demo, "eks: Fargate (4 of 5)")
            await reviewed(demo, "ec2:CreateVpc", "eks:CreateCluster", "a month", "prices of 20", "Not cleaned up")
            await made(demo, "whole")
            [work] = await demo.app.services.works.all()
            there = account.inventory() - before
            assert {made["id"] for made in work.made.values() if "id" in made} <= there
            assert {"whole", "whole/default"} <= there
            await opened(demo, "whole")


async def test_what_it_comes_to_is_told_while_it_is_described(amazon: Amazon) -> None:
    demo = amazon.demo
    await known(demo, "eks", amazon.config, WHO)
    await at(demo, "eks: Cluster (1 of 5)")
    await demo.until_shown("Provider ● Account ● Cluster ◐ Network ○ Node pools ○ Fargate ○ Review ○")
    assert rows(demo)["region"].typed == REGION
    await demo.until_shown("About $257.66 a month")
    await demo.until_shown("1 x ec2:CreateNatGateway")
    type_in(demo, name="Shop!")
    await demo.until_shown("What it comes to is told once it can be made")
    await filled(demo, "eks: Cluster (1 of 5)", name="shop")
    await at(demo, "eks: Network (2 of 5)")
    rows(demo)["nodes"].entry.focus()
    await demo.pilot.press("right")
    await demo.until(lambda: "ec2:CreateNatGateway" not in demo.text() and "public addresses of nodes" in demo.text())
    await demo.pilot.press("enter")
    await at(demo, "eks: Node pools (3 of 5)")
    await demo.until_shown("steps · about $228.46 a month")
    await demo.pilot.press("up", "up", "enter")
    await at(demo, "Node pools: one of them")
    type_in(demo, size="m6i.4xlarge", count="3")
    await demo.until_shown("3 x default: m6i.4xlarge")
    await demo.pilot.resize_terminal(80, 24)
    await demo.until_shown("steps · about $1,777.87 a month · enter next")
    assert "3 x default" not in demo.text()


async def test_a_permission_is_missing_and_then_the_quota_is_used_up(amazon: Amazon) -> None:
    demo, call, limit = amazon.demo, "eks:CreateNodegroup", "Nodegroups limit exceeded for the cluster: 30"
    amazon.aws.denied.add(call)
    denied = Fault(call, "AccessDeniedException", 403, f"User: ada is not authorized to perform: {call}")
    amazon.aws.faults += [denied, Fault(call, "ResourceLimitExceededException", 400, limit)]
    warned = "The steps that need these will fail. Have them granted, and ask again with r."
    await checked(demo, "eks", amazon.config, f"We are {WHO}", f"✖ Permission missing: {call}", warned)
    await described(amazon)
    await reviewed(demo, "Control plane shop")
    await begun(demo, "shop")
    said = f"AWS does not allow {call}", "User: ada is not authorized", f"let somebody allow {call} for this identity"
    work = await ended(demo, "✖ failed", *said, "r tries it again")
    assert amazon.new == on_record(work) > {"shop"}
    await demo.pilot.press("r")
    await reads(demo, limit)
    said = f"AWS has no more for this account: {call}", limit, "ask for more in Service Quotas"
    work = await ended(demo, "✖ failed", "Node pool default: 2 x m6i.large · failed", *said)
    assert amazon.new == on_record(work) > {"shop"}
    await cleaned_up(
        demo, "shop", "8 steps", "remove what eks:CreateCluster made", "remove it only if this work made it"
    )
    assert amazon.new == set()


async def test_too_many_requests_are_sent_again_and_then_a_node_group_fails(amazon: Amazon) -> None:
    demo, aws, again = amazon.demo, amazon.aws, threading.Event()
    aws.faults.append(Fault("eks:CreateCluster", "TooManyRequestsException", 429, "Rate exceeded", times=2))
    aws.heard["eks:CreateCluster"] = lambda: aws.calls.count("eks:CreateCluster") == 1 or again.wait()
    aws.eks.broken["default"] = "Could not launch On-Demand Instances: InsufficientInstanceCapacity"
    await begun_anew(amazon)
    await reads(
        demo, "◐ Control plane shop · is tried again: AWS is asked too often: eks:CreateCluster · Rate exceeded"
    )
    again.set()
    said = "AsgInstanceLaunchFailures: Could not launch On-Demand Instances", "try again, or clean up"
    work = await ended(
        demo, "✖ failed", "● Control plane shop · done", "Node pool default: 2 x m6i.large · failed", *said
    )
    assert aws.calls.count("eks:CreateCluster") == 3
    assert amazon.new == on_record(work) > {"shop", "shop/default"}
    await cleaned_up(demo, "shop", "remove what eks:CreateNodegroup made")
    assert amazon.new == set()


async def test_a_name_is_taken_before_or_meanwhile(amazon: Amazon) -> None:
    demo = amazon.demo
    amazon.made_by_others("taken")
    await known(demo, "eks", amazon.config, WHO)
    await described(amazon, "taken")
    await named(demo, "eks: Cluster (1 of 5)", "name", "taken", "There is a cluster taken already")
    await filled(demo, "eks: Cluster (1 of 5)", name="later")
    for page in ("Network (2 of 5)", "Node pools (3 of 5)", "Fargate (4 of 5)"):
        await filled(demo, f"eks: {page}")
    amazon.aws.heard["eks:CreateCluster"] = lambda: amazon.made_by_others("later")
    await reviewed(demo, "Control plane later")
    await begun(demo, "later")
    work = await ended(demo, "✖ failed", "eks:CreateCluster: the name is taken", "choose another name")
    theirs = amazon.new - on_record(work)
    assert theirs >= {"later", "taken"}
    await cleaned_up(demo, "later", "Control plane later remove it only if this work made it")
    await reads(demo, "Control plane later · left alone: this work did not make it")
    assert amazon.new == theirs


async def test_a_person_stops_it(amazon: Amazon) -> None:
    demo, eks = amazon.demo, amazon.aws.eks
    eks.polls = 10**9
    await begun_anew(amazon)
    await reads(demo, "◐ Control plane shop · CREATING")
    await demo.pilot.press("s")
    work = await ended(demo, "stopped", "The work was stopped · go on with it, or clean up", "○ Control plane shop")
    assert amazon.new == on_record(work) > {"shop"}
    eks.polls, eks.coming["/clusters/shop"] = 1, 0
    amazon.aws.faults.append(Fault("eks:DeleteCluster", "ResourceInUseException", 409, "Cluster is in CREATING"))
    await cleaned_up(demo, "shop")
    assert amazon.new == set()
    assert (await demo.app.services.works.get("shop")).state is WorkState.REMOVED


async def test_it_is_upgraded_and_scaled_and_what_it_leaves_behind_is_priced(amazon: Amazon) -> None:
    demo, aws = amazon.demo, amazon.aws
    await known(demo, "eks", amazon.config, WHO)
    await described(amazon, "grown")
    await reviewed(demo, "Control plane grown")
    await begun(demo, "grown")
    await reads(demo, "grown is in the list of clusters")
    aws.eks.broken["update default"] = "a Pod of shop/web could not be moved"
    await demo.pilot.press("u")
    await demo.until_shown("Upgrade grown to")
    await demo.pilot.press("enter")
    await reviewed(demo, "Control plane to 1.35", "Node pool default to 1.35", "eks:UpdateNodegroupVersion", "2 steps")
    await begun(demo, "grown")
    await ended(demo, "Upgrading grown", "✖ failed", "● Control plane to 1.35", "a Pod of shop/web could not be moved")
    aws.eks.broken.clear()
    await demo.pilot.press("r")
    await reads(demo, "Upgrading grown", "● done")
    assert {each["version"] for each in aws.eks.over.values()} == {"1.35"}
    updates = [each for each in aws.calls if each.startswith("eks:Update")]
    assert updates == ["eks:UpdateClusterVersion", "eks:UpdateNodegroupVersion", "eks:UpdateNodegroupVersion"]
    await back_at(demo, "grown")
    await scaled(demo, "4", "Node pool default to 4 x m6i.large", "eks:UpdateNodegroupConfig")
    await begun(demo, "grown")
    await reads(demo, "Scaling grown", "● done")
    pool = amazon.account.client("eks").describe_nodegroup(clusterName="grown", nodegroupName="default")["nodegroup"]
    assert pool["scalingConfig"]["desiredSize"] == 4
    amazon.left_behind("grown")
    await back_at(demo, "grown")
    told = (
        "load balancer web, about $16.43 a month",
        "(20 GB), about $1.60 a month",
        "load balancer web-classic, about $18.25 a month",
    )
    await cleaned_up(demo, "grown", *told)
    assert amazon.new == set()

"""The command line makes a cluster of AWS's and removes it: from a file, by processes, without a terminal."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from kubegenie_tui.providers.aws.eks_config import EksConfig
from tests.clouds.api_front import api_server
from tests.clouds.aws_account import KEYS, REGION, Account, on_record
from tests.clouds.aws_moto import moto_server
from tests.clouds.aws_proxy import AwsProxy, Fault, serving
from tests.clouds.command_line import CommandLine, command_line
from tests.clouds.declared import declare_ours
from tests.clouds.turn import Cloud, Turn

CREATE = "eks:CreateNodegroup"


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    with moto_server(tmp_path_factory.mktemp("moto") / "log") as address:
        yield Account(address)


@pytest.fixture(scope="module")
def network(account: Account) -> dict[str, str]:
    return account.network()


@pytest.fixture
def aws(account: Account) -> Iterator[AwsProxy]:
    with serving(account.address) as aws:
        yield aws


@pytest.fixture
async def shell(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CommandLine]:
    async with command_line(tmp_path, monkeypatch, declare_ours(tmp_path / "site")) as shell:
        yield shell


@pytest.fixture
def turn(shell: CommandLine, aws: AwsProxy, account: Account, network: dict[str, str]) -> Turn:
    before = account.inventory()

    def hold() -> None:
        aws.eks.polls = 10**9

    def let_go() -> None:
        aws.eks.polls = 1
        aws.eks.coming.clear()

    def lay() -> str:
        tags = [{"Key": "kubernetes.io/cluster/shop", "Value": "owned"}]
        volume = account.client("ec2").create_volume(
            AvailabilityZone=f"{REGION}a", Size=20, TagSpecifications=[{"ResourceType": "volume", "Tags": tags}]
        )
        return str(volume["VolumeId"])

    cluster = {
        **{"name": "shop", "region": REGION, "network": "existing", "add_ons": []},
        **{"vpc": network["vpc"], "subnets": network["subnets"].split(", ")},
        "pools": [{"name": "default", "size": "m5.large"}],
    }
    config = {"region": REGION, "endpoint": aws.url, **KEYS}
    calls = ("iam:CreateRole", "eks:CreateCluster", CREATE)
    of = (lambda: account.inventory() - before, on_record, calls, hold, let_go, "CREATING", lay)
    return Turn(shell, Cloud("eks", config, cluster, *of))


@pytest.mark.timeout(300)  # a good dozen of processes, one after the other
async def test_a_whole_turn(turn: Turn, aws: AwsProxy, tmp_path: Path) -> None:
    async with api_server(tmp_path / "ca") as front:
        front.takes = lambda token: token.startswith("k8s-aws-v1.")
        aws.eks.server, aws.eks.authority = f"https://{front.host}", front.authority
        await turn.whole()


async def test_nobody_is_known_there(
    turn: Turn, aws: AwsProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for key in KEYS:
        del turn.cloud.config[key]
    turn.describe()
    await turn.refused_at_once("kubegenie: AWS does not know who we are · Unable to locate credentials · sign in again")
    assert not aws.calls


async def test_a_name_is_taken(turn: Turn, account: Account, network: dict[str, str]) -> None:
    role = account.client("iam").create_role(RoleName="others", AssumeRolePolicyDocument="{}")
    account.create_cluster("shop", role["Role"]["Arn"], network["subnets"])
    theirs = turn.cloud.inventory()
    await turn.refused_at_once("cluster.name: There is a cluster shop already")
    assert turn.cloud.inventory() == theirs
    account.client("eks").delete_cluster(name="shop")


async def test_a_permission_and_then_quota_is_missing(turn: Turn, aws: AwsProxy) -> None:
    limit = "Nodegroups limit exceeded for the cluster: 30"
    aws.denied.add(CREATE)
    denied = Fault(CREATE, "AccessDeniedException", 403, f"User: ada is not authorized to perform: {CREATE}")
    aws.faults += [denied, Fault(CREATE, "ResourceLimitExceededException", 400, limit)]
    work = await turn.refused_in_a_step(f"AWS does not allow {CREATE}", "User: ada is not authorized")
    assert work.step("cluster").made
    said = await turn.shell.provision("plan")
    assert f"✖ permission missing: {CREATE}" in said.out
    await turn.refused_in_a_step(f"AWS has no more for this account: {CREATE}", limit)
    await turn.cleaned_up()


@pytest.mark.parametrize("page", ["create-clusters.md", "create-eks.md"])
async def test_the_example_of_the_guide_is_planned(turn: Turn, page: str) -> None:
    told = await turn.example(page, EksConfig)
    assert {"ec2:CreateVpc", "eks:CreateCluster", "eks:CreateNodegroup"} <= {each["call"] for each in told["steps"]}

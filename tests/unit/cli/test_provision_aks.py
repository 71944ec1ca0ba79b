"""The command line makes a cluster of Azure's and removes it: from a file, by processes, without a terminal."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kubegenie_tui.providers.azure.aks import AksProvider
from kubegenie_tui.providers.azure.aks_config import AksConfig
from tests.clouds.aks import CLIENT, SECRET, TENANT, FakeAzure, Fault, fake_azure
from tests.clouds.aks_world import SUB, SUBSCRIPTION, Refused, lay, on_record
from tests.clouds.api_front import api_server
from tests.clouds.command_line import CommandLine, command_line
from tests.clouds.declared import declare_ours
from tests.clouds.turn import Cloud, Turn
from tests.unit.providers.azure.conftest import shop
from tests.unit.providers.azure.walking import Walk

CLUSTER = {
    **{"name": "shop", "region": "westeurope", "version": "1.33.5", "azure_rbac": True, "local_accounts": False},
    "pools": [
        {"name": "system", "size": "Standard_D4s_v5"},
        {"name": "batch", "mode": "User", "size": "Standard_D2s_v5", "count": 1},
    ],
}
WRITE = "Microsoft.ContainerService/managedClusters/agentPools/write"
NODES = "MC_shop-aks_shop_westeurope"


@pytest.fixture
async def shell(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CommandLine]:
    async with command_line(tmp_path, monkeypatch, declare_ours(tmp_path / "site")) as shell:
        yield shell


@pytest.fixture
async def azure(tmp_path: Path) -> AsyncIterator[FakeAzure]:
    async with fake_azure(tmp_path / "azure") as fake:
        yield fake


@pytest.fixture
def turn(shell: CommandLine, azure: FakeAzure) -> Turn:
    world = azure.world

    def hold() -> None:
        world.looks = 10**9

    def let_go() -> None:
        world.looks = 1
        for each in (*world.clusters.values(), *world.pools.values()):
            each.looks = min(each.looks, 1)

    def left_behind() -> str:
        lay(world, NODES, "Microsoft.Network/publicIPAddresses", "kubernetes-a1", {"k8s-azure-service": "shop/web"})
        return "public address kubernetes-a1, of the Service shop/web"

    login = {"subscription": SUBSCRIPTION, "tenant": TENANT, "client_id": CLIENT, "client_secret": SECRET}
    there = {"endpoint": azure.url, "authority": azure.url, "ca_file": str(azure.authority.certificate)}
    calls = ("Microsoft.ContainerService/managedClusters/write", WRITE)
    of = (lambda: world.inventory, on_record, calls, hold, let_go, "Creating", left_behind)
    return Turn(shell, Cloud("aks", login | there, CLUSTER, *of))


@pytest.mark.timeout(300)  # a good dozen of processes, one after the other
async def test_a_whole_turn(turn: Turn, azure: FakeAzure, tmp_path: Path) -> None:
    async with api_server(tmp_path / "ca") as front:
        front.takes = lambda token: token in azure.tokens
        azure.world.server = {"server": f"https://{front.host}", "certificate-authority-data": front.authority}
        await turn.whole()
    assert not azure.world.groups


async def test_nobody_is_known_there(turn: Turn, azure: FakeAzure) -> None:
    turn.cloud.config["client_secret"] = "wrong"
    turn.describe()
    await turn.refused_at_once("Invalid client secret provided")
    assert not azure.asked


async def test_a_name_is_taken(turn: Turn, azure: FakeAzure) -> None:
    steps = await AksProvider(azure.config()).steps(shop(), "work-of-others")
    await Walk([each for each in steps if each.planned.key == "group"]).run()
    theirs = azure.world.inventory
    await turn.refused_at_once("cluster.resource_group: There is a resource group shop-aks already")
    assert azure.world.inventory == theirs == {"group shop-aks"}


async def test_a_permission_and_then_quota_is_missing(turn: Turn, azure: FakeAzure) -> None:
    why = f"The client 'x' does not have authorization to perform action '{WRITE}' over scope '{SUB}'."
    azure.faults = [Fault("PUT", "agentPools/batch", Refused(403, "AuthorizationFailed", why))]
    azure.actions[0]["notActions"], azure.world.cores = [WRITE], 2
    work = await turn.refused_in_a_step(f"Azure does not allow {WRITE}", "ask an owner of the subscription for a role")
    assert work.step("cluster").made
    said = await turn.shell.provision("plan")
    assert f"✖ permission missing: {WRITE}" in said.out
    await turn.refused_in_a_step("The quota of the subscription is used up", "Insufficient regional vcpu quota")
    await turn.cleaned_up()
    assert not azure.world.groups


async def test_the_example_of_the_guide_is_planned(turn: Turn) -> None:
    told = await turn.example("create-aks.md", AksConfig)
    assert [each["key"] for each in told["steps"]] == ["registration", "group", "cluster", "pool/batch"]

"""Azure is slow, busy, refuses or fails: the right thing is said, and nothing is orphaned."""

import asyncio
import sys
from pathlib import Path

import pytest
from azure.mgmt.resource.resources import models as arm

from kubegenie_tui.domain.errors import (
    CredentialError,
    ExtraMissing,
    NameTaken,
    PermissionMissing,
    ProviderError,
    QuotaExceeded,
    SpecRefused,
    TryLater,
)
from kubegenie_tui.providers.azure.aks import AksProvider
from kubegenie_tui.providers.making import Step
from tests.clouds.aks import CLIENT, SECRET, TENANT, FakeAzure, Fault
from tests.clouds.aks_world import SUB, Refused
from tests.unit.providers.azure.conftest import shop
from tests.unit.providers.azure.walking import WORK, YES, Failed, Walk

CLUSTER, POOL = "managedClusters/shop", "agentPools/batch"


async def step_of(provider: AksProvider, key: str) -> Step:
    return next(step for step in await provider.steps(shop(), WORK) if step.planned.key == key)


async def test_too_many_requests_are_tried_again_when_azure_says(azure: FakeAzure, provider: AksProvider) -> None:
    azure.faults = [Fault("PUT", CLUSTER, Refused(429, "TooManyRequests", "Slow down.", Retry_After="17"))]
    cluster = await step_of(provider, "cluster")
    with pytest.raises(TryLater) as told:
        await cluster.make({}, YES)
    assert told.value.retry_after == 17
    azure.faults = [Fault("PUT", "shop", Refused(429, "TooManyRequests", "Slow down."), times=3)]
    walk = Walk(await provider.steps(shop(), WORK))
    await walk.run()
    await walk.remove()
    assert azure.world.inventory == set()


async def test_a_lost_answer_leads_to_no_second_cluster(azure: FakeAzure, provider: AksProvider) -> None:
    azure.faults = [Fault("PUT", CLUSTER, Refused(503, "ServerBusy", "Try again."), after=True)]
    walk = Walk(await provider.steps(shop(), WORK))
    await walk.run()
    assert [each for each in azure.asked if each.startswith("PUT") and each.endswith(CLUSTER)] == [
        "PUT /resourceGroups/shop-aks/providers/Microsoft.ContainerService/managedClusters/shop"
    ]


async def test_a_cluster_takes_one_operation_at_a_time(azure: FakeAzure, provider: AksProvider) -> None:
    walk = Walk((await provider.steps(shop(), WORK))[:-1])
    await walk.run()
    azure.world.clusters["shop-aks/shop"].begin("Updating", 3)
    pool = await step_of(provider, "pool/batch")
    with pytest.raises(TryLater, match="Azure is busy with it · Another operation is in progress"):
        await pool.make(walk.made, YES)


@pytest.mark.parametrize("cores", [2, 4])
async def test_the_quota_is_used_up(azure: FakeAzure, provider: AksProvider, cores: int) -> None:
    azure.world.cores = cores
    walk = Walk(await provider.steps(shop(), WORK))
    with pytest.raises(QuotaExceeded, match="Insufficient regional vcpu quota left"):
        await walk.run()
    assert [key for key in walk.made if key.startswith("pool")] == []
    await walk.remove()
    assert azure.world.inventory == set()


@pytest.mark.parametrize("name", ["shop", "batch"])
async def test_provisioning_fails(azure: FakeAzure, provider: AksProvider, name: str) -> None:
    azure.world.failing[name] = ("SkuNotAvailable", "The size is not to be had in westeurope.")
    walk = Walk(await provider.steps(shop(), WORK))
    with pytest.raises(Failed, match="SkuNotAvailable The size is not to be had in westeurope"):
        await walk.run()
    assert set(walk.made) == {"registration", "group", "cluster"} | ({"pool/batch"} if name == "batch" else set())
    azure.world.failing.clear()
    await walk.remove()
    assert azure.world.inventory == set()


async def test_what_is_not_allowed_is_named(azure: FakeAzure, provider: AksProvider) -> None:
    action = "Microsoft.ContainerService/managedClusters/write"
    message = f"The client '1' does not have authorization to perform action '{action}' over scope '{SUB}'."
    azure.faults = [Fault("PUT", CLUSTER, Refused(403, "AuthorizationFailed", message), times=99)]
    walk = Walk(await provider.steps(shop(), WORK))
    with pytest.raises(PermissionMissing) as told:
        await walk.run()
    assert told.value.what == f"Azure does not allow {action}"
    await walk.remove()
    assert azure.world.inventory == set()


async def test_a_policy_forbids_it(azure: FakeAzure, provider: AksProvider) -> None:
    refused = Refused(403, "RequestDisallowedByPolicy", "Resource 'shop' was disallowed by policy 'no-public'.")
    azure.faults = [Fault("PUT", CLUSTER, refused)]
    with pytest.raises(SpecRefused, match="A policy of the subscription forbids it"):
        await Walk(await provider.steps(shop(), WORK)).run()


@pytest.mark.parametrize("key", ["group", "cluster", "pool/batch"])
async def test_what_others_made_is_left_alone(azure: FakeAzure, provider: AksProvider, key: str) -> None:
    theirs = list(await AksProvider(azure.config()).steps(shop(), "work-of-others"))
    await Walk(theirs[: [step.planned.key for step in theirs].index(key) + 1]).run()
    before = azure.world.inventory
    ours = [step for step in await provider.steps(shop(), WORK) if step.planned.key == key]
    walk = Walk(ours)
    with pytest.raises(NameTaken):
        await walk.run()
    await walk.remove()
    assert azure.world.inventory == before


async def test_one_that_came_since_we_looked_is_not_overwritten(azure: FakeAzure, provider: AksProvider) -> None:
    await Walk(await AksProvider(azure.config()).steps(shop(), "work-of-others")).run()
    for key in ("cluster", "pool/batch"):
        with pytest.raises(NameTaken, match="Somebody else made one of that name just now"):
            await (await step_of(provider, key)).make({}, YES)


async def test_a_group_is_not_removed_with_what_others_put_into_it(azure: FakeAzure, provider: AksProvider) -> None:
    walk = Walk(await provider.steps(shop(), WORK))
    await walk.run()
    disk = {"id": f"{SUB}/resourceGroups/shop-aks/x", "name": "pvc-7", "type": "Microsoft.Compute/disks"}
    azure.world.others = [arm.GenericResourceExpanded(disk)]
    left = [(each.kind, each.name) for each in await provider.leftovers(shop(), walk.made)]
    assert left == [("resource group", "shop-aks"), ("volume", "pvc-7")]
    with pytest.raises(ProviderError, match="Compute/disks pvc-7"):
        await walk.remove()
    assert azure.world.inventory == {"group shop-aks"}
    azure.world.others = []
    await walk.remove()
    assert azure.world.inventory == set()


async def test_a_token_that_ended_early_is_renewed(azure: FakeAzure, provider: AksProvider) -> None:
    await provider.list_clusters()
    azure.tokens.clear()
    assert await provider.list_clusters() == []
    assert len(azure.tokens) == 1


async def test_tokens_are_kept_from_one_request_to_the_next(azure: FakeAzure, provider: AksProvider) -> None:
    await Walk(await provider.steps(shop(), WORK)).run()
    assert len(azure.tokens) == 1


async def test_a_wrong_secret_is_said_without_it(azure: FakeAzure) -> None:
    provider = AksProvider(azure.config(client_secret="wr0ng-one"))
    with pytest.raises(CredentialError, match="AADSTS7000215") as told:
        await provider.list_clusters()
    assert "wr0ng-one" not in str(told.value)
    assert SECRET not in str(told.value)


async def test_a_certificate_that_is_not_believed(azure: FakeAzure) -> None:
    with pytest.raises((ProviderError, CredentialError), match="certificate"):
        await AksProvider(azure.config(ca_file=None)).list_clusters()


async def test_nobody_answers(azure: FakeAzure) -> None:
    provider = AksProvider(azure.config(endpoint="https://127.0.0.1:9"))
    with pytest.raises(TryLater, match="Azure does not answer"):
        await provider.list_clusters()


async def test_entra_does_not_answer(azure: FakeAzure) -> None:
    provider = AksProvider(azure.config(authority="https://127.0.0.1:9"))
    with pytest.raises(TryLater, match="Azure does not answer"):
        await provider.list_clusters()


@pytest.mark.parametrize("secret", ["wr0ng-one", ""])
async def test_a_machine_without_a_login_that_works(
    azure: FakeAzure, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, secret: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential" if secret else "AzureCliCredential")
    for name, value in (("TENANT_ID", TENANT), ("CLIENT_ID", CLIENT), ("CLIENT_SECRET", secret)):
        monkeypatch.setenv(f"AZURE_{name}", value)
    said = "AADSTS7000215" if secret else "none that works"
    with pytest.raises(CredentialError, match=f"There is no login for Azure here · .*{said}") as told:
        await AksProvider(azure.config(client_id="", client_secret=None)).list_clusters()
    assert "wr0ng-one" not in str(told.value)


async def test_libraries_that_are_not_installed(azure: FakeAzure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "azure.identity.aio", None)
    with pytest.raises(ExtraMissing, match=r'pip install "kubegenie\[azure\]"'):
        await AksProvider(azure.config()).list_clusters()


async def test_it_can_be_given_up_at_any_time(azure: FakeAzure, provider: AksProvider) -> None:
    walk = Walk(await provider.steps(shop(), WORK))
    await Walk((await provider.steps(shop(), WORK))[:2], walk.made).run()
    azure.hold = "GET .*managedClusters/shop"
    task = asyncio.create_task(walk.run())
    await azure.reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    azure.hold = ""
    azure.release.set()
    again = Walk(await provider.steps(shop(), WORK), walk.made)
    await again.remove()
    assert azure.world.inventory == set()

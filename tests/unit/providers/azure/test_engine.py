"""The real engine makes clusters of AKS: whatever happens, what is there is what is on record, and all of it goes."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from kubegenie_tui.domain.creation import Change, StepState, Work, WorkKind, WorkState
from kubegenie_tui.domain.endpoint import Reference
from kubegenie_tui.domain.errors import SpecRefused
from kubegenie_tui.paths import database_file
from kubegenie_tui.providers.azure.aks import AksProvider
from kubegenie_tui.provision.patience import TRIES
from kubegenie_tui.store.store import Store
from tests.clouds.aks import CLIENT, SECRET, TENANT, FakeAzure, Fault
from tests.clouds.aks_world import SUBSCRIPTION, Refused, on_record
from tests.clouds.declared import declare_ours
from tests.clouds.killing import Killer
from tests.clouds.making import Making, making_in, store_with_safe
from tests.unit.providers.azure.conftest import shop
from tests.unit.providers.azure.walking import Walk
from tests.wheels import on_the_path

SPEC = shop().model_dump(mode="json")
CERTIFICATE = "c2VjcmV0LWtleQ=="
REQUESTS = {
    "registration": "POST .*/register",
    "group": "PUT .*/resourceGroups/shop-aks",
    "cluster": "PUT .*/managedClusters/shop",
    "pool/batch": "PUT .*/agentPools/batch",
}
"""What asks for each step."""


@pytest.fixture
async def store(home: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Store]:
    async with store_with_safe(monkeypatch) as store:
        yield store


@pytest.fixture
async def making(azure: FakeAzure, store: Store, tmp_path: Path) -> AsyncIterator[Making]:
    config = {"subscription": SUBSCRIPTION, "tenant": TENANT, "client_id": CLIENT, "client_secret": SECRET}
    there = {"endpoint": azure.url, "authority": azure.url, "ca_file": str(azure.authority.certificate)}
    with on_the_path(declare_ours(tmp_path / "site")):
        async with making_in(store, "aks", config | there, **SPEC) as making:
            yield making


async def test_from_the_yes_to_a_registered_cluster_and_back(azure: FakeAzure, making: Making) -> None:
    work = await making.made()
    assert (work.state, {each.state for each in work.steps}) == (WorkState.DONE, {StepState.DONE}), work.message
    assert azure.world.inventory == on_record(work)
    (registered,) = await making.store.clusters.all()
    assert (registered.name, registered.origin) == ("shop", "aks")
    assert registered.endpoint is not None
    assert registered.endpoint.server == "https://shop-0a1b2c3d.hcp.westeurope.azmk8s.io:443"
    after = await making.removed(work)
    assert (after.state, azure.world.inventory, azure.world.groups) == (WorkState.REMOVED, set(), {})
    assert not await making.store.clusters.all()


async def test_a_cluster_for_entra_is_registered_with_our_own_plugin(azure: FakeAzure, making: Making) -> None:
    spec = shop(azure_rbac=True, local_accounts=False).model_dump(mode="json")
    assert (await making.made(**spec)).state is WorkState.DONE
    (registered,) = await making.store.clusters.all()
    assert registered.endpoint is not None
    plugin = registered.endpoint.plugin
    assert plugin is not None
    assert plugin.arguments[plugin.arguments.index("token") :][:2] == ("token", "aks")
    assert SECRET not in str(registered)
    assert registered.endpoint.secrets == {"env:AZURE_CLIENT_SECRET": Reference("safe")}
    assert await making.store.safe.reveal("cluster:shop", "env:AZURE_CLIENT_SECRET") == SECRET


async def test_nothing_secret_is_on_record(making: Making) -> None:
    work = await making.made()
    with sqlite3.connect(database_file()) as database:
        kept = "\n".join(database.iterdump())
    for text in (kept, msgspec.json.encode(work).decode()):
        assert SECRET not in text
        assert CERTIFICATE not in text
    assert '"client_id"' in kept


@pytest.mark.parametrize("fault", [Refused(429, "TooManyRequests", "Slow down."), Refused(503, "ServerBusy", "Later.")])
@pytest.mark.parametrize("key", REQUESTS)
async def test_what_may_succeed_soon_is_tried_again(azure: FakeAzure, making: Making, key: str, fault: Refused) -> None:
    method, _, path = REQUESTS[key].partition(" ")
    azure.faults = [Fault(method, path, fault, times=2), Fault("GET", "managedClusters/shop", fault, times=2)]
    work = await making.made()
    assert work.state is WorkState.DONE, work.message
    assert azure.world.inventory == on_record(work)


@pytest.mark.parametrize("key", REQUESTS)
async def test_an_answer_that_is_lost_does_no_harm(azure: FakeAzure, making: Making, key: str) -> None:
    method, _, path = REQUESTS[key].partition(" ")
    lost = Refused(504, "GatewayTimeout", "Nobody knows.")
    azure.faults = [Fault(method, path, lost, after=True), Fault("DELETE", path, lost, after=True)]
    work = await making.made()
    assert work.state is WorkState.DONE, work.message
    assert azure.world.inventory == on_record(work)
    assert (await making.removed(work)).state is WorkState.REMOVED
    assert azure.world.inventory == set()


@pytest.mark.parametrize("key", REQUESTS)
async def test_another_process_goes_on_where_one_died(azure: FakeAzure, making: Making, key: str) -> None:
    azure.hold = REQUESTS[key]
    work = await making.begin()
    await azure.reached.wait()
    await making.die()
    azure.hold = ""
    azure.release.set()
    asked = len(azure.asked)
    after = await making.taken_up()
    assert (after.id, after.state) == (work.id, WorkState.DONE), after.message
    assert azure.world.inventory == on_record(after)
    again = [each.rpartition("/")[2] for each in azure.asked[asked:] if each.startswith("PUT")]
    left = {"registration": 3, "group": 2, "cluster": 1, "pool/batch": 0}[key]
    assert again == ["shop-aks", "shop", "batch"][3 - left :]


async def test_killed_in_each_step_it_goes_on_and_nothing_is_made_twice(
    azure: FakeAzure, making: Making, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was asked for has had its effect, and whoever asked is no more: once in each step, both ways."""
    killer = Killer(making, tmp_path / "site", monkeypatch)
    azure.done = lambda asked: killer.at(asked) if not asked.startswith("GET") else None
    try:
        after = await killer.made()
        assert after.state is WorkState.DONE, after.message
        assert azure.world.inventory == on_record(after)
        made = [next(each for each in killer.moments if re.search(f"{asked}$", each)) for asked in REQUESTS.values()]
        assert killer.moments[: len(made)] == made
        registration, *others = made
        assert azure.asked.count(registration) <= 2
        assert [azure.asked.count(each) for each in others] == [1] * len(others)
        after = await killer.removed(after)
    finally:
        killer.end()
    assert (after.state, azure.world.inventory) == (WorkState.REMOVED, set()), after.message
    assert [each.rpartition("/")[2] for each in killer.moments] == ["batch", "shop", "shop-aks"]
    assert [azure.asked.count(each) for each in killer.moments] == [1, 1, 1]


async def test_killed_while_it_is_upgraded_or_scaled_it_goes_on_and_nothing_is_asked_twice(
    azure: FakeAzure, making: Making, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = await making.made()
    killer = Killer(making, tmp_path / "site", monkeypatch)
    azure.done = lambda asked: killer.at(asked) if re.search("PUT .*/(managedClusters/shop|system)$", asked) else None
    azure.asked.clear()
    try:
        upgraded = await killer.changed(work, Change(WorkKind.UPGRADE, version="1.34.1"))
        assert (upgraded.state, len(killer.moments)) == (WorkState.DONE, 2), upgraded.message
        scaled = await killer.changed(work, Change(WorkKind.SCALE, pool="system", count=5))
        assert (scaled.state, len(killer.moments)) == (WorkState.DONE, 1), scaled.message
    finally:
        killer.end()
    asked = [each.rpartition("/")[2] for each in azure.asked if each.startswith("PUT")]
    assert asked == ["shop", "system", "batch", "system"]
    cluster, pools = azure.world.clusters["shop-aks/shop"], azure.world.pools
    assert cluster.model["properties"]["currentKubernetesVersion"] == "1.34.1"
    assert {each.model["properties"]["orchestratorVersion"] for each in pools.values()} == {"1.34.1"}
    assert pools["shop-aks/shop/system"].model["properties"]["count"] == 5
    assert azure.world.inventory == on_record(work)


@pytest.mark.parametrize("name", ["shop", "batch"])
async def test_an_upgrade_that_failed_is_asked_for_anew(azure: FakeAzure, making: Making, name: str) -> None:
    work = await making.made()
    azure.world.failing[name] = ("PodDrainFailure", "A Pod could not be moved.")
    upgrade = await making.changed(work, Change(WorkKind.UPGRADE, version="1.34.1"))
    assert (upgrade.state, "A Pod could not be moved" in upgrade.message) == (WorkState.FAILED, True)
    azure.world.failing.clear()
    again = await making.again(upgrade)
    assert again.state is WorkState.DONE, again.message
    versions = {each.model["properties"]["orchestratorVersion"] for each in azure.world.pools.values()}
    assert versions == {"1.34.1"}


@pytest.mark.parametrize("path", ["agentPools/batch", "managedClusters/shop", "resourceGroups/shop-aks"])
async def test_another_process_goes_on_with_cleaning_up(azure: FakeAzure, making: Making, path: str) -> None:
    """Also when what is on its way out takes longer to go than a request is tried again."""
    work = await making.made()
    azure.world.looks = 2 * TRIES
    azure.hold = f"DELETE .*/{path}"
    await making.works.clean_up(work, await making.works.review_removal(work), "shop")
    await azure.reached.wait()
    await making.die()
    azure.hold = ""
    azure.release.set()
    after = await making.taken_up()
    assert (after.state, azure.world.inventory) == (WorkState.REMOVED, set()), after.message


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Refused(400, "ErrCode_InsufficientVCPUQuota", "No cores left."), "The quota of the subscription is used up"),
        (
            Refused(403, "AuthorizationFailed", "Not to perform action 'a/write' over 'b'."),
            "Azure does not allow a/write",
        ),
        (Refused(400, "InvalidParameter", "No such size."), "Azure refuses what was asked for"),
    ],
)
@pytest.mark.parametrize("key", ["group", "cluster", "pool/batch"])
async def test_what_is_refused_for_good_is_asked_once_and_cleaned_up(
    azure: FakeAzure, making: Making, key: str, fault: Refused, said: str
) -> None:
    method, _, path = REQUESTS[key].partition(" ")
    azure.faults = [Fault(method, path, fault)]
    work = await making.made()
    assert (work.state, said in work.message, fault.message in work.message) == (WorkState.FAILED, True, True)
    assert azure.world.inventory == on_record(work)
    assert (await making.removed(work)).state is WorkState.REMOVED
    assert azure.world.inventory == set()


@pytest.mark.parametrize("name", ["shop", "batch"])
async def test_what_failed_is_made_anew(azure: FakeAzure, making: Making, name: str) -> None:
    azure.world.failing[name] = ("SkuNotAvailable", "The size is not to be had.")
    work = await making.made()
    assert (work.state, "The size is not to be had" in work.message) == (WorkState.FAILED, True)
    assert azure.world.inventory == on_record(work)
    azure.world.failing.clear()
    again = await making.again(work)
    assert again.state is WorkState.DONE, again.message
    assert azure.world.inventory == on_record(again)


@pytest.mark.parametrize("name", ["shop", "batch"])
async def test_what_failed_is_cleaned_up(azure: FakeAzure, making: Making, name: str) -> None:
    azure.world.failing[name] = ("SkuNotAvailable", "The size is not to be had.")
    work = await making.made()
    assert work.state is WorkState.FAILED
    assert azure.world.inventory == on_record(work)
    assert (await making.removed(work)).state is WorkState.REMOVED
    assert (azure.world.inventory, azure.world.groups) == (set(), {})


async def test_a_login_that_does_not_see_the_subscription_removes_nothing(azure: FakeAzure, making: Making) -> None:
    work = await making.made()
    outline, there = await making.works.review_removal(work), set(azure.world.inventory)
    unseen = Refused(404, "SubscriptionNotFound", f"The subscription '{SUBSCRIPTION}' could not be found.")
    azure.faults = [Fault(method, ".*", unseen, times=99) for method in ("GET", "DELETE")]
    await making.works.clean_up(work, outline, "shop")
    after = await making.ended()
    assert (after.state, after.login_refused, azure.world.inventory) == (WorkState.FAILED, True, there)
    assert "Who we are does not see the subscription" in after.message
    azure.faults.clear()
    assert (await making.again(after)).state is WorkState.REMOVED
    assert azure.world.inventory == set()


async def test_a_person_stops_it_and_cleans_up(azure: FakeAzure, making: Making) -> None:
    azure.hold = "GET .*/managedClusters/shop"
    azure.world.looks = 3
    work = await making.begin()
    await azure.reached.wait()
    await making.works.stop(work.id)
    azure.release.set()
    stopped = await making.ended()
    assert stopped.state is WorkState.STOPPED
    assert azure.world.inventory <= on_record(stopped) | {"cluster shop-aks/shop", "pool shop-aks/shop/system"}
    assert (await making.removed(stopped)).state is WorkState.REMOVED
    assert azure.world.inventory == set()


async def stopped_while_it_is_created(azure: FakeAzure, making: Making, looks: int) -> Work:
    """A work that was stopped when the cluster had just been asked for, which Azure goes on to create."""
    azure.world.looks = looks
    azure.hold = REQUESTS["cluster"]
    work = await making.begin()
    await azure.reached.wait()
    await making.works.stop(work.id)
    azure.hold = ""
    azure.release.set()
    stopped = await making.ended()
    assert (stopped.state, azure.world.clusters["shop-aks/shop"].busy) == (WorkState.STOPPED, True)
    return stopped


async def test_a_cluster_that_is_still_created_is_cleaned_up_when_azure_has_done_with_it(
    azure: FakeAzure, making: Making
) -> None:
    stopped = await stopped_while_it_is_created(azure, making, 4 * TRIES)
    told, wanted = asyncio.Event(), "DELETE /resourceGroups/shop-aks/providers/Microsoft.ContainerService"

    async def heard(_: str) -> None:
        if sum(each.startswith(wanted) for each in azure.asked) == 2 * TRIES:
            await told.wait()

    azure.heard = heard
    await making.begin_removal(stopped)
    await making.says(stopped, "waits: Azure is busy with it · Another operation is in progress")
    told.set()
    after = await making.ended()
    assert (after.state, azure.world.inventory) == (WorkState.REMOVED, set()), after.message


async def test_a_person_need_not_wait_until_azure_has_done(azure: FakeAzure, making: Making) -> None:
    stopped = await stopped_while_it_is_created(azure, making, 1_000_000)
    await making.begin_removal(stopped)
    await making.says(stopped, "waits: Azure is busy with it")
    await making.works.stop(stopped.id)
    assert (await making.ended()).state is WorkState.STOPPED
    for each in (*azure.world.clusters.values(), *azure.world.pools.values()):
        each.looks = 0
    azure.world.looks = 1
    assert (await making.again(stopped)).state is WorkState.REMOVED
    assert azure.world.inventory == set()


async def test_what_a_cluster_never_takes_is_not_waited_for(azure: FakeAzure, making: Making) -> None:
    work = await making.made()
    never = Refused(409, "OperationNotAllowed", "Not allowed while the cluster is stopped.", Retry_After="0")
    azure.faults = [Fault("DELETE", "managedClusters/shop", never, times=10 * TRIES)]
    after = await making.removed(work)
    assert (after.state, never.message in after.message) == (WorkState.FAILED, True)
    assert azure.faults[0].times == 9 * TRIES


async def test_what_others_made_stays(azure: FakeAzure, making: Making) -> None:
    azure.hold = REQUESTS["group"]
    work = await making.begin()
    await azure.reached.wait()
    await making.die()
    azure.hold = ""
    azure.release.set()
    theirs = await AksProvider(azure.config()).steps(shop(), "work-of-others")
    await Walk(theirs[2:3]).run()
    failed = await making.taken_up()
    assert (failed.state, "something has that name already" in failed.message) == (WorkState.FAILED, True)
    failed = await making.removed(failed)
    assert (failed.state, "others put things into it" in failed.message) == (WorkState.FAILED, True)
    assert "cluster shop-aks/shop" in azure.world.inventory
    assert failed.id == work.id


async def test_it_is_upgraded_and_scaled(azure: FakeAzure, making: Making) -> None:
    work = await making.made()
    upgraded = await making.changed(work, Change(WorkKind.UPGRADE, version="1.34.1"))
    scaled = await making.changed(work, Change(WorkKind.SCALE, pool="system", count=5))
    assert (upgraded.state, scaled.state) == (WorkState.DONE, WorkState.DONE), upgraded.message or scaled.message
    pools = {key: each.model["properties"] for key, each in azure.world.pools.items()}
    assert {each["orchestratorVersion"] for each in pools.values()} == {"1.34.1"}
    assert pools["shop-aks/shop/system"]["count"] == 5
    with pytest.raises(SpecRefused):
        await making.changed(work, Change(WorkKind.UPGRADE, version="1.33.5"))
    assert (await making.removed(work)).state is WorkState.REMOVED
    assert azure.world.inventory == set()

"""Clusters of Azure from the first key of the wizard to their rows, and what is read when Azure is against it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest

from kubegenie_tui.domain.creation import WorkState
from kubegenie_tui.providers.azure.aks import AksProvider
from tests.clouds.aks import CLIENT, OBJECT, SECRET, TENANT, FakeAzure, Fault, fake_azure
from tests.clouds.aks_world import SUB, SUBSCRIPTION, Refused, lay, on_record
from tests.clouds.api_front import api_server
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
    looked_through,
    made,
    named,
    only_one,
    opened,
    reads,
    reviewed,
    scaled,
    type_in,
)
from tests.unit.providers.azure.conftest import shop
from tests.unit.providers.azure.walking import Walk

CLUSTER, POOL = "managedClusters/shop", "agentPools/batch"
WRITE = "Microsoft.ContainerService/managedClusters/agentPools/write"


class Azure(NamedTuple):
    """Azure in front of a person."""

    demo: OnDemo
    fake: FakeAzure

    @property
    def config(self) -> dict[str, str]:
        login = {"subscription": SUBSCRIPTION, "tenant": TENANT, "client_id": CLIENT, "client_secret": SECRET}
        url, ca_file = self.fake.url, str(self.fake.authority.certificate)
        return {**login, "endpoint": url, "authority": url, "ca_file": ca_file}

    async def made_by_others(self, *keys: str) -> None:
        steps = await AksProvider(self.fake.config()).steps(shop(), "work-of-others")
        await Walk([each for each in steps if each.planned.key in keys]).run()

    async def others_come(self, request: str) -> None:
        """Just before ours is asked for they have theirs."""
        if request.startswith("PUT") and request.endswith(CLUSTER):
            self.fake.heard = None
            await self.made_by_others("cluster")


@pytest.fixture
async def azure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Azure]:
    async with fake_azure(tmp_path / "azure") as fake, listed(tmp_path, monkeypatch, "a phrase") as demo:
        yield Azure(demo, fake)


async def described(demo: OnDemo, *pools: str) -> None:
    """From the first page about the cluster to the review of one called shop, with these pools more, or with batch."""
    await filled(demo, "aks: Cluster (1 of 5)", name="shop", region="westeurope", version="1.33.5")
    await filled(demo, "aks: Network (2 of 5)")
    await filled(demo, "aks: Access (3 of 5)")
    to_add = "up"
    for name in pools or ("batch",):
        await at(demo, "aks: Node pools (4 of 5)")
        await demo.pilot.press(to_add, "enter")
        await filled(demo, "Node pools: one of them", name=name, size="Standard_D2s_v5")
        to_add = "down"
    await at(demo, "aks: Node pools (4 of 5)")
    await demo.pilot.press("down", "down", "enter")


async def begun_anew(azure: Azure) -> None:
    await known(azure.demo, "aks", azure.config, "")
    await described(azure.demo)
    await reviewed(azure.demo, "Cluster shop", "System pool batch")
    await begun(azure.demo, "shop")


async def test_from_the_first_key_to_the_opened_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with (
        fake_azure(tmp_path / "azure") as azure,
        api_server(tmp_path / "ca") as front,
        listed(tmp_path, monkeypatch, "a phrase") as demo,
    ):
        front.takes = lambda token: token in azure.tokens
        azure.world.server = {"server": f"https://{front.host}", "certificate-authority-data": front.authority}
        login = {"tenant": TENANT, "client_id": CLIENT, "client_secret": SECRET}
        there = {"endpoint": azure.url, "authority": azure.url, "ca_file": str(azure.authority.certificate)}
        await known(demo, "aks", {"subscription": SUBSCRIPTION, **login, **there}, "")
        await filled(demo, "aks: Cluster (1 of 5)", name="shop", region="westeurope", version="1.33.5")
        await filled(demo, "aks: Network (2 of 5)", authorised_ranges="everybody")
        await named(demo, "aks: Network (2 of 5)", "authorised_ranges", "everybody", "everybody is no range")
        await filled(demo, "aks: Network (2 of 5)", authorised_ranges="")
        await filled(demo, "aks: Access (3 of 5)", admin_groups=OBJECT)
        await only_one(demo, "aks: Node pools (4 of 5)", size="Standard_X9")
        await demo.until_shown("✖ system: Size: The subscription can have no Standard_X9 for nodes in westeurope")
        await demo.pilot.press("enter")
        await at(demo, "Node pools: one of them")
        type_in(demo, size="X9")
        await named(demo, "Node pools: one of them", "size", "X9", "it takes a size of machine: Standard_D4s_v5")
        await filled(demo, "Node pools: one of them", size="")
        await at(demo, "aks: Node pools (4 of 5)")
        await demo.pilot.press("down", "down", "enter")
        await reviewed(demo, "system: 2 x Standard_D4s_v5")
        await reviewed(demo, "Cluster shop", "a month", "prices of 20", "Not cleaned up")
        await made(demo, "shop")
        assert "cluster shop-aks/shop" in azure.world.inventory
        await opened(demo, "shop")


async def test_a_permission_is_missing_and_then_the_quota_is_used_up(azure: Azure) -> None:
    demo, fake = azure.demo, azure.fake
    fake.actions[0]["notActions"], fake.world.cores = [WRITE], 3
    why = f"The client 'x' does not have authorization to perform action '{WRITE}' over scope '{SUB}'."
    fake.faults = [Fault("PUT", POOL, Refused(403, "AuthorizationFailed", why))]
    narrower = "Not all permissions could be looked at: rights that were given on a resource group alone are not seen"
    warned = "The steps that need these will fail. Have them granted, and ask again with r."
    await checked(demo, "aks", azure.config, f"We are app {CLIENT}", f"✖ Permission missing: {WRITE}", narrower, warned)
    await described(demo)
    await reviewed(demo, "Cluster shop")
    await begun(demo, "shop")
    said = f"Azure does not allow {WRITE}", "does not have authorization", "ask an owner of the subscription for a role"
    work = await ended(demo, "✖ failed", *said, "r tries it again")
    assert fake.world.inventory == on_record(work) > {"cluster shop-aks/shop"}
    await demo.pilot.press("r")
    await reads(demo, limit := "Insufficient regional vcpu quota left: 1, requested 2.")
    said = "The quota of the subscription is used up", limit, "choose another size, or ask for more"
    work = await ended(demo, "✖ failed", "System pool batch: 2 x Standard_D2s_v5 · failed", *said)
    assert fake.world.inventory == on_record(work) > {"cluster shop-aks/shop"}
    await cleaned_up(demo, "shop", "3 steps", "remove what Microsoft.ContainerService/managedClusters/write made")
    assert fake.world.inventory == set()


async def test_too_many_requests_are_sent_again_and_then_a_pool_fails(azure: Azure) -> None:
    demo, fake, again = azure.demo, azure.fake, asyncio.Event()
    fake.faults = [Fault("PUT", CLUSTER, Refused(429, "TooManyRequests", "Too many PUTs, slow down."), times=2)]
    fake.world.failing["batch"] = ("SkuNotAvailable", "Standard_D2s_v5 is not to be had in westeurope.")

    def asked() -> int:
        return len([each for each in fake.asked if each.startswith("PUT") and each.endswith(CLUSTER)])

    async def heard(request: str) -> None:
        if request.startswith("PUT") and request.endswith(CLUSTER) and asked() == 2:
            await again.wait()

    fake.heard = heard
    await begun_anew(azure)
    await reads(demo, "is tried again: Azure gets too many requests · Too many PUTs, slow down.")
    again.set()
    said = "SkuNotAvailable Standard_D2s_v5 is not to be had in westeurope.", "try again, or clean up"
    work = await ended(demo, "✖ failed", "System pool batch: 2 x Standard_D2s_v5 · failed", *said)
    assert asked() == 3
    assert fake.world.inventory == on_record(work) > {"cluster shop-aks/shop", "pool shop-aks/shop/batch"}
    await cleaned_up(demo, "shop", "remove what Microsoft.ContainerService/managedClusters/agentPools/write made")
    assert fake.world.inventory == set()


async def test_a_pool_fails_and_a_person_goes_on_without_it(azure: Azure) -> None:
    """The pool after it is made all the same; what there is of the failed one is known, and goes with the rest."""
    demo, world = azure.demo, azure.fake.world
    world.failing["batch"] = ("SkuNotAvailable", "Standard_D2s_v5 is not to be had in westeurope.")
    await known(demo, "aks", azure.config, "")
    await described(demo, "batch", "jobs")
    await reviewed(demo, "System pool batch", "System pool jobs")
    await begun(demo, "shop")
    failed = "System pool batch: 2 x Standard_D2s_v5 · failed"
    work = await ended(demo, "✖ failed", failed, "r tries it again, x goes on without it, c shows what")
    assert world.inventory == on_record(work)
    assert "pool shop-aks/shop/jobs" not in world.inventory
    await demo.pilot.press("x")
    await reads(demo, "shop is in the list of clusters", "System pool batch: 2 x Standard_D2s_v5 · not done")
    [work] = await demo.app.services.works.all()
    assert work.state is WorkState.DONE
    pools = {f"pool shop-aks/shop/{name}" for name in ("system", "batch", "jobs")}
    assert world.inventory == on_record(work) == {"group shop-aks", "cluster shop-aks/shop", *pools}
    await demo.pilot.press("u")
    await demo.until_shown("Upgrade shop to")
    await demo.pilot.press("enter")
    await reviewed(demo, "3 steps", "Nodes of pool jobs to 1.34.1", "keep their version: batch")
    await demo.pilot.press("escape")
    await cleaned_up(demo, "shop", "4 steps")
    assert (world.inventory, world.groups) == (set(), {})


async def test_a_name_is_taken_before_or_meanwhile(azure: Azure) -> None:
    demo, fake = azure.demo, azure.fake
    await azure.made_by_others("group")
    await known(demo, "aks", azure.config, "")
    await described(demo)
    await named(demo, "aks: Cluster (1 of 5)", "resource_group", "", "There is a resource group shop-aks already")
    fake.world.groups.clear()
    for page in ("Cluster (1 of 5)", "Network (2 of 5)", "Access (3 of 5)", "Node pools (4 of 5)"):
        await filled(demo, f"aks: {page}")
    await reviewed(demo, "Cluster shop")
    fake.heard = azure.others_come
    await begun(demo, "shop")
    work = await ended(demo, "✖ failed", "Somebody else made one of that name just now", "choose another name")
    theirs = {"cluster shop-aks/shop", "pool shop-aks/shop/system"}
    assert fake.world.inventory == on_record(work) | theirs
    await looked_through(demo, "shop", "remove it only if this work made it")
    await reads(demo, "Cluster shop 1.33.5", "left alone: this work did not make it")
    work = await ended(
        demo,
        "✖ Resource group shop-aks in westeurope",
        "others put things into it",
        "move them elsewhere",
        "r tries it again: what is left",
    )
    assert fake.world.inventory == on_record(work) | theirs
    fake.world.clusters.clear()
    fake.world.pools.clear()
    await demo.pilot.press("r")
    await reads(demo, "Removing shop", "○ removed", "What this work made of these is gone")
    assert fake.world.inventory == set()


async def test_a_person_stops_it(azure: Azure) -> None:
    demo, world = azure.demo, azure.fake.world
    world.looks = 10**9
    await begun_anew(azure)
    await reads(demo, "◐ Cluster shop 1.33.5", "· Creating")
    await demo.pilot.press("s")
    work = await ended(demo, "stopped", "The work was stopped · go on with it, or clean up", "○ Cluster shop 1.33.5")
    assert world.inventory == on_record(work) > {"cluster shop-aks/shop"}
    world.looks = 1
    for each in (*world.clusters.values(), *world.pools.values()):
        each.looks = 1
    await cleaned_up(demo, "shop")
    assert world.inventory == set()
    assert (await demo.app.services.works.get("shop")).state is WorkState.REMOVED


async def test_it_is_upgraded_and_scaled(azure: Azure) -> None:
    demo, world = azure.demo, azure.fake.world
    await begun_anew(azure)
    await reads(demo, "shop is in the list of clusters")
    await demo.pilot.press("u")
    await demo.until_shown("Upgrade shop to")
    await demo.pilot.press("enter")
    await reviewed(demo, "Control plane of shop to 1.34.1", "Nodes of pool batch to 1.34.1", "3 steps")
    await begun(demo, "shop")
    await reads(demo, "Upgrading shop", "● done", "● Nodes of pool batch to 1.34.1")
    pools = {key.rpartition("/")[2]: each for key, each in world.pools.items()}
    assert {each.model["properties"]["orchestratorVersion"] for each in pools.values()} == {"1.34.1"}
    await back_at(demo, "shop")
    await scaled(demo, "4", "Pool system to 4 nodes", WRITE)
    await begun(demo, "shop")
    await reads(demo, "Scaling shop", "● done")
    assert world.pools["shop-aks/shop/system"].model["properties"]["count"] == 4
    assert {"cluster shop-aks/shop", *(f"pool shop-aks/shop/{each}" for each in pools)} < world.inventory


async def test_what_is_lost_with_it_is_told_before_its_name_is_typed(azure: Azure) -> None:
    demo, world = azure.demo, azure.fake.world
    await begun_anew(azure)
    await reads(demo, "shop is in the list of clusters")
    claim = {"kubernetes.io-created-for-pvc-namespace": "shop", "kubernetes.io-created-for-pvc-name": "data"}
    lay(world, "MC_shop-aks_shop_westeurope", "Microsoft.Compute/disks", "pvc-1", claim, "StandardSSD_LRS", 100)
    lost = "▲ It goes with the cluster: volume pvc-1, of the claim shop/data, about $9.60 a month"
    await cleaned_up(demo, "shop", lost)
    assert world.inventory == set()

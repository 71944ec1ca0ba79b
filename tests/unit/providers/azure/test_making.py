"""A cluster is made step by step, by whichever process, and goes again without leaving anything behind."""

from typing import Any

import pytest
from azure.identity.aio import ClientSecretCredential
from azure.mgmt.containerservice.aio import ContainerServiceClient
from azure.mgmt.resource.resources.aio import ResourceManagementClient

from kubegenie_tui.domain.creation import TAG
from kubegenie_tui.providers.azure.aks import AksProvider
from tests.clouds.aks import CLIENT, SECRET, TENANT, FakeAzure, Fault
from tests.clouds.aks_world import SUBSCRIPTION, Refused, lay
from tests.unit.providers.azure.conftest import shop
from tests.unit.providers.azure.walking import WORK, Stopped, Walk

ALL = {
    "group shop-aks",
    "cluster shop-aks/shop",
    "pool shop-aks/shop/system",
    "pool shop-aks/shop/batch",
}


async def test_all_of_it_is_made_in_order_and_looked_after(azure: FakeAzure, provider: AksProvider) -> None:
    walk = Walk(await provider.steps(shop(), WORK))
    await walk.run()
    assert azure.world.inventory == ALL
    assert list(walk.made) == ["registration", "group", "cluster", "pool/batch"]
    assert walk.phases == ["Registering", "Creating", "Creating"]
    assert walk.made["cluster"]["server"] == "shop-0a1b2c3d.hcp.westeurope.azmk8s.io"
    assert walk.made["cluster"]["nodes_group"] == "MC_shop-aks_shop_westeurope"
    assert SECRET not in str(walk.made)


async def test_azures_own_clients_see_what_was_asked_for(azure: FakeAzure, provider: AksProvider) -> None:
    spec = shop(
        tier="Premium", authorised_ranges=["192.0.2.0/24", "198.51.100.7"], azure_rbac=True, local_accounts=False
    )
    await Walk(await provider.steps(spec, WORK)).run()
    trust = {"connection_verify": str(azure.authority.certificate)}
    where: dict[str, Any] = {"base_url": azure.url, "credential_scopes": [f"{azure.url}/.default"], **trust}
    async with (
        ClientSecretCredential(TENANT, CLIENT, SECRET, authority=azure.url, **trust) as credential,
        ContainerServiceClient(credential, SUBSCRIPTION, **where) as client,
        ResourceManagementClient(credential, SUBSCRIPTION, **where) as resources,
    ):
        cluster = await client.managed_clusters.get("shop-aks", "shop")
        batch = await client.agent_pools.get("shop-aks", "shop", "batch")
        system = await client.agent_pools.get("shop-aks", "shop", "system")
        group = await resources.resource_groups.get("shop-aks")
    assert cluster.properties is not None
    assert cluster.sku is not None
    assert batch.properties is not None
    assert system.properties is not None
    assert (cluster.tags, group.tags, batch.properties.tags) == ({TAG: WORK}, {TAG: WORK}, {TAG: WORK})
    assert (cluster.sku.tier, cluster.properties.support_plan) == ("Premium", "AKSLongTermSupport")
    known = cluster.as_dict()["properties"]
    assert known["networkProfile"]["networkPluginMode"] == "overlay"
    assert known["apiServerAccessProfile"]["authorizedIPRanges"] == ["192.0.2.0/24", "198.51.100.7"]
    assert cluster.properties.disable_local_accounts is True
    assert known["aadProfile"]["enableAzureRBAC"] is True
    assert (system.properties.mode, system.properties.availability_zones) == ("System", ["1", "2", "3"])
    assert (batch.properties.scale_set_priority, batch.properties.spot_max_price) == ("Spot", -1)
    assert (batch.properties.min_count, batch.properties.max_count, batch.properties.os_disk_size_gb) == (1, 5, 128)


async def test_what_is_sent_is_what_was_shown(azure: FakeAzure, provider: AksProvider) -> None:
    outline = await provider.outline(shop())
    shown = {step.key: step.request for step in outline.steps}
    await Walk(await provider.steps(shop(), "<work>")).run()
    cluster = azure.world.clusters["shop-aks/shop"].model.as_dict()
    for key, value in shown["cluster"].items():
        if key != "properties":
            assert cluster[key] == value
    sent = {key: cluster["properties"].get(key) for key in shown["cluster"]["properties"]} | {"agentPoolProfiles": None}
    assert sent == shown["cluster"]["properties"] | {"agentPoolProfiles": None}
    pool = azure.world.pools["shop-aks/shop/batch"].model.as_dict()["properties"]
    assert {key: pool[key] for key in shown["pool/batch"]["properties"]} == shown["pool/batch"]["properties"]


@pytest.mark.parametrize("stop", ["registration", "group", "cluster", "pool/batch"])
async def test_another_process_goes_on_after_a_crash(azure: FakeAzure, stop: str) -> None:
    azure.world.looks = 3
    walk = Walk(await AksProvider(azure.config()).steps(shop(), WORK), stop=stop)
    with pytest.raises(Stopped):
        await walk.run()
    again = Walk(await AksProvider(azure.config()).steps(shop(), WORK), walk.made)
    await again.run()
    assert azure.world.inventory == ALL
    puts = [each for each in azure.asked if each.startswith("PUT")]
    assert len(puts) == len(set(puts)) == 3
    await again.remove()
    assert azure.world.inventory == set()


async def test_it_goes_in_reverse_order(azure: FakeAzure, provider: AksProvider) -> None:
    walk = Walk(await provider.steps(shop(), WORK))
    await walk.run()
    assert await provider.leftovers(shop(), walk.made) == []
    await walk.remove()
    assert azure.world.inventory == set()
    assert azure.world.groups == {}
    gone = [each.rpartition("/")[2] for each in azure.asked if each.startswith("DELETE")]
    assert gone == ["batch", "shop", "shop-aks"]
    assert azure.world.registered == "Registered"


async def test_volumes_and_addresses_that_go_with_it_are_told_before(azure: FakeAzure, provider: AksProvider) -> None:
    walk = Walk(await provider.steps(shop(), WORK))
    await walk.run()
    disk = {"kubernetes.io-created-for-pvc-namespace": "shop", "kubernetes.io-created-for-pvc-name": "data"}
    nodes = "MC_shop-aks_shop_westeurope"
    lay(azure.world, nodes, "Microsoft.Compute/disks", "pvc-1", disk)
    lay(azure.world, nodes, "Microsoft.Network/publicIPAddresses", "kubernetes-a1", {"k8s-azure-service": "shop/web"})
    lay(azure.world, nodes, "Microsoft.Network/loadBalancers", "kubernetes", {})
    going = await provider.leftovers(shop(), walk.made)
    assert [(str(each), each.goes) for each in going] == [
        ("volume pvc-1, of the claim shop/data", True),
        ("public address kubernetes-a1, of the Service shop/web", True),
    ]
    path = rf"resourceGroups/{nodes}/resources"
    azure.faults.append(Fault("GET", path, Refused(403, "AuthorizationFailed", "You may not.")))
    [unknown] = await provider.leftovers(shop(), walk.made)
    assert (unknown.goes, "volumes could not be looked up: " in str(unknown)) == (True, True)


async def test_what_is_left_has_the_price_of_the_sheet_or_none(azure: FakeAzure, provider: AksProvider) -> None:
    walk = Walk(await provider.steps(shop(), WORK))
    await walk.run()
    nodes, claim = "MC_shop-aks_shop_westeurope", {"kubernetes.io-created-for-pvc-name": "data"}
    lay(azure.world, nodes, "Microsoft.Compute/disks", "pvc-1", claim, "StandardSSD_LRS", 100)
    for name, sku, gigabytes in (("odd", "UltraSSD_LRS", 100), ("old", "StandardSSD_LRS", 32), ("new", "", 0)):
        lay(azure.world, "shop-aks", "Microsoft.Compute/disks", name, {}, sku, gigabytes)
    for name, sku in (("front", "Standard"), ("older", "Basic")):
        lay(azure.world, "shop-aks", "Microsoft.Network/publicIPAddresses", name, {}, sku)
    lay(azure.world, "shop-aks", "Microsoft.Network/loadBalancers", "web", {}, "Standard")
    going, _, *kept = await provider.leftovers(shop(), walk.made)
    assert str(going) == "volume pvc-1, of the claim /data, about $9.60 a month"
    assert [str(each) for each in kept] == [
        "volume new, whose price is not known",
        "volume odd, whose price is not known",
        "volume old, about $2.40 a month",
        "load balancer web, about $18.25 a month",
        "public address front, about $3.65 a month",
        "public address older, whose price is not known",
    ]
    may_not = Refused(403, "AuthorizationFailed", "You may not.")
    azure.faults = [Fault("GET", "Microsoft.Compute/disks", may_not, times=2)]
    left = [each.hourly for each in await provider.leftovers(shop(), walk.made) if each.kind == "volume"]
    assert left == [None] * 4


async def test_a_group_that_was_there_before_stays(azure: FakeAzure, provider: AksProvider) -> None:
    azure.world.put_group("mine", {"location": "westeurope"})
    spec = shop(new_group=False, resource_group="mine")
    outline = await provider.outline(spec)
    assert [step.key for step in outline.steps] == ["registration", "cluster", "pool/batch"]
    assert "the resource group mine, which was there before" in outline.leaves
    walk = Walk(await provider.steps(spec, WORK))
    await walk.run()
    (left,) = await provider.leftovers(spec, walk.made)
    assert (left.kind, left.name) == ("resource group", "mine")
    await walk.remove()
    assert azure.world.inventory == {"group mine"}

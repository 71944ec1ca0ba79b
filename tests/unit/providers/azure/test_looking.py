"""Who we are, what there is to choose from, what a cluster would cost, and how one that is there is reached."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping

import pytest

from kubegenie_tui.domain.errors import ProviderError, SpecRefused
from kubegenie_tui.kube.kubeconfig.loader import load_kubeconfig
from kubegenie_tui.providers.azure.aks import AksProvider
from kubegenie_tui.providers.azure.rights import allows
from tests.clouds.aks import CLIENT, SECRET, TENANT, FakeAzure, Fault
from tests.clouds.aks_world import SUBSCRIPTION, Refused
from tests.unit.providers.azure.conftest import shop
from tests.unit.providers.azure.walking import WORK, Walk

CLUSTERS = "Microsoft.ContainerService/managedClusters"


async def test_who_we_are(provider: AksProvider) -> None:
    who = await provider.identify()
    assert (who.who, who.where) == (f"app {CLIENT}", f"Playground · {SUBSCRIPTION}")
    assert (who.missing, who.unknown) == ((), "")


async def test_what_we_may_not_do(azure: FakeAzure, provider: AksProvider) -> None:
    azure.actions = [{"actions": ["*/read", f"{CLUSTERS}/*"], "notActions": [f"{CLUSTERS}/delete"]}]
    who = await provider.identify()
    groups = "Microsoft.Resources/subscriptions/resourceGroups"
    assert who.missing == (
        f"{groups}/write",
        f"{groups}/delete",
        f"{CLUSTERS}/delete",
        "Microsoft.ContainerService/register/action",
        "Microsoft.Network/virtualNetworks/subnets/join/action",
    )
    assert "resource group alone" in who.unknown
    refused = Refused(403, "AuthorizationFailed", "No.")
    azure.faults = [Fault("GET", "Microsoft.Authorization/permissions", refused)]
    who = await provider.identify()
    assert (who.missing, who.who) == ((), f"app {CLIENT}")
    assert who.unknown.startswith("Azure knows who we are, and says no")


async def test_what_registering_choosing_and_joining_a_subnet_take(azure: FakeAzure, provider: AksProvider) -> None:
    azure.actions = [
        {"actions": ["Microsoft.ContainerService/*", "Microsoft.Resources/subscriptions/resourceGroups/*"]}
    ]
    who = await provider.identify()
    assert who.missing == (
        "Microsoft.Compute/skus/read",
        "Microsoft.Resources/subscriptions/locations/read",
        "Microsoft.Network/virtualNetworks/subnets/join/action",
    )
    azure.actions.append({"actions": list(who.missing)})
    assert (await provider.identify()).missing == ()


def test_what_one_role_takes_out_another_may_give() -> None:
    contributor = {"actions": ["*"], "notActions": ["Microsoft.Authorization/*/Write"]}
    assert allows([contributor], f"{CLUSTERS}/write")
    assert not allows([contributor], "microsoft.authorization/roleAssignments/write")
    assert allows([contributor, {"actions": ["Microsoft.Authorization/*"]}], "Microsoft.Authorization/x/write")


async def test_what_there_is_to_choose_from(azure: FakeAzure, provider: AksProvider) -> None:
    azure.world.put_group("mine", {"location": "eastus"})
    here = {"region": "westeurope"}
    assert [each.value for each in await provider.choices("region", {})] == ["eastus", "westeurope"]
    assert [(each.value, each.label) for each in await provider.choices("version", here)] == [
        ("1.34.1", "preview"),
        ("1.33.5", "the default"),
        ("1.32.7", "long-term support only"),
    ]
    assert [(each.value, each.label) for each in await provider.choices("pools.size", here)] == [
        ("Standard_D2s_v5", "2 vCPU · 8 GiB · $0.115/h"),
        ("Standard_D4s_v5", "4 vCPU · 16 GiB · $0.230/h"),
    ]
    assert [each.value for each in await provider.choices("resource_group", {})] == ["mine"]
    elsewhere = await provider.choices("pools.size", {"region": "eastasia"})
    assert elsewhere[0].label == "2 vCPU · 8 GiB · unpriced"
    assert await provider.choices("version", {}) == []
    assert await provider.choices("name", here) == []


async def test_what_it_costs_and_what_it_leaves(provider: AksProvider) -> None:
    outline = await provider.outline(shop())
    assert outline.estimate is not None
    assert [(each.what, each.count, each.hourly) for each in outline.estimate.prices] == [
        ("control plane, Standard tier", 1, 0.10),
        ("pool system: Standard_D4s_v5", 3, 0.23),
        ("load balancer for traffic out", 1, 0.025),
        ("its public address", 1, 0.005),
    ]
    assert outline.estimate.unpriced == (
        "pool batch: Standard_D2s_v5, spot",
        "5 disks of nodes",
        "traffic, and public addresses of Services",
    )
    assert (outline.estimate.as_of, "Azure Retail Prices" in outline.estimate.source) == ("2023-12-18", True)
    assert "disks of volumes, whatever their reclaim policy says" in outline.warnings[0]
    assert outline.leaves[1] == "the resource group shop-aks, as long as something of others lies in it"


async def test_a_preview_is_the_outline_without_a_look_at_azure(azure: FakeAzure, provider: AksProvider) -> None:
    outline = await provider.outline(shop())
    azure.asked.clear()
    assert await provider.preview(shop()) == outline
    assert azure.asked == []


async def test_outlines_ask_for_nothing_to_be_done(azure: FakeAzure, provider: AksProvider) -> None:
    await provider.outline(shop())
    await provider.identify()
    assert {each.partition(" ")[0] for each in azure.asked} == {"GET"}
    assert azure.world.registered == "NotRegistered"


async def test_outlines_that_cannot_be(azure: FakeAzure, provider: AksProvider) -> None:
    for values, field in (
        ({"version": "1.29.0"}, "version"),
        ({"new_group": False, "resource_group": "gone"}, "resource_group"),
    ):
        with pytest.raises(SpecRefused) as told:
            await provider.outline(shop(**values))
        assert told.value.field == field
    await Walk(await provider.steps(shop(resource_group="other"), "work-of-others")).run()
    with pytest.raises(SpecRefused, match="There is a cluster shop already · it lies in the resource group other"):
        await provider.outline(shop())
    with pytest.raises(SpecRefused, match="There is a resource group other already"):
        await provider.outline(shop(name="shop-2", resource_group="other"))


async def test_a_size_that_is_not_to_be_had_is_refused_before_anything_is_made(
    azure: FakeAzure, provider: AksProvider
) -> None:
    pools = [{"name": "system"}, {"name": "far", "size": "Standard_X9"}]
    with pytest.raises(SpecRefused) as told:
        await provider.outline(shop(pools=pools))
    assert told.value.field == "pools.1.size"
    assert "no Standard_X9 for nodes in westeurope" in told.value.what
    assert told.value.next_step == "choose another size, such as Standard_D2s_v5, Standard_D4s_v5"
    azure.faults = [Fault("GET", "Microsoft.Compute/skus", Refused(403, "AuthorizationFailed", "No."))]
    assert (await provider.outline(shop(pools=pools))).steps, "whoever may not list sizes is not held up"
    assert (await provider.outline(shop(pools=[{"size": "Standard_d4S_v5"}]))).steps, "Azure takes any case"


async def test_clusters_are_listed(azure: FakeAzure, provider: AksProvider) -> None:
    await Walk(await provider.steps(shop(), WORK)).run()
    (found,) = await provider.list_clusters()
    assert (found.name, found.region, found.version) == ("shop", "westeurope", "v1.33.5")
    assert (found.server, found.state) == ("https://shop-0a1b2c3d.hcp.westeurope.azmk8s.io:443", "Succeeded")
    await Walk(await provider.steps(shop(resource_group="other"), "work-of-others")).run()
    assert [each.name for each in await provider.list_clusters()] == ["shop-aks/shop", "other/shop"]
    assert (await provider.kubeconfig("other/shop"))["current-context"] == "other/shop"
    with pytest.raises(ProviderError, match="There is no cluster shop"):
        await provider.kubeconfig("shop")


async def test_a_kubeconfig_with_a_certificate(azure: FakeAzure, provider: AksProvider) -> None:
    walk = Walk(await provider.steps(shop(private=True), WORK))
    await walk.run()
    document = await provider.kubeconfig("shop")
    assert document["users"][0]["user"]["client-key-data"] == "c2VjcmV0LWtleQ=="
    assert document["clusters"][0]["cluster"]["server"].startswith("https://shop-0a1b2c3d.hcp")
    assert "c2VjcmV0LWtleQ==" not in str(walk.made)


async def test_people_of_entra_come_in_by_our_own_plugin(
    azure: FakeAzure, provider: AksProvider, tmp_path_factory: pytest.TempPathFactory
) -> None:
    spec = shop(admin_groups="99999999-8888-7777-6666-555555555555", local_accounts=False)
    await Walk(await provider.steps(spec, WORK)).run()
    document = await provider.kubeconfig("shop")
    assert SECRET not in json.dumps(document["users"][0]["user"]["exec"]["args"])
    file = tmp_path_factory.mktemp("kube") / "config"
    file.write_text(json.dumps(document))
    plugin = load_kubeconfig([file]).contexts["shop"].auth.exec
    assert plugin is not None
    words = plugin.args[plugin.args.index("token") :]
    assert words[:6] == ("token", "aks", "--tenant", TENANT, "--client-id", CLIENT)
    given = await printed(*words, variables=dict(plugin.env))
    credential = json.loads(given)
    assert (credential["apiVersion"], credential["kind"]) == (plugin.api_version, "ExecCredential")
    assert credential["status"]["token"] in azure.tokens
    assert credential["status"]["expirationTimestamp"].endswith("Z")


async def test_a_login_of_the_environment_does_as_well(azure: FakeAzure) -> None:
    words = ("token", "aks", "--authority", azure.url, "--ca-file", str(azure.authority.certificate))
    login = {"AZURE_TENANT_ID": TENANT, "AZURE_CLIENT_ID": CLIENT, "AZURE_CLIENT_SECRET": SECRET}
    assert json.loads(await printed(*words, variables=login))["status"]["token"] in azure.tokens


async def test_a_client_id_without_its_secret(azure: FakeAzure) -> None:
    said = await printed("token", "aks", "--tenant", TENANT, "--client-id", CLIENT, status=2)
    assert "--client-id needs its secret in AZURE_CLIENT_SECRET" in said


async def printed(*words: str, variables: Mapping[str, str] | None = None, status: int = 0) -> str:
    """What the command line prints, in a process of its own; its complaint when it ends otherwise than with 0."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith("AZURE_")}
    environ |= variables or {}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "kubegenie_tui", *words,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=environ,
    )  # fmt: skip
    output, complaint = await process.communicate()
    assert process.returncode == status, complaint.decode()
    return complaint.decode() if status else output.decode()

"""Clusters of AWS, Google and Azure that somebody else made: found, registered and opened from the list of clusters."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path

import pytest
from google.cloud.container_v1 import Cluster, MasterAuth

from kubegenie_tui.paths import database_file
from kubegenie_tui.providers.azure.aks import AksProvider
from kubegenie_tui.screens.clusters import ClustersScreen
from kubegenie_tui.screens.discover import DiscoverScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.form import FormScreen
from tests.clouds.aks import CLIENT, OBJECT, SECRET, TENANT, fake_azure
from tests.clouds.aks_world import SUBSCRIPTION
from tests.clouds.api_front import Front, api_server
from tests.clouds.aws_account import KEYS, REGION, Account
from tests.clouds.aws_moto import moto_server
from tests.clouds.aws_proxy import serving
from tests.clouds.gke import Gke
from tests.clouds.google_key import key_of
from tests.ui.on_demo import OnDemo
from tests.ui.wizarding import at, listed, rows, type_in
from tests.unit.kube.loopback import serve
from tests.unit.providers.azure.conftest import shop
from tests.unit.providers.azure.walking import Walk


async def found(demo: OnDemo, provider: str, config: Mapping[str, str], *words: str) -> None:
    """What a provider knows of, with these words in it."""
    await demo.pilot.press("d")
    await demo.until_shown("Where to look for clusters")
    await demo.pilot.press(*provider, "enter")
    await demo.until(lambda: isinstance(demo.app.screen, FormScreen) and demo.app.screen.asked)
    type_in(demo, **{field: config[field] for field in rows(demo) if field in config})
    await demo.pilot.press("enter")
    await demo.until(lambda: isinstance(demo.app.screen, DiscoverScreen))
    for each in words:
        await demo.until_shown(each)


async def registered_and_opened(demo: OnDemo, name: str, kind: str = "pods") -> None:
    """The one under the cursor, down to its rows of a kind that there is something of."""
    await demo.pilot.press("enter")
    await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and name in demo.names)
    [kept] = [each for each in await demo.app.services.store.clusters.all() if each.name == name]
    assert kept.endpoint is not None
    await demo.command(f"ctx {name}")
    await demo.until_shown(f"{name} ●")
    await demo.command(kind)
    await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names)
    assert demo.explorer.agent.name == name


async def test_of_aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with moto_server(tmp_path / "moto.log") as address, serving(address) as aws:
        async with api_server(tmp_path / "ca") as front, listed(tmp_path, monkeypatch, "a phrase") as demo:
            aws.eks.server, aws.eks.authority = f"https://{front.host}", front.authority
            front.takes = lambda token: token.startswith("k8s-aws-v1.")
            account = Account(address)
            arn = account.client("iam").create_role(RoleName="old", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
            account.create_cluster("old", arn, account.network()["subnets"])
            config = {"region": "eu-west-1", "endpoint": aws.url, **KEYS}
            await found(demo, "eks", config, "1 found", "old", REGION, "ACTIVE")
            await registered_and_opened(demo, "old")


async def test_of_google(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = Gke()
    cloud.token = "token-of-google"
    async with (
        serve(cloud.answer) as url,
        api_server(tmp_path / "ca") as front,
        listed(tmp_path, monkeypatch) as demo,
    ):
        front.takes = lambda token: token == cloud.token
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key_of(f"{url}/token", tmp_path)))
        _of_others(cloud, front)
        config = {"project": "shop-1234", "endpoint": url}
        await found(demo, "gke", config, "1 found", "old", "europe-west1-b", "running")
        await registered_and_opened(demo, "old")


def _of_others(cloud: Gke, front: Front) -> None:
    authority = MasterAuth(cluster_ca_certificate=front.authority)
    cloud.project.clusters["europe-west1-b/old"] = Cluster(
        name="old", location="europe-west1-b", status="RUNNING", endpoint=front.host, master_auth=authority
    )


async def test_of_azure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with (
        fake_azure(tmp_path / "azure") as azure,
        api_server(tmp_path / "ca") as front,
        listed(tmp_path, monkeypatch, "a phrase") as demo,
    ):
        azure.world.server = {"server": f"https://{front.host}", "certificate-authority-data": front.authority}
        front.takes = lambda token: token in azure.tokens
        await Walk(await AksProvider(azure.config()).steps(shop(admin_groups=OBJECT), "work-of-others")).run()
        login = {"subscription": SUBSCRIPTION, "tenant": TENANT, "client_id": CLIENT, "client_secret": SECRET}
        there = {"endpoint": azure.url, "authority": azure.url, "ca_file": str(azure.authority.certificate)}
        await found(demo, "aks", {**login, **there}, "1 found", "shop", "westeurope", "Succeeded")
        await registered_and_opened(demo, "shop")


async def test_how_a_provider_is_reached_is_asked_once_for_looking_and_for_making(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is secret is asked each time, and lies nowhere in the clear."""
    async with fake_azure(tmp_path / "azure") as azure, listed(tmp_path, monkeypatch, "a phrase") as demo:
        login = {"subscription": SUBSCRIPTION, "tenant": TENANT, "client_id": CLIENT, "client_secret": SECRET}
        there = {"endpoint": azure.url, "authority": azure.url, "ca_file": str(azure.authority.certificate)}
        await found(demo, "aks", {**login, **there}, "There is none where it looked")
        await back(demo)
        await demo.pilot.press("n")
        await demo.until_shown("Create a cluster with")
        await demo.pilot.press(*"aks", "enter")
        await at(demo, "aks: how it is reached")
        known = {**login, **there, "client_secret": ""}
        assert {field: row.typed for field, row in rows(demo).items() if field in known} == known
        type_in(demo, tenant="other.example.com", client_secret=SECRET)
        await back(demo)
        await demo.pilot.press("d")
        await demo.until_shown("Where to look for clusters")
        await demo.pilot.press(*"aks", "enter")
        await demo.until(lambda: isinstance(demo.app.screen, FormScreen) and demo.app.screen.asked)
        typed = {field: row.typed for field, row in rows(demo).items()}
        assert (typed["tenant"], typed["client_id"], typed["client_secret"]) == ("other.example.com", CLIENT, "")
        type_in(demo, tenant="third.example.com")
        await demo.pilot.press("ctrl+k")
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))
        await demo.pilot.press("d")
        await demo.until_shown("Where to look for clusters")
        await demo.pilot.press(*"aks", "enter")
        await demo.until_shown("third.example.com")
        with sqlite3.connect(database_file()) as database:
            kept = "\n".join(database.iterdump())
        assert "third.example.com" in kept
        assert SECRET not in kept


async def asked_for_aks(demo: OnDemo) -> dict[str, str]:
    """What stands in the form when clusters of AKS are wanted."""
    await demo.pilot.press("d")
    await demo.until_shown("Where to look for clusters")
    await demo.pilot.press(*"aks", "enter")
    await demo.until(lambda: isinstance(demo.app.screen, FormScreen) and demo.app.screen.asked)
    return {field: row.typed for field, row in rows(demo).items()}


async def test_a_form_that_was_left_says_that_it_is_begun_and_not_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = "What you typed before stands here, but for secrets."
    async with listed(tmp_path, monkeypatch) as demo:
        await asked_for_aks(demo)
        await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))
        await asked_for_aks(demo)
        assert begun not in demo.text()
        type_in(demo, client_id=CLIENT, client_secret=SECRET)
        await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))
        typed = await asked_for_aks(demo)
        assert (typed["client_id"], typed["client_secret"]) == (CLIENT, "")
        await demo.until_shown(begun)


async def back(demo: OnDemo) -> None:
    """Out of whatever is in front of the list."""
    while not isinstance(demo.app.screen, ClustersScreen):
        front = demo.app.screen
        await demo.pilot.press("escape")
        await demo.until(lambda front=front: demo.app.screen is not front)  # type: ignore[misc] # of a default

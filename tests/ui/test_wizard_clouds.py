"""Clusters of AWS and Azure from the first key of the wizard to their rows, which tokens of our own plugin open."""

import base64
from pathlib import Path

import pytest

from kubegenie_tui.screens.clusters import ClustersScreen
from tests.clouds.aks import CLIENT, OBJECT, SECRET, TENANT, fake_azure
from tests.clouds.aks_world import SUBSCRIPTION
from tests.clouds.aws_account import KEYS, REGION, Account
from tests.clouds.aws_moto import moto_server
from tests.clouds.aws_proxy import serving
from tests.ui.wizarding import api_server, filled, known, listed, made, named, only_one, opened, reviewed
from tests.unit.providers.test_extras import without


def signed_by_us(token: str) -> bool:
    """Whether it is a request to AWS that was signed with the key that was typed."""
    kind, _, signed = token.partition(".")
    url = base64.urlsafe_b64decode(f"{signed}==").decode()
    return kind == "k8s-aws-v1" and f"X-Amz-Credential={KEYS['access_key']}" in url


async def test_a_cluster_of_eks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with moto_server(tmp_path / "log") as moto, serving(moto) as aws:
        account = Account(f"http://{moto[0]}:{moto[1]}")
        async with api_server(tmp_path / "ca") as front, listed(tmp_path, monkeypatch, "a phrase") as demo:
            aws.eks.server, aws.eks.authority = f"https://{front.host}", front.authority
            front.takes = signed_by_us
            before = account.inventory()
            await known(demo, "eks", {"region": REGION, "endpoint": aws.url, **KEYS}, "arn:aws:sts::123456789012")
            await filled(demo, "eks: Cluster (1 of 5)", name="shop", region=REGION)
            await filled(demo, "eks: Network (2 of 5)", cidr="8.8.0.0/16")
            await filled(demo, "eks: Node pools (3 of 5)")
            await filled(demo, "eks: Fargate (4 of 5)")
            await named(demo, "eks: Network (2 of 5)", "cidr", "8.8.0.0/16", "a private network: 10.0.0.0/8")
            await filled(demo, "eks: Network (2 of 5)", cidr="10.8.0.0/16")
            await filled(demo, "eks: Node pools (3 of 5)")
            await filled(demo, "eks: Fargate (4 of 5)")
            await reviewed(demo, "ec2:CreateVpc", "eks:CreateCluster", "a month", "prices of 20", "Not cleaned up")
            await made(demo, "shop")
            [work] = await demo.app.services.works.all()
            there = account.inventory() - before
            assert {made["id"] for made in work.made.values() if "id" in made} <= there
            assert {"shop", "shop/default"} <= there
            await opened(demo, "shop")


async def test_a_cluster_of_aks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
        await filled(demo, "aks: Access (3 of 5)", admin_groups=OBJECT)
        await only_one(demo, "aks: Node pools (4 of 5)", size="Standard_D4s_v5")
        await named(demo, "aks: Network (2 of 5)", "authorised_ranges", "everybody", "everybody is no range")
        await filled(demo, "aks: Network (2 of 5)", authorised_ranges="")
        await filled(demo, "aks: Access (3 of 5)")
        await filled(demo, "aks: Node pools (4 of 5)")
        await reviewed(demo, "Cluster shop", "a month", "prices of 20", "Not cleaned up")
        await made(demo, "shop")
        assert "cluster shop-aks/shop" in azure.world.inventory
        await opened(demo, "shop")


async def test_a_provider_without_its_library_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without("botocore", monkeypatch)
    async with listed(tmp_path, monkeypatch) as demo:
        for key, title in (("n", "Create a cluster with"), ("d", "Where to look for clusters")):
            await demo.pilot.press(key)
            await demo.until_shown(title)
            [line] = [line for line in demo.text().splitlines() if "pip install" in line]
            assert "eks" in line
            assert 'pip install "kubegenie[aws]"' in line
            await demo.pilot.press("escape")
            await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))

"""A project of Google Cloud on loopback, the provider that is led there, and a client of the plain SDK."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from google.api_core.client_options import ClientOptions
from google.auth.credentials import AnonymousCredentials
from google.cloud import container_v1

from kubegenie_tui.providers.gcp.gke_config import GkeConfig
from kubegenie_tui.providers.gcp.gke_spec import GkeSpec
from kubegenie_tui.providers.gcp.provider import GkeProvider
from tests.clouds.gke import Gke
from tests.unit.kube.loopback import serve

PROJECT = "shop-1234"
ZONE = "europe-west1-b"
WORK = "kg1"


@pytest.fixture
async def google() -> Gke:
    return Gke()


@pytest.fixture
async def url(google: Gke) -> AsyncIterator[str]:
    async with serve(google.answer) as url:
        yield url


@pytest.fixture
def provider(url: str) -> GkeProvider:
    return GkeProvider(GkeConfig.model_validate(config(url)))


@pytest.fixture
def clusters(url: str) -> Callable[[], Any]:
    """What a client of the SDK itself sees: the clusters by name."""
    options = ClientOptions(api_endpoint=url)
    anonymous = AnonymousCredentials()  # type: ignore[no-untyped-call]
    client = container_v1.ClusterManagerClient(transport="rest", credentials=anonymous, client_options=options)

    async def seen() -> dict[str, container_v1.Cluster]:
        found = await asyncio.to_thread(client.list_clusters, parent=f"projects/{PROJECT}/locations/-")
        return {each.name: each for each in found.clusters}

    return seen


def config(url: str) -> dict[str, str]:
    """A configuration that leads to one server alone."""
    return {"project": PROJECT, "endpoint": url, "compute_endpoint": url, "projects_endpoint": url}


def spec(**values: Any) -> GkeSpec:
    """A zonal cluster with two pools, if nothing else is said."""
    pools = [{"name": "first"}, {"name": "second", "size": "n2-standard-2", "count": 1}]
    return GkeSpec.model_validate({"name": "shop", "region": ZONE, "pools": pools, **values})

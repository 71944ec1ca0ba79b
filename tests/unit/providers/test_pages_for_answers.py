"""A proxy that sends a web page for an answer is no cloud in which nothing is there: what was made is not gone."""

from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from kubegenie_tui.domain.errors import ProviderError
from kubegenie_tui.providers.aws.eks import EksProvider
from kubegenie_tui.providers.aws.eks_config import EksConfig
from kubegenie_tui.providers.aws.eks_spec import EksSpec
from kubegenie_tui.providers.azure.aks import AksProvider
from kubegenie_tui.providers.gcp.gke_config import GkeConfig
from kubegenie_tui.providers.gcp.provider import GkeProvider
from tests.clouds.aks import Fault, fake_azure
from tests.clouds.aks_world import Refused
from tests.clouds.aws_account import KEYS, REGION
from tests.unit.kube.loopback import serve
from tests.unit.providers.azure.conftest import shop
from tests.unit.providers.gcp.conftest import config, spec

PAGE = "<html><body>This site is blocked.</body></html>"


def page(status: int) -> Any:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, text=PAGE, content_type="text/html")

    return answer


@pytest.mark.parametrize("status", [200, 404])
async def test_amazon(status: int) -> None:
    async with serve(page(status)) as url:
        provider = EksProvider(EksConfig.model_validate({"region": REGION, "endpoint": url, **KEYS}))
        pools = [{"name": "default", "size": "m5.large"}]
        steps = await provider.steps(EksSpec.model_validate({"name": "shop", "region": REGION, "pools": pools}), "w")
        for key in ("role/cluster", "vpc", "cluster"):
            [step] = [each for each in steps if each.planned.key == key]
            with pytest.raises(ProviderError, match="is there a proxy in between" if status == 200 else "failed"):
                await step.find({})


@pytest.mark.parametrize("status", [200, 404])
async def test_google(status: int) -> None:
    async with serve(page(status)) as url:
        provider = GkeProvider(GkeConfig.model_validate(config(url)))
        for step in await provider.steps(spec(), "w"):
            with pytest.raises(ProviderError, match="is there a proxy in between" if status == 200 else "HTTP 404"):
                await step.find({})


async def test_azure(tmp_path: Path) -> None:
    async with fake_azure(tmp_path / "azure") as azure:
        azure.faults = [Fault("GET", ".*", Refused(404, "", PAGE), times=99)]
        steps = await AksProvider(azure.config()).steps(shop(), "w")
        for key in ("group", "cluster", "pool/batch"):
            [step] = [each for each in steps if each.planned.key == key]
            with pytest.raises(ProviderError, match="Azure knows of no such thing"):
                await step.find({})

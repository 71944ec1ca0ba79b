"""A provider over a subscription that is a fake, and a cluster that it is asked for."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.providers.azure.aks import AksProvider
from kubegenie_tui.providers.azure.aks_spec import AksSpec
from tests.clouds.aks import FakeAzure, fake_azure


@pytest.fixture
async def azure(tmp_path: Path) -> AsyncIterator[FakeAzure]:
    async with fake_azure(tmp_path / "azure") as fake:
        yield fake


@pytest.fixture
def provider(azure: FakeAzure) -> AksProvider:
    return AksProvider(azure.config())


def shop(**others: Any) -> AksSpec:
    """A cluster with a system pool and one of spot nodes."""
    pools = [
        {"name": "system", "size": "Standard_D4s_v5", "count": 3, "zones": [1, 2, 3]},
        {"name": "batch", "mode": "User", "size": "Standard_D2s_v5", "count": 2, "spot": True, "autoscale": True},
    ]
    return AksSpec.model_validate(
        {"name": "shop", "region": "westeurope", "version": "1.33.5", "pools": pools, **others}
    )

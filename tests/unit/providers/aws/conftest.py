"""An account of AWS on loopback, and works that are done in this process on it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.providers.aws.eks import EksProvider
from kubegenie_tui.providers.aws.eks_config import EksConfig
from kubegenie_tui.store.store import Store
from tests.clouds.aws_account import KEYS, REGION, Account
from tests.clouds.aws_moto import moto_server
from tests.clouds.aws_proxy import AwsProxy, serving
from tests.clouds.declared import declare_ours
from tests.clouds.making import Making, making_in, store_with_safe
from tests.wheels import on_the_path

SMALL: dict[str, Any] = {
    "region": REGION,
    "network": "existing",
    "add_ons": "",
    "pools": [{"name": "default", "size": "m5.large"}],
}
"""A cluster of few steps, in a network that is there already."""


@pytest.fixture(scope="session")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    with moto_server(tmp_path_factory.mktemp("moto") / "log") as address:
        yield address


@pytest.fixture
def aws(moto: tuple[str, int]) -> Iterator[AwsProxy]:
    with serving(moto) as proxy:
        yield proxy


@pytest.fixture
def account(moto: tuple[str, int]) -> Account:
    """Past the proxy: what is looked at here is not counted there."""
    return Account(moto)


@pytest.fixture
def config(aws: AwsProxy) -> dict[str, Any]:
    return {"region": REGION, "endpoint": aws.url, **KEYS}


@pytest.fixture
def provider(config: dict[str, Any]) -> EksProvider:
    return EksProvider(EksConfig.model_validate(config))


@pytest.fixture
def network(account: Account) -> dict[str, str]:
    return account.network()


@pytest.fixture
async def store(home: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Store]:
    async with store_with_safe(monkeypatch) as store:
        yield store


@pytest.fixture
async def making(config: dict[str, Any], store: Store, tmp_path: Path) -> AsyncIterator[Making]:
    with on_the_path(declare_ours(tmp_path / "site")):
        async with making_in(store, "eks", config) as making:
            yield making

"""An account of AWS on loopback, and works that are done in this process on it."""

import asyncio
import tomllib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kubegenie_tui.changes.audit import Audit, open_audit
from kubegenie_tui.domain.creation import Change, Work
from kubegenie_tui.paths import data_dir, database_file
from kubegenie_tui.providers.aws.eks import EksProvider
from kubegenie_tui.providers.aws.eks_config import EksConfig
from kubegenie_tui.provision.opening import open_worker, open_works
from kubegenie_tui.provision.process import Handover
from kubegenie_tui.provision.works import Works
from kubegenie_tui.settings import ProvisionSettings, Settings
from kubegenie_tui.store import store as opening
from kubegenie_tui.store.lock import Way
from kubegenie_tui.store.safe import Safe
from kubegenie_tui.store.store import Store
from tests.clouds.aws_account import KEYS, REGION, Account
from tests.clouds.aws_moto import moto_server
from tests.clouds.aws_proxy import AwsProxy, serving
from tests.control_plane import ROOT
from tests.wheels import on_the_path

SETTINGS = Settings(provision=ProvisionSettings(look_seconds=0.01))
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
    return Account(f"http://{moto[0]}:{moto[1]}")


@pytest.fixture
def config(aws: AwsProxy) -> dict[str, Any]:
    return {"region": REGION, "endpoint": aws.url, **KEYS}


@pytest.fixture
def provider(config: dict[str, Any]) -> EksProvider:
    return EksProvider(EksConfig.model_validate(config))


@pytest.fixture
def network(account: Account) -> dict[str, str]:
    """A network of somebody's: a VPC and two subnets of it."""
    ec2 = account.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{number}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"]
        for number, zone in enumerate("ab")
    ]
    return {"vpc": vpc, "subnets": ", ".join(each["SubnetId"] for each in subnets)}


@pytest.fixture
async def store(home: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Store]:
    monkeypatch.setattr(opening, "Safe", lambda database: Safe(database, cost=2**4))
    store = await Store.open(database_file())
    await store.safe.set_up(Way.PASSPHRASE, "a long phrase")
    yield store
    await store.close()


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[None]:
    """The entry points that the project declares, whatever this Python's own installation of it is."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["kubegenie.providers"]
    metadata = tmp_path / "site" / "kubegenie-9.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: kubegenie\nVersion: 9.0\n")
    lines = "".join(f"{name} = {to}\n" for name, to in declared.items())
    (metadata / "entry_points.txt").write_text(f"[kubegenie.providers]\n{lines}")
    with on_the_path(metadata.parent):
        yield


class Making(msgspec.Struct):
    """Works, and the tasks that work on them in this process."""

    works: Works
    store: Store
    config: dict[str, Any]
    tasks: list[asyncio.Task[Work]]

    async def begin(self, **spec: Any) -> Work:
        maker = await self.works.makers.open("eks", self.config)
        outline = await self.works.review(maker, spec)
        return await self.works.begin(maker, spec, outline, spec["name"])

    async def ended(self) -> Work:
        """The work that was begun last, when nobody works on it any more."""
        return await self.tasks[-1]

    async def made(self, **spec: Any) -> Work:
        await self.begin(**spec)
        return await self.ended()

    async def again(self, work: Work) -> Work:
        await self.works.go_on(work.id)
        return await self.ended()

    async def changed(self, work: Work, change: Change) -> Work:
        maker, outline = await self.works.review_change(work, change)
        await self.works.begin_change(maker, work, change, outline, work.outline.name)
        return await self.ended()

    async def removed(self, work: Work) -> Work:
        outline = await self.works.review_removal(work)
        await self.works.clean_up(work, outline, work.outline.name)
        return await self.ended()


@pytest.fixture
async def making(config: dict[str, Any], store: Store, installed: None) -> AsyncIterator[Making]:
    tasks: list[asyncio.Task[Work]] = []
    worker = await open_worker(store, SETTINGS, data_dir())

    async def start(work_id: str, given: Handover) -> None:
        begun = asyncio.Event()
        tasks.append(asyncio.create_task(worker.work_on(work_id, given.secrets, begun.set)))
        await begun.wait()

    async def audit() -> Audit:
        return await open_audit(store, data_dir())

    works = open_works(store, SETTINGS, audit, "a test")
    works._start = start
    yield Making(works, store, config, tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

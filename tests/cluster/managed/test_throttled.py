"""The API server of a managing cluster asks for fewer requests: it is said that it is tried again, and ends well."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.domain.creation import Change, Work, WorkKind, WorkState
from kubegenie_tui.kube.client import TRIES
from kubegenie_tui.provision import works as provision_works
from kubegenie_tui.store.store import Store
from tests.clouds.declared import declare_ours
from tests.clouds.making import Making, making_in
from tests.cluster.managed.cluster_api_player import ClusterApiPlayer
from tests.cluster.managed.crossplane_player import CrossplanePlayer
from tests.cluster.managed.inventories import of_cluster_api, of_crossplane, on_record
from tests.cluster.managed.managing import LOOK_SECONDS
from tests.cluster.managed.test_cluster_api import SPEC as CLUSTER_API
from tests.cluster.managed.test_crossplane import SPEC as CROSSPLANE
from tests.cluster.managed.throttling import CONTEXT, Throttling
from tests.control_plane import ControlPlane
from tests.wheels import on_the_path

pytestmark = pytest.mark.cluster
Inventory = Callable[[], set[str]]
AGAIN = "is tried again: The server asks for fewer requests (429)"


async def heard(work: Making, begun: Work) -> tuple[Work, set[str]]:
    """A work when nobody works on it any more, and where it was said that it is tried again."""
    said = set()
    async for now in work.works.follow(begun.id):
        said |= {each.key for each in now.steps if each.message.startswith(AGAIN)}
        said |= {"the work"} if now.message.startswith(AGAIN) else set()
    return await work.ended(), said


async def busy(
    work: Making, front: Throttling, spec: dict[str, Any], version: str, plural: str, reads: str, inventory: Inventory
) -> None:
    """Made, upgraded and removed while the server is too busy for what is read before, looked for and asked for."""
    found = {f"GET /{plural}/shop": TRIES}
    maker = await work.works.makers.open(work.provider, work.config)
    outline = await work.works.review(maker, spec)
    front.refuse({f"GET {reads}": TRIES, **found, f"POST /{plural}": 1})
    done, said = await heard(work, await work.works.begin(maker, spec, outline, "shop"))
    assert (done.state, said) == (WorkState.DONE, {"the work", "cluster"}), done.message
    assert (front.left.total(), inventory()) == (0, on_record(done))

    change = Change(WorkKind.UPGRADE, version=version)
    maker, outline = await work.works.review_change(done, change)
    front.refuse({**found, f"PATCH /{plural}/shop": 1})
    after, said = await heard(work, await work.works.begin_change(maker, done, change, outline, "shop"))
    assert (after.state, "upgrade" in said) == (WorkState.DONE, True), after.message
    assert (front.left.total(), inventory()) == (0, on_record(done))

    outline = await work.works.review_removal(done)
    front.refuse({f"GET {reads}": TRIES, **found, f"DELETE /{plural}/shop": 1})
    await work.works.clean_up(done, outline, "shop")
    gone, said = await heard(work, done)
    assert (gone.state, said) == (WorkState.REMOVED, {"the work", "cluster"}), gone.message
    assert (front.left.total(), inventory()) == (0, set())


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(provision_works, "LOOK_SECONDS", LOOK_SECONDS)
    return declare_ours(tmp_path / "site")


async def test_cluster_api(
    managing: ControlPlane, place: str, cluster_api: ClusterApiPlayer, store: Store, tmp_path: Path, site: Path
) -> None:
    front = Throttling(managing, cluster_api.server, tmp_path)
    config = {"kubeconfig": str(front.kubeconfig), "context": CONTEXT, "namespace": place}
    inventory = partial(of_cluster_api, cluster_api)
    with on_the_path(site):
        async with front.serving(), making_in(store, "cluster-api", config, LOOK_SECONDS) as work:
            await busy(work, front, CLUSTER_API, "v1.35.0", "clusters", "/clusterclasses/quick", inventory)


async def test_crossplane(
    managing: ControlPlane, account: str, crossplane: CrossplanePlayer, store: Store, tmp_path: Path, site: Path
) -> None:
    front = Throttling(managing, crossplane.server, tmp_path)
    config = {"kubeconfig": str(front.kubeconfig), "context": CONTEXT, "namespace": account}
    inventory = partial(of_crossplane, crossplane)
    with on_the_path(site):
        async with (
            front.serving(),
            making_in(store, "crossplane", {**config, "provider_config": account}, LOOK_SECONDS) as work,
        ):
            await busy(work, front, CROSSPLANE, "1.35", "kubernetesclusters", "/functions", inventory)

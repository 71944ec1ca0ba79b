"""Whoever works on a cluster of Cluster API or Crossplane is killed in each step, and another goes on."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.domain.creation import Change, Work, WorkKind, WorkState
from kubegenie_tui.store.store import Store
from tests.clouds.killing import Killer
from tests.cluster.managed.cluster_api_player import CLUSTERS, ClusterApiPlayer
from tests.cluster.managed.composing import SPECS
from tests.cluster.managed.crossplane_player import XRS, CrossplanePlayer
from tests.cluster.managed.inventories import of_cluster_api, of_crossplane, on_record
from tests.cluster.managed.managing import making
from tests.cluster.managed.playing import Player
from tests.cluster.managed.test_cluster_api import SPEC as CLUSTER_API
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster
Inventory = Callable[[], set[str]]


async def made_and_removed(player: Player, killer: Killer, spec: dict[str, Any], inventory: Inventory) -> None:
    """Killed when the object of a step is there, before that is on record: with what is killed its record is lost.

    And when it is to go: it does while nobody looks.
    """

    def nothing_is_forgotten(left: Work) -> None:
        assert inventory() <= on_record(left)

    player.seen = killer.at
    try:
        done = await killer.made(lambda: killer.moments[-1] if killer.moments else "", **spec)
        assert done.state is WorkState.DONE, done.message
        assert killer.moments == [each.key for each in done.steps]
        assert inventory() == on_record(done)
        player.seen = lambda moment: killer.at(moment) if moment.endswith(" going") else None
        killer.found = nothing_is_forgotten
        gone = await killer.removed(done)
    finally:
        killer.end()
    assert killer.moments == [f"{each.key} going" for each in reversed(done.steps)]
    assert (gone.state, inventory()) == (WorkState.REMOVED, set()), gone.message


async def changed(player: Player, killer: Killer, done: Work, change: Change, asked: Callable[[], object]) -> None:
    """Killed when what is asked for is another thing than before, and again while that is on its way."""
    before = asked()
    player.broken["WorkersAvailable"] = player.broken["NodePool"] = "a node is on its way"

    def tell(_: str) -> None:
        if asked() == before:
            return
        if len(killer.moments) == 2:
            player.broken.clear()
        else:
            killer.at(f"asked, {len(killer.moments)} killed")

    player.seen = tell
    try:
        after = await killer.changed(done, change)
    finally:
        player.seen = bool
        killer.end()
    assert (after.state, killer.moments) == (WorkState.DONE, ["asked, 0 killed", "asked, 1 killed"]), after.message
    assert asked() != before


async def test_cluster_api_while_it_is_upgraded_and_scaled(
    managing: ControlPlane,
    place: str,
    cluster_api: ClusterApiPlayer,
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def asked() -> tuple[str, int]:
        topology = cluster_api.all(CLUSTERS)[0]["spec"]["topology"]
        return topology["version"], topology["workers"]["machineDeployments"][0]["replicas"]

    async with making(managing, "cluster-api", place, tmp_path / "site", store) as work:
        done = await work.made(**CLUSTER_API)
        killer = Killer(work, tmp_path / "site", monkeypatch)
        for change in (Change(WorkKind.UPGRADE, version="v1.35.0"), Change(WorkKind.SCALE, pool="default", count=5)):
            await changed(cluster_api, killer, done, change, asked)
    assert asked() == ("v1.35.0", 5)
    assert of_cluster_api(cluster_api) == on_record(done)


async def test_crossplane_while_it_is_upgraded_and_scaled(
    managing: ControlPlane,
    account: str,
    crossplane: CrossplanePlayer,
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def asked() -> tuple[str, int, int]:
        found = crossplane.all(XRS)[0]["spec"]["parameters"]
        return found["version"], found["minNodes"], found["maxNodes"]

    async with making(managing, "crossplane", account, tmp_path / "site", store, provider_config=account) as work:
        done = await work.made(**SPECS["gcp"])
        killer = Killer(work, tmp_path / "site", monkeypatch)
        for change in (Change(WorkKind.UPGRADE, version="1.35"), Change(WorkKind.SCALE, pool="default", count=5)):
            await changed(crossplane, killer, done, change, asked)
    assert asked() == ("1.35", 5, 5)
    assert of_crossplane(crossplane) == on_record(done)


async def test_cluster_api_in_each_step(
    managing: ControlPlane,
    place: str,
    cluster_api: ClusterApiPlayer,
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with making(managing, "cluster-api", place, tmp_path / "site", store) as work:
        killer = Killer(work, tmp_path / "site", monkeypatch)
        await made_and_removed(cluster_api, killer, CLUSTER_API, partial(of_cluster_api, cluster_api))


@pytest.mark.parametrize("cloud", SPECS)
async def test_crossplane_in_each_step(
    managing: ControlPlane,
    cloud: str,
    account: str,
    crossplane: CrossplanePlayer,
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with making(managing, "crossplane", account, tmp_path / "site", store, provider_config=account) as work:
        killer = Killer(work, tmp_path / "site", monkeypatch)
        await made_and_removed(crossplane, killer, SPECS[cloud], partial(of_crossplane, crossplane))

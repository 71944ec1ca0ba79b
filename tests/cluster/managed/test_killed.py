"""Whoever works on a cluster of Cluster API or Crossplane is killed in each step, and another goes on."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.domain.creation import WorkState
from kubegenie_tui.store.store import Store
from tests.clouds.killing import Killer
from tests.clouds.making import Making
from tests.cluster.managed.cluster_api_player import CLUSTERS, DEPLOYMENTS, ClusterApiPlayer
from tests.cluster.managed.crossplane_player import XRS, CrossplanePlayer
from tests.cluster.managed.managing import making
from tests.cluster.managed.playing import Player, Where
from tests.cluster.managed.test_cluster_api import SPEC as CLUSTER_API
from tests.cluster.managed.test_crossplane import SPEC as CROSSPLANE
from tests.cluster.managed.test_crossplane import shared
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster


def names(player: Player, where: Where) -> list[str]:
    return [each["metadata"]["name"] for each in player.all(where)]


async def made_and_removed(
    work: Making, player: Player, killer: Killer, spec: dict[str, Any], there: Callable[[], list[str]]
) -> None:
    """Killed when the object of a step is there, before that is on record: with what is killed its record is lost."""
    player.seen = killer.at
    try:
        done = await killer.made(lambda: killer.moments[-1] if killer.moments else "", **spec)
        assert done.state is WorkState.DONE, done.message
        assert killer.moments == [each.key for each in done.steps]
        assert there() == ["shop"]
        await work.begin_removal(done)
        gone = await killer.seen_to(done)
    finally:
        killer.end()
    assert (gone.state, there()) == (WorkState.REMOVED, []), gone.message


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
        there = partial(names, cluster_api, CLUSTERS)
        await made_and_removed(work, cluster_api, killer, CLUSTER_API, there)
        assert not cluster_api.all(DEPLOYMENTS)


async def test_crossplane_in_each_step(
    managing: ControlPlane,
    account: str,
    crossplane: CrossplanePlayer,
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with making(managing, "crossplane", account, tmp_path / "site", store, provider_config=account) as work:
        killer = Killer(work, tmp_path / "site", monkeypatch)
        there = partial(names, crossplane, XRS)
        await made_and_removed(work, crossplane, killer, CROSSPLANE, there)
        assert not shared(crossplane)

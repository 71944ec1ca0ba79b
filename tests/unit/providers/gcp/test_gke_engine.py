"""The real engine makes clusters of Google's: whatever happens, what is there is on record, and all of it can go."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from google.cloud import container_v1 as gke

from kubegenie_tui.domain.creation import Change, Work, WorkKind, WorkState
from kubegenie_tui.domain.errors import SpecRefused
from kubegenie_tui.store.store import Store
from tests.clouds.declared import declare_ours
from tests.clouds.gke import BUSY, DENIED, NO_QUOTA, TOO_MANY, UNWELL, Gke, Refused
from tests.clouds.gke_inventory import inventory, on_record
from tests.clouds.killing import Killer
from tests.clouds.making import Making, making_in, store_with_safe
from tests.unit.providers.gcp.conftest import config, spec
from tests.unit.providers.gcp.walking import YES
from tests.wheels import on_the_path

ALL = {"shop", "shop/first", "shop/second"}


@pytest.fixture
async def store(home: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Store]:
    async with store_with_safe(monkeypatch) as store:
        yield store


SPEC: dict[str, Any] = {
    "name": "shop",
    "region": "europe-west1-b",
    "pools": [{"name": "first"}, {"name": "second", "size": "n2-standard-2", "count": 1}],
}


@pytest.fixture
async def making(store: Store, url: str, tmp_path: Path) -> AsyncIterator[Making]:
    with on_the_path(declare_ours(tmp_path / "site")):
        async with making_in(store, "gke", config(url), **SPEC) as making:
            yield making


def states(work: Work) -> list[str]:
    return [each.state.value for each in work.steps]


async def test_from_the_yes_to_a_registered_cluster_and_back(making: Making, google: Gke) -> None:
    work = await making.made()
    assert (work.state, states(work)) == (WorkState.DONE, ["done", "done"]), work.message
    assert inventory(google) == on_record(work) == ALL
    [registered] = await making.store.clusters.all()
    assert (registered.name, registered.origin) == ("shop", "gke")
    assert registered.endpoint is not None
    assert registered.endpoint.server == "https://203.0.113.7"
    assert registered.endpoint.plugin is not None
    assert registered.endpoint.plugin.arguments[-2:] == ("token", "gke")
    google.compute = {"aggregated/forwardingRules": [], "aggregated/disks": []}
    after = await making.removed(work)
    assert (after.state, inventory(google)) == (WorkState.REMOVED, set())
    assert not await making.store.clusters.all()


@pytest.mark.parametrize("fault", [TOO_MANY, BUSY, UNWELL])
@pytest.mark.parametrize("method", ["create_cluster", "create_node_pool", "get_operation"])
async def test_what_may_succeed_soon_is_tried_again(making: Making, google: Gke, fault: Refused, method: str) -> None:
    google.faults[method] = [fault, fault]
    work = await making.made()
    assert work.state is WorkState.DONE, work.message
    assert inventory(google) == on_record(work) == ALL


@pytest.mark.parametrize("method", ["create_cluster", "create_node_pool", "delete_node_pool", "delete_cluster"])
async def test_an_answer_that_is_lost_does_no_harm(making: Making, google: Gke, method: str) -> None:
    google.lost.add(method)
    work = await making.made()
    assert work.state is WorkState.DONE, work.message
    assert inventory(google) == on_record(work) == ALL
    assert (await making.removed(work)).state is WorkState.REMOVED
    assert inventory(google) == set()


@pytest.mark.parametrize(("fault", "said"), [(NO_QUOTA, "more quota"), (DENIED, "roles/container.admin")])
@pytest.mark.parametrize("method", ["create_cluster", "create_node_pool"])
async def test_what_is_refused_for_good_is_told_and_cleaned_up(
    making: Making, google: Gke, fault: Refused, said: str, method: str
) -> None:
    google.faults[method] = [fault]
    work = await making.made()
    assert work.state is WorkState.FAILED
    assert fault.message in work.message
    assert said in work.message
    assert google.asked.count(method) == 1
    assert inventory(google) == on_record(work)
    assert (await making.removed(work)).state is WorkState.REMOVED
    assert inventory(google) == set()


@pytest.mark.parametrize("method", ["create_cluster", "create_node_pool"])
async def test_what_failed_is_made_anew(making: Making, google: Gke, method: str) -> None:
    google.project.failures[method] = "no machines left"
    work = await making.made()
    assert work.state is WorkState.FAILED
    assert "no machines left" in work.message
    assert inventory(google) == on_record(work)
    again = await making.again(work)
    assert again.state is WorkState.DONE, again.message
    assert inventory(google) == on_record(again) == ALL
    assert google.asked.count(method) == 2


@pytest.mark.parametrize("method", ["create_cluster", "create_node_pool"])
async def test_what_failed_is_cleaned_up(making: Making, google: Gke, method: str) -> None:
    google.project.failures[method] = "no machines left"
    work = await making.made()
    assert work.state is WorkState.FAILED
    assert inventory(google) == on_record(work)
    assert (await making.removed(work)).state is WorkState.REMOVED
    assert inventory(google) == set()


DELETES = {"cluster": "delete_cluster", "pool/second": "delete_node_pool"}


@pytest.mark.parametrize("key", DELETES)
async def test_a_removal_that_fails_says_why_and_is_tried_again(making: Making, google: Gke, key: str) -> None:
    work = await making.made()
    google.project.failures[DELETES[key]] = "a firewall rule is in the way"
    failed = await asyncio.wait_for(making.removed(work), 20)
    assert (failed.state, "a firewall rule is in the way" in failed.message) == (WorkState.FAILED, True)
    again = await making.again(failed)
    assert again.state is WorkState.REMOVED, again.message
    assert inventory(google) == set()


@pytest.mark.parametrize("key", ["cluster", "pool/second"])
async def test_a_process_that_dies_is_followed_by_one_that_goes_on(making: Making, google: Gke, key: str) -> None:
    """It dies while the answer is on its way: what was asked for is there, and not on record."""
    method = {"cluster": "create_cluster", "pool/second": "create_node_pool"}[key]
    google.held[method] = asyncio.Event()
    work = await making.begin()
    await google.holding.wait()
    making.tasks[-1].cancel()
    await asyncio.gather(*making.tasks, return_exceptions=True)
    google.held.pop(method).set()
    died = await making.works.get(work.id)
    assert (died.state, died.step(key).made) == (WorkState.RUNNING, {})
    [broken] = await making.works.broken_off()
    assert broken.id == work.id
    after = await making.again(broken)
    assert after.state is WorkState.DONE, after.message
    assert google.asked.count(method) == 1
    assert inventory(google) == on_record(after) == ALL


@pytest.mark.parametrize("when", ["before", "after"])
async def test_killed_at_any_request_it_goes_on_and_nothing_is_made_twice(
    making: Making, google: Gke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """The process that works is killed when a request has arrived, or when it has had its effect."""
    killer = Killer(making, tmp_path / "site", monkeypatch)
    google.at = lambda moment: killer.at(moment) if moment.startswith(f"{when} create") else None
    try:
        after = await killer.made()
    finally:
        killer.end()
    assert after.state is WorkState.DONE, after.message
    assert inventory(google) == on_record(after) == ALL
    whats = ("create_cluster", "create_node_pool")
    assert killer.moments == [f"{when} {what}" for what in whats]


@pytest.mark.parametrize("when", ["before", "after"])
async def test_killed_while_it_is_removed_it_goes_on_and_nothing_is_left(
    making: Making, google: Gke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """Whoever removes is killed when a request has arrived, or when it has had its effect."""
    work = await making.made()
    theirs = google.project.clusters["europe-west1-b/theirs"] = gke.Cluster(name="theirs", status="RUNNING")
    killer = Killer(making, tmp_path / "site", monkeypatch)
    google.at = lambda moment: killer.at(moment) if moment.startswith(f"{when} delete") else None

    def nothing_is_forgotten(work: Work) -> None:
        assert inventory(google) - {"theirs"} == on_record(work)

    killer.found = nothing_is_forgotten
    try:
        after = await killer.removed(work)
    finally:
        killer.end()
    assert after.state is WorkState.REMOVED, after.message
    assert list(google.project.clusters.values()) == [theirs]
    assert not await making.store.clusters.all()
    whats = ("delete_node_pool", "delete_cluster")
    assert killer.moments == [f"{when} {what}" for what in whats]
    assert [google.asked.count(what) for what in whats] == [1, 1]


async def test_killed_while_it_is_upgraded_or_scaled_it_goes_on_and_nothing_is_upgraded_twice(
    making: Making, google: Gke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was asked for has had its effect, and whoever asked is no more."""
    work = await making.made(version="1.33.5-gke.900")
    [newest, *_] = await making.works.versions(work)
    killer = Killer(making, tmp_path / "site", monkeypatch)
    whats = ("update_cluster", "update_node_pool", "set_node_pool_size")
    google.at = lambda moment: killer.at(moment) if moment.removeprefix("after ") in whats else None
    try:
        upgraded = await killer.changed(work, Change(WorkKind.UPGRADE, version=newest.value))
        assert upgraded.state is WorkState.DONE, upgraded.message
        assert killer.moments == ["after update_cluster", "after update_node_pool"]
        scaled = await killer.changed(work, Change(WorkKind.SCALE, pool="second", count=3))
        assert (scaled.state, killer.moments) == (WorkState.DONE, ["after set_node_pool_size"]), scaled.message
    finally:
        killer.end()
    assert [google.asked.count(what) for what in whats[:2]] == [1, 2]
    [cluster] = google.project.clusters.values()
    assert {cluster.current_master_version, *(each.version for each in cluster.node_pools)} == {newest.value}
    assert list(google.project.sizes.values()) == [3]
    assert google.project.under == []
    assert inventory(google) == on_record(work) == ALL


async def test_a_person_stops_it_and_cleans_up(making: Making, google: Gke) -> None:
    google.project.polls = 30
    work = await making.begin()
    await google.began.wait()
    await making.works.stop(work.id)
    stopped = await making.ended()
    assert stopped.state is WorkState.STOPPED
    assert inventory(google) == on_record(stopped) == {"shop", "shop/first"}
    google.project.under[0].polls = 4
    assert (await making.removed(stopped)).state is WorkState.REMOVED
    assert inventory(google) == set()


async def test_what_is_not_ours_stays(making: Making, google: Gke) -> None:
    wanted = spec()
    maker = await making.works.makers.open("gke", making.config)
    outline = await making.works.review(maker, wanted.model_dump())
    theirs = await maker.provider.steps(wanted, "theirs")
    await theirs[0].make({}, YES)
    await making.works.begin(maker, wanted.model_dump(), outline, "shop")
    work = await making.ended()
    assert work.state is WorkState.FAILED
    assert "has that name already" in work.message
    await making.removed(work)
    assert inventory(google) == {"shop", "shop/first"}
    with pytest.raises(SpecRefused, match="There is a cluster shop already"):
        await making.begin()


async def test_it_is_upgraded_and_scaled(making: Making, google: Gke) -> None:
    work = await making.made(version="1.33.5-gke.900")
    [first, *_] = await making.works.versions(work)
    for change in (
        Change(WorkKind.UPGRADE, version=first.value),
        Change(WorkKind.SCALE, pool="second", count=3),
    ):
        maker, outline = await making.works.review_change(work, change)
        await making.works.begin_change(maker, work, change, outline, "shop")
        after = await making.ended()
        assert after.state is WorkState.DONE, after.message
    (cluster,) = google.project.clusters.values()
    assert {cluster.current_master_version, *(each.version for each in cluster.node_pools)} == {first.value}
    assert list(google.project.sizes.values()) == [3]


async def test_nothing_secret_is_on_record(making: Making) -> None:
    work = await making.made()
    kept = json.dumps([work.config, *(each.made for each in work.steps)])
    assert "token" not in kept
    assert "BEGIN" not in kept

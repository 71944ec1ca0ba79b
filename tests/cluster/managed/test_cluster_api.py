"""Clusters of Cluster API: made of a ClusterClass, reached, changed and removed by way of a real API server."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from kubernetes import client

from kubegenie_tui.domain.creation import Bounds, Change, StepState, WorkKind, WorkState
from kubegenie_tui.domain.errors import KubeconfigError, PermissionMissing, ProviderError, SpecRefused
from kubegenie_tui.providers.cluster_api.provider import ClusterApiProvider
from kubegenie_tui.providers.managing_config import ManagingConfig
from kubegenie_tui.store.store import Store
from tests.clouds.making import Making
from tests.cluster.keyboard import until
from tests.cluster.managed.cluster_api_player import CLASSES, CLUSTERS, FINALIZER, ClusterApiPlayer
from tests.cluster.managed.limited import Limited
from tests.cluster.managed.managing import making
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster
POOL = {"name": "default", "worker_class": "small", "count": 2}
SPEC: dict[str, Any] = {
    "name": "shop",
    "cluster_class": "quick",
    "version": "1.34.2",
    "pools": [POOL],
    "variables": 'region=north release=1.30 zones=\'["a","b"]\'',
    "pod_range": "10.244.0.0/16",
}


@pytest.fixture
def player(cluster_api: ClusterApiPlayer) -> ClusterApiPlayer:
    return cluster_api


@pytest.fixture
async def work(
    managing: ControlPlane, place: str, player: ClusterApiPlayer, store: Store, tmp_path: Path
) -> AsyncIterator[Making]:
    async with making(managing, "cluster-api", place, tmp_path / "site", store) as work:
        yield work


def provider(managing: ControlPlane, place: str, context: str = "") -> ClusterApiProvider:
    where = {"kubeconfig": managing.kubeconfig, "context": context or managing.name, "namespace": place}
    return ClusterApiProvider(ManagingConfig.model_validate(where))


async def test_from_the_yes_to_a_registered_cluster_and_back(
    work: Making, player: ClusterApiPlayer, managing: ControlPlane, place: str
) -> None:
    done = await work.made(**SPEC)
    assert done.state is WorkState.DONE, done.message
    assert done.made["cluster"]["endpoint"] == "https://10.0.0.7:6443"
    [there] = player.all(CLUSTERS)
    assert there["metadata"]["labels"] == {"kubegenie-work": done.id}
    assert there["spec"]["topology"] == {
        "classRef": {"name": "quick"},
        "version": "v1.34.2",
        "controlPlane": {"replicas": 3},
        "workers": {"machineDeployments": [{"class": "small", "name": "default", "replicas": 2}]},
        "variables": [
            {"name": "region", "value": "north"},
            {"name": "release", "value": "1.30"},
            {"name": "zones", "value": ["a", "b"]},
        ],
    }
    [registered] = await work.store.clusters.all()
    assert registered.endpoint is not None
    assert (registered.name, registered.endpoint.server) == ("shop", player.server)
    [listed] = await provider(managing, place).list_clusters()
    assert (listed.name, listed.version, listed.state) == ("shop", "v1.34.2", "Provisioned")
    assert (await work.removed(done)).state is WorkState.REMOVED
    assert not player.all(CLUSTERS)
    assert not await work.store.clusters.all()


async def test_what_is_not_ready_is_told_in_full(work: Making, player: ClusterApiPlayer) -> None:
    why = "* MachineDeployment shop-default: 0 of 2 machines are there, for the quota of instances in north is used up"
    player.broken["WorkersAvailable"] = why
    begun = await work.begin(**SPEC)
    told = await work.says(begun, "quota of instances")
    assert told.steps[0].phase.startswith("Provisioned · ")
    assert told.steps[0].phase.endswith(f" · WorkersAvailable: {why.removeprefix('* ')}")
    player.broken.clear()
    assert (await work.ended()).state is WorkState.DONE


async def test_workers_are_not_waited_for_when_nothing_makes_them_ready_yet(
    work: Making, player: ClusterApiPlayer
) -> None:
    player.broken["WorkersAvailable"] = "no network plugin"
    assert (await work.made(**SPEC, wait_for_workers=False)).state is WorkState.DONE


async def test_what_cluster_api_calls_terminal_fails(work: Making, player: ClusterApiPlayer) -> None:
    player.broken["InfrastructureReady"] = "no such region"
    player.failure = "the region nowhere does not exist"
    done = await work.made(**SPEC)
    assert done.state is WorkState.FAILED
    assert "the region nowhere does not exist" in done.message


async def test_killed_in_the_middle_it_is_found_again(work: Making, player: ClusterApiPlayer) -> None:
    player.broken["InfrastructureReady"] = "still coming"
    begun = await work.begin(**SPEC)
    await work.says(begun, "still coming")
    await work.die()
    kept = await work.works.get(begun.id)
    forgotten = msgspec.structs.replace(kept, steps=(msgspec.structs.replace(kept.steps[0], made={}),))
    await work.store.works.save(forgotten)
    player.broken.clear()
    await work.works.go_on(begun.id)
    done = await work.ended()
    assert (done.state, len(player.all(CLUSTERS))) == (WorkState.DONE, 1), done.message


async def test_what_keeps_it_from_going_is_told(work: Making, player: ClusterApiPlayer) -> None:
    done = await work.made(**SPEC)
    player.holding = "* Machine shop-1 is not gone: its volume is attached"
    await work.begin_removal(done)
    told = await work.says(done, "volume is attached")
    assert told.steps[0].state is StepState.REMOVING
    player.holding = ""
    assert (await work.ended()).state is WorkState.REMOVED


async def test_a_cluster_of_others_is_left_alone(work: Making, player: ClusterApiPlayer) -> None:
    theirs = {"classRef": {"name": "quick"}, "version": "v1.34.2"}
    body = {
        "apiVersion": "cluster.x-k8s.io/v1beta2",
        "kind": "Cluster",
        "metadata": {"name": "shop"},
        "spec": {"topology": theirs},
    }
    maker = await work.works.makers.open("cluster-api", work.config)
    outline = await work.works.review(maker, SPEC)
    await asyncio.to_thread(player.create, CLUSTERS, body)
    with pytest.raises(SpecRefused, match="already"):
        await work.review(**SPEC)
    await work.works.begin(maker, SPEC, outline, "shop")
    done = await work.ended()
    assert "has that name already" in done.message
    assert (await work.removed(done)).state is WorkState.REMOVED
    assert player.all(CLUSTERS)[0]["metadata"]["finalizers"] == [FINALIZER]


async def test_upgraded_and_scaled(work: Making, player: ClusterApiPlayer, managing: ControlPlane, place: str) -> None:
    done = await work.made(**SPEC)
    assert [each.value for each in await provider(managing, place).versions("shop")] == ["v1.35.0"]
    for change in (Change(WorkKind.UPGRADE, version="v1.35.0"), Change(WorkKind.SCALE, pool="default", count=5)):
        after = await work.changed(done, change)
        assert after.state is WorkState.DONE, after.message
    topology = player.all(CLUSTERS)[0]["spec"]["topology"]
    assert (topology["version"], topology["workers"]["machineDeployments"][0]["replicas"]) == ("v1.35.0", 5)
    with pytest.raises(ProviderError, match="has no pool gpu"):
        await work.changed(done, Change(WorkKind.SCALE, pool="gpu", count=5))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (Change(WorkKind.UPGRADE, version="1.33.0"), "v1.33.0 does not follow v1.34.2 · its class makes v1.35.0"),
        (Change(WorkKind.UPGRADE, version="1.36.0"), "v1.36.0 does not follow v1.34.2 · its class makes v1.35.0"),
        (Change(WorkKind.UPGRADE, version="newest"), '"vnewest" is no version'),
        (Change(WorkKind.UPGRADE, version="1.34.2"), "shop asks for that already"),
        (Change(WorkKind.SCALE, pool="default", count=2), "shop asks for that already"),
        (Change(WorkKind.SCALE, pool="default", count=-1), "A pool has no -1 nodes · it has 0 to 1000"),
    ],
)
async def test_what_cannot_be_changed_is_refused_before_anything_is_asked_for(
    work: Making, player: ClusterApiPlayer, change: Change, why: str
) -> None:
    done = await work.made(**SPEC)
    with pytest.raises(SpecRefused, match=why):
        await work.works.review_change(done, change)


async def test_what_the_topology_has_not_heard_of_yet_is_not_done(work: Making, player: ClusterApiPlayer) -> None:
    done = await work.made(**SPEC)
    player.is_behind = True
    change = Change(WorkKind.SCALE, pool="default", count=5)
    maker, outline = await work.works.review_change(done, change)
    begun = await work.works.begin_change(maker, done, change, outline, "shop")
    await work.says(begun, "TopologyReconciled: not told anew yet")
    player.is_behind = False
    assert (await work.ended()).state is WorkState.DONE


async def test_a_class_that_names_no_versions_goes_one_minor_version_at_a_time(
    work: Making, player: ClusterApiPlayer, managing: ControlPlane, place: str
) -> None:
    done = await work.made(**SPEC)
    player.merge(CLASSES, "quick", {"spec": {"kubernetesVersions": None}})
    [offered] = await provider(managing, place).versions("shop")
    assert offered.value == "v1.35.0"
    with pytest.raises(SpecRefused, match=r"v1.36.0 does not follow v1.34.2 · .* one minor version at a time"):
        await work.works.review_change(done, Change(WorkKind.UPGRADE, version="1.36.0"))
    await work.works.review_change(done, Change(WorkKind.UPGRADE, version=offered.value))


async def test_the_server_and_the_cluster_are_asked_before_a_change(
    work: Making,
    player: ClusterApiPlayer,
    managing: ControlPlane,
    managing_api: client.ApiClient,
    place: str,
    tmp_path: Path,
) -> None:
    done = await work.made(**SPEC)
    upgrade = Change(WorkKind.UPGRADE, version="v1.35.0")
    person = Limited(managing, managing_api, place, tmp_path)
    person.may({"clusters.cluster.x-k8s.io": "get", "clusterclasses.cluster.x-k8s.io": "get"})
    config = {**work.config, "kubeconfig": str(person.kubeconfig)}
    with pytest.raises(PermissionMissing, match="patch clusters"):
        await work.works.review_change(msgspec.structs.replace(done, config=config), upgrade)
    [there] = player.all(CLUSTERS)
    player.delete(CLUSTERS, "shop")
    await until(lambda: not player.all(CLUSTERS))
    with pytest.raises(ProviderError, match="There is no Cluster shop"):
        await work.works.review_change(done, upgrade)
    player.create(
        CLUSTERS, {**{key: there[key] for key in ("apiVersion", "kind", "spec")}, "metadata": {"name": "shop"}}
    )
    with pytest.raises(ProviderError, match="another cluster than the one that was made"):
        await work.works.review_change(done, upgrade)


async def test_a_pool_scales_itself_between_bounds(work: Making, player: ClusterApiPlayer) -> None:
    others = {"name": "batch", "worker_class": "small", "autoscale": True, "minimum": 2, "maximum": 6}
    done = await work.made(**{**SPEC, "pools": [POOL, others]})
    assert done.state is WorkState.DONE, done.message
    assert bounds(player) == [({}, 2), ({"min": "2", "max": "6"}, None)]
    with pytest.raises(SpecRefused, match="scales itself"):
        await work.changed(done, Change(WorkKind.SCALE, pool="batch", count=5))
    for pool in ("batch", "default"):
        after = await work.changed(done, Change(WorkKind.SCALE, pool=pool, bounds=Bounds(3, 9)))
        assert after.state is WorkState.DONE, after.message
    assert bounds(player) == [({"min": "3", "max": "9"}, None)] * 2


def bounds(player: ClusterApiPlayer) -> list[tuple[dict[str, str], int | None]]:
    """What the server has of each pool: its bounds, and its number of nodes."""
    pools = player.all(CLUSTERS)[0]["spec"]["topology"]["workers"]["machineDeployments"]
    said = [(each.get("metadata", {}).get("annotations", {}), each.get("replicas")) for each in pools]
    start, end = "cluster.x-k8s.io/cluster-api-autoscaler-node-group-", "-size"
    return [({k.removeprefix(start).removesuffix(end): v for k, v in found.items()}, count) for found, count in said]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"cluster_class": "slow"}, "cluster_class"),
        ({"version": "1.20.0"}, "version"),
        ({"pools": [{**POOL, "worker_class": "huge"}]}, "pools.0.worker_class"),
        ({"pools": [{**POOL, "autoscale": True, "minimum": 9}]}, "pools.0.minimum"),
        ({"variables": ""}, "variables"),
        ({"variables": "region=north colour=blue"}, "variables"),
        ({"control_planes": 2}, "control_planes"),
        ({"pod_range": "many"}, "pod_range"),
    ],
)
async def test_what_cannot_be_made_is_refused_by_its_field(work: Making, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(SpecRefused) as told:
        await work.review(**{**SPEC, **wrong})
    assert told.value.field == field


async def test_choices_come_from_the_classes(managing: ControlPlane, player: ClusterApiPlayer, place: str) -> None:
    ours = provider(managing, place)
    asked = [await ours.choices(each, {"cluster_class": "quick"}) for each in ("cluster_class", "version", "name")]
    assert [[each.value for each in some] for some in asked] == [["quick"], ["v1.35.0", "v1.34.2"], []]
    assert [each.value for each in await ours.choices("pools.worker_class", {"cluster_class": "quick"})] == ["small"]
    more = await ours.choices("variables", {"cluster_class": "quick", "variables": "release=1.30"})
    assert [(each.value, each.label) for each in more] == [
        ("release=1.30 region=", "string, required"),
        ("release=1.30 zones=", "array"),
    ]


async def test_nobody_is_asked_for_the_choices_of_what_has_none(managing: ControlPlane, place: str) -> None:
    nobody = provider(managing, place, f"{managing.name}-nobody")
    assert await nobody.choices("name", {"cluster_class": "quick"}) == []
    assert await nobody.choices("version", {"cluster_class": ""}) == []


async def test_a_namespace_that_is_not_there_is_told_at_the_check_and_the_review(
    work: Making, managing: ControlPlane
) -> None:
    why = f"There is no namespace nowhere in {managing.name} · `kubectl create namespace nowhere` makes it"
    with pytest.raises(ProviderError, match=why):
        await provider(managing, "nowhere").identify()
    work.config["namespace"] = "nowhere"
    with pytest.raises(ProviderError, match=why):
        await work.review(**SPEC)
    assert (await provider(managing, "nowhere", f"{managing.name}-nobody").identify()).missing


async def test_who_we_are_and_what_we_may_not(managing: ControlPlane, place: str) -> None:
    admin, nobody = [await provider(managing, place, f"{managing.name}{each}").identify() for each in ("", "-nobody")]
    assert (admin.missing, admin.unknown) == ((), "")
    assert "create clusters.cluster.x-k8s.io" in nobody.missing
    assert "get secrets" in nobody.missing
    assert nobody.who


async def test_without_a_kubeconfig_nothing_is_registered(
    managing: ControlPlane, place: str, managing_api: client.ApiClient
) -> None:
    body = {"metadata": {"name": "shop-kubeconfig"}, "data": {"value": "aGVsbG8="}}
    client.CoreV1Api(managing_api).create_namespaced_secret(place, body)
    with pytest.raises(KubeconfigError, match=f"Secret {place}/shop-kubeconfig"):
        await provider(managing, place).kubeconfig("shop")

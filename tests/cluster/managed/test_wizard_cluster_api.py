"""What is read when the cluster that Cluster API runs on is against it, and what lies there then and afterwards."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest
from kubernetes import client

from kubegenie_tui.domain.creation import WorkState
from tests.cluster.managed.cluster_api_player import CLUSTERS, ClusterApiPlayer
from tests.cluster.managed.inventories import of_cluster_api, on_record
from tests.cluster.managed.limited import Limited
from tests.cluster.managed.quotas import Quota
from tests.cluster.managed.throttling import CONTEXT, Throttling
from tests.control_plane import ControlPlane
from tests.ui.on_demo import OnDemo
from tests.ui.wizarding import (
    begun,
    checked,
    cleaned_up,
    ended,
    filled,
    listed,
    looked_through,
    named,
    only_one,
    reads,
    reviewed,
)

pytestmark = pytest.mark.cluster
KIND = "clusters.cluster.x-k8s.io"
RIGHTS = {KIND: "get list create patch delete", "clusterclasses.cluster.x-k8s.io": "get list", "secrets": "get"}
"""Those that the check of the wizard looks for."""
CLUSTER = "Cluster shop v1.34.2 of the class quick"
PAGES = ("Cluster (1 of 4)", "Network (2 of 4)", "Node pools (3 of 4)")


class Managed(NamedTuple):
    """A managing cluster in front of somebody with the rights that it takes, and no more."""

    demo: OnDemo
    player: ClusterApiPlayer
    person: Limited
    config: dict[str, str]

    @property
    def inventory(self) -> set[str]:
        return of_cluster_api(self.player)


@pytest.fixture
async def managed(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    managing: ControlPlane,
    managing_api: client.ApiClient,
    place: str,
    cluster_api: ClusterApiPlayer,
) -> AsyncIterator[Managed]:
    person = Limited(managing, managing_api, place, tmp_path)
    person.may(RIGHTS)
    config = {"kubeconfig": str(person.kubeconfig), "context": managing.name, "namespace": place}
    async with listed(tmp_path, monkeypatch, "a phrase") as demo:
        yield Managed(demo, cluster_api, person, config)


async def described(managed: Managed, *said: str, who: str = "") -> None:
    """From the list of clusters to what follows the last page about a cluster called shop."""
    words = said or ("Every permission that it takes is there",)
    await checked(managed.demo, "cluster-api", managed.config, f"We are {who or managed.person.name}", *words)
    told = {"name": "shop", "cluster_class": "quick", "version": "1.34.2", "variables": "region=north"}
    await filled(managed.demo, "cluster-api: Cluster (1 of 4)", **told)
    await filled(managed.demo, "cluster-api: Network (2 of 4)")
    await only_one(managed.demo, "cluster-api: Node pools (3 of 4)", worker_class="small")


async def begun_anew(managed: Managed) -> None:
    await described(managed)
    await reviewed(managed.demo, CLUSTER)
    await begun(managed.demo, "shop")


async def test_a_right_is_missing_at_the_check_the_review_the_step_and_the_removal(managed: Managed) -> None:
    demo, person = managed.demo, managed.person
    person.may_not("create", KIND)
    warned = "The steps that need these will fail. Have them granted, and ask again with r."
    await described(managed, f"✖ Permission missing: create {KIND}", warned)
    await demo.until_shown(f"Not allowed to create {KIND}")
    person.may_too("create", KIND)
    await filled(demo, "cluster-api: Node pools (3 of 4)")
    await reviewed(demo, CLUSTER)
    person.may_not("create", KIND)
    await begun(demo, "shop")
    work = await ended(demo, "✖ failed", CLUSTER, f"Not allowed to create {KIND}", person.name, "r tries it again")
    assert managed.inventory == on_record(work) == set()
    person.may({**RIGHTS, KIND: "get list create patch"})
    await demo.pilot.press("r")
    await reads(demo, "● done", "shop is in the list of clusters")
    await looked_through(demo, "shop", "1 step", "remove what Cluster cluster.x-k8s.io/v1beta2 made")
    work = await ended(demo, "✖ failed", f"Not allowed to delete {KIND}", "r tries it again: what is left")
    assert managed.inventory == on_record(work) == {"Cluster shop"}
    person.may(RIGHTS)
    await demo.pilot.press("r")
    await reads(demo, "Removing shop", "○ removed", "What this work made of these is gone")
    assert managed.inventory == set()


async def test_a_quota_is_used_up_at_the_review_and_the_step(managed: Managed) -> None:
    demo, quota = managed.demo, Quota(managed.player, KIND)
    used = f"full: 1 of 1 count/{KIND} used, 1 more asked for"
    quota.leave(0)
    await described(managed)
    await demo.until(lambda: [each for each in demo.app._notifications if used in each.message])
    quota.leave(1)
    await filled(demo, "cluster-api: Node pools (3 of 4)")
    await reviewed(demo, CLUSTER)
    quota.leave(0)
    await begun(demo, "shop")
    said = f"A quota of the namespace has no room for {KIND}", used, "free some of it, or have the quota raised"
    work = await ended(demo, "✖ failed", CLUSTER, *said, "r tries it again")
    assert managed.inventory == on_record(work) == set()
    quota.leave(1)
    await demo.pilot.press("r")
    await reads(demo, "● done", "shop is in the list of clusters")
    assert managed.inventory == on_record(await demo.app.services.works.get("shop")) == {"Cluster shop"}


async def test_a_quota_that_is_not_counted_yet_is_tried_again(
    managed: Managed, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo, quota = managed.demo, Quota(managed.player, KIND)
    monkeypatch.setenv("KUBEGENIE_PROVISION_LOOK_SECONDS", "0.5")
    await described(managed)
    await reviewed(demo, CLUSTER)
    quota.leave_uncounted()
    await begun(demo, "shop")
    await reads(demo, f"◐ {CLUSTER}", "is tried again", "status unknown for quota: full")
    assert managed.inventory == set()
    quota.leave(1)
    await reads(demo, "● done", "shop is in the list of clusters")
    assert managed.inventory == on_record(await demo.app.services.works.get("shop")) == {"Cluster shop"}


async def test_a_server_that_is_too_busy_is_asked_again(
    managed: Managed, managing: ControlPlane, tmp_path: Path
) -> None:
    demo, front = managed.demo, Throttling(managing, managed.player.server, tmp_path)
    async with front.serving():
        managed.config.update(kubeconfig=str(front.kubeconfig), context=CONTEXT)
        await described(managed, who="admin")
        await reviewed(demo, CLUSTER)
        front.refuse({"POST /clusters": 1})
        await begun(demo, "shop")
        await reads(demo, f"◐ {CLUSTER}", "is tried again: The server asks for fewer requests (429)")
        await reads(demo, "● done", "shop is in the list of clusters")
        assert (front.left.total(), managed.inventory) == (0, {"Cluster shop"})


async def test_a_name_is_taken_before_or_meanwhile(managed: Managed) -> None:
    demo, player = managed.demo, managed.player
    theirs = {
        "apiVersion": "cluster.x-k8s.io/v1beta2",
        "kind": "Cluster",
        "metadata": {"name": "shop"},
        "spec": {"topology": {"classRef": {"name": "quick"}, "version": "v1.34.2"}},
    }
    player.create(CLUSTERS, theirs)
    await described(managed)
    await named(demo, "cluster-api: Cluster (1 of 4)", "name", "shop", "There is a Cluster shop already")
    player.delete(CLUSTERS, "shop")
    await demo.until(lambda: not managed.inventory)
    for page in PAGES:
        await filled(demo, f"cluster-api: {page}")
    await reviewed(demo, CLUSTER)
    player.create(CLUSTERS, theirs)
    await begun(demo, "shop")
    said = "something has that name already", "it does not carry the tag of this work", "choose another name"
    work = await ended(demo, "✖ failed", CLUSTER, *said)
    assert (managed.inventory, on_record(work)) == ({"Cluster shop"}, set())
    await cleaned_up(demo, "shop", "1 step", "remove it only if this work made it")
    await reads(demo, "left alone: this work did not make it")
    assert managed.inventory == {"Cluster shop"}


async def test_a_machine_fails_and_it_is_stopped_and_cleaned_up(managed: Managed) -> None:
    demo, player = managed.demo, managed.player
    player.no_machine = why = "InsufficientInstanceCapacity: there is no t3.large in north"
    await begun_anew(managed)
    worker = f"WorkerMachinesReady: Machine shop-default-1: InfrastructureReady: {why}"
    await reads(demo, f"◐ {CLUSTER}", "Provisioned", "0 available replicas, at least 1 required", worker)
    await demo.pilot.press("s")
    work = await ended(demo, "stopped", "The work was stopped · go on with it, or clean up", f"○ {CLUSTER}")
    assert managed.inventory == on_record(work) == {"Cluster shop"}
    player.holding = "* Machine shop-default-1: its volume is attached"
    await looked_through(demo, "shop", "1 step", "remove what Cluster cluster.x-k8s.io/v1beta2 made")
    await reads(demo, "Removing shop", "Deleting: Machine shop-default-1: its volume is attached")
    player.holding = ""
    await reads(demo, "○ removed", "What this work made of these is gone")
    assert managed.inventory == set()
    assert (await demo.app.services.works.get("shop")).state is WorkState.REMOVED

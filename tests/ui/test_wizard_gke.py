"""Clusters of Google's from the first key of the wizard to their rows, and what is read when Google is against it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest
from google.cloud.container_v1 import Cluster

from kubegenie_tui.domain.creation import WorkState
from kubegenie_tui.providers.gcp.identity import PERMISSIONS
from kubegenie_tui.screens.costs import CostsScreen
from kubegenie_tui.screens.form import FormRow
from kubegenie_tui.screens.wizard_review import WizardReview
from kubegenie_tui.screens.work import CLEAN_UP
from tests.clouds.api_front import Front, api_server
from tests.clouds.gke import DENIED, NO_QUOTA, TOO_MANY, VERSIONS, Gke, Refused
from tests.clouds.gke_inventory import inventory, on_record
from tests.clouds.google_key import key_of
from tests.ui.costing import at_the_costs, looked_before, stood_on
from tests.ui.on_demo import OnDemo
from tests.ui.wizarding import (
    at,
    begun,
    checked,
    cleaned_up,
    ended,
    filled,
    known,
    listed,
    made,
    named,
    opened,
    reads,
    reviewed,
    rows,
    type_in,
)
from tests.unit.kube.loopback import serve

ZONE = "europe-west1-b"
MAY_NOT_UPDATE = Refused(403, "PERMISSION_DENIED", 'Required "container.clusters.update" permission(s) for "shop".')
CLUSTER, POOL = "Cluster shop in europe-west1-b", "Node pool second: 1 x n2-standard-2"


class Google(NamedTuple):
    """Google in front of a person."""

    demo: OnDemo
    cloud: Gke
    url: str

    @property
    def config(self) -> dict[str, str]:
        return {
            "project": "shop-1234",
            **dict.fromkeys(("endpoint", "compute_endpoint", "projects_endpoint"), self.url),
        }

    @property
    def inventory(self) -> set[str]:
        return inventory(self.cloud)

    @property
    def versions(self) -> list[str]:
        """Of the one cluster, and of its pools."""
        [cluster] = self.cloud.project.clusters.values()
        return [cluster.current_master_version, *(each.version for each in cluster.node_pools)]

    def made_by_others(self) -> None:
        self.cloud.project.clusters[f"{ZONE}/shop"] = Cluster(name="shop", location=ZONE, status="RUNNING")


@pytest.fixture
async def google(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Google]:
    """A project in which we may do everything, and in which no cluster left anything behind."""
    cloud = Gke()
    cloud.permitted, cloud.token = set(PERMISSIONS), "token-of-google"
    cloud.compute = {"aggregated/forwardingRules": [], "aggregated/disks": []}
    async with serve(cloud.answer) as url, listed(tmp_path, monkeypatch) as demo:
        yield Google(demo, cloud, url)


def of_google(front: Front) -> None:
    """Its nodes are machines of Google, and its version is one that is charged more for."""
    front.cluster.version = "v1.33.5-gke.900"
    for node in list(front.cluster.list("nodes")):
        spec = {**node["spec"], "providerID": f"gce://shop-1234/{ZONE}/{node['metadata']['name']}"}
        front.cluster.replace({**node, "spec": spec})


async def described(demo: OnDemo, **more: str) -> None:
    """From the first page about the cluster to the review of one called shop, with a second pool."""
    await filled(demo, "gke: Cluster (1 of 4)", name="shop", region=ZONE, **more)
    await filled(demo, "gke: Network (2 of 4)")
    await at(demo, "gke: Node pools (3 of 4)")
    await demo.pilot.press("up", "enter")
    await filled(demo, "Node pools: one of them", name="second", size="n2-standard-2", count="1")
    await at(demo, "gke: Node pools (3 of 4)")
    await demo.pilot.press("down", "down", "enter")


async def begun_anew(google: Google, **more: str) -> None:
    await known(google.demo, "gke", google.config, "anonymous")
    await described(google.demo, **more)
    await reviewed(google.demo, CLUSTER, POOL, "container:CreateNodePool")
    await begun(google.demo, "shop")


async def test_from_the_first_key_to_the_opened_cluster(
    google: Google, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo, cloud = google.demo, google.cloud
    async with api_server(tmp_path / "ca") as front:
        front.takes = lambda token: token == cloud.token
        of_google(front)
        cloud.project.endpoint, cloud.project.authority = front.host, front.authority
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key_of(f"{google.url}/token", tmp_path)))
        await known(demo, "gke", google.config, "anonymous")
        await filled(demo, "gke: Cluster (1 of 4)", name="shop", region=ZONE)
        await filled(demo, "gke: Network (2 of 4)")
        await filled(demo, "gke: Node pools (3 of 4)")
        await reviewed(demo, CLUSTER, "container:CreateCluster", "prices of 2024-11-07", "authorized networks")
        await reviewed(demo, "Not cleaned up")
        await made(demo, "shop")
        assert list(cloud.project.clusters) == [f"{ZONE}/shop"]
        await opened(demo, "shop")
        monkeypatch.setattr("kubegenie_tui.costs.whole.IDLE_CLUSTER", 2.0)
        monkeypatch.setattr("kubegenie_tui.costs.idle.SETTLED_SECONDS", 0)
        await looked_before(demo, "shop")
        await at_the_costs(demo)
        await demo.until_shown("The cluster does next to nothing")
        await stood_on(demo, "The cluster does next to nothing")
        await demo.until(lambda: demo.app.screen.check_action("show_plan", ()))
        await demo.pilot.press("enter")
        await demo.until(lambda: isinstance(demo.app.screen, WizardReview) and demo.app.focused)
        await reads(demo, "Remove shop", "remove what container:CreateCluster made")
        await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.screen, CostsScreen))
        await demo.until_shown("365.00  Kubernetes 1.33 is past its standard support")
        await stood_on(demo, "Kubernetes 1.33 is past its standard support")
        await demo.until_shown("one minor version after the other: `kubegenie provision upgrade`")
        await demo.pilot.press("enter")
        await demo.until_shown("Upgrade shop to")


async def test_a_permission_is_missing_and_then_the_quota_is_used_up_until_there_is_more(google: Google) -> None:
    demo, cloud, create = google.demo, google.cloud, "container.clusters.create"
    cloud.permitted = set(PERMISSIONS) - {create}
    cloud.faults = {"create_cluster": [DENIED, NO_QUOTA], "create_node_pool": [NO_QUOTA, TOO_MANY, TOO_MANY]}
    warned = "The steps that need these will fail. Have them granted, and ask again with r."
    await checked(demo, "gke", google.config, "We are anonymous", f"✖ Permission missing: {create}", warned)
    await described(demo)
    await reviewed(demo, CLUSTER)
    await begun(demo, "shop")
    said = "shop was not made", DENIED.message, "ask for a role that allows it: roles/container.admin"
    work = await ended(demo, "✖ failed", *said, "r tries it again")
    assert google.inventory == on_record(work, "default") == set()
    for step, there in (("shop was not made", set()), ("The pool second was not made", {"shop", "shop/default"})):
        await demo.pilot.press("r")
        said = step, "Insufficient regional quota", "ask for less, take another region, or ask Google for more quota"
        await reads(demo, *said)
        work = await ended(demo, "✖ failed", "r tries it again")
        assert google.inventory == on_record(work, "default") == there
    await demo.pilot.press("r")
    await reads(demo, "● done", "shop is in the list of clusters")
    [work] = await demo.app.services.works.all()
    assert google.inventory == on_record(work, "default") == {"shop", "shop/default", "shop/second"}
    assert (cloud.asked.count("create_cluster"), cloud.asked.count("create_node_pool")) == (3, 4)
    await cleaned_up(demo, "shop", "2 steps", "remove what container:CreateCluster made")
    assert google.inventory == set()


async def test_too_many_requests_are_sent_again_and_then_a_pool_fails(google: Google) -> None:
    demo, cloud = google.demo, google.cloud
    cloud.faults = {"create_cluster": [TOO_MANY, TOO_MANY]}
    cloud.held = {"create_cluster": asyncio.Event()}
    cloud.project.failures["create_node_pool"] = "n2-standard-2 is not to be had in europe-west1-b."
    await begun_anew(google)
    await reads(demo, f"◐ {CLUSTER}", f"is tried again: shop was not made · {TOO_MANY.message}")
    cloud.held["create_cluster"].set()
    said = "n2-standard-2 is not to be had in europe-west1-b.", "try again, or clean up"
    work = await ended(demo, "✖ failed", f"● {CLUSTER}", f"{POOL} · failed", *said)
    assert cloud.asked.count("create_cluster") == 3
    assert google.inventory == on_record(work, "default") == {"shop", "shop/default", "shop/second"}
    await cleaned_up(demo, "shop", "2 steps", "remove what container:CreateNodePool made")
    assert google.inventory == set()


async def test_a_pool_fails_and_a_person_goes_on_without_it(google: Google) -> None:
    demo, cloud = google.demo, google.cloud
    cloud.project.failures["create_node_pool"] = "n2-standard-2 is not to be had in europe-west1-b."
    await begun_anew(google)
    said = f"{POOL} · failed · n2-standard-2 is not to be had"
    await ended(demo, "✖ failed", said, "r tries it again, x goes on without it, c shows what")
    await demo.pilot.press("x")
    await reads(demo, "shop is in the list of clusters", f"{POOL} · not done")
    [work] = await demo.app.services.works.all()
    assert work.state is WorkState.DONE
    await demo.pilot.press("u")
    await demo.until_shown("Upgrade shop to")
    await demo.pilot.press("enter")
    await reviewed(demo, "2 steps", "Nodes of the pool default to", "keep their version: second")
    await demo.pilot.press("escape")
    await cleaned_up(demo, "shop", "2 steps", "remove what container:CreateNodePool made")
    assert google.inventory == set()


async def test_a_name_is_taken_before_or_meanwhile(google: Google) -> None:
    demo, cloud = google.demo, google.cloud
    google.made_by_others()
    await known(demo, "gke", google.config, "anonymous")
    await described(demo)
    await named(demo, "gke: Cluster (1 of 4)", "name", "shop", "There is a cluster shop already")
    assert "create_cluster" not in cloud.asked
    cloud.project.clusters.clear()
    for page in ("Cluster (1 of 4)", "Network (2 of 4)", "Node pools (3 of 4)"):
        await filled(demo, f"gke: {page}")
    await reviewed(demo, CLUSTER)
    cloud.at = lambda moment: google.made_by_others() if moment == "before create_cluster" else None
    await begun(demo, "shop")
    said = "shop was not made", "Already exists: projects/shop-1234", "take another name, or remove what has it"
    work = await ended(demo, "✖ failed", *said)
    assert (google.inventory, on_record(work, "default")) == ({"shop"}, set())
    await cleaned_up(demo, "shop", "1 step", "remove it only if this work made it")
    await reads(demo, CLUSTER, "left alone: this work did not make it")
    assert google.inventory == {"shop"}


async def test_a_person_stops_it(google: Google) -> None:
    demo, project = google.demo, google.cloud.project
    project.polls = 10**9
    await begun_anew(google)
    await reads(demo, f"◐ {CLUSTER}", "· RUNNING")
    await demo.pilot.press("s")
    work = await ended(demo, "stopped", "The work was stopped · go on with it, or clean up", f"○ {CLUSTER}")
    assert google.inventory == on_record(work, "default") == {"shop", "shop/default"}
    project.polls, project.under[0].polls = 2, 4
    await cleaned_up(demo, "shop", "1 step", "remove what container:CreateCluster made")
    assert google.inventory == set()
    assert (await demo.app.services.works.get("shop")).state is WorkState.REMOVED


async def test_an_upgrade_is_refused_and_then_half_of_it_fails(google: Google) -> None:
    demo, cloud = google.demo, google.cloud
    await begun_anew(google, version=VERSIONS[3])
    await reads(demo, "shop is in the list of clusters")
    cloud.faults = {"update_cluster": [TOO_MANY, MAY_NOT_UPDATE]}
    cloud.project.failures["update_node_pool"] = "a Pod of shop/web could not be moved"
    await demo.pilot.press("u")
    await demo.until_shown("Upgrade shop to")
    await demo.pilot.press("enter")
    await reviewed(
        demo, "There is no way back to an older version", f"Control plane of shop to {VERSIONS[2]}", "3 steps"
    )
    await begun(demo, "shop")
    await reads(demo, "Upgrading shop", "✖ failed", "shop was not upgraded", MAY_NOT_UPDATE.message)
    await ended(demo, "ask for a role that allows it", "r tries it again")
    assert google.versions == [VERSIONS[3]] * 3
    await demo.pilot.press("r")
    await reads(demo, "a Pod of shop/web could not be moved")
    await ended(demo, "✖ failed", f"● Control plane of shop to {VERSIONS[2]}", "○ Nodes of the pool second")
    assert google.versions == [VERSIONS[2], VERSIONS[3], VERSIONS[3]]
    assert not demo.app.screen.check_action("want", (CLEAN_UP,))
    await demo.pilot.press("r")
    await reads(demo, "Upgrading shop", "● done")
    assert google.versions == [VERSIONS[2]] * 3
    assert google.inventory == {"shop", "shop/default", "shop/second"}


async def test_scaling_lacks_quota_and_is_stopped_and_gone_on_with(google: Google) -> None:
    demo, cloud = google.demo, google.cloud
    await begun_anew(google)
    await reads(demo, "shop is in the list of clusters")
    cloud.faults = {"set_node_pool_size": [NO_QUOTA]}
    await demo.pilot.press("p")
    await demo.until(lambda: demo.app.screen.query(FormRow) and demo.app.focused)
    await demo.pilot.press("right", "tab", "4", "enter")
    await reviewed(demo, "Pool second: 4 nodes", "container:SetNodePoolSize")
    await begun(demo, "shop")
    said = "The pool second was not scaled", NO_QUOTA.message, "ask Google for more quota", "r tries it again"
    await ended(demo, "Scaling shop", "✖ failed", *said)
    assert cloud.project.sizes == {}
    cloud.project.polls = 10**9
    await demo.pilot.press("r")
    await reads(demo, "◐ Pool second: 4 nodes", "· RUNNING")
    await demo.pilot.press("s")
    await ended(demo, "stopped", "The work was stopped · go on with it", "○ Pool second: 4 nodes")
    cloud.project.polls, cloud.project.under[0].polls = 2, 3
    await demo.pilot.press("r")
    await reads(demo, "Scaling shop", "● done")
    assert cloud.project.sizes == {f"{ZONE}/shop/second": 4}
    assert google.inventory == {"shop", "shop/default", "shop/second"}


async def test_what_does_not_fit_together_is_told_where_it_can_be_changed(google: Google) -> None:
    demo = google.demo
    await known(demo, "gke", google.config, "anonymous")
    await at(demo, "gke: Cluster (1 of 4)")
    rows(demo)["mode"].entry.focus()
    await demo.pilot.press("right")
    type_in(demo, name="shop", region=ZONE)
    await named(demo, "gke: Cluster (1 of 4)", "region", ZONE, "Autopilot is regional")
    await demo.pilot.press("enter")
    await named(demo, "gke: Cluster (1 of 4)", "region", ZONE, "Autopilot is regional")
    await filled(demo, "gke: Cluster (1 of 4)", region="europe-west1")
    await filled(demo, "gke: Network (2 of 4)", services_range="services")
    await named(demo, "gke: Network (2 of 4)", "pods_range", "", "a range for Pods and one for Services go together")
    await filled(demo, "gke: Network (2 of 4)", services_range="")
    await filled(demo, "gke: Node pools (3 of 4)")
    await demo.until_shown("Autopilot has no node pools, it makes nodes for what runs: take them out")
    await at(demo, "gke: Node pools (3 of 4)")
    await demo.pilot.press("up", "up", "ctrl+d")
    await demo.until(lambda: "e2-standard-4" not in demo.text())
    await demo.pilot.press("down", "enter")
    await reviewed(demo, "Autopilot cluster shop in europe-west1")

"""Clusters of Cluster API and Crossplane from the first key of the wizard to their rows."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kubegenie_tui.screens.form import FormRow
from kubegenie_tui.screens.picker import PickerScreen
from tests.cluster.managed.cluster_api_player import CLUSTERS, ClusterApiPlayer
from tests.cluster.managed.composing import SPECS
from tests.cluster.managed.crossplane_player import XRS, CrossplanePlayer
from tests.cluster.managed.inventories import of_cluster_api
from tests.control_plane import ControlPlane
from tests.keyrings import using
from tests.ui.on_demo import OnDemo
from tests.ui.wizarding import (
    KEYS,
    at,
    back_at,
    begun,
    checked,
    filled,
    known,
    listed,
    made,
    named,
    only_one,
    opened,
    reads,
    reviewed,
    rows,
    scaled,
    type_in,
)
from tests.unit.providers.crossplane.own import keep

pytestmark = pytest.mark.cluster
FIRST_PAGE, NODES, NETWORK = (
    f"crossplane: {page}" for page in ("Cluster (1 of 4)", "Nodes (2 of 4)", "Network (3 of 4)")
)
CLUSTERS_OF_GCP = ("container.gcp.m.upbound.io", "v1beta1", "clusters")
POOLS_OF_GCP = ("container.gcp.m.upbound.io", "v1beta1", "nodepools")


def reach(managing: ControlPlane, place: str) -> dict[str, str]:
    return {"kubeconfig": str(managing.kubeconfig), "context": managing.name, "namespace": place}


async def test_a_cluster_of_cluster_api(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    managing: ControlPlane,
    place: str,
    cluster_api: ClusterApiPlayer,
) -> None:
    with using(None):
        async with listed(tmp_path, monkeypatch) as demo:
            await known(demo, "cluster-api", reach(managing, place), "admin")
            told = {"name": "shop", "cluster_class": "slow", "version": "1.34.2", "variables": "region=north"}
            await filled(demo, "cluster-api: Cluster (1 of 4)", **told)
            await filled(demo, "cluster-api: Network (2 of 4)")
            await only_one(demo, "cluster-api: Node pools (3 of 4)", worker_class="small")
            await named(
                demo,
                "cluster-api: Cluster (1 of 4)",
                "cluster_class",
                "slow",
                "There is no ClusterClass slow",
            )
            await demo.until_shown("quick")
            await filled(demo, "cluster-api: Cluster (1 of 4)", cluster_class="quick")
            await filled(demo, "cluster-api: Network (2 of 4)")
            await filled(demo, "cluster-api: Node pools (3 of 4)")
            await reviewed(demo, "Cluster shop v1.34.2 of the class quick", "Not cleaned up with it", "load balancers")
            await reviewed(
                demo, "Unpriced: what it costs is not known", "?  3 machines of the control plane: costs too"
            )
            await demo.pilot.press(*"shop", "enter")
            await demo.until_shown("Choose a passphrase")
            assert not cluster_api.all(CLUSTERS)
            await demo.pilot.press(*"word", "tab", *"word", "enter")
            await demo.until_shown("shop is in the list of clusters")
            assert [each["metadata"]["name"] for each in cluster_api.all(CLUSTERS)] == ["shop"]
            await opened(demo, "shop", "namespaces")


async def test_a_cluster_of_cluster_api_is_upgraded_and_scaled(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    managing: ControlPlane,
    place: str,
    cluster_api: ClusterApiPlayer,
) -> None:
    async with listed(tmp_path, monkeypatch, "a phrase") as demo:
        await known(demo, "cluster-api", reach(managing, place), "admin")
        told = {"name": "shop", "cluster_class": "quick", "version": "1.34.2", "variables": "region=north"}
        await filled(demo, "cluster-api: Cluster (1 of 4)", **told)
        await filled(demo, "cluster-api: Network (2 of 4)")
        await only_one(demo, "cluster-api: Node pools (3 of 4)", worker_class="small")
        await reviewed(demo, "Cluster shop v1.34.2 of the class quick")
        await made(demo, "shop")
        await demo.pilot.press("u")
        await demo.until_shown("Upgrade shop to")
        await demo.until_shown("v1.35.0")
        await demo.pilot.press("enter")
        cluster_api.broken["WorkersAvailable"] = why = "1 of 2 machines are of the new version"
        await reviewed(demo, "shop from v1.34.2 to v1.35.0")
        await begun(demo, "shop")
        await reads(demo, "Upgrading shop", f"WorkersAvailable: {why}")
        cluster_api.broken.clear()
        await reads(demo, "Upgrading shop", "● done")
        await back_at(demo, "shop")
        await scaled(demo, "5", "Pool default of shop: 5 nodes")
        await begun(demo, "shop")
        await reads(demo, "Scaling shop", "● done")
        assert of_cluster_api(cluster_api) == {"Cluster shop"}
        [cluster] = cluster_api.all(CLUSTERS)
    topology = cluster["spec"]["topology"]
    assert (topology["version"], topology["workers"]["machineDeployments"][0]["replicas"]) == ("v1.35.0", 5)


@pytest.mark.parametrize(("provider", "maker"), [("cluster-api", "Cluster API"), ("crossplane", "Crossplane 2")])
async def test_what_has_to_be_installed_first_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    start_control_plane: Callable[..., ControlPlane],
    provider: str,
    maker: str,
) -> None:
    plane = start_control_plane("--bare", name="empty")
    async with listed(tmp_path, monkeypatch) as demo:
        said = f"install {maker} there, or go back and name another context"
        await checked(demo, provider, reach(plane, "default"), "empty does not serve", said)


@pytest.mark.parametrize("cloud", SPECS)
async def test_a_cluster_of_crossplane(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    managing: ControlPlane,
    account: str,
    google: CrossplanePlayer,
    cloud: str,
) -> None:
    spec = SPECS[cloud]
    async with listed(tmp_path, monkeypatch, "a phrase") as demo:
        config = {**reach(managing, account), "provider_config": account}
        await known(demo, "crossplane", config, "admin")
        await at(demo, FIRST_PAGE)
        rows(demo)["cloud"].entry.focus()
        await demo.pilot.press(*["right"] * list(SPECS).index(cloud))
        type_in(demo, name="shop", version="1.34")
        await chosen(demo, FIRST_PAGE, "region", spec["region"])
        await filled(demo, FIRST_PAGE)
        await chosen(demo, NODES, "node_size", spec["node_size"], "vCPU", "GiB ·")
        await filled(demo, NODES)
        await filled(demo, NETWORK, network="10.0.0.0/28")
        await named(demo, NETWORK, "network", "10.0.0.0/28", "it takes addresses like 10.0.0.0/16")
        await filled(demo, NETWORK, network="10.0.0.0/16")
        await reviewed(demo, f"Composition for {cloud}", "3 steps", "a month", "prices of 20", "Not cleaned up with it")
        await made(demo, "shop")
        assert [each["metadata"]["name"] for each in google.all(XRS)] == ["shop"]
        await opened(demo, "shop", "namespaces")


async def test_a_cluster_of_crossplane_is_upgraded_and_given_bounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, managing: ControlPlane, account: str, crossplane: CrossplanePlayer
) -> None:
    async with listed(tmp_path, monkeypatch, "a phrase") as demo:
        await known(demo, "crossplane", {**reach(managing, account), "provider_config": account}, "admin")
        await at(demo, FIRST_PAGE)
        rows(demo)["cloud"].entry.focus()
        await demo.pilot.press("right")
        await filled(demo, FIRST_PAGE, name="shop", region="europe-west1", version="1.34")
        await filled(demo, "crossplane: Nodes (2 of 4)", node_size="e2-standard-4", minimum="2", maximum="6")
        await filled(demo, "crossplane: Network (3 of 4)")
        await reviewed(demo, "Composition for gcp")
        await made(demo, "shop")
        await demo.pilot.press("u")
        await demo.until_shown("Upgrade shop to")
        await demo.pilot.press("enter")
        await changed(demo, "shop from 1.34 to 1.35", "It reaches Cluster", done="Upgrading shop")
        await demo.pilot.press("escape")
        await demo.command("works")
        await demo.until_shown("upgrade · crossplane")
        await demo.pilot.press(*"create", "enter")
        await demo.until_shown("shop is in the list of clusters")
        await demo.pilot.press("p")
        await demo.until(lambda: demo.app.screen.query(FormRow) and demo.app.focused)
        await demo.pilot.press("tab", "tab", "1", "tab", "3", "enter")
        await changed(demo, "Pool default of shop: 1 nodes, and up to 3", "It reaches NodePool", done="Scaling shop")
        [composite], [cluster], [pool] = (crossplane.all(each) for each in (XRS, CLUSTERS_OF_GCP, POOLS_OF_GCP))
    assert composite["spec"]["parameters"].items() >= {"version": "1.35", "minNodes": 1, "maxNodes": 3}.items()
    assert cluster["spec"]["forProvider"]["minMasterVersion"] == "1.35"
    assert pool["spec"]["forProvider"]["autoscaling"] == {"minNodeCount": 1, "maxNodeCount": 3}


async def changed(demo: OnDemo, *words: str, done: str) -> None:
    """A change is reviewed, with these words in it, said yes to, and comes to its end."""
    await reviewed(demo, *words)
    await demo.pilot.press(*"shop", "enter")
    await demo.until(lambda: done in demo.text() and "● done" in demo.text())


async def chosen(demo: OnDemo, page: str, field: str, value: str, *words: str) -> None:
    """What is to stand in a field, picked from the list of what there is, which says this of it."""
    await at(demo, page)
    rows(demo)[field].entry.focus()
    await demo.pilot.press("ctrl+l")
    await demo.until(lambda: isinstance(demo.app.screen, PickerScreen))
    await demo.pilot.press(*(KEYS.get(letter, letter) for letter in value))
    for each in (value, *words):
        await demo.until_shown(each)
    await demo.pilot.press("enter")
    await at(demo, page)
    assert rows(demo)[field].typed == value


async def test_a_cluster_of_a_composition_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, managing: ControlPlane, account: str, crossplane: CrossplanePlayer
) -> None:
    keep("small")
    keep("broken", "kind: nothing")
    async with listed(tmp_path, monkeypatch, "a phrase") as demo:
        await known(demo, "crossplane", {**reach(managing, account), "provider_config": account}, "admin")
        await at(demo, FIRST_PAGE)
        rows(demo)["cloud"].entry.focus()
        await demo.pilot.press("right")
        type_in(demo, name="shop", region="europe-west1", version="1.34")
        await chosen(demo, FIRST_PAGE, "composition", "broken")
        await filled(demo, FIRST_PAGE)
        await filled(demo, "crossplane: Nodes (2 of 4)", node_size="e2-standard-4")
        await filled(demo, "crossplane: Network (3 of 4)")
        await named(demo, FIRST_PAGE, "composition", "broken", "apiVersion")
        await chosen(demo, FIRST_PAGE, "composition", "small")
        await filled(demo, FIRST_PAGE)
        await filled(demo, "crossplane: Nodes (2 of 4)")
        await filled(demo, "crossplane: Network (3 of 4)")
        await reviewed(demo, "Composition small", "what small composes", "3 steps", "Not cleaned up with it")
        assert not crossplane.all(XRS)
        await made(demo, "shop")
        [composite] = crossplane.all(XRS)
        assert composite["spec"]["crossplane"]["compositionRef"]["name"] == "kubernetesclusters-small.kubegenie.io"
        await opened(demo, "shop", "namespaces")

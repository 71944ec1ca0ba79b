"""Clusters that Crossplane composes in each cloud, on its real kinds: made, opened, of spot nodes, and removed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from kubernetes import client

from kubegenie_tui.agents.cluster_manager import ClusterManager
from kubegenie_tui.domain.creation import Change, WorkKind, WorkState
from kubegenie_tui.domain.custom.pausing import pause_of
from kubegenie_tui.domain.errors import CredentialError, SpecRefused
from kubegenie_tui.providers.crossplane.asked import (
    OURS,
    cluster_asked,
    composition_asked,
    definition_asked,
)
from kubegenie_tui.providers.crossplane.crossplane_config import CrossplaneConfig
from kubegenie_tui.providers.crossplane.crossplane_spec import CrossplaneSpec
from kubegenie_tui.providers.crossplane.provider import CrossplaneProvider
from kubegenie_tui.providers.crossplane.reaching import token_in
from tests.clouds.making import Making
from tests.cluster.keyboard import until
from tests.cluster.managed.composing import CLUSTERS, COMPOSED, SPECS
from tests.cluster.managed.conftest import FUNCTION
from tests.cluster.managed.crossplane_player import (
    DEFINITIONS,
    EXTENSIONS,
    XRS,
    CrossplanePlayer,
    rendered,
    resources_of,
    where_of,
)
from tests.cluster.managed.inventories import of_crossplane, on_record

pytestmark = pytest.mark.cluster
SAID = {
    "aws": ("On aws it stays at 1 node: nothing scales the group, and Crossplane takes back what an autoscaler does",)
}
"""What the review says of a cluster in a cloud."""
in_each_cloud = pytest.mark.parametrize("cloud", SPECS)
EKS_GROUPS = ("eks.aws.m.upbound.io", "v1beta1", "nodegroups")
GKE_POOLS = ("container.gcp.m.upbound.io", "v1beta1", "nodepools")
AKS_POOLS = ("containerservice.azure.m.upbound.io", "v1beta1", "kubernetesclusternodepools")


@asynccontextmanager
async def managed(work: Making) -> AsyncIterator[ClusterManager]:
    """The clusters that are registered, as the app has them."""
    manager = ClusterManager(work.store, kubeconfig=())
    await manager.start()
    try:
        yield manager
    finally:
        await manager.shutdown()


async def way_to_pause(manager: ClusterManager) -> str:
    """How Crossplane is told to leave the cluster alone, as the server tells of its kind."""
    agent = await manager.open("shop")
    pause = pause_of(await until(lambda: agent.kinds.find("kubernetesclusters.kubegenie.io")))
    return pause.path[-1] if pause else ""


async def reads(manager: ClusterManager, place: str) -> bool:
    """Whether the cluster shop is opened, and tells of a namespace when it is asked."""
    agent = await manager.open("shop")
    found = await agent.get(agent.kinds.resolve("namespaces"), place, "")
    return bool(found["metadata"]["uid"])


@in_each_cloud
async def test_from_the_yes_to_an_opened_cluster_and_back(
    work: Making, google: CrossplanePlayer, cloud: str, place: str
) -> None:
    spec, keys = SPECS[cloud], ["definition", f"composition/{cloud}", "cluster"]
    outline = await work.review(**spec)
    assert ([each.key for each in outline.steps], outline.warnings) == (keys, SAID.get(cloud, ()))
    done = await work.made(**spec)
    assert done.state is WorkState.DONE, done.message
    assert done.step("cluster").phase == "Ready True · Synced True"
    assert of_crossplane(google) == on_record(done)
    found = [google.all(where) for where in COMPOSED[cloud] if where != AKS_POOLS]
    assert all(found)
    parts = [each for listed in found for each in listed]
    account = {"kind": "ClusterProviderConfig", "name": place}
    assert [each["spec"]["providerConfigRef"] for each in parts] == [account] * len(parts)
    config = CrossplaneConfig.model_validate(work.config)
    [listed] = await CrossplaneProvider(config).list_clusters()
    assert (listed.name, listed.region, listed.version) == ("shop", spec["region"], "1.34")
    async with managed(work) as manager:
        assert await reads(manager, place)
        assert await way_to_pause(manager) == "crossplane.io/paused"
    assert (await work.removed(done)).state is WorkState.REMOVED
    assert of_crossplane(google) == set()
    assert not [each for where in COMPOSED[cloud] for each in google.all(where)]
    assert await work.store.clusters.all() == []


@pytest.mark.parametrize("cloud", ["aws"])
async def test_a_token_that_has_ended_is_read_again_in_its_secret(
    work: Making, crossplane: CrossplanePlayer, cloud: str, place: str
) -> None:
    done = await work.made(**SPECS[cloud])
    assert done.state is WorkState.DONE, done.message
    [registered] = await work.store.clusters.all()
    assert registered.endpoint is not None
    assert (registered.endpoint.secrets, registered.endpoint.plugin is None) == ({}, False)
    async with managed(work) as manager:
        assert await reads(manager, place)
        await asyncio.to_thread(crossplane.refresh_tokens, "shop")
        assert await reads(manager, place)


@pytest.mark.parametrize("cloud", ["azure"])
async def test_a_kubeconfig_that_does_not_say_who_we_are_is_of_google_alone(
    work: Making, crossplane: CrossplanePlayer, cloud: str
) -> None:
    done = await work.made(**SPECS[cloud])
    assert done.state is WorkState.DONE, done.message
    rewritten(crossplane, {})
    line, *_ = (await work.works.review_removal(done)).leaves
    assert "The Secret shop-kubeconfig does not say how to prove who we are" in line
    config = CrossplaneConfig.model_validate(work.config)
    for name, said in (("shop-kubeconfig", "There is no token in the Secret"), ("other", "There is no Secret")):
        with pytest.raises(CredentialError, match=said):
            await token_in(config, name)


def rewritten(crossplane: CrossplanePlayer, user: dict[str, Any]) -> None:
    """The kubeconfig of the cluster shop, with another user."""
    crossplane.secret("other", "kubeconfig", user)
    other = crossplane.core.read_namespaced_secret("other", crossplane.namespace).data
    crossplane.core.patch_namespaced_secret("shop-kubeconfig", crossplane.namespace, {"data": other})
    crossplane.forget_secret("other")


async def test_the_program_of_google_is_replaced_by_ours(work: Making, google: CrossplanePlayer) -> None:
    done = await work.made(**SPECS["gcp"])
    assert done.state is WorkState.DONE, done.message
    program = {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "gke-gcloud-auth-plugin"}
    rewritten(google, {"exec": program})
    provider = CrossplaneProvider(CrossplaneConfig.model_validate(work.config))
    [named] = (await provider.kubeconfig("shop"))["users"]
    assert (named["user"].keys(), named["user"]["exec"]["args"][-2:]) == ({"exec"}, ["token", "gke"])


async def test_a_token_of_google_goes_to_no_other_server(work: Making, google: CrossplanePlayer) -> None:
    done = await work.made(**SPECS["gcp"])
    assert done.state is WorkState.DONE, done.message
    google.server = "https://127.0.0.9:6443"
    google.forget_secret("shop-kubeconfig")
    google.secret("shop-kubeconfig", "kubeconfig", {})
    line, *_ = (await work.works.review_removal(done)).leaves
    assert "The Secret shop-kubeconfig leads to 127.0.0.9:6443 · the cluster that was composed is at 127.0.0.1:" in line


@in_each_cloud
async def test_spot_nodes(work: Making, crossplane: CrossplanePlayer, cloud: str) -> None:
    spec = {**SPECS[cloud], "spot": True}
    outline = await work.review(**spec)
    assert "Spot nodes may be taken away at any time, all at once" in outline.warnings
    assert outline.steps[2].title.endswith(f": 1 to 4 x {spec['node_size']}, spot")
    assert outline.estimate is not None
    spoken = [*(each.what for each in outline.estimate.prices), *outline.estimate.unpriced]
    assert [each for each in spoken if each.startswith(f"{spec['node_size']}, spot")], spoken
    done = await work.made(**spec)
    assert done.state is WorkState.DONE, done.message
    assert (await work.changed(done, Change(WorkKind.SCALE, pool="default", count=6))).state is WorkState.DONE
    assert (
        spot_of(crossplane, cloud)
        == {
            "aws": ("SPOT", {"minSize": 6, "desiredSize": 6, "maxSize": 6}),
            "gcp": (True, {"minNodeCount": 6, "maxNodeCount": 6}),
            "azure": ("Spot", (6, 6), "spot"),
        }[cloud]
    )
    assert (await work.removed(done)).state is WorkState.REMOVED
    assert of_crossplane(crossplane) == set()


def spot_of(crossplane: CrossplanePlayer, cloud: str) -> Any:
    """What is asked of the cloud about its spot nodes; in AKS the first pool is of others."""
    if cloud == "azure":
        [cluster], [pool] = crossplane.all(CLUSTERS[cloud]), crossplane.all(AKS_POOLS)
        first = cluster["spec"]["forProvider"]["defaultNodePool"]
        assert (first["nodeCount"], "autoScalingEnabled" in first) == (1, False)
        asked = pool["spec"]["forProvider"]
        name = pool["metadata"]["annotations"]["crossplane.io/external-name"]
        return asked["priority"], (asked["minCount"], asked["maxCount"]), name
    [pool] = crossplane.all(EKS_GROUPS if cloud == "aws" else GKE_POOLS)
    asked = pool["spec"]["forProvider"]
    if cloud == "aws":
        return asked["capacityType"], asked["scalingConfig"]
    return asked["nodeConfig"]["spot"], asked["autoscaling"]


async def test_spot_nodes_are_refused_where_nothing_would_come_of_them(
    work: Making, crossplane: CrossplanePlayer
) -> None:
    definition, composition = definition_asked("theirs"), composition_asked("gcp", FUNCTION[2], "theirs")
    pools = next(each for each in resources_of(composition) if each["name"] == "nodes")
    pools["patches"] = [each for each in pools["patches"] if "spot" not in each.get("fromFieldPath", "")]
    crossplane.custom.create_cluster_custom_object(EXTENSIONS, "v1", "compositions", composition)
    spot = {**SPECS["gcp"], "spot": True}
    with pytest.raises(SpecRefused, match=r"-gcp\S+ makes nothing of spec.parameters.spot") as refused:
        await work.review(**spot)
    assert refused.value.field == "spot"
    assert (await work.review(**SPECS["gcp"])).warnings == ()
    [version] = definition["spec"]["versions"]
    del version["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]["parameters"]["properties"]["spot"]
    crossplane.custom.create_cluster_custom_object(EXTENSIONS, "v2", DEFINITIONS, definition)
    await until(lambda: is_served(crossplane))
    with pytest.raises(SpecRefused, match="A KubernetesCluster has no parameter spot there"):
        await work.review(**spot)


def is_served(crossplane: CrossplanePlayer) -> bool:
    try:
        crossplane.custom.list_cluster_custom_object(*XRS)
    except client.ApiException as error:
        if error.status != 404:
            raise
        return False
    return True


@pytest.mark.parametrize("of", OURS)
def test_what_is_composed_fits_the_definitions(managing_api: client.ApiClient, place: str, of: str) -> None:
    cloud, _, spot = of.partition("-")
    config = CrossplaneConfig.model_validate({"namespace": place})
    spec = CrossplaneSpec.model_validate({**SPECS[cloud], "spot": bool(spot)})
    composite, composition = cluster_asked(spec, config, "kgtest"), composition_asked(of, "compose", "kgtest")
    custom = client.CustomObjectsApi(managing_api)
    for body in [rendered(each, composition, composite) for each in resources_of(composition)]:
        group, version, plural = where_of(body)
        custom.create_namespaced_custom_object(
            group, version, place, plural, body, field_validation="Strict", dry_run="All"
        )

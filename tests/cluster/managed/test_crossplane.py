"""Clusters that Crossplane composes: made, reached, held up and removed by way of a real API server."""

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
from kubernetes import client

from kubegenie_tui.domain.creation import Change, Work, WorkKind, WorkState
from kubegenie_tui.domain.errors import PermissionMissing, SpecRefused
from kubegenie_tui.providers.crossplane.crossplane_config import CrossplaneConfig
from kubegenie_tui.providers.crossplane.provider import CrossplaneProvider
from kubegenie_tui.provision.works import pools_of
from tests.clouds.making import Making
from tests.cluster.managed.composing import SPECS
from tests.cluster.managed.crossplane_player import (
    DEFINITIONS,
    EXTENSIONS,
    XRS,
    CrossplanePlayer,
)
from tests.cluster.managed.limited import Limited
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster
SPEC = SPECS["gcp"]
PIPELINE = [{"step": "compose", "functionRef": {"name": "function-patch-and-transform"}}]
CLUSTERS = ("container.gcp.m.upbound.io", "v1beta1", "clusters")
POOLS = ("container.gcp.m.upbound.io", "v1beta1", "nodepools")


def shared(crossplane: CrossplanePlayer) -> set[str]:
    """The definitions and Compositions that are there."""
    found = [("v2", DEFINITIONS), ("v1", "compositions")]
    return {each["metadata"]["name"] for version, plural in found for each in crossplane.listed(version, plural)}


async def stopped(work: Making) -> Work:
    """The work that was begun last, stopped."""
    [begun, *_] = await work.works.all()
    await work.works.stop(begun.id)
    return await work.ended()


async def test_what_clusters_share_goes_with_the_last_one_by_who_made_it(
    work: Making, crossplane: CrossplanePlayer
) -> None:
    first, second = await work.made(**SPEC), await work.made(**{**SPEC, "name": "stage"})
    assert (first.state, second.state) == (WorkState.DONE, WorkState.DONE), second.message
    left = await work.removed(second)
    assert [left.step(key).message for key in ("definition", "composition/gcp")] == ["left: another work made it"] * 2
    assert [each["metadata"]["name"] for each in crossplane.all(XRS)] == ["shop"]
    assert len(shared(crossplane)) == 2
    await work.removed(first)
    assert not shared(crossplane)


async def test_the_deepest_that_is_not_ready_is_told_in_full(work: Making, crossplane: CrossplanePlayer) -> None:
    why = "create failed: googleapi: Error 403: Insufficient regional quota to satisfy request: resource CPUS"
    crossplane.broken["NodePool"] = why
    begun = await work.begin(**SPEC)
    told = await work.says(begun, why)
    assert told.step("cluster").phase.startswith("Ready False Creating · Synced True · NodePool")
    crossplane.broken.clear()
    assert (await work.ended()).state is WorkState.DONE


async def test_the_command_line_traces_it(
    work: Making, crossplane: CrossplanePlayer, managing: ControlPlane, place: str
) -> None:
    crossplane.broken["NodePool"] = "no quota in europe-west1"
    await work.says(await work.begin(**SPEC), "no quota")
    words = ("trace", "kubernetesclusters.kubegenie.io", "shop", *reach(managing, place), "-o", "json")
    told = json.loads(await printed(*words))
    first = told["culprits"][0]
    assert (first["kind"], first["ready"]["message"]) == ("NodePool", "no quota in europe-west1")
    assert told["revision"] == "kubernetesclusters-gcp.kubegenie.io-1"
    assert {each["kind"] for each in told["parts"]} == {"Cluster", "NodePool", "Usage"}
    await stopped(work)


async def test_the_revisions_of_a_composition_are_told(
    work: Making, crossplane: CrossplanePlayer, managing: ControlPlane, place: str
) -> None:
    crossplane.broken["NodePool"] = "no quota"
    await work.says(await work.begin(**SPEC), "no quota")
    name = "kubernetesclusters-gcp.kubegenie.io"
    kind = {"apiVersion": "kubegenie.io/v1alpha1", "kind": "KubernetesCluster"}
    for number in (1, 2):
        meta = {"name": f"{name}-{number}", "labels": {"crossplane.io/composition-name": name}}
        spec = {"revision": number, "compositeTypeRef": kind, "mode": "Pipeline", "pipeline": PIPELINE}
        body = {"apiVersion": f"{EXTENSIONS}/v1", "kind": "CompositionRevision", "metadata": meta, "spec": spec}
        crossplane.custom.create_cluster_custom_object(EXTENSIONS, "v1", "compositionrevisions", body)
    try:
        told = await printed("trace", "kubernetesclusters.kubegenie.io", "shop", *reach(managing, place))
        assert f"Composition {name} · revision 1, the newest is 2 · {name}-1" in told
    finally:
        for number in (1, 2):
            crossplane.custom.delete_cluster_custom_object(EXTENSIONS, "v1", "compositionrevisions", f"{name}-{number}")
    await stopped(work)


def reach(managing: ControlPlane, place: str) -> tuple[str, ...]:
    return ("--kubeconfig", str(managing.kubeconfig), "--context", managing.name, "-n", place)


async def printed(*words: str) -> str:
    """What the command line says."""
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "kubegenie_tui", *words, stdout=subprocess.PIPE
    )
    return (await program.communicate())[0].decode()


async def test_a_claim_of_the_first_version_is_listed(
    managing: ControlPlane, managing_api: client.ApiClient, place: str
) -> None:
    group = f"t{place[-8:]}.example.com"
    names = {"kind": "XShop", "plural": "xshops"}
    claims = {"kind": "Shop", "plural": "shops"}
    keep = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": "v1", "served": True, "referenceable": True, "schema": {"openAPIV3Schema": keep}}
    body = {
        "apiVersion": f"{EXTENSIONS}/v1",
        "kind": "CompositeResourceDefinition",
        "metadata": {"name": f"xshops.{group}"},
        "spec": {"group": group, "names": names, "claimNames": claims, "versions": [version]},
    }
    custom = client.CustomObjectsApi(managing_api)
    custom.create_cluster_custom_object(EXTENSIONS, "v1", DEFINITIONS, body)
    try:
        serve(managing_api, group, names, "Cluster")
        serve(managing_api, group, claims, "Namespaced")
        parts = {"resourceRefs": [{"apiVersion": "eks.aws.upbound.io/v1beta1", "kind": "Cluster", "name": "eks-1"}]}
        xr = {"apiVersion": f"{group}/v1", "kind": "XShop", "metadata": {"name": "shop-x"}, "spec": parts}
        custom.create_cluster_custom_object(group, "v1", "xshops", xr)
        reference = {"resourceRef": {"apiVersion": f"{group}/v1", "kind": "XShop", "name": "shop-x"}}
        spec = {**reference, "parameters": {"region": "eu-west-1"}}
        claim = {"apiVersion": f"{group}/v1", "kind": "Shop", "metadata": {"name": "shop"}, "spec": spec}
        custom.create_namespaced_custom_object(group, "v1", place, "shops", claim)
        where = {"kubeconfig": managing.kubeconfig, "context": managing.name, "namespace": place}
        listed = await CrossplaneProvider(CrossplaneConfig.model_validate(where)).list_clusters()
        assert [(each.name, each.region) for each in listed] == [("shop", "eu-west-1")]
        told = await printed("trace", f"shops.{group}", "shop", *reach(managing, place))
        assert "no kind Cluster of eks.aws.upbound.io is served" in told
    finally:
        custom.delete_cluster_custom_object(EXTENSIONS, "v1", DEFINITIONS, f"xshops.{group}")


def serve(api: client.ApiClient, group: str, names: dict[str, str], scope: str) -> None:
    """A kind, once the server serves it."""
    keep = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": keep}}
    extensions, name = client.ApiextensionsV1Api(api), f"{names['plural']}.{group}"
    spec = {"group": group, "scope": scope, "names": names, "versions": [version]}
    extensions.create_custom_resource_definition({"metadata": {"name": name}, "spec": spec})
    custom = client.CustomObjectsApi(api)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            custom.list_cluster_custom_object(group, "v1", names["plural"])
        except client.ApiException as error:
            if error.status != 404:
                raise
        else:
            return
    raise AssertionError(f"{name} is not served")


async def test_a_broken_composition_is_told(work: Making, crossplane: CrossplanePlayer) -> None:
    crossplane.no_function = 'cannot compose resources: cannot run pipeline step "compose": Function is not healthy'
    begun = await work.begin(**SPEC)
    told = await work.says(begun, "pipeline step")
    assert "Synced False ReconcileError" in told.step("cluster").phase
    assert (await stopped(work)).state is WorkState.STOPPED


async def test_a_missing_account_is_told_before_and_while(
    work: Making, crossplane: CrossplanePlayer, place: str
) -> None:
    work.config["provider_config"] = "nobodys"
    outline = await work.review(**SPEC)
    assert [each for each in outline.warnings if "ClusterProviderConfig nobodys" in each]
    begun = await work.begin(**SPEC)
    told = await work.says(begun, '"nobodys" not found')
    assert "Synced False ReconcileError (cannot get referenced ProviderConfig" in told.step("cluster").phase
    await stopped(work)


async def test_credentials_of_the_account_that_are_not_there_are_told_before(
    work: Making, crossplane: CrossplanePlayer, managing_api: client.ApiClient, place: str
) -> None:
    custom, core = client.CustomObjectsApi(managing_api), client.CoreV1Api(managing_api)
    secret = {"namespace": place, "name": "gcp", "key": "credentials"}
    spec = {"spec": {"credentials": {"source": "Secret", "secretRef": secret}}}
    custom.patch_cluster_custom_object("gcp.m.upbound.io", "v1beta1", "clusterproviderconfigs", place, spec)
    account = f"ClusterProviderConfig {place}"

    async def told() -> list[str]:
        return [each for each in (await work.review(**SPEC)).warnings if account in each]

    assert await told() == [f"{account} takes its credentials from Secret {place}/gcp, which is not there: make it"]
    core.create_namespaced_secret(place, {"metadata": {"name": "gcp"}, "stringData": {"creds": "x"}})
    assert await told() == [
        f"{account} takes its credentials from key credentials of Secret {place}/gcp, which has no such key"
    ]
    core.patch_namespaced_secret("gcp", place, {"stringData": {"credentials": "x"}})
    assert await told() == []


async def test_what_keeps_it_from_going_is_told(work: Making, crossplane: CrossplanePlayer) -> None:
    done = await work.made(**SPEC)
    crossplane.holding["Cluster"] = "cannot delete: the cluster has deletion protection"
    await work.begin_removal(done)
    told = await work.says(done, "deletion protection")
    assert told.step("cluster").phase.startswith("Deleting · Cluster ")
    crossplane.holding.clear()
    assert (await work.ended()).state is WorkState.REMOVED


@pytest.mark.parametrize("key", ["definition", "composition/gcp", "cluster"])
async def test_killed_after_any_step_it_is_found_again(work: Making, crossplane: CrossplanePlayer, key: str) -> None:
    crossplane.broken["Cluster"] = "still coming"
    begun = await work.begin(**SPEC)
    await work.says(begun, "still coming")
    await work.die()
    kept = await work.works.get(begun.id)
    steps = tuple(msgspec.structs.replace(each, made={}) if each.key == key else each for each in kept.steps)
    await work.store.works.save(msgspec.structs.replace(kept, steps=steps))
    crossplane.broken.clear()
    await work.works.go_on(begun.id)
    done = await work.ended()
    assert (done.state, len(crossplane.all(XRS))) == (WorkState.DONE, 1), done.message


async def test_without_what_it_takes_the_outline_says_what_brings_it(work: Making) -> None:
    outline = await work.review(**{**SPEC, "cloud": "aws", "region": "eu-west-1", "node_size": "m5.large"})
    said = "\n".join(outline.warnings)
    assert "Provider provider-aws-eks is not installed: apply a Provider" in said
    assert "There is no ClusterProviderConfig" in said


async def test_a_network_that_cannot_be_divided_is_refused(work: Making) -> None:
    with pytest.raises(SpecRefused) as told:
        await work.review(**{**SPEC, "network": "10.0.0.0/28"})
    assert told.value.field == "network"


async def test_upgraded_and_scaled(work: Making, crossplane: CrossplanePlayer) -> None:
    done = await work.made(**SPEC)
    assert done.state is WorkState.DONE, done.message
    assert [each.value for each in await work.works.versions(done)] == ["1.35"]
    assert await pools_of(await work.works.maker_of(done), done) == ("default",)
    for change in (Change(WorkKind.UPGRADE, version="1.35"), Change(WorkKind.SCALE, pool="default", count=6)):
        after = await work.changed(done, change)
        assert after.state is WorkState.DONE, after.message
    [composite], [cluster], [pool] = (crossplane.all(each) for each in (XRS, CLUSTERS, POOLS))
    asked = composite["spec"]["parameters"]
    assert (asked["version"], asked["minNodes"], asked["maxNodes"]) == ("1.35", 6, 6)
    assert cluster["spec"]["forProvider"]["minMasterVersion"] == "1.35"
    assert pool["spec"]["forProvider"]["autoscaling"] == {"minNodeCount": 6, "maxNodeCount": 6}


async def test_a_change_waits_for_the_deepest_that_is_not_ready(work: Making, crossplane: CrossplanePlayer) -> None:
    done = await work.made(**SPEC)
    crossplane.broken["NodePool"] = "no quota for 6 nodes"
    change = Change(WorkKind.SCALE, pool="default", count=6)
    maker, outline = await work.works.review_change(done, change)
    assert outline.warnings == ("It reaches NodePool: everything else stays as it is",)
    begun = await work.works.begin_change(maker, done, change, outline, "shop")
    told = await work.says(begun, "no quota for 6 nodes")
    assert "Ready False Creating · Synced True · NodePool" in told.step("scale/default").phase
    crossplane.broken.clear()
    assert (await work.ended()).state is WorkState.DONE


async def test_a_change_that_was_broken_off_is_found_again(work: Making, crossplane: CrossplanePlayer) -> None:
    done = await work.made(**SPEC)
    crossplane.broken["Cluster"] = "the control plane is being replaced"
    change = Change(WorkKind.UPGRADE, version="1.35")
    maker, outline = await work.works.review_change(done, change)
    begun = await work.works.begin_change(maker, done, change, outline, "shop")
    await work.says(begun, "being replaced")
    await work.die()
    before = crossplane.all(XRS)[0]["metadata"]["generation"]
    crossplane.broken.clear()
    await work.works.go_on(begun.id)
    assert (await work.ended()).state is WorkState.DONE
    assert crossplane.all(XRS)[0]["metadata"]["generation"] == before


async def test_what_crossplane_has_not_seen_yet_is_not_done(work: Making, crossplane: CrossplanePlayer) -> None:
    done = await work.made(**SPEC)
    crossplane.is_behind = True
    change = Change(WorkKind.UPGRADE, version="1.35")
    maker, outline = await work.works.review_change(done, change)
    begun = await work.works.begin_change(maker, done, change, outline, "shop")
    await work.says(begun, "Synced and Ready not told anew yet · Ready True · Synced True")
    crossplane.is_behind = False
    assert (await work.ended()).state is WorkState.DONE


async def test_what_was_made_before_a_rule_came_is_changed_and_removed_all_the_same(
    work: Making, crossplane: CrossplanePlayer
) -> None:
    done = await work.made(**SPEC)
    older = msgspec.structs.replace(done, spec={**done.spec, "node_size": "of-no-cloud!"})
    await work.store.works.save(older)
    with pytest.raises(SpecRefused, match="a machine type of Google"):
        await work.review(**older.spec)
    after = await work.changed(older, Change(WorkKind.UPGRADE, version="1.35"))
    assert after.state is WorkState.DONE, after.message
    assert (await work.removed(older)).state is WorkState.REMOVED
    assert not crossplane.all(XRS)


async def test_the_server_is_asked_before_a_change(
    work: Making, managing: ControlPlane, managing_api: client.ApiClient, place: str, tmp_path: Path
) -> None:
    done = await work.made(**SPEC)
    person = Limited(managing, managing_api, place, tmp_path)
    shared = {f"*/{each}.{EXTENSIONS}": "get" for each in (DEFINITIONS, "compositions")}
    person.may({"kubernetesclusters.kubegenie.io": "get", **shared})
    theirs = msgspec.structs.replace(done, config={**work.config, "kubeconfig": str(person.kubeconfig)})
    with pytest.raises(PermissionMissing, match="patch kubernetesclusters"):
        await work.works.review_change(theirs, Change(WorkKind.UPGRADE, version="1.35"))


async def test_what_the_providers_have_not_seen_yet_is_not_done(work: Making, crossplane: CrossplanePlayer) -> None:
    done = await work.made(**SPEC)
    crossplane.providers_wait = True
    change = Change(WorkKind.SCALE, pool="default", count=6)
    maker, outline = await work.works.review_change(done, change)
    begun = await work.works.begin_change(maker, done, change, outline, "shop")
    await work.says(begun, "Ready True · Synced True · NodePool")
    crossplane.providers_wait = False
    assert (await work.ended()).state is WorkState.DONE


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (Change(WorkKind.UPGRADE, version="1.36"), "1.36 does not follow 1.34 · clouds go one minor"),
        (Change(WorkKind.UPGRADE, version="1.33"), "there is no way back"),
        (Change(WorkKind.UPGRADE, version="1.34"), "asks for that already"),
        (Change(WorkKind.SCALE, pool="gpu", count=3), "There is no pool gpu · there is default"),
    ],
)
async def test_what_cannot_be_changed_is_refused(work: Making, change: Change, why: str) -> None:
    done = await work.made(**SPEC)
    with pytest.raises(SpecRefused, match=why):
        await work.works.review_change(done, change)

"""What is read when the cluster that Crossplane runs on is against it, and what lies there then and afterwards."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from kubernetes import client

from kubegenie_tui.domain.creation import WorkState
from kubegenie_tui.providers.crossplane.asked import cluster_asked, definition_asked
from kubegenie_tui.providers.crossplane.crossplane_config import CrossplaneConfig
from kubegenie_tui.providers.crossplane.crossplane_spec import CrossplaneSpec
from tests.cluster.managed.crossplane_player import DEFINITIONS, EXTENSIONS, XRS, CrossplanePlayer
from tests.cluster.managed.inventories import of_crossplane, on_record
from tests.cluster.managed.limited import Limited
from tests.cluster.managed.quotas import Quota
from tests.control_plane import ControlPlane
from tests.ui.on_demo import OnDemo
from tests.ui.wizarding import (
    at,
    begun,
    checked,
    cleaned_up,
    ended,
    filled,
    listed,
    looked_through,
    named,
    reads,
    reviewed,
    rows,
)

pytestmark = pytest.mark.cluster
KIND, DEFINITION = "kubernetesclusters.kubegenie.io", f"compositeresourcedefinitions.{EXTENSIONS}"
POOLS = "nodepools.container.gcp.m.upbound.io"
COMPOSITION = f"compositions.{EXTENSIONS}"
RIGHTS = {
    f"*/{DEFINITION}": "get list create delete",
    f"*/{COMPOSITION}": "get create delete",
    KIND: "get list create patch delete",
    "secrets": "get",
}
"""Those that the check of the wizard looks for."""
EVERYWHERE = {f"*/{KIND}": "list"}
"""Who may look whether others need what clusters share."""
PAGES = ("Cluster (1 of 4)", "Nodes (2 of 4)", "Network (3 of 4)")
SHARED = {f"CompositeResourceDefinition {KIND}", "Composition kubernetesclusters-gcp.kubegenie.io"}
ALL = {*SHARED, "KubernetesCluster shop"}


class Managed(NamedTuple):
    """A managing cluster in front of somebody with the rights that it takes, and no more."""

    demo: OnDemo
    player: CrossplanePlayer
    person: Limited
    config: dict[str, str]

    @property
    def inventory(self) -> set[str]:
        return of_crossplane(self.player)

    def asked_by_others(self) -> dict[str, Any]:
        spec = {"name": "shop", "cloud": "gcp", "region": "europe-west1", "version": "1.34"}
        config = CrossplaneConfig.model_validate({"namespace": self.player.namespace})
        return cluster_asked(CrossplaneSpec.model_validate({**spec, "node_size": "e2-small"}), config, "theirs")


@pytest.fixture
async def managed(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    managing: ControlPlane,
    managing_api: client.ApiClient,
    account: str,
    crossplane: CrossplanePlayer,
) -> AsyncIterator[Managed]:
    person = Limited(managing, managing_api, account, tmp_path)
    person.may({**RIGHTS, **EVERYWHERE})
    config = {"kubeconfig": str(person.kubeconfig), "context": managing.name, "namespace": account}
    async with listed(tmp_path, monkeypatch, "a phrase") as demo:
        yield Managed(demo, crossplane, person, {**config, "provider_config": account})


async def described(managed: Managed, *said: str) -> None:
    """From the list of clusters to what follows the last page about a cluster called shop."""
    demo, words = managed.demo, said or ("Every permission that it takes is there",)
    await checked(demo, "crossplane", managed.config, f"We are {managed.person.name}", *words)
    await at(demo, "crossplane: Cluster (1 of 4)")
    rows(demo)["cloud"].entry.focus()
    await demo.pilot.press("right")
    await filled(demo, "crossplane: Cluster (1 of 4)", name="shop", region="europe-west1", version="1.34")
    await filled(demo, "crossplane: Nodes (2 of 4)", node_size="e2-standard-4")
    await filled(demo, "crossplane: Network (3 of 4)")


def is_made(player: CrossplanePlayer, composite: dict[str, Any]) -> bool:
    """Whether its kind is served by now, and so it could be made."""
    try:
        player.create(XRS, composite)
    except client.ApiException as error:
        if error.status != 404:
            raise
        return False
    return True


async def begun_anew(managed: Managed) -> None:
    await described(managed)
    await reviewed(managed.demo, "Composition for gcp", "3 steps")
    await begun(managed.demo, "shop")


async def test_a_right_is_missing_at_the_check_the_review_the_step_and_the_removal(managed: Managed) -> None:
    demo, person, refused = managed.demo, managed.person, f"Not allowed to create {COMPOSITION}"
    without = {**RIGHTS, f"*/{COMPOSITION}": "get delete"}
    person.may(without)
    warned = "The steps that need these will fail. Have them granted, and ask again with r."
    await described(managed, f"✖ Permission missing: create {COMPOSITION}", warned)
    await demo.until(lambda: [each for each in demo.app._notifications if refused in each.message])
    person.may(RIGHTS)
    await filled(demo, "crossplane: Network (3 of 4)")
    await reviewed(demo, "Not allowed to list functions", "whether the Function is there", "Composition for gcp")
    person.may(without)
    await begun(demo, "shop")
    work = await ended(demo, "✖ failed", "Composition for gcp", refused, person.name)
    assert managed.inventory == on_record(work) == {f"CompositeResourceDefinition {KIND}"}
    person.may({**RIGHTS, KIND: "get list create patch"})
    await demo.pilot.press("r")
    await reads(demo, "● done", "shop is in the list of clusters")
    await looked_through(demo, "shop", "3 steps", "remove what KubernetesCluster kubegenie.io/v1alpha1 made")
    work = await ended(demo, "✖ Cluster shop", f"Not allowed to delete {KIND}", "r tries it again: what is left")
    assert managed.inventory == on_record(work) == ALL
    person.may(RIGHTS)
    await demo.pilot.press("r")
    left = "left: clusters of other namespaces may need it, and you may not list those"
    await reads(demo, "Removing shop", "○ removed", left, "What this work made of these is gone, but for what is left")
    assert managed.inventory == SHARED


async def test_a_quota_is_used_up_at_the_step_of_a_kind_that_the_work_made_known(managed: Managed) -> None:
    demo, quota = managed.demo, Quota(managed.player, KIND, POOLS)
    managed.person.may_too("create", POOLS)
    quota.leave(0)
    await described(managed)
    await reviewed(demo, "(NodePool) would be refused", "exceeded quota:", "3 steps")
    await begun(demo, "shop")
    used = f"full: 1 of 1 count/{KIND} used, 1 more asked for · free some of it, or have the quota raised"
    work = await ended(demo, "✖ Cluster shop", f"A quota of the namespace has no room for {KIND}", used)
    assert managed.inventory == on_record(work) == SHARED
    quota.leave(1)
    await demo.pilot.press("r")
    await reads(demo, "● done", "shop is in the list of clusters")
    assert managed.inventory == on_record(await demo.app.services.works.get("shop")) == ALL


async def test_a_composition_is_broken_and_it_is_stopped_and_cleaned_up(managed: Managed) -> None:
    demo, player = managed.demo, managed.player
    player.no_function = why = 'cannot compose resources: cannot run pipeline step "compose": Function is not healthy'
    await begun_anew(managed)
    await reads(demo, "● Composition for gcp", "◐ Cluster shop", "Ready False Creating · Synced False", why)
    await demo.pilot.press("s")
    work = await ended(demo, "stopped", "The work was stopped · go on with it, or clean up", "○ Cluster shop")
    assert managed.inventory == on_record(work) == ALL
    await cleaned_up(demo, "shop", "3 steps", "remove what Composition apiextensions.crossplane.io/v1 made")
    assert managed.inventory == set()
    assert (await demo.app.services.works.get("shop")).state is WorkState.REMOVED


async def test_a_part_fails_and_what_is_removed_is_held_up(managed: Managed) -> None:
    demo, player = managed.demo, managed.player
    for part in ("clusters.container.gcp.m.upbound.io", POOLS):
        managed.person.may_too("get", part)
    player.broken["NodePool"] = why = "create failed: googleapi: Error 403: Insufficient regional quota"
    await begun_anew(managed)
    await reads(demo, "◐ Cluster shop", "Ready False Creating · Synced True · NodePool", why)
    await demo.pilot.press("s")
    work = await ended(demo, "stopped", "○ Cluster shop")
    assert managed.inventory == on_record(work) == ALL
    player.holding["Cluster"] = "cannot delete: the cluster has deletion protection"
    await looked_through(demo, "shop", "3 steps")
    await reads(demo, "Removing shop", "◐ Cluster shop", "cannot delete: the cluster has deletion protection")
    player.holding.clear()
    await reads(demo, "○ removed", "What this work made of these is gone")
    assert managed.inventory == set()


async def test_a_name_is_taken_before_or_meanwhile(managed: Managed) -> None:
    demo, player = managed.demo, managed.player
    theirs = managed.asked_by_others()
    player.custom.create_cluster_custom_object(EXTENSIONS, "v2", DEFINITIONS, definition_asked("theirs"))
    await demo.until(lambda: is_made(player, theirs))
    player.broken["Cluster"] = "still coming"
    await described(managed)
    await named(demo, "crossplane: Cluster (1 of 4)", "name", "shop", "There is a KubernetesCluster shop already")
    player.delete(XRS, "shop")
    await demo.until(lambda: not player.all(XRS))
    for page in PAGES:
        await filled(demo, f"crossplane: {page}")
    await reviewed(demo, "Composition for gcp", "3 steps")
    player.create(XRS, theirs)
    await begun(demo, "shop")
    said = "something has that name already", "it does not carry the tag of this work", "choose another name"
    work = await ended(demo, "✖ Cluster shop", *said)
    assert (managed.inventory, on_record(work)) == (ALL, SHARED)
    await cleaned_up(demo, "shop", "3 steps", "remove it only if this work made it")
    await reads(
        demo, "left alone: this work did not make it", "left: other clusters need it", "left: another work made it"
    )
    await reads(demo, "What this work made of these is gone, but for what is left")
    assert managed.inventory == ALL

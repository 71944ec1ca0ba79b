"""Compositions of one's own on a real API server: tried, used, and removed without their file."""

from typing import Any

import pytest

from kubegenie_tui.domain.creation import Change, WorkKind, WorkState
from kubegenie_tui.domain.errors import SpecRefused
from tests.clouds.making import Making
from tests.cluster.managed.crossplane_player import XRS, CrossplanePlayer
from tests.cluster.managed.test_crossplane import POOLS, SPEC, shared
from tests.unit.providers.crossplane.own import SMALL, keep

pytestmark = pytest.mark.cluster
CLUSTERS = ("container.gcp.m.upbound.io", "v1beta1", "clusters")
MINE: dict[str, Any] = {**SPEC, "composition": "small"}


async def test_one_that_passes_the_servers_dry_run_is_used_and_goes_without_its_file(
    work: Making, crossplane: CrossplanePlayer
) -> None:
    file = keep("small")
    outline = await work.review(**MINE)
    assert [each.key for each in outline.steps] == ["definition", "composition/small", "cluster"]
    assert outline.warnings == ()
    assert outline.estimate is not None
    assert (outline.estimate.prices, outline.estimate.unpriced) == ((), ("what small composes",))
    done = await work.made(**MINE)
    assert done.state is WorkState.DONE, done.message
    [cluster] = crossplane.all(CLUSTERS)
    assert cluster["spec"]["forProvider"]["location"] == "europe-west1"
    assert not crossplane.all(POOLS)
    [composite] = crossplane.all(XRS)
    name = "kubernetesclusters-small.kubegenie.io"
    assert composite["spec"]["crossplane"]["compositionRef"] == {"name": name}
    assert name in shared(crossplane)
    file.unlink()
    assert (await work.removed(done)).state is WorkState.REMOVED
    assert not shared(crossplane)


async def test_what_the_server_would_refuse_is_told_before(work: Making) -> None:
    keep("small", SMALL.replace("initialNodeCount", "initialNodeCuont"))
    [told] = (await work.review(**MINE)).warnings
    assert told.startswith("cluster (Cluster) would be refused: ")
    assert 'unknown field "spec.forProvider.initialNodeCuont"' in told


async def test_what_is_there_under_its_name_and_differs_is_told(work: Making, crossplane: CrossplanePlayer) -> None:
    keep("small")
    done = await work.made(**MINE)
    assert done.state is WorkState.DONE, done.message
    assert (await work.review(**{**MINE, "name": "stage"})).warnings == ()
    keep("small", SMALL + "# changed")
    [told] = (await work.review(**{**MINE, "name": "stage"})).warnings
    assert told.endswith("is there already, and not as in your file: it is used as it is")


async def test_a_function_that_is_not_there_and_a_kubeconfig_that_nobody_writes_are_told(work: Making) -> None:
    text = SMALL.replace("{name: function-patch-and-transform}", "{name: function-patches}")
    keep("small", text.replace("%s-kubeconfig", "%s-access"))
    first, second = (await work.review(**MINE)).warnings
    assert first.startswith("There is no Function function-patches: install it, or name one that is there (function-p")
    assert second == "nothing writes the Secret shop-kubeconfig: the cluster cannot be registered"


async def test_a_kind_that_no_provider_brought_is_told(work: Making) -> None:
    keep("small", SMALL.replace("kind: Cluster\n", "kind: Fleet\n"))
    said = "Fleet of container.gcp.m.upbound.io is not served: its provider brings it"
    assert said in (await work.review(**MINE)).warnings


async def test_a_fault_is_told_at_its_line_and_nothing_is_made(work: Making, crossplane: CrossplanePlayer) -> None:
    keep("small", SMALL.replace("spec.parameters.region", "spec.parameters.regoin"))
    with pytest.raises(SpecRefused) as refused:
        await work.review(**MINE)
    assert refused.value.field == "composition"
    assert "small.yaml:15: spec.parameters.regoin leads nowhere" in str(refused.value)
    assert not shared(crossplane)


async def test_a_file_that_breaks_after_the_review_stops_the_work(work: Making, crossplane: CrossplanePlayer) -> None:
    keep("small")
    outline = await work.review(**MINE)
    maker = await work.works.makers.open("crossplane", work.config)
    keep("small", "kind: nothing")
    await work.works.begin(maker, MINE, outline, "shop")
    failed = await work.ended()
    assert failed.state is WorkState.FAILED
    assert "small.yaml:1: " in failed.step("composition/small").message
    assert not crossplane.all(XRS)


async def test_it_can_be_chosen_from_those_there_are(work: Making) -> None:
    keep("small")
    keep("broken", "kind: nothing")
    maker = await work.works.makers.open("crossplane", work.config)
    found = await maker.provider.choices("composition", {})
    assert [(each.value, bool(each.label)) for each in found] == [("broken", True), ("small", False)]


async def test_one_that_makes_nothing_of_a_change_refuses_it(work: Making) -> None:
    keep("small")
    done = await work.made(**MINE)
    assert done.state is WorkState.DONE, done.message
    with pytest.raises(
        SpecRefused, match=r"small.* makes nothing of spec.parameters.version · no cluster would change"
    ):
        await work.works.review_change(done, Change(WorkKind.UPGRADE, version="1.35"))

"""A cluster that is there is upgraded, the control plane first, and its pools are scaled."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from google.cloud.container_v1 import types

from kubegenie_tui.domain.creation import Bounds, Change, WorkKind
from kubegenie_tui.domain.errors import ProviderError, SpecRefused
from kubegenie_tui.providers.gcp.provider import GkeProvider
from kubegenie_tui.providers.gcp.versions import is_offered, upgrades
from tests.clouds.gke import BUSY, VERSIONS, Gke
from tests.unit.providers.gcp.conftest import WORK, ZONE, spec
from tests.unit.providers.gcp.walking import YES, Crashed, Walk

OLD, NEW = "1.33.5-gke.900", "1.34.2-gke.300"
UPGRADE = Change(WorkKind.UPGRADE, version=NEW)
SCALE = Change(WorkKind.SCALE, pool="second", count=4)


@pytest.fixture
async def there(provider: GkeProvider) -> None:
    await Walk().make(await provider.steps(spec(version=OLD), WORK))


@pytest.mark.usefixtures("there")
async def test_the_control_plane_is_upgraded_before_its_nodes(
    provider: GkeProvider, google: Gke, clusters: Callable[[], Any]
) -> None:
    assert [each.value for each in await provider.versions("shop")] == ["1.34.1-gke.200", NEW]
    outline = await provider.change_outline(spec(), {}, UPGRADE)
    assert [each.key for each in outline.steps] == ["control-plane", "pool/first", "pool/second"]
    assert "no way back" in outline.warnings[0]
    google.asked.clear()
    walk = Walk()
    await walk.make(await provider.change_steps(spec(), {}, UPGRADE, "kg2"))
    changed = [each for each in google.asked if each.startswith("update")]
    assert changed == ["update_cluster", "update_node_pool", "update_node_pool"]
    made = (await clusters())["shop"]
    assert {made.current_master_version, *(each.version for each in made.node_pools)} == {NEW}
    assert await provider.versions("shop") != []


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize("key", ["control-plane", "pool/second"])
async def test_an_upgrade_that_is_under_way_is_found_again(provider: GkeProvider, google: Gke, key: str) -> None:
    google.project.polls = 5
    with pytest.raises(Crashed):
        await Walk(crash_in=key).make(await provider.change_steps(spec(), {}, UPGRADE, "kg2"))
    await Walk().make(await provider.change_steps(spec(), {}, UPGRADE, "kg2"))
    assert google.asked.count("update_cluster") == 1
    assert google.asked.count("update_node_pool") == 2


@pytest.mark.usefixtures("there")
async def test_an_upgrade_that_fails_says_so_and_can_be_tried_again(provider: GkeProvider, google: Gke) -> None:
    google.project.failures["update_node_pool"] = "a Pod could not be moved"
    steps, walk = await provider.change_steps(spec(), {}, UPGRADE, "kg2"), Walk()
    with pytest.raises(ProviderError, match="a Pod could not be moved"):
        await walk.make(steps)
    await walk.make(steps)
    assert google.asked.count("update_cluster") == 1


@pytest.mark.usefixtures("there")
async def test_an_upgrade_to_another_version_is_not_ours(provider: GkeProvider, google: Gke) -> None:
    step = (await provider.change_steps(spec(), {}, UPGRADE, "kg2"))[0]
    other = (await provider.change_steps(spec(), {}, Change(WorkKind.UPGRADE, version="1.34.1-gke.200"), "kg3"))[0]
    with pytest.raises(Crashed):
        await Walk(crash_in="control-plane").make([other])
    with pytest.raises(ProviderError, match=r"its version is 1\.34\.1-gke\.200"):
        await Walk().make([step])
    google.faults["update_cluster"] = [BUSY]
    await Walk().make([step])


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize("version", ["", OLD, VERSIONS[0], "1.31", "1.34"])
async def test_only_what_is_offered_next_is_an_upgrade(provider: GkeProvider, version: str) -> None:
    with pytest.raises(SpecRefused, match=r"it can go to 1\.34\.1-gke\.200, 1\.34\.2-gke\.300") as told:
        await provider.change_outline(spec(), {}, Change(WorkKind.UPGRADE, version=version))
    assert told.value.field == "version"


@pytest.mark.usefixtures("there")
async def test_a_pool_is_scaled(provider: GkeProvider, google: Gke) -> None:
    outline = await provider.change_outline(spec(), {}, SCALE)
    assert [each.title for each in outline.steps] == ["Pool second: 4 nodes"]
    google.faults["set_node_pool_size"] = [BUSY]
    await Walk().make(await provider.change_steps(spec(), {}, SCALE, "kg2"))
    assert google.project.sizes == {f"{ZONE}/shop/second": 4}


@pytest.mark.parametrize(
    ("change", "method"),
    [
        (SCALE, "set_node_pool_size"),
        (Change(WorkKind.SCALE, pool="second", bounds=Bounds(1, 4)), "set_node_pool_autoscaling"),
    ],
)
@pytest.mark.usefixtures("there")
async def test_what_was_asked_for_of_a_pool_and_is_under_way_is_found_again(
    provider: GkeProvider, google: Gke, change: Change, method: str
) -> None:
    google.project.polls = 5
    [step] = await provider.change_steps(spec(), {}, change, "kg2")
    made = {step.planned.key: await step.make({}, YES)}
    walk = Walk(made)
    await walk.make(await provider.change_steps(spec(), {}, change, "kg2"))
    assert (google.asked.count(method), walk.tries) == (1, 0)
    google.project.operations.clear()
    again = await step.find(made)
    assert again is None or "operation" not in again.made


@pytest.mark.usefixtures("there")
async def test_a_size_that_nobody_wrote_down_is_known_by_the_machines(provider: GkeProvider, google: Gke) -> None:
    google.project.polls = 30
    [step] = await provider.change_steps(spec(), {}, SCALE, "kg2")
    await step.make({}, YES)
    walk = Walk({})
    await walk.make(await provider.change_steps(spec(), {}, SCALE, "kg2"))
    assert (google.asked.count("set_node_pool_size"), walk.tries) == (1, 0)
    assert google.project.sizes == {f"{ZONE}/shop/second": 4}
    again = await step.find({})
    assert again is not None
    assert "operation" not in again.made
    other = Change(WorkKind.SCALE, pool="second", count=5)
    [step] = await provider.change_steps(spec(), {}, other, "kg3")
    assert await step.find({}) is None
    google.project.groups.clear()
    [step] = await provider.change_steps(spec(), {}, SCALE, "kg4")
    assert await step.find({}) is None, "what may not be looked at is asked for"


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        (Change(WorkKind.SCALE, pool="third", count=2), "pool", "it has first, wide"),
        (Change(WorkKind.SCALE, pool="wide", count=9), "count", "between 1 and 5 · give it other bounds"),
        (Change(WorkKind.SCALE, pool="first", bounds=Bounds(1, 2)), "pool", "it has no bounds"),
    ],
)
async def test_what_cannot_be_scaled_is_refused(provider: GkeProvider, change: Change, field: str, said: str) -> None:
    wanted = spec(pools=[{"name": "first"}, {"name": "wide", "autoscale": True}])
    await Walk().make(await provider.steps(wanted, WORK))
    with pytest.raises(SpecRefused, match=said) as told:
        await provider.change_outline(wanted, {}, change)
    assert told.value.field == field
    able = await provider.change_outline(wanted, {}, Change(WorkKind.SCALE, pool="wide", count=3))
    assert "scales itself" in able.warnings[0]


async def test_the_bounds_of_a_pool_are_changed(
    provider: GkeProvider, google: Gke, clusters: Callable[[], Any]
) -> None:
    wanted = spec(pools=[{"name": "first"}, {"name": "wide", "autoscale": True}])
    await Walk().make(await provider.steps(wanted, WORK))
    now = {"enabled": True, "minNodeCount": 1, "maxNodeCount": 5, "locationPolicy": "ANY"}
    pool = google.project.clusters[f"{ZONE}/shop"].node_pools[1]
    pool.autoscaling = types.NodePoolAutoscaling.from_json(json.dumps(now))
    change = Change(WorkKind.SCALE, pool="wide", bounds=Bounds(0, 3))
    outline = await provider.change_outline(wanted, {}, change)
    assert [each.title for each in outline.steps] == ["Pool wide: between 0 and 3 nodes"]
    assert outline.warnings[0] == "Its bounds are 1 and 5 now"
    google.faults["set_node_pool_autoscaling"] = [BUSY]
    await Walk().make(await provider.change_steps(wanted, {}, change, "kg2"))
    then = (await clusters())["shop"].node_pools[1].autoscaling
    assert (then.enabled, then.min_node_count, then.max_node_count, then.location_policy.name) == (True, 0, 3, "ANY")
    google.asked.clear()
    await Walk().make(await provider.change_steps(wanted, {}, change, "kg2"))
    assert "set_node_pool_autoscaling" not in google.asked
    assert (await provider.change_outline(wanted, {}, Change(WorkKind.SCALE, pool="wide", count=3))).steps


@pytest.mark.usefixtures("there")
async def test_a_change_is_never_taken_back(provider: GkeProvider, google: Gke, clusters: Callable[[], Any]) -> None:
    steps = await provider.change_steps(spec(), {}, UPGRADE, "kg2")
    walk = Walk()
    await walk.make(steps)
    await walk.remove(steps)
    assert (await clusters())["shop"].current_master_version == NEW
    assert not any(each.startswith("delete") for each in google.asked)


async def test_a_cluster_that_is_gone_is_not_changed(provider: GkeProvider) -> None:
    with pytest.raises(ProviderError, match="no cluster shop"):
        await provider.change_outline(spec(), {}, SCALE)
    with pytest.raises(ProviderError, match="no cluster shop"):
        await Walk().make(await provider.change_steps(spec(), {}, UPGRADE, "kg2"))


def test_versions_come_in_order_and_one_minor_at_a_time() -> None:
    offers = ["1.35.0-gke.1", "1.34.10-gke.2", "1.34.9-gke.1", "1.34.10-gke.1", "1.33.5-gke.900"]
    assert upgrades("1.33.5-gke.900", offers) == ["1.34.9-gke.1", "1.34.10-gke.1", "1.34.10-gke.2"]
    assert upgrades("1.34.10-gke.2", offers) == ["1.35.0-gke.1"]


@pytest.mark.parametrize(
    ("version", "is_one"),
    [("", True), ("latest", True), ("1.34", True), ("1.34.1", True), ("1.34.1-gke.200", True), ("1.3", False)],
)
def test_a_version_may_be_named_in_short(version: str, is_one: bool) -> None:
    assert is_offered(version, VERSIONS) is is_one

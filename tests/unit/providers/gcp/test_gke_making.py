"""Clusters are made and removed by Google's own client, with Google's own messages; what goes wrong leaves nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from kubegenie_tui.domain.errors import (
    NameTaken,
    PermissionMissing,
    ProviderError,
    QuotaExceeded,
    SpecRefused,
    TryLater,
)
from kubegenie_tui.providers.gcp.provider import GkeProvider
from tests.clouds.gke import BUSY, DENIED, NO_QUOTA, TOO_MANY, UNWELL, Gke, Refused
from tests.unit.providers.gcp.conftest import WORK, ZONE, spec
from tests.unit.providers.gcp.walking import YES, Crashed, Walk

Clusters = Callable[[], Any]


async def test_a_cluster_is_made_with_its_pools_and_found_by_others(
    provider: GkeProvider, google: Gke, clusters: Clusters
) -> None:
    wanted = spec(
        labels={"team": "shop"}, private_nodes=True, authorized_networks=["10.0.0.0/8"], version="1.34.1-gke.200"
    )
    walk = Walk()
    await walk.make(await provider.steps(wanted, WORK))
    made = (await clusters())["shop"]
    assert dict(made.resource_labels) == {"team": "shop", "kubegenie-work": WORK}
    assert made.network_config.default_enable_private_nodes
    networks = made.control_plane_endpoints_config.ip_endpoints_config.authorized_networks_config
    assert (networks.enabled, [each.cidr_block for each in networks.cidr_blocks]) == (True, ["10.0.0.0/8"])
    assert made.ip_allocation_policy.use_ip_aliases
    first, second = made.node_pools
    assert (first.name, first.config.machine_type, first.initial_node_count) == ("first", "e2-standard-4", 2)
    assert (second.name, second.config.machine_type, second.initial_node_count) == ("second", "n2-standard-2", 1)
    assert second.config.resource_labels["kubegenie-work"] == WORK
    assert second.config.oauth_scopes == ["https://www.googleapis.com/auth/cloud-platform"]
    assert walk.made["cluster"]["endpoint"] == "203.0.113.7"
    assert walk.made["cluster"]["version"] == "1.34.1-gke.200"
    assert "RUNNING" in walk.phases


async def test_autopilot_is_asked_for_no_pools(provider: GkeProvider, clusters: Clusters) -> None:
    wanted = spec(mode="Autopilot", region="europe-west1", pools=[], channel="rapid")
    await Walk().make(await provider.steps(wanted, WORK))
    made = (await clusters())["shop"]
    assert made.autopilot.enabled
    assert (made.release_channel.channel.name, len(made.node_pools)) == ("RAPID", 0)


async def test_a_pool_that_scales_itself_and_may_be_taken_away(provider: GkeProvider, clusters: Clusters) -> None:
    pool = {"name": "cheap", "autoscale": True, "minimum": 0, "maximum": 4, "count": 1, "spot": True, "disk_gb": 30}
    await Walk().make(await provider.steps(spec(pools=[pool], channel="none"), WORK))
    (made,) = (await clusters())["shop"].node_pools
    assert (made.autoscaling.enabled, made.autoscaling.min_node_count, made.autoscaling.max_node_count) == (True, 0, 4)
    assert "release_channel" in (await clusters())["shop"]
    assert (await clusters())["shop"].release_channel.channel.name == "UNSPECIFIED"
    assert (made.config.spot, made.config.disk_size_gb, made.management.auto_upgrade) == (True, 30, False)


async def test_all_of_it_goes_again_the_last_first(provider: GkeProvider, google: Gke, clusters: Clusters) -> None:
    steps, walk = await provider.steps(spec(), WORK), Walk()
    await walk.make(steps)
    google.asked.clear()
    await walk.remove(steps)
    assert [each for each in google.asked if each.startswith("delete")] == ["delete_node_pool", "delete_cluster"]
    assert (await clusters(), walk.made) == ({}, {})


@pytest.mark.parametrize("key", ["cluster", "pool/second"])
async def test_a_new_process_takes_over_what_was_asked_for(
    provider: GkeProvider, google: Gke, clusters: Clusters, key: str
) -> None:
    steps, first = await provider.steps(spec(), WORK), Walk(crash_in=key)
    with pytest.raises(Crashed):
        await first.make(steps)
    assert key not in first.made
    walk = Walk(first.made)
    await walk.make(await provider.steps(spec(), WORK))
    assert google.asked.count("create_cluster") == google.asked.count("create_node_pool") == 1
    assert [each.name for each in (await clusters())["shop"].node_pools] == ["first", "second"]
    assert walk.made["cluster"]["endpoint"]
    await walk.remove(steps)
    assert await clusters() == {}


@pytest.mark.parametrize(("key", "method"), [("cluster", "create_cluster"), ("pool/second", "create_node_pool")])
async def test_a_lost_answer_makes_nothing_twice(
    provider: GkeProvider, google: Gke, clusters: Clusters, key: str, method: str
) -> None:
    google.lost.add(method)
    walk = Walk()
    await walk.make(await provider.steps(spec(), WORK))
    assert (google.asked.count(method), walk.tries) == (2, 1)
    assert walk.made[key]["name"] == key.rpartition("/")[2].replace("cluster", "shop")
    assert [each.name for each in (await clusters())["shop"].node_pools] == ["first", "second"]


@pytest.mark.parametrize("fault", [TOO_MANY, BUSY, UNWELL])
@pytest.mark.parametrize("method", ["create_cluster", "create_node_pool", "get_operation", "get_cluster"])
async def test_what_may_succeed_soon_is_tried_again(
    provider: GkeProvider, google: Gke, clusters: Clusters, fault: Refused, method: str
) -> None:
    google.faults[method] = [fault, fault]
    walk = Walk()
    await walk.make(await provider.steps(spec(), WORK))
    assert walk.tries == 2
    assert len((await clusters())["shop"].node_pools) == 2


@pytest.mark.parametrize("method", ["create_cluster", "create_node_pool"])
@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        (NO_QUOTA, QuotaExceeded, "request requires '12.0'"),
        (DENIED, PermissionMissing, "container.clusters.create"),
        (Refused(400, "INVALID_ARGUMENT", "Machine type is wrong."), SpecRefused, "Machine type is wrong"),
        (Refused(400, "FAILED_PRECONDITION", "The network is gone."), SpecRefused, "The network is gone"),
    ],
)
async def test_what_would_fail_again_ends_it_and_leaves_only_what_is_on_record(
    provider: GkeProvider,
    google: Gke,
    clusters: Clusters,
    method: str,
    fault: Refused,
    kind: type[ProviderError],
    words: str,
) -> None:
    google.faults[method] = [fault]
    steps, walk = await provider.steps(spec(), WORK), Walk()
    with pytest.raises(kind, match=words) as told:
        await walk.make(steps)
    assert not isinstance(told.value, TryLater)
    assert "http" not in str(told.value)
    assert list(walk.made) == (["cluster"] if "shop" in await clusters() else [])
    await walk.remove(steps)
    assert await clusters() == {}


@pytest.mark.parametrize("key", ["cluster", "pool/second"])
async def test_what_is_not_ours_is_left_alone(provider: GkeProvider, google: Gke, clusters: Clusters, key: str) -> None:
    await Walk().make(await provider.steps(spec(), "theirs"))
    ours = await provider.steps(spec(), WORK)
    with pytest.raises(NameTaken):
        await Walk().make([each for each in ours if each.planned.key == key])
    await Walk().remove(ours)
    assert len((await clusters())["shop"].node_pools) == 2
    assert not any(each.startswith("delete") for each in google.asked)


async def test_a_name_that_is_taken_between_look_and_request_is_told(provider: GkeProvider) -> None:
    await Walk().make((await provider.steps(spec(), "theirs"))[:1])
    (step, _) = await provider.steps(spec(), WORK)
    with pytest.raises(NameTaken, match="Already exists"):
        await step.make({}, YES)


@pytest.mark.parametrize(("method", "key"), [("create_cluster", "cluster"), ("create_node_pool", "pool/second")])
async def test_an_operation_that_fails_says_why_and_is_cleaned_up(
    provider: GkeProvider, google: Gke, clusters: Clusters, method: str, key: str
) -> None:
    google.project.failures[method] = "Insufficient quota: CPUS"
    steps, walk = await provider.steps(spec(), WORK), Walk()
    with pytest.raises(ProviderError, match="Insufficient quota: CPUS"):
        await walk.make(steps)
    assert key in walk.made
    again = await next(each for each in steps if each.planned.key == key).look(walk.made, {})
    assert (again.done, bool(again.failure)) == (False, True)
    await walk.remove(steps)
    assert await clusters() == {}


@pytest.mark.parametrize("method", ["delete_node_pool", "delete_cluster"])
async def test_a_lost_answer_to_a_removal_does_no_harm(
    provider: GkeProvider, google: Gke, clusters: Clusters, method: str
) -> None:
    steps, walk = await provider.steps(spec(), WORK), Walk()
    await walk.make(steps)
    google.lost.add(method)
    google.faults["get_node_pool"] = [UNWELL]
    await walk.remove(steps)
    assert await clusters() == {}


async def test_a_slow_operation_is_looked_at_until_it_is_done(provider: GkeProvider, google: Gke) -> None:
    google.project.polls = 12
    walk = Walk()
    await walk.make((await provider.steps(spec(), WORK))[:1])
    assert walk.phases == ["RUNNING"] * 11


async def test_a_forgotten_operation_is_judged_by_the_cluster(provider: GkeProvider, google: Gke) -> None:
    (step, _) = await provider.steps(spec(), WORK)
    google.project.polls = 4
    own = await step.make({}, YES)
    google.project.operations.clear()
    assert (await step.look({}, own)).phase == "PROVISIONING"
    assert (await step.look({}, own)).phase == "RUNNING"
    google.project.clusters.clear()
    assert (await step.look({}, own)).failure == "Google has removed it"


async def test_a_cluster_is_removed_while_it_is_made(provider: GkeProvider, google: Gke, clusters: Clusters) -> None:
    steps = await provider.steps(spec(), WORK)
    google.project.polls = 5
    await steps[0].make({}, YES)
    walk = Walk()
    await walk.remove(steps)
    assert (walk.tries > 0, await clusters()) == (True, {})


async def test_a_zone_is_where_it_was_asked_for(provider: GkeProvider, google: Gke) -> None:
    await Walk().make((await provider.steps(spec(), WORK))[:1])
    assert list(google.project.clusters) == [f"{ZONE}/shop"]

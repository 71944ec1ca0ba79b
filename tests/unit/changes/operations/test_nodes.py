"""Nodes and what runs on them: closing, tainting, emptying, and what forbids that."""

from typing import Any

import pytest

from kubegenie_tui.changes.operations.target import Target
from kubegenie_tui.changes.tier import tier_of
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.plan import StepPreview, Tier, Verb
from kubegenie_tui.genie.proposing.planning import joined
from tests.ui.played_cluster import PlayedCluster
from tests.unit.changes.operations.wishes import plan_of, pod, target

W1, W2 = Tier.REVERSIBLE, Tier.DISRUPTIVE
NODE = target("nodes", "node-1")
CLOSED = target("nodes", "node-2", spec={"unschedulable": True, "taints": [{"key": "gpu", "effect": "NoSchedule"}]})


def budget(name: str, allowed: int, namespace: str = "shop", **selector: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"selector": selector},
        "status": {"disruptionsAllowed": allowed},
    }


def cluster_with(*pods: Any, budgets: tuple[dict[str, Any], ...] = ()) -> PlayedCluster:
    cluster = PlayedCluster()
    cluster.lists["pods"] = [each.manifest for each in pods]
    cluster.lists["poddisruptionbudgets.policy"] = list(budgets)
    return cluster


async def test_cordon_and_uncordon_leave_out_what_is_so_already() -> None:
    (step,) = (await plan_of("cordon", [NODE, CLOSED])).steps
    assert (step.ref.name, step.body) == ("node-1", {"spec": {"unschedulable": True}})
    (step,) = (await plan_of("uncordon", [NODE, CLOSED])).steps
    assert (step.ref.name, step.body) == ("node-2", {"spec": {"unschedulable": None}})


TAINTS = [
    ("taint gpu=yes:NoSchedule", [{"key": "gpu", "value": "yes", "effect": "NoSchedule"}]),
    ("taint old:NoExecute", [{"key": "gpu", "effect": "NoSchedule"}, {"key": "old", "effect": "NoExecute"}]),
    ("taint gpu-", None),
    ("taint gpu:NoSchedule-", None),
    ("taint gpu:NoExecute- x=1:PreferNoSchedule", [
        {"key": "gpu", "effect": "NoSchedule"}, {"key": "x", "value": "1", "effect": "PreferNoSchedule"},
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("line", "taints"), TAINTS)
async def test_taints(line: str, taints: Any) -> None:
    plan = await plan_of(line, [CLOSED])
    (step,) = plan.steps
    assert step.body == {"spec": {"taints": taints}}
    shown = StepPreview(step, CLOSED.manifest, {**CLOSED.manifest, **step.body}, ())
    assert tier_of(plan, [shown], ())[0] is (W2 if line.endswith(":NoExecute") else W1)


@pytest.mark.parametrize("word", ["gpu", "gpu=yes", "gpu=yes:Never", ":NoSchedule", "gpu:Never-"])
async def test_what_is_no_taint(word: str) -> None:
    with pytest.raises(UsageError, match="is no taint"):
        await plan_of(f"taint {word}", [NODE])


async def test_a_drain_closes_the_node_and_evicts_what_has_most_room_first() -> None:
    free, roomy, narrow = (
        pod("free", metadata={"labels": {"app": "free"}}),
        pod("roomy", metadata={"labels": {"app": "roomy"}}),
        pod("narrow", metadata={"labels": {"app": "narrow"}}),
    )
    budgets = (
        budget("all", 1, matchLabels={"app": "narrow"}),
        budget("roomy", 2, matchExpressions=[{"key": "app", "operator": "In", "values": ["roomy"]}]),
        budget("elsewhere", 0, namespace="payments"),
    )
    plan = await plan_of("drain --grace=30", [NODE], cluster_with(narrow, roomy, free, budgets=budgets))
    assert [(step.verb, step.ref.kind, step.ref.name) for step in plan.steps] == [
        (Verb.PATCH, "nodes", "node-1"),
        (Verb.CREATE, "pods", "free"),
        (Verb.CREATE, "pods", "roomy"),
        (Verb.CREATE, "pods", "narrow"),
    ]
    assert plan.steps[1].subresource == "eviction"
    assert plan.steps[1].body == {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": "free", "namespace": "shop"},
    }
    assert [step.grace for step in plan.steps] == [None, 30, 30, 30]
    assert plan.disrupts == "it evicts 3 pods"


@pytest.mark.parametrize("nodes", [[NODE], [CLOSED], [NODE, CLOSED]])
async def test_a_drain_is_destructive_whatever_state_the_node_is_in(nodes: list[Target]) -> None:
    plan = await plan_of("drain", nodes, cluster_with(pod("web")))
    shown = [StepPreview(step, {}, None, ()) for step in plan.steps]
    evicts = f"it evicts {len(nodes)} pod{'s' if len(nodes) > 1 else ''}"
    assert tier_of(plan, shown, ()) == (Tier.DESTRUCTIVE, ("it empties a node", evicts))


async def test_a_drain_that_is_proposed_with_other_changes_stays_destructive() -> None:
    drain = await plan_of("drain", [CLOSED], cluster_with(pod("web")))
    both, _ = joined([(await plan_of("cordon", [NODE]), ""), (drain, "")])
    assert both.destroys == "it empties a node"


async def test_what_stays_on_a_drained_node_is_told_with_the_reason() -> None:
    stays = (
        pod("logs", owner="DaemonSet"),
        pod("etcd", owner="Node", metadata={"annotations": {"kubernetes.io/config.mirror": "x"}}),
        pod("going", metadata={"deletionTimestamp": "2025-11-25T19:46:40Z"}),
    )
    plan = await plan_of("drain", [NODE], cluster_with(*stays, pod("web")))
    assert [step.ref.name for step in plan.steps] == ["node-1", "web"]
    _, reasons = tier_of(plan, [StepPreview(step, {}, None, ()) for step in plan.steps], ())
    told = " ".join(reasons)
    assert "it evicts 1 pod; 3 stay" in told
    assert "shop/logs: its DaemonSet would put it back at once" in told
    assert "shop/etcd: it is the node's own" in told


BLOCKED = [
    (pod("bare", owner=""), (), "shop/bare: nobody would make it again", "--force"),
    (
        pod("cache", spec={"volumes": [{"name": "tmp", "emptyDir": {}}]}),
        (),
        "shop/cache: what is in its emptyDir",
        "--empty-dirs",
    ),
    (pod("web"), (budget("web", 0, matchLabels={"app": "web"}),), "budget shop/web allows no", "--skip-blocked"),
    (pod("web"), (budget("everything", 0),), "budget shop/everything allows no disruption now", "--skip-blocked"),
]


@pytest.mark.parametrize(("held", "budgets", "said", "way_out"), BLOCKED, ids=lambda each: str(each)[:20])
async def test_what_blocks_a_drain_is_told_and_can_be_allowed(
    held: Any, budgets: tuple[dict[str, Any], ...], said: str, way_out: str
) -> None:
    cluster = cluster_with(held, pod("other", metadata={"labels": {"app": "other"}}), budgets=budgets)
    if said.endswith("everything allows no disruption now"):
        cluster.lists["pods"].pop()
    with pytest.raises(UsageError, match=said) as refused:
        await plan_of("drain", [NODE], cluster)
    assert way_out in str(refused.value)
    assert ("--skip-blocked" in str(refused.value)) is bool(budgets), "it would not help"
    assert (await plan_of(f"drain {way_out}", [NODE], cluster)).steps[0].ref.kind == "nodes"


async def test_pods_that_have_ended_block_nothing() -> None:
    ended = pod("job", owner="", phase="Succeeded", spec={"volumes": [{"name": "tmp", "emptyDir": {}}]})
    cluster = cluster_with(ended, budgets=(budget("all", 0),))
    assert [step.ref.name for step in (await plan_of("drain", [NODE], cluster)).steps] == ["node-1", "job"]


async def test_evicting_and_sanitizing_pods() -> None:
    plan = await plan_of("evict", [pod("a"), pod("b")])
    assert (plan.title, [step.subresource for step in plan.steps]) == ("Evict 2 pods", ["eviction"] * 2)
    cluster = cluster_with(pod("done", phase="Succeeded"), pod("runs"))
    plan = await plan_of("sanitize", [pod("runs")], cluster)
    assert plan.title == "Delete the completed pods of shop"
    assert {step.ref.name for step in plan.steps} == {"done"}


async def test_a_pod_is_restarted_by_deleting_it_where_something_makes_another() -> None:
    plan = await plan_of("restart-pod", [pod("a"), pod("b", owner="StatefulSet")])
    assert plan.title == "Restart 2 pods: deleted, and made again by the ReplicaSet and StatefulSet"
    assert [(step.verb, step.ref.name, step.grace) for step in plan.steps] == [
        (Verb.DELETE, "a", None),
        (Verb.DELETE, "b", None),
    ]
    for owner, said in (("", "Nobody would make pod shop/a again"), ("Node", "a static pod")):
        with pytest.raises(UsageError, match=said):
            await plan_of("restart-pod", [pod("a", owner=owner)])


async def test_a_shell_on_a_node_is_a_privileged_pod_there() -> None:
    plan = await plan_of("node-shell --namespace=debug", [NODE])
    (step,) = plan.steps
    spec = step.body["spec"]
    assert (step.verb, str(step.ref), spec["nodeName"]) == (Verb.CREATE, "pods debug/node-shell-node-1-ab12", "node-1")
    assert spec["containers"][0]["securityContext"] == {"privileged": True}
    assert spec["hostPID"] is True
    assert spec["activeDeadlineSeconds"] == 4 * 60 * 60
    assert "root" in plan.disrupts

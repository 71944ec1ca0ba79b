"""How far a composite is, read of what it is made of."""

from typing import Any

from kubegenie_tui.domain.tracing import trace
from kubegenie_tui.providers.crossplane.state import how_changed, how_far, how_gone
from tests.unit.domain.test_tracing import WAITS, WELL, reference, thing


def test_a_part_that_is_gone_keeps_nothing_from_going() -> None:
    parts = [reference("Cluster", "shop-cluster"), reference("NodePool", "shop-nodes")]
    root = thing("KubernetesCluster", "shop", spec={"crossplane": {"resourceRefs": parts}}, said=WAITS)
    root["metadata"]["deletionTimestamp"] = "2026-11-30T12:00:00Z"
    pool = thing("NodePool", "shop-nodes", said={"Ready": (False, "Deleting", "its nodes are drained")})
    found = trace(root, [pool])
    assert how_gone(found).phase.startswith("Deleting · NodePool team/shop-nodes: Ready False Deleting (its nodes are")
    assert "Cluster team/shop-cluster: it does not exist" in how_far(found).phase


def test_what_somebody_else_uses_is_told_before_what_waits_for_a_part() -> None:
    parts = [reference("Gateway", "shop-gateway"), reference("Cluster", "shop-cluster")]
    root = thing("KubernetesCluster", "shop", spec={"crossplane": {"resourceRefs": parts}}, said=WAITS)
    root["metadata"]["deletionTimestamp"] = "2026-11-30T12:00:00Z"
    cluster, gateway = thing("Cluster", "shop-cluster", said=WELL), thing("Gateway", "shop-gateway", said=WELL)
    gateway["metadata"]["deletionTimestamp"] = "2026-11-30T12:00:00Z"
    order = usage(
        "order", "Gateway", "shop-gateway", by={**reference("Cluster", ""), "resourceRef": {"name": "shop-cluster"}}
    )
    waiting = how_gone(trace(root, [cluster, gateway, order]))
    assert waiting.phase.startswith("Deleting · Gateway team/shop-gateway: ")
    kept = how_gone(
        trace(root, [cluster, gateway, order, usage("open", "Cluster", "shop-cluster", reason="it is open")])
    )
    assert kept.phase == (
        "Deleting · Cluster team/shop-cluster: Ready True · Synced True · in use: it is open (Usage open)"
    )


def test_what_a_composite_says_of_itself_is_told_once() -> None:
    new = thing("KubernetesCluster", "shop")
    assert how_far(trace(new, [])).phase == "Ready - · Synced -"
    broken = thing("KubernetesCluster", "shop", said={**WAITS, "Synced": (False, "ReconcileError", "no pipeline")})
    assert how_far(trace(broken, [])).phase.count("Ready") == 1
    assert how_far(trace(broken, [])).phase.endswith("Synced False ReconcileError (no pipeline)")


def test_a_change_is_not_done_while_a_part_has_not_seen_it_or_its_cloud_is_at_work() -> None:
    parts = [reference("Cluster", "shop-cluster")]
    root = thing("KubernetesCluster", "shop", spec={"crossplane": {"resourceRefs": parts}}, said=WELL)

    def told(**more: tuple[bool, str, str]) -> str:
        cluster = thing("Cluster", "shop-cluster", said={**WELL, **more})
        cluster["metadata"]["generation"] = 3
        cluster["status"]["conditions"][1]["observedGeneration"] = seen
        found = how_changed(root, trace(root, [cluster]))
        return "" if found.done else found.phase

    seen = 2
    assert told() == "Ready True · Synced True · Cluster team/shop-cluster: its change is not seen yet"
    seen = 3
    assert told(AsyncOperation=(False, "Ongoing", "")).endswith("an operation is going on in its cloud")
    assert told(AsyncOperation=(True, "Finished", "")) == ""


def usage(name: str, kind: str, of: str, **more: Any) -> dict[str, Any]:
    spec = {"of": {**reference(kind, ""), "resourceRef": {"name": of}}, **more}
    return thing("Usage", name, "protection.crossplane.io", spec=spec)

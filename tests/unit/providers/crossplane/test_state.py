"""How far a composite is, read of what it is made of."""

from kubegenie_tui.domain.tracing import trace
from kubegenie_tui.providers.crossplane.state import how_far, how_gone
from tests.unit.domain.test_tracing import WAITS, reference, thing


def test_a_part_that_is_gone_keeps_nothing_from_going() -> None:
    parts = [reference("Cluster", "shop-cluster"), reference("NodePool", "shop-nodes")]
    root = thing("KubernetesCluster", "shop", spec={"crossplane": {"resourceRefs": parts}}, said=WAITS)
    root["metadata"]["deletionTimestamp"] = "2026-11-30T12:00:00Z"
    pool = thing("NodePool", "shop-nodes", said={"Ready": (False, "Deleting", "its nodes are drained")})
    found = trace(root, [pool])
    assert how_gone(found).phase.startswith("Deleting · NodePool team/shop-nodes: Ready False Deleting (its nodes are")
    assert "Cluster team/shop-cluster: it does not exist" in how_far(found).phase

"""The numbers in the tree: live counts of the kinds in view, and of no others."""

from collections.abc import Sequence

from kubegenie_tui.agents.cluster_agent import ClusterAgent, CountLease
from kubegenie_tui.domain.kind import Kind


class TreeCounts:
    """Leases on counts; what leaves the tree is released."""

    def __init__(self) -> None:
        self._agent: ClusterAgent | None = None
        self._leases: dict[str, CountLease] = {}
        self._namespace = ""

    def follow(self, agent: ClusterAgent, kinds: Sequence[Kind], namespace: str) -> None:
        """Count these kinds of a cluster from now on, in one namespace or in all."""
        wanted = {kind.id: kind for kind in kinds}
        for kind_id in list(self._leases):
            if kind_id not in wanted or (agent, namespace) != (self._agent, self._namespace):
                self._leases.pop(kind_id).release()
        self._agent, self._namespace = agent, namespace
        for kind_id, kind in wanted.items():
            if kind_id not in self._leases:
                self._leases[kind_id] = agent.count(kind, namespace if kind.namespaced else "")

    def numbers(self) -> dict[str, int | None]:
        """Counts by kind id, of those that are known."""
        return {kind_id: lease.count for kind_id, lease in self._leases.items() if lease.known}

    def release(self) -> None:
        """Stop counting."""
        for lease in self._leases.values():
            lease.release()
        self._leases.clear()

"""What stands around the objects of a plan: a kind of a namespace is listed once, and only when a rule asks for it."""

from kubegenie_tui.changes.cluster import WritableCluster
from kubegenie_tui.domain.custom.instances import Instances
from kubegenie_tui.domain.errors import NotFound
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, mapping_at, text_at, value_at
from kubegenie_tui.domain.relations.label_selector import selects
from kubegenie_tui.kube.instances import count_instances
from kubegenie_tui.kube.objects import get_object, list_objects

MOST_LISTED = 500
"""Objects of one kind that are read: enough for what surrounds a workload, not for a cluster."""


class Surroundings:
    """Lists of one preview."""

    def __init__(self, cluster: WritableCluster) -> None:
        self._cluster = cluster
        self._lists: dict[tuple[str, str], list[Manifest]] = {}

    async def all(self, name: str, namespace: str) -> list[Manifest]:
        """The objects of a kind in a namespace; none where the cluster does not serve it.

        Raises:
            ClusterError: they may not be read.
        """
        key = (name, namespace)
        if key not in self._lists:
            kind = self._cluster.kinds.find(name)
            if kind is None:
                return []
            self._lists[key] = (await list_objects(self._cluster.client, kind, namespace, limit=MOST_LISTED)).items
        return self._lists[key]

    def kind_of(self, reference: Manifest) -> Kind | None:
        """The kind that a reference with `apiVersion` and `kind` means; None where the cluster does not serve it."""
        kinds, version, kind = self._cluster.kinds, text_at(reference, "apiVersion"), text_at(reference, "kind")
        return kinds.of(version, kind) if version else kinds.find(kind)

    async def object(self, kind: Kind, namespace: str, name: str) -> Manifest | None:
        """One object, None when there is none.

        Raises:
            ClusterError: it may not be read.
        """
        try:
            return await get_object(self._cluster.client, kind, name, namespace)
        except NotFound:
            return None

    async def count(self, kind: Kind) -> Instances:
        """How many objects of a kind there are, and where; none where the cluster does not serve it.

        Raises:
            ClusterError: they may not be read.
        """
        if self._cluster.kinds.get(kind.id) is None:
            return Instances(0)
        return await count_instances(self._cluster.client, kind)

    async def selecting(self, name: str, namespace: str, labels: Manifest) -> list[Manifest]:
        """Those of them whose `spec.selector` selects pods with these labels."""
        return [each for each in await self.all(name, namespace) if selects(value_at(each, "spec.selector"), labels)]

    async def pods_of(self, namespace: str, labels: Manifest) -> list[Manifest]:
        """Pods with all of these labels."""
        pods = await self.all("pods", namespace)
        return [pod for pod in pods if labels.items() <= mapping_at(pod, "metadata.labels").items()]

    async def pods_on(self, node: str) -> list[Manifest]:
        """The pods of a node, all of them.

        Raises:
            ClusterError: they may not be read.
        """
        kind = self._cluster.kinds.find("pods")
        if kind is None:
            return []
        client, selector = self._cluster.client, f"spec.nodeName={node}"
        return (await list_objects(client, kind, field_selector=selector, limit=0)).items

    async def scaling(self, namespace: str, kind: str, name: str) -> list[Manifest]:
        """The autoscalers of a workload."""
        scalers = await self.all("horizontalpodautoscalers", namespace)
        return [
            each
            for each in scalers
            if (text_at(each, "spec.scaleTargetRef.kind"), text_at(each, "spec.scaleTargetRef.name")) == (kind, name)
        ]

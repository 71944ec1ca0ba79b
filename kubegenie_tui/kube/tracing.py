"""Reads all that an object is made of, for `domain.tracing`: by its references, and for a Cluster by its label."""

from kubegenie_tui.domain.errors import NotFound
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.manifest import Manifest, text_at
from kubegenie_tui.domain.tracing import DEEPEST, Part, Traced, part_of, references_of, trace
from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.objects import get_object, list_objects

_CLUSTER_API = "cluster.x-k8s.io"
_OF_CLUSTER = "cluster.x-k8s.io/cluster-name"
_USAGES = {
    "usages.protection.crossplane.io",
    "clusterusages.protection.crossplane.io",
    "usages.apiextensions.crossplane.io",
}


async def traced(client: Client, kinds: KindIndex, root: Manifest) -> Traced:
    """An object with all that it is made of, as it is now.

    Raises:
        ClusterError, CredentialError, KubeconfigError: as `Client.get`.
    """
    found = await _referred(client, kinds, root)
    part = part_of(root)
    if (part.group, part.kind) == (_CLUSTER_API, "Cluster"):
        found += await _of_cluster(client, kinds, part)
    for kind in (each for each in kinds if each.id in _USAGES):
        found += (await list_objects(client, kind, part.namespace if kind.namespaced else "", limit=0)).items
    return trace(root, _once(found))


async def _referred(client: Client, kinds: KindIndex, root: Manifest) -> list[Manifest]:
    found: list[Manifest] = []
    seen: set[Part] = {part_of(root)}
    level = [root]
    for _ in range(DEEPEST):
        parts = [each for above in level for each in references_of(above) if each not in seen]
        seen.update(parts)
        level = [each for part in parts if (each := await _read(client, kinds, part)) is not None]
        found += level
    return found


async def _read(client: Client, kinds: KindIndex, part: Part) -> Manifest | None:
    kind = kinds.of(f"{part.group}/" if part.group else "v1", part.kind)
    if kind is None:
        return None
    try:
        return await get_object(client, kind, part.name, part.namespace if kind.namespaced else "")
    except NotFound:
        return None


async def _of_cluster(client: Client, kinds: KindIndex, cluster: Part) -> list[Manifest]:
    found: list[Manifest] = []
    for kind in filter(_is_part_of_clusters, kinds):
        listed = await list_objects(
            client, kind, cluster.namespace, label_selector=f"{_OF_CLUSTER}={cluster.name}", limit=0
        )
        found += [{"apiVersion": kind.api_version, "kind": kind.kind, **each} for each in listed.items]
    return found


def _is_part_of_clusters(kind: Kind) -> bool:
    ours = kind.group == _CLUSTER_API or kind.group.endswith(f".{_CLUSTER_API}")
    return ours and kind.namespaced and "list" in kind.verbs


def _once(found: list[Manifest]) -> list[Manifest]:
    return list({text_at(each, "metadata.uid"): each for each in found}.values())

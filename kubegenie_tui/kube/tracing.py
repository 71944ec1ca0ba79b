"""Reads all that an object is made of, for `domain.tracing`: by its references, and for a Cluster by its label."""

import asyncio

from kubegenie_tui.domain.composition_revisions import COMPOSITION_LABEL, Revision, revision_of
from kubegenie_tui.domain.errors import Forbidden, NotFound
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.manifest import Manifest, text_at
from kubegenie_tui.domain.tracing import CLUSTER_API, DEEPEST, Part, Traced, above_of, part_of, references_of, trace
from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.objects import get_object, list_objects

AT_ONCE = 8
"""Objects that are asked for at the same time."""
_REVISIONS = "compositionrevisions.apiextensions.crossplane.io"

_OF_CLUSTER = "cluster.x-k8s.io/cluster-name"
_USAGES = {
    "usages.protection.crossplane.io",
    "clusterusages.protection.crossplane.io",
    "usages.apiextensions.crossplane.io",
}


async def traced(client: Client, kinds: KindIndex, root: Manifest) -> Traced:
    """An object with all that it is made of, as it is now; what may not be read is told as that.

    Raises:
        ClusterError, CredentialError, KubeconfigError: as `Client.get`.
    """
    return await _Reading(client, kinds).traced(root)


async def top_of(client: Client, kinds: KindIndex, found: Manifest) -> Manifest:
    """What an object is a part of in the end: the claim, composite or Cluster that somebody asked for, or itself.

    Raises:
        ClusterError, CredentialError, KubeconfigError: as `Client.get`.
    """
    reading = _Reading(client, kinds)
    for _ in range(DEEPEST):
        above = above_of(found)
        upper = await reading.read(above) if above else None
        if upper is None:
            break
        found = upper
    return found


async def revisions_of(client: Client, kinds: KindIndex, compositions: list[str]) -> list[Revision]:
    """The revisions of these Compositions, the newest first; none where they are not served or may not be read.

    Raises:
        ClusterError, CredentialError, KubeconfigError: as `Client.get`.
    """
    kind = kinds.get(_REVISIONS)
    if kind is None or not compositions:
        return []
    selector = f"{COMPOSITION_LABEL} in ({','.join(compositions)})"
    found = await _Reading(client, kinds).listed(kind, "", selector)
    return sorted(map(revision_of, found), key=lambda each: -each.number)


class _Reading:
    """One look at one object and at what it is made of."""

    def __init__(self, client: Client, kinds: KindIndex) -> None:
        self._client = client
        self._kinds = kinds
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._unread: dict[Part, str] = {}
        self._unserved: set[Part] = set()

    async def traced(self, root: Manifest) -> Traced:
        found = await self._referred(root)
        part = part_of(root)
        if (part.group, part.kind) == (CLUSTER_API, "Cluster"):
            found += await self._of_cluster(part)
        usages = (each for each in self._kinds if each.id in _USAGES)
        for listed in await asyncio.gather(*(self.listed(each, part.namespace) for each in usages)):
            found += listed
        return trace(root, _once(found), self._unread, self._unserved)

    async def read(self, part: Part) -> Manifest | None:
        """One object; None when it is not there, or why not is kept."""
        kind = self._kinds.of(f"{part.group}/" if part.group else "v1", part.kind)
        if kind is None:
            self._unserved.add(part)
            return None
        try:
            async with self._turn:
                return await get_object(self._client, kind, part.name, part.namespace if kind.namespaced else "")
        except NotFound:
            return None
        except Forbidden:
            self._unread[part] = f"you may not read {kind.id}"
            return None

    async def listed(self, kind: Kind, namespace: str, selector: str = "") -> list[Manifest]:
        """All of a kind with these labels, each with its kind; none when they may not be read."""
        place = namespace if kind.namespaced else ""
        try:
            async with self._turn:
                found = await list_objects(self._client, kind, place, label_selector=selector, limit=0)
        except Forbidden:
            return []
        return [{"apiVersion": kind.api_version, "kind": kind.kind, **each} for each in found.items]

    async def _referred(self, root: Manifest) -> list[Manifest]:
        found: list[Manifest] = []
        seen: set[Part] = {part_of(root)}
        level = [root]
        for _ in range(DEEPEST):
            parts = list(dict.fromkeys(each for above in level for each in references_of(above) if each not in seen))
            seen.update(parts)
            level = [each for each in await asyncio.gather(*map(self.read, parts)) if each is not None]
            found += level
        return found

    async def _of_cluster(self, cluster: Part) -> list[Manifest]:
        kinds = filter(_is_part_of_clusters, self._kinds)
        selector = f"{_OF_CLUSTER}={cluster.name}"
        lists = await asyncio.gather(*(self.listed(each, cluster.namespace, selector) for each in kinds))
        return [each for listed in lists for each in listed]


def _is_part_of_clusters(kind: Kind) -> bool:
    ours = kind.group == CLUSTER_API or kind.group.endswith(f".{CLUSTER_API}")
    return ours and kind.namespaced and "list" in kind.verbs


def _once(found: list[Manifest]) -> list[Manifest]:
    return list({text_at(each, "metadata.uid"): each for each in found}.values())

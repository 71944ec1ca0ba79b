"""Counts objects of a kind without reading them: one object and how many remain, in all and by namespace."""

import asyncio
from collections import Counter

from kubegenie_tui.domain.custom.instances import Instances
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import text_at
from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.objects import ObjectList, list_objects

FEW = 500
"""Up to so many, their metadata is read at once: that tells of every namespace."""
MOST_NAMESPACES = 200
"""Namespaces that are asked one by one where there are more objects."""
AT_ONCE = 8
_NAMESPACES = Kind("", "v1", "namespaces", "Namespace", namespaced=False)


async def count_instances(client: Client, kind: Kind) -> Instances:
    """How many objects of a kind there are, and in which namespaces.

    Raises:
        ClusterError, CredentialError, KubeconfigError: as `Client.get`.
    """
    first = await list_objects(client, kind, limit=1, metadata_only=True)
    total, least = _counted(first), first.remaining < 0
    if not kind.namespaced or not total:
        return Instances(total, {}, least)
    if total <= FEW and not least:
        found = await list_objects(client, kind, limit=FEW, metadata_only=True)
        return Instances(_counted(found), _ordered(Counter(_namespace(each) for each in found.items)))
    return Instances(total, _ordered(await _by_namespace(client, kind)), least)


async def _by_namespace(client: Client, kind: Kind) -> dict[str, int]:
    listed = await list_objects(client, _NAMESPACES, limit=MOST_NAMESPACES, metadata_only=True)
    names = [text_at(each, "metadata.name") for each in listed.items]
    turn = asyncio.Semaphore(AT_ONCE)

    async def count(name: str) -> int:
        async with turn:
            return _counted(await list_objects(client, kind, name, limit=1, metadata_only=True))

    counts = await asyncio.gather(*(count(name) for name in names))
    return {name: number for name, number in zip(names, counts, strict=True) if number}


def _ordered(counts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


def _counted(found: ObjectList) -> int:
    return len(found.items) + max(0, found.remaining)


def _namespace(manifest: dict[str, object]) -> str:
    return text_at(manifest, "metadata.namespace")

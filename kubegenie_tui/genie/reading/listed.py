"""Whole objects of a scope: a server lists one namespace or all, and several are asked for one after another."""

from typing import Any

import msgspec

from kubegenie_tui.domain.cluster_reader import ClusterReader, Objects
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.domain.namespace_set import is_set, names_of


class Listed(msgspec.Struct, frozen=True):
    """Whole objects of several namespaces, or the first of them."""

    items: list[Manifest]
    remaining: int = 0
    """How many more there are; 0 for none, -1 for some."""


async def listed(reader: ClusterReader, kind: Kind, scope: str, *, limit: int = 0, **how: Any) -> Objects:
    """As `ClusterReader.list_objects`, of several namespaces too; limit 0 for all.

    Raises:
        ClusterError: one of the namespaces does not tell.
    """
    if not (kind.namespaced and is_set(scope)):
        return await reader.list_objects(kind, scope, limit=limit, **how)
    items: list[Manifest] = []
    more: list[int] = []
    for name in names_of(scope):
        room = limit - len(items) if limit else None
        found = await reader.list_objects(kind, name, limit=limit and max(1, limit - len(items)), **how)
        taken = found.items[:room]
        items += taken
        more.append(-1 if found.remaining < 0 else found.remaining + len(found.items) - len(taken))
    return Listed(items, -1 if -1 in more else sum(more))

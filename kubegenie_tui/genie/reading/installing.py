"""What installs into a namespace from another one: Argo CD and Flux live in namespaces of their own."""

import asyncio
from collections.abc import Collection, Iterable

from kubegenie_tui.diagnostics.app_projects import APPLICATIONS, PROJECTS
from kubegenie_tui.diagnostics.unmade import INSTALLERS, installs_into, waits_for
from kubegenie_tui.domain.errors import ClusterError
from kubegenie_tui.domain.manifest import Manifest, text_at
from kubegenie_tui.genie.reading.listed import listed
from kubegenie_tui.genie.reading.scope import Scope

_SOURCES = "source.toolkit.fluxcd.io"
_MOST = 500
"""Objects of a kind that are looked through: each of them may be large."""


async def installing(scope: Scope, namespaces: Collection[str]) -> dict[str, list[Manifest]]:
    """The installers by kind, what they wait for, and where they are: their projects and sources.

    What may not be read is left out.
    """
    served = {kind.id for kind in scope.reader.kinds}
    kinds = [each for each in INSTALLERS if each in served]
    lists = await asyncio.gather(*(_all_of(scope, kind) for kind in kinds))
    found = {kind: _of(kind, items, namespaces) for kind, items in zip(kinds, lists, strict=True)}
    places = {(text_at(each, "metadata.namespace"), kind) for kind, items in found.items() for each in items}
    beside = sorted(
        (kind, space)
        for space, by in places
        for kind in served
        if (kind == PROJECTS if by == APPLICATIONS else kind.endswith(f".{_SOURCES}"))
    )
    more = await asyncio.gather(*(_all_of(scope, kind, space) for kind, space in dict.fromkeys(beside)))
    for (kind, _), items in zip(dict.fromkeys(beside), more, strict=True):
        found.setdefault(kind, []).extend(items)
    return {kind: _elsewhere(items, namespaces) for kind, items in found.items()}


def _of(kind: str, items: list[Manifest], namespaces: Collection[str]) -> list[Manifest]:
    """Those that install into the namespaces, and those that they wait for, one after another."""
    chosen = [each for each in items if installs_into(kind, each, namespaces)]
    for each in chosen:  # grows while it is gone through
        chosen += [other for other in items if other not in chosen and waits_for(each, other)]
    return chosen


def _elsewhere(items: Iterable[Manifest], namespaces: Collection[str]) -> list[Manifest]:
    return [each for each in items if text_at(each, "metadata.namespace") not in namespaces]


async def _all_of(scope: Scope, kind_id: str, namespace: str = "") -> list[Manifest]:
    try:
        return (await listed(scope.reader, scope.kind(kind_id), namespace, limit=_MOST)).items
    except ClusterError:
        return []

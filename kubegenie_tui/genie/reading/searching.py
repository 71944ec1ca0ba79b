"""Objects by a part of their name, over kinds: for whoever knows what a thing is called, and not what it is."""

import asyncio
from collections.abc import Sequence

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.nearness import near_names
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.reading.refusals import Refusals
from kubegenie_tui.genie.reading.scope import Result, Scope, place

USUAL = (
    "namespaces", "nodes", "deployments.apps", "statefulsets.apps", "daemonsets.apps", "cronjobs.batch", "jobs.batch",
    "pods", "services", "ingresses.networking.k8s.io", "configmaps", "secrets", "persistentvolumeclaims",
    "serviceaccounts", "horizontalpodautoscalers.autoscaling",
)  # fmt: skip
"""Kinds that are searched when none is named."""
MOST_FOUND = 50


async def search(scope: Scope, text: str, kinds: Sequence[str] = (), namespace: str | None = None) -> Result:
    """Objects with a text in their name, of named kinds or of the usual ones; the result's data is their references.

    Raises:
        UsageError: there is no text, or no such kind.
        ClusterError: the cluster does not tell.
    """
    wanted = text.strip().lower()
    if not wanted:
        raise UsageError("There is nothing to search for", next_step="say a name, or a part of one")
    searched = [scope.kind(name) for name in kinds] or [
        kind for name in USUAL if (kind := scope.reader.kinds.get(name))
    ]
    space = await scope.known_namespace(namespace, scope.kind("pods"))
    refusals = Refusals()
    read = await asyncio.gather(*(refusals.rows(scope, kind, space) for kind in searched))
    refusals.require_some()
    rows = [found for found in read if found is not None]
    refs = [
        ObjectRef(each.kind.id, row.name, row.namespace, scope.reader.name)
        for each in rows
        for row in sorted(each.rows.values(), key=lambda row: (row.namespace, row.name))
        if wanted in row.name.lower()
    ]
    refs.sort(key=lambda ref: ref.name.lower() != wanted)
    near = [] if refs else near_names(wanted, (row.name for each in rows for row in each.rows.values()))
    searched_kinds = ", ".join(each.kind.plural for each in rows)
    lines = [*([f"near names: {', '.join(near)}"] if near else []), f"searched: {searched_kinds or 'nothing'}"]
    return _result(
        scope, f'objects with "{text.strip()}" in their name {place(space)}', refs, [*lines, *refusals.lines]
    )


def _result(scope: Scope, what: str, refs: list[ObjectRef], notes: list[str]) -> Result:
    shown = refs[:MOST_FOUND]
    summary = f"{len(refs)} {what}"
    lines = [f"cluster {scope.reader.name}: {summary}; {len(shown)} shown", *map(str, shown), *notes]
    masked = scope.redactor.text
    return Result(masked(summary), masked("\n".join(lines)), shown)

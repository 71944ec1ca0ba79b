"""What serves in a namespace that is called from another: read whole, so that a fault is followed to it."""

import asyncio

from kubegenie_tui.diagnostics.policies import POLICIES
from kubegenie_tui.diagnostics.selectors import WORKLOADS
from kubegenie_tui.domain.errors import ClusterError
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.genie.reading.listed import listed
from kubegenie_tui.genie.reading.scope import Scope

MOST_FOLLOWED = 8
"""Namespaces that are read so; of others that are called the services and the policies."""
_MOST_OF_A_KIND = 500
"""Objects from which on a namespace is too large to be read for what calls it."""
_SERVING = ("services", "pods", *WORKLOADS, "replicasets.apps")
"""Without one of these nothing is certain of who answers there."""
_BESIDE = (
    "endpointslices.discovery.k8s.io", "jobs.batch", "configmaps", "events", "persistentvolumeclaims",
    "resourcequotas", "limitranges", "serviceaccounts", POLICIES,
)  # fmt: skip
"""By which the faults of pods are explained; Secrets are left alone where they are not asked about."""


async def serving(scope: Scope, namespace: str, gate: asyncio.Semaphore) -> dict[str, list[Manifest]] | None:
    """The objects by kind id; None where what serves may not be read, or is too much."""
    kinds = (*_SERVING, *_BESIDE)
    found = dict(
        zip(kinds, await asyncio.gather(*(_all_of(scope, kind, namespace, gate) for kind in kinds)), strict=True)
    )
    if any(found[kind] is None for kind in _SERVING):
        return None
    return {kind: items for kind, items in found.items() if items is not None}


async def _all_of(scope: Scope, kind_id: str, namespace: str, gate: asyncio.Semaphore) -> list[Manifest] | None:
    try:
        async with gate:
            how = {"field_selector": "type!=Normal"} if kind_id == "events" else {}
            found = await listed(scope.reader, scope.kind(kind_id), namespace, limit=_MOST_OF_A_KIND, **how)
    except ClusterError:
        return None
    return None if found.remaining else found.items

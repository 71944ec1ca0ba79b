"""Finds operators: what OLM installed, and every workload that may write the status of custom kinds."""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.agents.access import read_policy
from kubegenie_tui.domain.custom import olm
from kubegenie_tui.domain.custom.operators import (
    Operator,
    Served,
    account_of,
    by_id,
    kinds_written_by,
    leader_of,
    own_kinds,
    version_of,
    with_served,
    workload_state,
)
from kubegenie_tui.domain.custom.reconciling import reconcile_state
from kubegenie_tui.domain.definition import DEFINITIONS
from kubegenie_tui.domain.errors import ClusterError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, text_at
from kubegenie_tui.domain.object_ref import ObjectRef

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent

WORKLOADS = ("deployments.apps", "statefulsets.apps", "daemonsets.apps")
LEASES = "leases.coordination.k8s.io"
MOST_OBJECTS = 200
"""Objects of a kind whose state is looked at; of more, the rest is only counted."""
AT_ONCE = 6
"""Kinds that are read at the same time."""


class Found(msgspec.Struct, frozen=True):
    """What there is."""

    operators: tuple[Operator, ...]
    unserved: tuple[Kind, ...] = ()
    """Custom kinds that nobody was found to look after."""
    notes: tuple[str, ...] = ()
    """What could not be read, and why."""


class _Reading:
    """Lists of one look at a cluster."""

    def __init__(self, agent: "ClusterAgent") -> None:
        self._agent = agent
        self._turn = asyncio.Semaphore(AT_ONCE)
        self.notes: list[str] = []

    async def all(self, kind_id: str, *, metadata_only: bool = False) -> list[Manifest]:
        """Every object of a kind; none where it is not served, or may not be read."""
        kind = self._agent.kinds.get(kind_id)
        if kind is None:
            return []
        async with self._turn:
            try:
                return list((await self._agent.list_objects(kind, limit=0, metadata_only=metadata_only)).items)
            except ClusterError as error:
                self.notes.append(f"{kind.plural} were not looked at: {error.what}")
                return []

    async def served(self, kind: Kind) -> Served:
        """A kind with how its objects are."""
        async with self._turn:
            try:
                found = await self._agent.list_objects(kind, limit=MOST_OBJECTS)
            except ClusterError as error:
                self.notes.append(f"{kind.plural} were not looked at: {error.what}")
                return Served(kind, 0)
        states = ((_ref(kind, each, self._agent.name), reconcile_state(kind, each)) for each in found.items)
        waiting = tuple((ref, state) for ref, state in states if not state.ready)
        return Served(kind, len(found.items) + max(0, found.remaining), waiting)


async def find_operators(agent: "ClusterAgent") -> Found:
    """The operators of a cluster, those in trouble first.

    What may not be read is left out, and told.

    Raises:
        CredentialError, KubeconfigError: the cluster cannot be asked.
    """
    reading = _Reading(agent)
    (policy, notes), definitions, lists, leases = await asyncio.gather(
        read_policy(agent),
        reading.all(DEFINITIONS, metadata_only=True),
        asyncio.gather(*(reading.all(kind_id) for kind_id in WORKLOADS)),
        reading.all(LEASES),
    )
    reading.notes += notes
    custom = own_kinds(agent.kinds, {text_at(each, "metadata.name") for each in definitions})
    written: list[tuple[Operator, list[Kind]]] = []
    for kind_id, workloads in zip(WORKLOADS, lists, strict=True):
        for workload in workloads:
            kinds = kinds_written_by(policy, account_of(workload), custom)
            if kinds:
                written.append((_of_workload(kind_id, workload, leases, agent.name), kinds))
    return await _put_together(reading, custom, written, await _of_olm(reading, custom, agent.name))


async def _put_together(
    reading: _Reading,
    custom: list[Kind],
    written: list[tuple[Operator, list[Kind]]],
    managed: list[tuple[Operator, list[Kind]]],
) -> Found:
    """One line for each operator: what OLM tells counts before what its workload tells."""
    known = {each.workload: each for each, _ in written}
    merged = [(_merged(each, known.pop(each.workload, None)), kinds) for each, kinds in managed]
    merged += [(each, kinds) for each, kinds in written if each.workload in known]
    kinds = by_id(kind for _, found in merged for kind in found)
    served = dict(zip(kinds, await asyncio.gather(*(reading.served(kind) for kind in kinds.values())), strict=True))
    operators = [with_served(each, (served[kind.id] for kind in found)) for each, found in merged]
    operators.sort(key=lambda each: (-each.health, each.namespace, each.name))
    unserved = tuple(kind for kind in custom if kind.id not in kinds)
    return Found(tuple(operators), unserved, tuple(dict.fromkeys(reading.notes)))


async def _of_olm(reading: _Reading, custom: list[Kind], cluster: str) -> list[tuple[Operator, list[Kind]]]:
    names = (olm.VERSIONS, olm.SUBSCRIPTIONS, olm.PLANS, olm.EXTENSIONS)
    versions, subscriptions, plans, extensions = await asyncio.gather(*(reading.all(name) for name in names))
    kinds = by_id(custom)
    owned = {
        (text_at(each, "metadata.namespace"), text_at(each, "metadata.name")): [
            kinds[kind_id] for kind_id in olm.owned_kinds(each) if kind_id in kinds
        ]
        for each in versions
    }
    found = [
        (each, owned.get((each.ref.namespace, each.ref.name), []))
        for each in olm.operators_v0(versions, subscriptions, plans, cluster)
    ]
    return found + [(each, []) for each in olm.operators_v1(extensions, cluster)]


def _of_workload(kind_id: str, workload: Manifest, leases: Iterable[Manifest], cluster: str) -> Operator:
    health, state, ready = workload_state(workload)
    name, namespace = (text_at(workload, f"metadata.{key}") for key in ("name", "namespace"))
    ref = ObjectRef(kind_id, name, namespace, cluster)
    source = {"deployments.apps": "Deployment", "statefulsets.apps": "StatefulSet"}.get(kind_id, "DaemonSet")
    leader = leader_of(workload, leases)
    return Operator(name, namespace, source, health, state, ref, ref, ready, version_of(workload), leader)


def _merged(managed: Operator, workload: Operator | None) -> Operator:
    """What OLM tells of an operator, with how its workload does."""
    if workload is None:
        return managed
    worse = workload if workload.health > managed.health else managed
    return msgspec.structs.replace(
        managed, ready=workload.ready, leader=workload.leader, health=worse.health, state=worse.state
    )


def _ref(kind: Kind, manifest: Manifest, cluster: str) -> ObjectRef:
    return ObjectRef(kind.id, text_at(manifest, "metadata.name"), text_at(manifest, "metadata.namespace"), cluster)

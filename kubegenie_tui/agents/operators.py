"""Finds operators: what OLM installed, and the workloads that look after custom kinds, by rights or by labels."""

import asyncio
import time
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.agents.access import read_policy
from kubegenie_tui.domain.access.policy import Policy
from kubegenie_tui.domain.custom import olm, olm_v1
from kubegenie_tui.domain.custom.attributing import Controller, by_labels, narrowed, status_writers
from kubegenie_tui.domain.custom.operators import (
    Operator,
    Served,
    account_of,
    by_id,
    kinds_written_by,
    lapsed,
    leader_of,
    lease_of,
    own_kinds,
    version_of,
    with_served,
    with_workloads,
    workload_state,
)
from kubegenie_tui.domain.custom.reconciling import reconcile_state
from kubegenie_tui.domain.definition import DEFINITIONS
from kubegenie_tui.domain.errors import ClusterError
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, text_at
from kubegenie_tui.domain.object_ref import ObjectRef

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent

_SOURCES = {"deployments.apps": "Deployment", "statefulsets.apps": "StatefulSet", "daemonsets.apps": "DaemonSet"}
WORKLOADS = tuple(_SOURCES)
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
        self.cluster = agent.name
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
        states = ((_ref(kind.id, each, self.cluster), reconcile_state(kind, each)) for each in found.items)
        waiting = tuple((ref, state) for ref, state in states if not state.ready)
        return Served(kind, len(found.items) + max(0, found.remaining), waiting, status_writers(found.items))


async def find_operators(agent: "ClusterAgent", only: Collection[str] = ()) -> Found:
    """The operators of a cluster, those in trouble first.

    What may not be read is left out, and told.

    Args:
        agent: of the cluster.
        only: ids of kinds, to read the objects of no others; none for all.

    Raises:
        CredentialError, KubeconfigError: the cluster cannot be asked.
    """
    reading = _Reading(agent)
    (policy, notes), listed, lists, leases = await asyncio.gather(
        read_policy(agent),
        reading.all(DEFINITIONS, metadata_only=True),
        asyncio.gather(*(reading.all(kind_id) for kind_id in WORKLOADS)),
        reading.all(LEASES),
    )
    reading.notes += notes
    definitions = {text_at(each, "metadata.name"): each for each in listed}
    custom = [kind for kind in own_kinds(agent.kinds, definitions) if not only or kind.id in only]
    controllers = [
        Controller(_ref(kind_id, each, agent.name), each)
        for kind_id, workloads in zip(WORKLOADS, lists, strict=True)
        for each in workloads
    ]
    managed = await _of_olm(reading, by_id(custom), definitions, controllers)
    rights = _by_rights(policy, controllers, custom)
    owned = {kind.id for _, kinds in managed for kind in kinds}
    others = [kind for kind in custom if kind.id not in rights and kind.id not in owned]
    labelled = _by_labels(policy, controllers, others, definitions)
    states = {each.ref: _of_workload(each, leases) for each in controllers}
    return await _put_together(reading, custom, states, {**rights, **labelled}, managed)


def _by_rights(policy: Policy, controllers: list[Controller], custom: list[Kind]) -> dict[str, list[Controller]]:
    """By kind id, the workloads that may write its status by a rule that names its group."""
    found: dict[str, list[Controller]] = {}
    for each in controllers:
        for kind in kinds_written_by(policy, account_of(each.manifest), custom):
            found.setdefault(kind.id, []).append(each)
    return found


def _by_labels(
    policy: Policy, controllers: list[Controller], kinds: list[Kind], definitions: Mapping[str, Manifest]
) -> dict[str, list[Controller]]:
    """By kind id, the workload that is of the same whole as its definition, and may write it as far as is known."""
    found = {}
    for kind in kinds:
        if one := by_labels(definitions[kind.id], kind, controllers):
            account = account_of(one.manifest)
            if not policy.bindings or kinds_written_by(policy, account, [kind], by_any_rule=True):
                found[kind.id] = [one]
    return found


async def _put_together(
    reading: _Reading,
    custom: list[Kind],
    states: dict[ObjectRef, Operator],
    candidates: Mapping[str, list[Controller]],
    managed: list[tuple[Operator, list[Kind]]],
) -> Found:
    """One line for each operator: what OLM tells counts before what its workload tells."""
    wanted = by_id(kind for kind in custom if kind.id in candidates)
    wanted = {**wanted, **by_id(kind for _, kinds in managed for kind in kinds)}
    read = await asyncio.gather(*(reading.served(kind) for kind in wanted.values()))
    served = dict(zip(wanted, read, strict=True))
    kinds_of: dict[ObjectRef, list[Kind]] = {}
    for kind_id, controllers in candidates.items():
        for one in narrowed(wanted[kind_id], controllers, served[kind_id].writers):
            kinds_of.setdefault(one.ref, []).append(wanted[kind_id])
    found = []
    for each, own in managed:
        parts = [ref for ref in (each.workload, *each.others) if ref in states]
        more = [kind for ref in parts for kind in kinds_of.pop(ref, ())]
        found.append((with_workloads(each, [states[ref] for ref in parts]), by_id([*own, *more])))
    found += [(states[ref], by_id(kinds)) for ref, kinds in kinds_of.items()]
    operators = [with_served(each, (served[kind_id] for kind_id in kinds)) for each, kinds in found]
    operators.sort(key=lambda each: (-each.health, each.namespace, each.name))
    unserved = tuple(kind for kind in custom if kind.id not in wanted)
    return Found(tuple(operators), unserved, tuple(dict.fromkeys(reading.notes)))


async def _of_olm(
    reading: _Reading, kinds: Mapping[str, Kind], definitions: Mapping[str, Manifest], controllers: list[Controller]
) -> list[tuple[Operator, list[Kind]]]:
    names = (olm.VERSIONS, olm.SUBSCRIPTIONS, olm.PLANS, olm.CATALOGS, olm_v1.EXTENSIONS, olm_v1.CATALOGS)
    lists = await asyncio.gather(*(reading.all(name) for name in names))
    versions, subscriptions, plans, sources, extensions, catalogs = lists
    reading.notes += [*olm.catalog_notes(sources), *olm_v1.catalog_notes(catalogs)]
    owned = {_ref(olm.VERSIONS, each, reading.cluster): olm.owned_kinds(each) for each in versions}
    found = [
        (each, [kinds[kind_id] for kind_id in owned.get(each.ref, ()) if kind_id in kinds])
        for each in olm.operators_v0(versions, subscriptions, plans, reading.cluster)
    ]
    for each in olm_v1.operators_v1(extensions, catalogs, reading.cluster):
        parts = [one.ref for one in controllers if olm_v1.is_of_extension(one.manifest, each.name)]
        own = [kind for kind_id, kind in kinds.items() if olm_v1.is_of_extension(definitions[kind_id], each.name)]
        found.append((msgspec.structs.replace(each, workload=next(iter(parts), None), others=tuple(parts[1:])), own))
    return found


def _of_workload(controller: Controller, leases: Iterable[Manifest]) -> Operator:
    ref, workload = controller
    health, state, ready = workload_state(workload)
    lease = lease_of(workload, leases)
    gone = lapsed(lease, time.time()) if health is Health.OK else ""
    return Operator(
        ref.name,
        ref.namespace,
        _SOURCES[ref.kind],
        Health.WARN if gone else health,
        gone or state,
        ref,
        ref,
        ready,
        version_of(workload),
        "" if gone else leader_of(lease),
        notes=(gone,) if gone else (),
    )


def _ref(kind_id: str, manifest: Manifest, cluster: str) -> ObjectRef:
    return ObjectRef(kind_id, text_at(manifest, "metadata.name"), text_at(manifest, "metadata.namespace"), cluster)

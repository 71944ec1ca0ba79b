"""StatefulSets whose service does not exist, so that their pods have no names."""

import re
from collections.abc import Iterator

from kubegenie_tui.diagnostics.build import container_finding, fact
from kubegenie_tui.diagnostics.clues import Clue
from kubegenie_tui.diagnostics.pods import Container, Workload, labels_of
from kubegenie_tui.diagnostics.selectors import matches
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, number_at, text_at
from kubegenie_tui.domain.nearness import did_you_mean, nearest

_SETS, _FIELD, _RULE = "statefulsets.apps", "spec.serviceName", "statefulset-service"
_STEP = "name the service that is there, or create a headless one"


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Sets that name a service which does not exist."""
    for item in snapshot.all(_SETS):
        name, ref = text_at(item, _FIELD), ref_of(_SETS, item)
        if name and snapshot.is_missing("services", ref.namespace, name):
            yield Finding(
                _RULE, Severity.WARNING, f"statefulset {ref.name} has no service for its pods' names",
                _why(snapshot, item), ref, _FIELD, (fact(_SETS, item, _FIELD),), (ref,), 0.85, (_STEP,),
            )  # fmt: skip


def explain(
    snapshot: Snapshot, workload: Workload, container: Container, clue: Clue, evidence: list[Evidence]
) -> Finding | None:
    """A container that crashes for the name of such a service, or of a pod of such a set."""
    owner = _promising(snapshot, ref_of("pods", container.pod).namespace, clue.name)
    if owner is None:
        return None
    return container_finding(
        snapshot, workload, container,
        rule=_RULE,
        title=f"container {container.name} crashes: the host {clue.name} does not exist",
        cause=f"the pods of {ref_of(_SETS, owner).name} have no names, for {_why(snapshot, owner)}",
        root=ref_of(_SETS, owner),
        field=_FIELD,
        evidence=[*evidence, fact(_SETS, owner, _FIELD)],
        confidence=0.9,
        next_steps=[_STEP],
    )  # fmt: skip


def without_member(snapshot: Snapshot, service: Manifest, host: str) -> Manifest | None:
    """The set behind a service that has pods, and none of the number that a host such as `db-3.db` has."""
    ref = ref_of("services", service)
    for item in snapshot.within(_SETS, ref.namespace):
        told = re.match(rf"{re.escape(ref_of(_SETS, item).name)}-(\d+)\.", host)
        if told and text_at(item, _FIELD) == ref.name and (held := members(item)) and int(told[1]) not in held:
            return item
    return None


def members(item: Manifest) -> range:
    """The numbers of its pods."""
    first = number_at(item, "spec.ordinals.start") or 0
    replicas = number_at(item, "spec.replicas")
    return range(first, first + (1 if replicas is None else replicas))


def _promising(snapshot: Snapshot, space: str, host: str) -> Manifest | None:
    """The set that promises a host such as `db-0.db` or `db`, and whose service does not exist."""
    for item in snapshot.within(_SETS, space):
        name, service = ref_of(_SETS, item).name, text_at(item, _FIELD)
        meant = rf"(?:{re.escape(name)}-\d+\.)?{re.escape(service)}(?:\.{re.escape(space)}(?:\..*)?)?"
        if service and re.fullmatch(meant, host) and snapshot.is_missing("services", space, service):
            return item
    return None


def _why(snapshot: Snapshot, item: Manifest) -> str:
    """Near is the headless service that has its pods, before any of a similar name."""
    name, space = text_at(item, _FIELD), ref_of(_SETS, item).namespace
    labels = labels_of(mapping_at(item, "spec.template"))
    headless = [
        ref_of("services", each).name
        for each in snapshot.within("services", space)
        if text_at(each, "spec.clusterIP") == "None" and matches(mapping_at(each, "spec.selector"), labels)
    ]
    near = headless[0] if len(headless) == 1 else nearest(name, snapshot.names("services", space))
    return f'there is no service "{name}"{did_you_mean(near)}'

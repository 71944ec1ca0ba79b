"""Operators of a cluster: which workload looks after which kinds, and how that goes."""

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from kubegenie_tui.domain.access.evaluate import grants_of
from kubegenie_tui.domain.access.policy import Policy, Subject, Who
from kubegenie_tui.domain.custom.reconciling import ReconcileState
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, number_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.quantity import format_age, parse_time

LAPSED_SECONDS, LAPSED_TIMES = 120.0, 4
"""A lease that was not renewed for longer than both, seconds and times that it lasts, is held by nobody."""
_WRITING = frozenset({"update", "patch", "*"})


class Served(msgspec.Struct, frozen=True):
    """A kind that an operator looks after."""

    kind: Kind
    total: int
    """Objects of it; at least so many where `remaining` is not told."""
    waiting: tuple[tuple[ObjectRef, ReconcileState], ...] = ()
    """Those that are not ready."""
    writers: frozenset[str] = frozenset()
    """The field managers that wrote their status."""


class Operator(msgspec.Struct, frozen=True):
    """One operator."""

    name: str
    namespace: str
    source: str
    """`OLM v0`, `OLM v1`, or the kind of its workload."""
    health: Health
    state: str
    """In a few words."""
    ref: ObjectRef
    """What a person looks at to know more: the workload, the ClusterServiceVersion, the ClusterExtension."""
    workload: ObjectRef | None = None
    """Whose logs tell what it does."""
    ready: str = ""
    """`1/1`: its pods."""
    version: str = ""
    leader: str = ""
    """Who holds its lease; empty where none was found."""
    serves: tuple[Served, ...] = ()
    notes: tuple[str, ...] = ()
    """What is wrong, or waits for a person."""
    facts: tuple[str, ...] = ()
    """Where it comes from, and how it is upgraded."""
    others: tuple[ObjectRef, ...] = ()
    """Its workloads besides the first."""
    approval: ObjectRef | None = None
    """The install plan that waits for a person's yes."""

    @property
    def waiting(self) -> list[tuple[ObjectRef, ReconcileState]]:
        """Objects of all its kinds that are not ready."""
        return [each for served in self.serves for each in served.waiting]


def kinds_written_by(
    policy: Policy, account: Subject, kinds: Iterable[Kind], *, by_any_rule: bool = False
) -> list[Kind]:
    """The custom kinds whose status a service account may write by a rule that names their group.

    A right to everything is none of an operator: tools that apply whatever they are given have it. It counts only
    `by_any_rule`.
    """
    rules = [grant.rule for grant in grants_of(policy, Who.of(account), "", everywhere=True)]
    found = []
    for kind in kinds:
        written = {"*", "*/status", f"{kind.plural}/status"}
        if any(
            (kind.group in rule.groups or (by_any_rule and "*" in rule.groups))
            and written & set(rule.resources)
            and _WRITING & set(rule.verbs)
            for rule in rules
        ):
            found.append(kind)
    return found


def account_of(workload: Manifest) -> Subject:
    """The service account that a workload's pods have."""
    spec = mapping_at(workload, "spec.template.spec")
    name = text_at(spec, "serviceAccountName") or text_at(spec, "serviceAccount") or "default"
    return Subject("ServiceAccount", name, text_at(workload, "metadata.namespace"))


def workload_state(workload: Manifest) -> tuple[Health, str, str]:
    """How a workload does: its health, in words, and `ready/wanted`."""
    wanted = number_at(workload, "spec.replicas")
    if wanted is None:
        wanted = number_at(workload, "status.desiredNumberScheduled") or 0
    ready = number_at(workload, "status.readyReplicas") or number_at(workload, "status.numberReady") or 0
    shown = f"{ready}/{wanted}"
    if not wanted:
        return Health.WARN, "scaled to nothing: nobody looks after its kinds", shown
    if ready >= wanted:
        return Health.OK, "running", shown
    return (Health.BAD if not ready else Health.WARN), f"{ready} of {wanted} pods are ready", shown


def lease_of(workload: Manifest, leases: Iterable[Manifest]) -> Manifest:
    """The lease in a workload's namespace that one of its pods holds, of several the one renewed last; {} for none."""
    name, namespace = text_at(workload, "metadata.name"), text_at(workload, "metadata.namespace")
    held = [
        lease
        for lease in leases
        if text_at(lease, "metadata.namespace") == namespace
        and text_at(lease, "spec.holderIdentity").startswith(f"{name}-")
    ]
    return max(held, key=lambda each: parse_time(text_at(each, "spec.renewTime")) or 0, default={})


def leader_of(lease: Manifest) -> str:
    """The pod that holds a lease; empty for none."""
    return text_at(lease, "spec.holderIdentity").partition("_")[0]


def lapsed(lease: Manifest, now: float) -> str:
    """That a lease is not renewed any more, in words; empty when it is, or does not tell.

    Clocks of servers differ: only what is long past is told.
    """
    renewed, lasts = parse_time(text_at(lease, "spec.renewTime")), number_at(lease, "spec.leaseDurationSeconds") or 0
    if not renewed or not lasts or now - renewed <= max(LAPSED_SECONDS, LAPSED_TIMES * lasts):
        return ""
    age = format_age(now - renewed)
    return f"nobody leads: lease {text_at(lease, 'metadata.name')} lasts {lasts} s and was last renewed {age} ago"


def version_of(workload: Manifest) -> str:
    """By the label that is recommended, else the tag of the first image."""
    labels = mapping_at(workload, "metadata.labels")
    if version := text_at({"v": labels.get("app.kubernetes.io/version")}, "v"):
        return version
    containers = mappings_at(workload, "spec.template.spec.containers")
    image = text_at(containers[0], "image") if containers else ""
    return image.rpartition("/")[2].partition("@")[0].partition(":")[2]


def with_served(operator: Operator, serves: Iterable[Served]) -> Operator:
    """The operator with its kinds, the largest first; objects that wait make it no worse than a warning."""
    serves = tuple(sorted(serves, key=lambda each: -each.total))
    count = sum(len(served.waiting) for served in serves)
    if not count or operator.health >= Health.WARN:
        return msgspec.structs.replace(operator, serves=serves)
    words = "1 object is not ready" if count == 1 else f"{count} objects are not ready"
    return msgspec.structs.replace(operator, serves=serves, health=Health.WARN, state=words)


def with_workloads(operator: Operator, workloads: Sequence[Operator]) -> Operator:
    """What OLM tells of an operator, with how its workloads do: the worst counts, and their pods are summed up."""
    if not workloads:
        return operator
    worst = max((operator, *workloads), key=lambda each: each.health)
    state = f"{worst.name}: {worst.state}" if worst is not operator and len(workloads) > 1 else worst.state
    ready = [[int(part) for part in each.ready.split("/")] for each in workloads]
    return msgspec.structs.replace(
        operator,
        ready="/".join(str(sum(parts)) for parts in zip(*ready, strict=True)),
        leader=next((each.leader for each in workloads if each.leader), ""),
        health=worst.health,
        state=state,
        notes=(*operator.notes, *(note for each in workloads for note in each.notes)),
    )


def own_kinds(kinds: Iterable[Kind], defined: Collection[str]) -> list[Kind]:
    """Those of the kinds that a definition added to the cluster."""
    return [kind for kind in kinds if kind.id in defined]


def by_id(kinds: Iterable[Kind]) -> Mapping[str, Kind]:
    """Kinds by their id."""
    return {kind.id: kind for kind in kinds}

"""Emptying a node and evicting pods: who may go, who stays and why, and what forbids it.

Source of the rules: `kubectl drain` (k8s.io/kubectl/pkg/drain/filters.go).
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kubegenie_tui.changes.operations.nodes import NODES, cordon_steps
from kubegenie_tui.changes.operations.operation import Operation, Request, Right, Targets, asking, of_kinds
from kubegenie_tui.changes.operations.target import Target, called
from kubegenie_tui.domain.cluster_reader import ClusterReader
from kubegenie_tui.domain.errors import Forbidden, UsageError
from kubegenie_tui.domain.form import Field, NumberField, ToggleField
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, number_at, text_at
from kubegenie_tui.domain.plan import Plan, Step, Verb
from kubegenie_tui.domain.relations.label_selector import selects

MIRROR = "kubernetes.io/config.mirror"
"""Annotation of a pod that the node's kubelet makes of a file: no server can delete it."""
NAMED_AT_MOST = 5
"""Pods that are named in one sentence."""
_SKIP = "Skip held pods (`--skip-blocked`) drains all but those that a budget holds"
_BUDGET = "budget "
_ENDED = frozenset({"Succeeded", "Failed"})


class Rules(NamedTuple):
    """What a person allows."""

    bare: bool = False
    """Evict pods that nobody will make again."""
    empty_dirs: bool = False
    """Evict pods whose emptyDir volumes are lost with them."""
    skip_blocked: bool = False
    """Leave the pods that a disruption budget holds now, and drain the others."""
    grace: int | None = None
    """Seconds the programs get to end; None for the pod's own."""


class Sorted(NamedTuple):
    """The pods of a node by what will become of them."""

    leave: list[Target]
    """To be evicted, in this order."""
    stay: list[tuple[Target, str]]
    """Left alone, each with the reason."""
    blocked: list[tuple[Target, str]]
    """What must be allowed first, or waited for, each with the reason."""


def sort_pods(
    pods: Sequence[Target], budgets: Sequence[Manifest], rules: Rules, leaving: frozenset[str] = frozenset()
) -> Sorted:
    """Who goes first, who stays, what blocks.

    Pods without a budget go first, then those with the most room in theirs: what may block comes last.

    Args:
        pods: those of the node.
        budgets: every disruption budget.
        rules: what a person allows.
        leaving: namespaces that are being deleted: the server evicts nothing there.
    """
    leave: list[tuple[int, str, Target]] = []
    stay: list[tuple[Target, str]] = []
    blocked: list[tuple[Target, str]] = []
    for pod in pods:
        if reason := _stays(pod) or ("its namespace is being deleted" if pod.namespace in leaving else ""):
            stay.append((pod, reason))
        elif reason := _needs_leave(pod, rules):
            blocked.append((pod, reason))
        elif (room := _room(pod, budgets)) is not None and room[0] <= 0:
            held = f"{_BUDGET}{room[1]} allows no disruption now"
            (stay if rules.skip_blocked else blocked).append((pod, held))
        else:
            leave.append((-(room[0] if room else 1_000_000), pod.name, pod))
    return Sorted([pod for _, _, pod in sorted(leave, key=lambda each: each[:2])], stay, blocked)


def _stays(pod: Target) -> str:
    if MIRROR in mapping_at(pod.manifest, "metadata.annotations"):
        return "it is the node's own: a static pod"
    if pod.controller == "DaemonSet" and text_at(pod.manifest, "status.phase") not in _ENDED:
        return "its DaemonSet would put it back at once"
    return "it is going already" if text_at(pod.manifest, "metadata.deletionTimestamp") else ""


def _needs_leave(pod: Target, rules: Rules) -> str:
    if text_at(pod.manifest, "status.phase") in _ENDED:
        return ""
    if not pod.controller and not rules.bare:
        return "nobody would make it again: allow it by Ownerless pods (`--force`)"
    if not rules.empty_dirs and any("emptyDir" in each for each in mappings_at(pod.manifest, "spec.volumes")):
        return "what is in its emptyDir volumes would be lost: allow it by emptyDir pods (`--empty-dirs`)"
    return ""


def _room(pod: Target, budgets: Sequence[Manifest]) -> tuple[int, str] | None:
    """The least number of disruptions that a budget of the pod allows, with the budget's name; None without one."""
    if text_at(pod.manifest, "status.phase") in (*_ENDED, "Pending"):
        return None
    labels = mapping_at(pod.manifest, "metadata.labels")
    found = [
        (number_at(budget, "status.disruptionsAllowed") or 0, f"{pod.namespace}/{text_at(budget, 'metadata.name')}")
        for budget in budgets
        if text_at(budget, "metadata.namespace") == pod.namespace and _covers(budget, labels)
    ]
    return min(found, default=None)


def _covers(budget: Manifest, labels: Manifest) -> bool:
    selector = mapping_at(budget, "spec.selector")
    return selects(selector, labels) or selector == {}


def evict_steps(pods: Iterable[Target], grace: int | None = None) -> list[Step]:
    """Ask each to go: a budget that forbids it is heeded, by the server."""
    return [_evict(pod, grace) for pod in pods]


def _evict(pod: Target, grace: int | None) -> Step:
    metadata = {"name": pod.name, "namespace": pod.namespace}
    body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": metadata}
    return Step(Verb.CREATE, pod.ref, body, subresource="eviction", grace=grace)


async def pods_on(cluster: ClusterReader, node: str) -> list[Target]:
    """The pods of a node.

    Raises:
        ClusterError: they cannot be read.
    """
    kind = cluster.kinds.resolve("pods")
    found = await cluster.list_objects(kind, field_selector=f"spec.nodeName={node}", limit=0)
    return [
        Target(kind, text_at(pod, "metadata.name"), text_at(pod, "metadata.namespace"), cluster.name, pod)
        for pod in found.items
    ]


async def all_we_may_see(cluster: ClusterReader, kind_name: str) -> list[Manifest]:
    """Every object of a kind; none where we may not look, for the server heeds them in any case.

    Raises:
        ClusterError: they cannot be read.
    """
    kind = cluster.kinds.find(kind_name)
    if kind is None:
        return []
    try:
        return list((await cluster.list_objects(kind, limit=0)).items)
    except Forbidden:
        return []


async def _drain(request: Request) -> Plan:
    rules = Rules(
        request.flag("force"), request.flag("empty-dirs"), request.flag("skip-blocked"), request.number("grace")
    )
    nodes = request.targets
    pods = [pod for node in nodes for pod in await pods_on(request.cluster, node.name)]
    namespaces = await all_we_may_see(request.cluster, "namespaces")
    leaving = frozenset(
        text_at(each, "metadata.name") for each in namespaces if text_at(each, "metadata.deletionTimestamp")
    )
    found = sort_pods(pods, await all_we_may_see(request.cluster, "poddisruptionbudgets"), rules, leaving)
    if found.blocked:
        raise UsageError(f"{called(nodes)} cannot be drained", _listed(found.blocked), _way_on(found))
    steps = cordon_steps(nodes, closed=True) + evict_steps(found.leave, rules.grace)
    stays = f"; {len(found.stay)} stay: {_listed(found.stay)}" if found.stay else ""
    disrupts = f"it evicts {_pods(len(found.leave))}{stays}" if found.leave or found.stay else ""
    about = nodes[0].name if len(nodes) == 1 else ""
    return request.plan(f"Drain {called(nodes)}", steps, disrupts, about, destroys="it empties a node")


def _pods(number: int) -> str:
    return "1 pod" if number == 1 else f"{number} pods"


def _way_on(found: Sorted) -> str:
    """What drains the rest; other pods than those that a budget holds tell themselves how to allow them."""
    return _SKIP if any(reason.startswith(_BUDGET) for _, reason in found.blocked) else ""


def _listed(pods: Sequence[tuple[Target, str]]) -> str:
    """`shop/a, shop/b: why; shop/c: why`."""
    by_reason: dict[str, list[str]] = {}
    for pod, reason in pods:
        by_reason.setdefault(reason, []).append(f"{pod.namespace}/{pod.name}")
    return "; ".join(f"{_names(names)}: {reason}" for reason, names in by_reason.items())


def _names(names: Sequence[str]) -> str:
    more = len(names) - NAMED_AT_MOST
    return ", ".join(names[:NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")


def _drain_fields(_: Targets) -> Sequence[Field]:
    return (
        ToggleField("force", "Ownerless pods", hint="evict pods that nobody would make again"),
        ToggleField("empty-dirs", "emptyDir pods", hint="what is in those volumes is lost"),
        ToggleField("skip-blocked", "Skip held pods", hint="drain all but the pods that a budget holds now"),
        _GRACE,
    )


async def _evict_chosen(request: Request) -> Plan:
    steps = evict_steps(request.targets, request.number("grace"))
    return request.plan(f"Evict {called(request.targets)}", steps)


def _evict_fields(_: Targets) -> Sequence[Field]:
    return (_GRACE,)


_GRACE = NumberField("grace", "Grace seconds", required=False, hint="empty for the pod's own")
DRAIN = Operation("drain", "drain", NODES, _drain, asking(_drain_fields), needs=Right("create", "eviction", "pods"))
EVICT = Operation(
    "evict",
    "evict",
    of_kinds("pods"),
    _evict_chosen,
    asking(_evict_fields),
    asks=False,
    needs=Right("create", "eviction"),
)

"""Deleting objects, and pods that have done their work."""

from collections.abc import Sequence

from kubegenie_tui.changes.operations.operation import Operation, Request, Right, Targets, asking, of_kinds
from kubegenie_tui.changes.operations.target import Target, called
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.form import ChoiceField, Field, NumberField
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import text_at
from kubegenie_tui.domain.plan import Plan, Step, Verb

OWN_WAY = "as its kind does"
PROPAGATIONS = (OWN_WAY, "Background", "Foreground", "Orphan")
_SANITIZED = frozenset({"Succeeded", "Failed"})


def can_delete(kind: Kind) -> bool:
    """Whether the server lets objects of a kind be deleted."""
    return "delete" in kind.verbs


def delete_steps(targets: Targets, propagation: str = "", grace: int | None = None) -> list[Step]:
    """Delete each.

    Args:
        targets: the objects.
        propagation: `Background`, `Foreground`, `Orphan`; empty for the kind's own way.
        grace: seconds the programs get to end; None for the object's own.
    """
    return [Step(Verb.DELETE, target.ref, propagation=propagation, grace=grace) for target in targets]


def finished_pods(pods: Sequence[Target]) -> list[Target]:
    """Those that ran to their end, well or not."""
    return [pod for pod in pods if text_at(pod.manifest, "status.phase") in _SANITIZED]


def _delete_fields(targets: Targets) -> Sequence[Field]:
    ways = ChoiceField(
        "propagation", "What it owns", PROPAGATIONS, hint="Foreground deletes it first, Orphan leaves it"
    )
    grace = NumberField("grace", "Grace seconds", required=False, hint="empty for the object's own, 0 kills at once")
    return (ways, grace) if targets[0].kind.id == "pods" else (ways,)


async def _delete(request: Request) -> Plan:
    way = request.text("propagation")
    propagation = "" if way == OWN_WAY else way
    steps = delete_steps(request.targets, propagation, request.number("grace"))
    return request.plan(f"Delete {called(request.targets)}", steps)


async def _restart_pods(request: Request) -> Plan:
    """Delete pods that are made again.

    Raises:
        UsageError: nobody would make one of them again, or only its node can end it.
    """
    for pod in request.targets:
        if not pod.controller:
            raise UsageError(
                f"Nobody would make {pod.words} again",
                "a pod is restarted by deleting it, and it has no owner",
                "delete it and create it anew, or end its program in a shell",
            )
        if pod.controller == "Node":
            raise UsageError(f"{pod.words} is the node's own", "a static pod is restarted by its kubelet alone")
    makers = " and ".join(sorted({pod.controller for pod in request.targets}))
    title = f"Restart {called(request.targets)}: deleted, and made again by the {makers}"
    return request.plan(title, delete_steps(request.targets))


async def _sanitize(request: Request) -> Plan:
    """Every finished pod of the namespaces of the chosen ones."""
    kind, cluster = request.targets[0].kind, request.cluster
    namespaces = sorted({target.namespace for target in request.targets})
    finished: list[Target] = []
    for namespace in namespaces:
        for phase in sorted(_SANITIZED):
            found = await cluster.list_objects(kind, namespace, field_selector=f"status.phase={phase}", limit=0)
            finished += (
                Target(kind, str(item["metadata"]["name"]), namespace, cluster.name, item) for item in found.items
            )
    where = namespaces[0] if len(namespaces) == 1 else f"{len(namespaces)} namespaces"
    steps = delete_steps(finished_pods(finished))
    return request.plan(f"Delete the completed pods of {where}", steps)


DELETE = Operation(
    "delete",
    "delete",
    can_delete,
    _delete,
    asking(_delete_fields),
    ("rm",),
    asks=False,
    reads=False,
    needs=Right("delete"),
)
DELETE_WITH = Operation(
    "delete-with",
    "delete, and say how",
    can_delete,
    _delete,
    asking(_delete_fields),
    reads=False,
    needs=Right("delete"),
)
RESTART_POD = Operation(
    "restart-pod", "restart: its owner makes another", of_kinds("pods"), _restart_pods, needs=Right("delete")
)
SANITIZE = Operation(
    "sanitize", "delete completed pods", of_kinds("pods"), _sanitize, reads=False, needs=Right("delete")
)

"""More or fewer replicas, by hand or by an autoscaler."""

from collections.abc import Sequence

from kubegenie_tui.changes.operations.operation import Operation, Request, Right, Targets
from kubegenie_tui.changes.operations.target import Target, called
from kubegenie_tui.changes.scales import is_custom, replicas_in
from kubegenie_tui.changes.together import look_together
from kubegenie_tui.domain.cluster_reader import ClusterReader
from kubegenie_tui.domain.errors import Forbidden, KubeGenieError, NotFound, ServerFailed, UsageError
from kubegenie_tui.domain.form import Field, NumberField
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import number_at
from kubegenie_tui.domain.plan import Plan, Step

MOST_REPLICAS = 100_000
NO_SCALE = "it serves no `scale` subresource"
_UNSET = "does not exist"
"""What the server says of a Scale whose number is not set yet: it can be set. Source: apiextensions-apiserver."""


def can_scale(kind: Kind) -> bool:
    """Whether a kind has replicas to set."""
    return "scale" in kind.subresources


def scale_steps(targets: Targets, replicas: int) -> list[Step]:
    """Set the replicas of each.

    Raises:
        UsageError: one of them has no replicas, or it is less than none.
    """
    if replicas < 0:
        raise UsageError(f"There cannot be {replicas} replicas", next_step="0 stops them all")
    for target in targets:
        if not can_scale(target.kind):
            hint = "scale what owns it: J leads there" if target.kind.id == "pods" else "`.` lists what it can"
            raise UsageError(f"{target.words} has no replicas to scale", next_step=hint)
    return [target.patch({"spec": {"replicas": replicas}}, subresource="scale") for target in targets]


async def replicas_of(cluster: ClusterReader, target: Target) -> int | None:
    """How many replicas an object has; None where its server does not tell, though they may be set.

    Raises:
        UsageError: they cannot be set: the server can make no Scale of the object.
        ClusterError: the cluster cannot be asked.
    """
    if not is_custom(target.kind):
        found = number_at(target.manifest, "spec.replicas")
        return 1 if found is None else found
    try:
        return replicas_in(await cluster.get(target.kind, target.name, target.namespace, "scale"))
    except Forbidden:
        return None
    except (ServerFailed, NotFound) as error:
        if _UNSET in error.why:
            return None
        why = f"its scale cannot be read: {error.why or error.what}"
        raise UsageError(
            f"{target.words} cannot be scaled", why, "its definition says where its replicas are"
        ) from error


async def _fields(cluster: ClusterReader, targets: Targets) -> Sequence[Field]:
    now = await replicas_of(cluster, targets[0])
    known = "how many there are is not told" if now is None else f"{now} now"
    return (NumberField("replicas", "Replicas", now, f"{known}; 0 stops every pod", most=MOST_REPLICAS),)


async def _scale(request: Request) -> Plan:
    replicas = request.number("replicas")
    if replicas is None:
        raise UsageError("How many replicas?", next_step="for example: scale 3")
    numbers = await _all_replicas(request)
    changing = [target for target, now in zip(request.targets, numbers, strict=True) if now != replicas]
    if not changing:
        what = f"{called(request.targets)}: there are {replicas} replicas already"
        raise UsageError(what, next_step=f"say another number, such as {replicas + 1}")
    steps = scale_steps(changing, replicas)
    now = next(each for each in numbers if each != replicas) if len(steps) == 1 else None
    from_now = "" if now is None else f"from {now} "
    return request.plan(f"Scale {called(changing)} {from_now}to {replicas}", steps)


async def _all_replicas(request: Request) -> list[int | None]:
    targets = request.targets
    found = await look_together(len(targets), lambda index: replicas_of(request.cluster, targets[index]))
    for each in found:
        if isinstance(each, KubeGenieError):
            raise each
    return [each for each in found if not isinstance(each, KubeGenieError)]


SCALE = Operation("scale", "scale", can_scale, _scale, _fields, lacks=NO_SCALE, needs=Right(subresource="scale"))

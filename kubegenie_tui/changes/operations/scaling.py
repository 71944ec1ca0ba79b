"""More or fewer replicas, by hand or by an autoscaler."""

from collections.abc import Sequence

from kubegenie_tui.changes.operations.operation import Operation, Request, Right, Targets, asking
from kubegenie_tui.changes.operations.target import called
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.form import Field, NumberField
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import number_at
from kubegenie_tui.domain.plan import Plan, Step

MOST_REPLICAS = 100_000


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


def _replicas(targets: Targets) -> int | None:
    """What they have now; an absent number means 1, and custom kinds keep it where they like."""
    first = targets[0]
    default = 1 if first.kind.group in ("", "apps") else None
    found = number_at(first.manifest, "spec.replicas")
    return default if found is None else found


def _fields(targets: Targets) -> Sequence[Field]:
    now = _replicas(targets)
    hint = "0 stops every pod" if now is None else f"{now} now; 0 stops every pod"
    return (NumberField("replicas", "Replicas", now, hint, most=MOST_REPLICAS),)


async def _scale(request: Request) -> Plan:
    replicas = request.number("replicas")
    if replicas is None:
        raise UsageError("How many replicas?", next_step="for example: scale 3")
    changing = [target for target in request.targets if _replicas([target]) != replicas]
    if not changing:
        what = f"{called(request.targets)}: there are {replicas} replicas already"
        raise UsageError(what, next_step=f"say another number, such as {replicas + 1}")
    steps = scale_steps(changing, replicas)
    now = _replicas(changing) if len(steps) == 1 else None
    from_now = "" if now is None else f"from {now} "
    return request.plan(f"Scale {called(changing)} {from_now}to {replicas}", steps)


SCALE = Operation("scale", "scale", can_scale, _scale, asking(_fields), needs=Right(subresource="scale"))

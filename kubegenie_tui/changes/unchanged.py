"""After a yes and before the first write: all objects of a plan are looked at once more, and one that changed stops it.

Nothing was written yet, so what an earlier step of the plan will do to an object of a later one plays no part here.
"""

from collections.abc import Callable, Iterator, Sequence

from kubegenie_tui.changes.carrying import recheck
from kubegenie_tui.changes.cluster import WritableCluster
from kubegenie_tui.changes.look import kind_for
from kubegenie_tui.changes.together import look_together
from kubegenie_tui.domain.errors import ChangedUnderneath, Conflict, Forbidden, KubeGenieError, NotFound
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Progress, Step, StepPreview, StepState, Verb
from kubegenie_tui.kube.objects import get_object

MOST_NAMED = 3
"""Changed objects that are told of one by one; more are counted."""


async def require_unchanged(
    cluster: WritableCluster, steps: Sequence[StepPreview], stop: Callable[[], bool] = lambda: False
) -> None:
    """Look at every object, a few at a time, and at none any more once it is stopped.

    Raises:
        Conflict: some are not as they were shown, others by now, gone, or there already; it names them.
        KubeGenieError: one cannot be looked at.
    """
    removed = [
        {each.step.ref for each in steps[:index] if each.step.verb is Verb.DELETE} for index in range(len(steps))
    ]

    async def look(index: int) -> None:
        if not stop():
            await _require_as_shown(cluster, steps[index], removed[index])

    errors = [each for each in await look_together(len(steps), look) if each is not None]
    if changes := [each for each in errors if isinstance(each, Conflict)]:
        raise _all_of(changes)
    if errors:
        raise errors[0]


def none_done(error: KubeGenieError, count: int) -> Iterator[Progress]:
    """The news of a plan of `count` steps of which none was begun: the step that the error is about tells why."""
    told = max(error.step, 0)
    for index in range(count):
        if index == told:
            yield Progress(index, StepState.FAILED, error=error)
        else:
            yield Progress(index, StepState.SKIPPED)
    yield Progress(-1, StepState.FAILED, error=error)


async def _require_as_shown(cluster: WritableCluster, shown: StepPreview, removed: set[ObjectRef]) -> None:
    step = shown.step
    if cluster.kinds.get(step.ref.kind) is None:
        return  # it comes with the plan
    if step.verb is Verb.CREATE and not step.subresource:
        if step.ref.name and step.ref not in removed and await _is_there(cluster, step):
            raise ChangedUnderneath(f"{step.ref} exists by now", "somebody made it", "look again")
        return
    try:
        await recheck(cluster, shown, frozenset())
    except NotFound:
        if step.subresource != "eviction":  # gone already, which is what was wanted
            raise


async def _is_there(cluster: WritableCluster, step: Step) -> bool:
    try:
        await get_object(cluster.client, kind_for(cluster, step), step.ref.name, step.ref.namespace)
    except (NotFound, Forbidden):  # who may make one but not read it hears of it from the server
        return False
    return True


def _all_of(changes: Sequence[Conflict]) -> Conflict:
    """One error for all objects that changed, about the first of them."""
    first = changes[0]
    if len(changes) == 1:
        return first
    told = [" ".join(filter(None, (each.what, each.why))) for each in changes[:MOST_NAMED]]
    more = f" and {len(changes) - MOST_NAMED} more" if len(changes) > MOST_NAMED else ""
    found = ChangedUnderneath(
        f"{len(changes)} objects changed since they were shown", "; ".join(told) + more, "look again"
    )
    found.step = first.step
    return found

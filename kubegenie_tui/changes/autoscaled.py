"""Whether as many pods as an autoscaler of a plan may make fit into the quotas of their namespace."""

from collections.abc import AsyncIterator, Iterator, Sequence

from kubegenie_tui.changes.charges import REPLICATED, pods_kept
from kubegenie_tui.changes.quotas import counts_pods, room_notes
from kubegenie_tui.changes.surroundings import Surroundings
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import Manifest, mapping_at, number_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Note, Step, StepPreview, Verb

SCALERS = "horizontalpodautoscalers.autoscaling"
MOST_NAMED = 3
"""Autoscalers of one namespace that are named; more are counted."""


async def autoscaler_notes(steps: Sequence[StepPreview], around: Surroundings) -> AsyncIterator[Note]:
    """What quotas say to the most that new and raised autoscalers may make of their workloads.

    Nothing is refused yet: the pods are, once the autoscaler wants them.
    """
    raised = [step for step in steps if _is_raised(step)]
    for namespace in dict.fromkeys(step.step.ref.namespace for step in raised):
        quotas = await around.all("resourcequotas", namespace)
        if not quotas:
            continue
        here = [step for step in steps if step.step.ref.namespace == namespace]
        grown, named = [], []
        for scaler in filter(_is_raised, here):
            most = number_at(scaler.after, "spec.maxReplicas") or 0
            found = await _grown(scaler, most, here, around)
            if isinstance(found, StepPreview):
                grown.append(found)
                named.append(f"HPA {scaler.step.ref.name} at {most} pods")
            elif found is not None:
                for note in _not_counted(quotas, found):
                    yield note
        beside = [step for step in here if not any(_is_same(step.step.ref, each.step.ref) for each in grown)]
        async for note in room_notes(namespace, grown, around, beside):
            yield Note(min(note.health, Health.WARN), f"{_in_words(named)}: {note.text}")


def _is_raised(step: StepPreview) -> bool:
    """Whether it is an autoscaler that may make more pods than before, or those of another workload."""
    if step.step.ref.kind != SCALERS or step.after is None:
        return False
    was, will = (number_at(each, "spec.maxReplicas") or 0 for each in (step.before, step.after))
    return will > was or _target(step.before) != _target(step.after)


def _target(scaler: Manifest | None) -> tuple[str, str]:
    return text_at(scaler, "spec.scaleTargetRef.kind"), text_at(scaler, "spec.scaleTargetRef.name")


async def _grown(
    scaler: StepPreview, most: int, here: Sequence[StepPreview], around: Surroundings
) -> StepPreview | ObjectRef | None:
    """A workload as it is, and with as many pods as it may get; its name where they cannot be counted, None for none.

    What the plan itself makes of the workload counts as well.
    """
    kind, (written, name) = around.kind_of(mapping_at(scaler.after, "spec.scaleTargetRef")), _target(scaler.after)
    namespace = scaler.step.ref.namespace
    if kind is None or kind.id not in REPLICATED:
        return ObjectRef(kind.id if kind else written, name, namespace)
    ref = ObjectRef(kind.id, name, namespace)
    own = next((each for each in here if _is_same(each.step.ref, ref)), None)
    before = own.before if own else await around.object(kind, namespace, name)
    after = own.after if own else before
    if after is None or (pods_kept(kind.id, after) or 0) >= most:
        return None
    grown = {**after, "spec": {**mapping_at(after, "spec"), "replicas": most}}
    return StepPreview(Step(Verb.PATCH, ref), before, grown, ())


def _is_same(one: ObjectRef, other: ObjectRef) -> bool:
    return (one.kind, one.namespace, one.name) == (other.kind, other.namespace, other.name)


def _in_words(named: Sequence[str]) -> str:
    more = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
    return ", ".join(named[:MOST_NAMED]) + more


def _not_counted(quotas: Sequence[Manifest], target: ObjectRef) -> Iterator[Note]:
    for quota in quotas:
        if counts_pods(mapping_at(quota, "status.hard")):
            why = f"pods of {target.name} are not counted, how a {target.noun} makes them is not known here"
            yield Note(Health.UNKNOWN, f"quota {text_at(quota, 'metadata.name')}: {why}")

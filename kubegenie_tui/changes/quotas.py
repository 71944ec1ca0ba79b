"""Whether what a plan makes or enlarges fits into what its namespaces may use."""

import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence

from kubegenie_tui.changes.charges import CLASS, Charge, Place, charges_of, pods_kept
from kubegenie_tui.changes.limit_ranges import new_pod_spec, with_defaults
from kubegenie_tui.changes.quota_scopes import is_meant_by
from kubegenie_tui.changes.surroundings import Surroundings
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import Manifest, mapping_at, text_at
from kubegenie_tui.domain.plan import Note, StepPreview
from kubegenie_tui.domain.pod_resources import LIMITS, REQUESTS, Amounts, amount, asked_by, containers_of
from kubegenie_tui.domain.quantity import format_bytes
from kubegenie_tui.domain.relations.pod_spec import TEMPLATE_PATHS

_DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
_MUST_SAY = {
    **{"cpu": (REQUESTS, "cpu"), "requests.cpu": (REQUESTS, "cpu"), "limits.cpu": (LIMITS, "cpu")},
    **{"memory": (REQUESTS, "memory"), "requests.memory": (REQUESTS, "memory"), "limits.memory": (LIMITS, "memory")},
}
"""What each container has to say where a quota counts it. Source: Kubernetes documentation of resource quotas."""


async def quota_notes(steps: Sequence[StepPreview], around: Surroundings) -> AsyncIterator[Note]:
    """What quotas say to all that a plan adds to a namespace: what is used, the limit, and what would be used."""
    for namespace in dict.fromkeys(step.step.ref.namespace for step in steps if step.step.ref.namespace):
        here = [step for step in steps if step.step.ref.namespace == namespace]
        async for note in room_notes(namespace, here, around):
            yield note


async def room_notes(
    namespace: str, steps: Sequence[StepPreview], around: Surroundings, beside: Sequence[StepPreview] = ()
) -> AsyncIterator[Note]:
    """What the quotas of a namespace say to what steps add to it.

    Args:
        namespace: of the steps.
        steps: what is told of.
        around: what is there.
        beside: steps that count as well, and are told of elsewhere.
    """
    charges = await _charges(steps, namespace, around)
    if all(value <= 0 for value in _added(charges).values()):
        return
    quotas = await around.all("resourcequotas", namespace)
    ranges = await _limit_ranges(namespace, around) if quotas else []
    steps, beside = ([_with_defaults(step, ranges) for step in each] for each in (steps, beside))
    charges, others = [await _charges(each, namespace, around) for each in (steps, beside)]
    for quota in quotas:
        for note in _of_quota(quota, charges, others, steps):
            yield note


async def _charges(steps: Sequence[StepPreview], namespace: str, around: Surroundings) -> list[Charge]:
    place = await _place(steps, namespace, around)
    return [charge for step in steps for charge in charges_of(step, place)]


async def _place(steps: Sequence[StepPreview], namespace: str, around: Surroundings) -> Place:
    """Read only where claims are made by stateful sets."""
    if not any(mapping_at(step.after, "spec").get("volumeClaimTemplates") for step in steps):
        return Place()
    claims = await around.all("persistentvolumeclaims", namespace)
    classes = await around.all("storageclasses", "")
    default = (each for each in classes if mapping_at(each, "metadata.annotations").get(_DEFAULT_CLASS) == "true")
    name = text_at(next(default, None), "metadata.name")
    return Place({text_at(each, "metadata.name") for each in claims}, name)


async def _limit_ranges(namespace: str, around: Surroundings) -> list[Manifest]:
    with contextlib.suppress(KubeGenieError):  # that they may not be read is told where they are asked what they refuse
        return await around.all("limitranges", namespace)
    return []


def _with_defaults(step: StepPreview, ranges: Sequence[Manifest]) -> StepPreview:
    path = TEMPLATE_PATHS.get(step.step.ref.kind, "")
    if not path or not ranges:
        return step
    before, after = (_filled(each, path.split("."), ranges) for each in (step.before, step.after))
    return StepPreview(step.step, before, after, step.diff, step.awaits)


def _filled(manifest: Manifest | None, path: list[str], ranges: Sequence[Manifest]) -> Manifest | None:
    if manifest is None or not path:
        return manifest and with_defaults(manifest, ranges)
    key, *rest = path
    return {**manifest, key: _filled(mapping_at(manifest, key), rest, ranges)}


def _of_quota(
    quota: Manifest, charges: Sequence[Charge], beside: Sequence[Charge], steps: Sequence[StepPreview]
) -> Iterator[Note]:
    name = text_at(quota, "metadata.name")
    meant = {id(charge): is_meant_by(quota, charge) for charge in (*charges, *beside)}
    if None in meant.values():
        yield Note(Health.UNKNOWN, f"quota {name} is for a part of what is there; that is not counted here")
        return
    counted = [charge for charge in charges if meant[id(charge)]]
    others = _added([charge for charge in beside if meant[id(charge)] and not charge.passing])
    hard, used = mapping_at(quota, "status.hard"), mapping_at(quota, "status.used")
    lasting = _added([charge for charge in counted if not charge.passing])
    peak = _added(counted)
    fits = []
    for resource, limit in hard.items():
        told = f"{resource} {used.get(resource, 0)} of {limit} used"
        has, most = amount(used.get(resource, 0)) + others.get(resource, 0), amount(limit)
        if lasting.get(resource, 0) > 0:
            will = f"{told}, {_in_words(resource, has + lasting[resource])} with this"
            if _exceeds(has + lasting[resource], most):
                yield Note(Health.BAD, f"quota {name} has no room: {will}")
                continue
            fits.append(will)
        if peak.get(resource, 0) > 0 and _exceeds(has + peak[resource], most):
            will = f"{told}, {_in_words(resource, has + peak[resource])} then"
            yield Note(Health.WARN, f"quota {name} has no room for the pods ahead of those they replace: {will}")
    if fits:
        yield Note(Health.OK, f"fits into quota {name}: {'; '.join(fits)}")
    yield from _unsaid(name, hard, steps, counted)


def _unsaid(name: str, hard: Manifest, steps: Sequence[StepPreview], counted: Sequence[Charge]) -> Iterator[Note]:
    """Pods whose containers leave out what a quota counts are refused; how many a new daemon set has is not known."""
    meant = [charge.pod for charge in counted if charge.pod is not None]
    for step in steps:
        ref, spec = step.step.ref, new_pod_spec(step)
        if step.after is not None and pods_kept(ref.kind, step.after) is None and counts_pods(hard):
            yield Note(Health.UNKNOWN, f"quota {name}: pods of {ref.name} are not counted, one runs on each node")
        if not spec or spec not in meant or ref.kind == "pods":
            continue
        for resource in (each for each in hard if each in _MUST_SAY):
            side, what = _MUST_SAY[resource]
            silent = [text_at(each, "name") for each in containers_of(spec) if what not in asked_by(each, side)]
            if silent and what not in asked_by(spec, side):
                told = f"{resource} has to be told for {', '.join(silent)}"
                yield Note(Health.BAD, f"quota {name} refuses the pods of {ref.name}: {told}")


def counts_pods(hard: Manifest) -> bool:
    """Whether a quota with these limits counts pods, or what they ask for."""
    return any(name in _MUST_SAY or name.rpartition("/")[2] == "pods" for name in hard)


def _added(charges: Sequence[Charge]) -> Amounts:
    found: Amounts = {}
    for charge in charges:
        for name, value in charge.amounts.items():
            found[name] = found.get(name, 0) + value
    return found


def _exceeds(value: float, limit: float) -> bool:
    """Whether it is more, beyond what adding thousandths loses."""
    return value > limit + 1e-6


def _in_words(resource: str, value: float) -> str:
    if resource.rpartition(".")[2] == "cpu":
        return f"{value:g}" if value == round(value) else f"{value * 1000:.0f}m"
    is_bytes = any(word in resource.rpartition(CLASS)[2] for word in ("memory", "storage", "hugepages"))
    return format_bytes(value) if is_bytes else f"{value:g}"

"""What a change touches besides its object: pods that come and go, traffic, autoscalers, budgets, quotas, data."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence

from kubegenie_tui.changes.autoscaled import autoscaler_notes
from kubegenie_tui.changes.belongings import claim_notes, definition_notes, owned_notes, selected_notes
from kubegenie_tui.changes.limit_ranges import limit_notes
from kubegenie_tui.changes.quotas import quota_notes
from kubegenie_tui.changes.surroundings import MOST_LISTED, Surroundings
from kubegenie_tui.changes.tainting import taint_notes
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, number_at, text_at, value_at
from kubegenie_tui.domain.plan import Note, StepPreview, Verb

MOST_LOOKED_AT = 20
"""Objects of a plan whose surroundings are read."""
_WORKLOADS = frozenset({"deployments.apps", "statefulsets.apps", "daemonsets.apps", "replicasets.apps"})
Rule = Callable[[StepPreview, Surroundings], AsyncIterator[Note]]
RuleOfAll = Callable[[Sequence[StepPreview], Surroundings], AsyncIterator[Note]]
"""For what counts together."""


async def impact_of(steps: Sequence[StepPreview], around: Surroundings) -> list[Note]:
    """What is touched, as notes; what may not be read is said, and what was not looked at."""
    notes: list[Note] = []
    looks = [rule(step, around) for step in steps[:MOST_LOOKED_AT] for rule in _RULES]
    for telling in (*looks, *(rule(steps, around) for rule in _RULES_OF_ALL)):
        try:
            notes += [note async for note in telling]
        except KubeGenieError as error:
            notes.append(Note(Health.UNKNOWN, f"what else it touches cannot be read: {error}"))
    if len(steps) > MOST_LOOKED_AT:
        notes.append(Note(Health.UNKNOWN, f"looked at for the first {MOST_LOOKED_AT} of {len(steps)} objects"))
    return list(dict.fromkeys(notes))


async def _namespace(preview: StepPreview, around: Surroundings) -> AsyncIterator[Note]:
    ref = preview.step.ref
    if ref.kind != "namespaces" or preview.step.verb is not Verb.DELETE:
        return
    for name in ("pods", "persistentvolumeclaims", "services"):
        there = len(await around.all(name, ref.name))
        if there:
            words = f"1 {name.removesuffix('s')} goes" if there == 1 else f"{there} {name} go"
            yield Note(Health.WARN, f"{'at least ' if there == MOST_LISTED else ''}{words} with it")


async def _pods(preview: StepPreview, around: Surroundings) -> AsyncIterator[Note]:
    """Pods that start, stop or are replaced."""
    before, after = preview.before, preview.after
    if preview.step.ref.kind not in _WORKLOADS or before is None:
        return
    if after is None:
        if preview.step.propagation != "Orphan":
            pods = await around.pods_of(preview.step.ref.namespace, mapping_at(before, "spec.selector.matchLabels"))
            yield Note(Health.WARN, f"{_pods_in_words(len(pods))} stop")
        return
    for note in _replicas(before, after):
        yield note


def _replicas(before: Manifest, after: Manifest) -> Iterator[Note]:
    was, will = number_at(before, "spec.replicas"), number_at(after, "spec.replicas")
    if was is not None and will is not None and will != was:
        more = will - was
        yield Note(
            Health.OK if more > 0 else Health.WARN,
            f"{_pods_in_words(more)} more" if more > 0 else f"{-more} of {_pods_in_words(was)} stop",
        )
    replaces = text_at(before, "kind") != "ReplicaSet" and text_at(before, "spec.updateStrategy.type") != "OnDelete"
    if replaces and mapping_at(before, "spec.template") != mapping_at(after, "spec.template"):
        at_once = text_at(before, "spec.strategy.type") == "Recreate"
        how = "all at once" if at_once else "one after the other"
        yield Note(Health.WARN if at_once else Health.OK, f"its pods are replaced {how}")


def _pods_in_words(number: int) -> str:
    return f"{number} pod" if number == 1 else f"{number} pods"


async def _autoscaler(preview: StepPreview, around: Surroundings) -> AsyncIterator[Note]:
    before, after = preview.before, preview.after
    if before is None or after is None or value_at(before, "spec.replicas") == value_at(after, "spec.replicas"):
        return
    ref = preview.step.ref
    for each in await around.scaling(ref.namespace, text_at(before, "kind"), ref.name):
        least, most = number_at(each, "spec.minReplicas") or 1, number_at(each, "spec.maxReplicas")
        name = text_at(each, "metadata.name")
        yield Note(Health.WARN, f"HPA {name} ({least}-{most}) will set the replicas again")


async def _disruption(preview: StepPreview, around: Surroundings) -> AsyncIterator[Note]:
    """Budgets and services of pods that stop."""
    before, ref = preview.before, preview.step.ref
    if before is None or not _stops_pods(preview):
        return
    labels = mapping_at(before, "metadata.labels" if ref.kind == "pods" else "spec.template.metadata.labels")
    if not labels:
        return
    for each in await around.selecting("poddisruptionbudgets", ref.namespace, labels):
        allowed, name = number_at(each, "status.disruptionsAllowed") or 0, text_at(each, "metadata.name")
        says = f"budget {name} allows {allowed} more to be down"
        yield Note(Health.OK if allowed else Health.WARN, says)
    if not _pods_remain(preview):
        for each in await around.selecting("services", ref.namespace, labels):
            yield Note(Health.WARN, f"service {text_at(each, 'metadata.name')} may be left without pods")


def _stops_pods(preview: StepPreview) -> bool:
    before, after, ref = preview.before, preview.after, preview.step.ref
    if ref.kind != "pods" and ref.kind not in _WORKLOADS:
        return False
    was, will = number_at(before, "spec.replicas"), number_at(after, "spec.replicas")
    fewer = was is not None and will is not None and will < was
    return after is None or fewer or mapping_at(before, "spec.template") != mapping_at(after, "spec.template")


def _pods_remain(preview: StepPreview) -> bool:
    """Whether others of the same keep answering: a pod of a controller is replaced, a scaled workload keeps some."""
    if preview.after is None:
        owners = mappings_at(preview.before, "metadata.ownerReferences")
        return preview.step.ref.kind == "pods" and any(owner.get("controller") is True for owner in owners)
    return number_at(preview.after, "spec.replicas") != 0


async def _data(preview: StepPreview, around: Surroundings) -> AsyncIterator[Note]:
    """Volumes that go, and pods that need what goes."""
    ref = preview.step.ref
    if preview.step.verb is not Verb.DELETE or preview.before is None:
        return
    if ref.kind == "persistentvolumeclaims":
        using = [pod for pod in await around.all("pods", ref.namespace) if _mounts(pod, ref.name)]
        yield Note(Health.WARN, f"its data go, unless the volume's reclaim policy is Retain; {len(using)} pods use it")


def _mounts(pod: Manifest, claim: str) -> bool:
    volumes = mappings_at(pod, "spec.volumes")
    return any(text_at(volume, "persistentVolumeClaim.claimName") == claim for volume in volumes)


_RULES: tuple[Rule, ...] = (
    *(_namespace, definition_notes, _pods, owned_notes, selected_notes),
    *(_autoscaler, _disruption, _data, claim_notes, taint_notes),
)
_RULES_OF_ALL: tuple[RuleOfAll, ...] = (quota_notes, autoscaler_notes, limit_notes)

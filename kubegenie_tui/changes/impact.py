"""What a change touches besides its object: pods that come and go, autoscalers, budgets."""

from collections.abc import AsyncIterator, Iterable, Sequence

from kubegenie_tui.changes.cluster import WritableCluster
from kubegenie_tui.domain.conversation import ObjectRef
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import Manifest, mapping_at, number_at, text_at, value_at
from kubegenie_tui.domain.plan import Note, StepPreview, Verb
from kubegenie_tui.domain.relations.label_selector import selects
from kubegenie_tui.kube.objects import list_objects

MOST_LOOKED_AT = 5
"""Objects of a plan whose surroundings are read; a plan of more says how many there are."""
_WORKLOADS = frozenset({"deployments.apps", "statefulsets.apps", "daemonsets.apps", "replicasets.apps"})


async def impact_of(cluster: WritableCluster, steps: Sequence[StepPreview]) -> list[Note]:
    """What is touched, as notes; what may not be read is said."""
    notes: list[Note] = []
    for step in steps[:MOST_LOOKED_AT]:
        try:
            notes += [note async for note in _of_step(cluster, step)]
        except KubeGenieError as error:
            notes.append(Note(Health.UNKNOWN, f"what else it touches cannot be read: {error}"))
    if len(steps) > MOST_LOOKED_AT:
        notes.append(Note(Health.WARN, f"{len(steps)} objects"))
    return list(dict.fromkeys(notes))


async def _of_step(cluster: WritableCluster, preview: StepPreview) -> AsyncIterator[Note]:
    step, before, after = preview.step, preview.before, preview.after
    if before is None:
        return
    if step.ref.kind == "namespaces" and step.verb is Verb.DELETE:
        pods = await list_objects(cluster.client, cluster.kinds.resolve("pods"), step.ref.name, limit=1)
        yield Note(Health.WARN, f"everything in it goes, {len(pods.items) + max(0, pods.remaining)} pods among it")
    if step.ref.kind in _WORKLOADS:
        for note in _pods_that_change(before, after):
            yield note
        for note in await _autoscalers(cluster, step.ref, before, after):
            yield note
    labels = _pod_labels(step.ref, before)
    if labels and (step.verb is Verb.DELETE or step.subresource == "eviction" or before != after):
        for note in await _budgets(cluster, step.ref.namespace, labels):
            yield note


def _pods_that_change(before: Manifest, after: Manifest | None) -> Iterable[Note]:
    was = number_at(before, "spec.replicas")
    if after is None:
        yield Note(Health.WARN, f"{was} pods stop" if was is not None else "its pods stop")
        return
    will = number_at(after, "spec.replicas")
    if was is not None and will is not None and will != was:
        yield Note(Health.OK, f"{will - was} new pods" if will > was else f"{was - will} of {was} pods stop")
    if (
        mapping_at(before, "spec.template") != mapping_at(after, "spec.template")
        and text_at(before, "kind") != "ReplicaSet"
    ):
        yield Note(Health.OK, f"{will} pods are replaced one after the other" if will else "its pods are replaced")


async def _autoscalers(
    cluster: WritableCluster, ref: ObjectRef, before: Manifest, after: Manifest | None
) -> list[Note]:
    if after is None or number_at(before, "spec.replicas") == number_at(after, "spec.replicas"):
        return []
    kind = cluster.kinds.find("horizontalpodautoscalers")
    if kind is None:
        return []
    found = await list_objects(cluster.client, kind, ref.namespace)
    return [
        Note(
            Health.WARN,
            f"HPA {text_at(each, 'metadata.name')} ({number_at(each, 'spec.minReplicas') or 1}"
            f"-{number_at(each, 'spec.maxReplicas')}) will set the replicas again",
        )
        for each in found.items
        if text_at(each, "spec.scaleTargetRef.name") == ref.name
        and text_at(each, "spec.scaleTargetRef.kind") == text_at(before, "kind")
    ]


def _pod_labels(ref: ObjectRef, before: Manifest) -> Manifest:
    return mapping_at(before, "metadata.labels" if ref.kind == "pods" else "spec.template.metadata.labels")


async def _budgets(cluster: WritableCluster, namespace: str, labels: Manifest) -> list[Note]:
    kind = cluster.kinds.find("poddisruptionbudgets")
    if kind is None:
        return []
    found = await list_objects(cluster.client, kind, namespace)
    return [_budget(each) for each in found.items if selects(value_at(each, "spec.selector"), labels)]


def _budget(manifest: Manifest) -> Note:
    allowed = number_at(manifest, "status.disruptionsAllowed") or 0
    name = text_at(manifest, "metadata.name")
    return Note(Health.OK if allowed else Health.WARN, f"budget {name} allows {allowed} pods to be disrupted now")

"""What goes with what is deleted, and which pods a selector lets go of or takes in."""

from collections.abc import AsyncIterator

from kubegenie_tui.changes.retention import claims_lost, claims_of_pods_gone, has_claims
from kubegenie_tui.changes.surroundings import MOST_LISTED, Surroundings
from kubegenie_tui.domain.definition import DEFINITIONS, kinds_defined
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at, value_at
from kubegenie_tui.domain.plan import Note, StepPreview, Verb
from kubegenie_tui.domain.relations.label_selector import selects

MOST_NAMED = 5
"""Claims that are named in one note."""
_OWNED = {"cronjobs.batch": ("jobs",), "jobs.batch": ("pods",)}
"""What objects of a kind make, of those whose pods are not told of elsewhere."""
_OF_CUSTOM_KINDS = ("pods", "deployments", "statefulsets", "jobs", "services", "persistentvolumeclaims")
"""What operators make of their objects; of Secrets and ConfigMaps only names would be needed, so they are not read."""
_SELECTORS = {
    "services": ("spec.selector", "it leads to"),
    "networkpolicies.networking.k8s.io": ("spec.podSelector", "it is for"),
    "poddisruptionbudgets.policy": ("spec.selector", "it is for"),
}
"""Where a kind selects pods, and what that means."""


async def owned_notes(preview: StepPreview, around: Surroundings) -> AsyncIterator[Note]:
    """What the garbage collector takes away after a deletion."""
    step, before = preview.step, preview.before
    if step.verb is not Verb.DELETE or before is None or step.propagation == "Orphan":
        return
    is_custom = "." in step.ref.kind.partition(".")[2] and not step.ref.kind.endswith(".k8s.io")
    for name in _OWNED.get(step.ref.kind, _OF_CUSTOM_KINDS if is_custom and step.ref.namespace else ()):
        uid, found = text_at(before, "metadata.uid"), await around.all(name, step.ref.namespace)
        count = sum(_is_owned(each, uid) for each in found)
        if count:
            yield Note(Health.WARN, f"{_counted(count, name)} with it")


async def claim_notes(preview: StepPreview, around: Surroundings) -> AsyncIterator[Note]:
    """The claims that go with a StatefulSet or with pods of it, by name; or that they stay without it."""
    step = preview.step
    if not claims_lost(preview):
        if step.verb is Verb.DELETE and has_claims(preview):
            yield Note(Health.OK, "its volumes are kept")
        return
    names, least = claims_of_pods_gone(preview), ""
    if step.verb is Verb.DELETE:
        found = await around.all("persistentvolumeclaims", step.ref.namespace)
        owner = text_at(preview.before, "metadata.uid")
        names = [text_at(claim, "metadata.name") for claim in found if _is_owned(claim, owner)]
        least = "at least " if len(found) == MOST_LISTED else ""
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    named = (
        f"{least}{_counted(len(names), 'claims')}: {', '.join(names[:MOST_NAMED])}{more}" if names else "its claims go"
    )
    yield Note(Health.WARN, f"{named}; the data too, unless the volume's reclaim policy is Retain")


async def definition_notes(preview: StepPreview, around: Surroundings) -> AsyncIterator[Note]:
    """The objects of a kind that is deleted."""
    if preview.step.ref.kind != DEFINITIONS or preview.step.verb is not Verb.DELETE or preview.before is None:
        return
    for kind in kinds_defined(preview.before)[:1]:
        found = await around.count(kind)
        if found.total:
            least = "at least " if found.least else ""
            places = f": {found.places}" if found.by_namespace else ""
            yield Note(Health.WARN, f"{least}{_counted(found.total, kind.plural)} with it{places}")


async def selected_notes(preview: StepPreview, around: Surroundings) -> AsyncIterator[Note]:
    """Which pods are selected now, and which will be."""
    ref = preview.step.ref
    path, means = _SELECTORS.get(ref.kind, ("", ""))
    if not path or (preview.after and value_at(preview.before, path) == value_at(preview.after, path)):
        return
    pods = await around.all("pods", ref.namespace)
    was, will = (_selected(each, path, pods, ref.kind) for each in (preview.before, preview.after))
    if preview.before is None:
        yield Note(Health.OK if will else Health.WARN, f"{means} {_pods(will)}")
    elif preview.after is None:
        yield Note(Health.WARN if was else Health.OK, f"{means} {_pods(was)} now")
    else:
        health = Health.OK if was <= will and will else Health.WARN
        yield Note(health, f"{means} {_pods(will)} then, {len(was & will)} of them among the {len(was)} of now")


def _selected(manifest: Manifest | None, path: str, pods: list[Manifest], kind_id: str) -> frozenset[str]:
    """Names of the pods that are selected; an empty selector of a policy or a budget selects all."""
    selector = value_at(manifest, path)
    if manifest is not None and not selector and kind_id != "services":
        return frozenset(text_at(pod, "metadata.name") for pod in pods)
    chosen = (pod for pod in pods if selects(selector, value_at(pod, "metadata.labels") or {}))
    return frozenset(text_at(pod, "metadata.name") for pod in chosen)


def _pods(names: frozenset[str]) -> str:
    return {0: "no pod", 1: "1 pod"}.get(len(names), f"{len(names)} pods")


def _is_owned(manifest: Manifest, uid: str) -> bool:
    return any(text_at(owner, "uid") == uid for owner in mappings_at(manifest, "metadata.ownerReferences"))


def _counted(count: int, plural: str) -> str:
    return f"1 of its {plural} goes" if count == 1 else f"{count} of its {plural} go"

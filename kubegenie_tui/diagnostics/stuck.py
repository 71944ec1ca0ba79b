"""Pods that neither start nor go, where no other rule knows more: the kubelet's or the controller's own words."""

import re
from collections.abc import Iterator

from kubegenie_tui.diagnostics import api_services
from kubegenie_tui.diagnostics.build import event_fact, fact, last_event, severity_of
from kubegenie_tui.diagnostics.pods import containers_of, live_pods, workload_of
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.diagnostics.volumes import users
from kubegenie_tui.domain.finding import Evidence, Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mappings_at, number_at, text_at, texts_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.quantity import format_age, parse_time

_SETUP = ("FailedCreatePodSandBox", "FailedMount", "FailedAttachVolume", "FailedMapVolume", "NetworkNotReady")
_NAMED = ("namespace", "name")
_VOLUME = re.compile(r'volume "([\w.-]+)"')
_FULL_VOLUME = re.compile(r'Usage of EmptyDir volume "([\w.-]+)" exceeds the limit')
_FULL_CONTAINER = re.compile(r"Container ([\w-]+) exceeded its local ephemeral storage limit")
_SHORT_OF = re.compile(r"The node was low on resource: ([\w-]+)")
_LARGER_USE = re.compile(r"Container ([\w-]+) was using")
"""Source: k8s.io/kubernetes/pkg/kubelet/eviction/helpers.go."""
_PATIENCE_SECONDS = 60
_RECENT_SECONDS = 3600
_EMPTYING_SECONDS = 300
"""A namespace may take so long until its objects are gone."""
_FOREIGN_PATIENCE_SECONDS = 0
"""For what waits for a controller that may be gone: told of soon, as a notice at first."""


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Evicted pods, pods whose set-up fails, and objects that do not go away."""
    for pod in live_pods(snapshot):
        if text_at(pod, "status.reason") == "Evicted":
            yield _evicted(snapshot, pod)
        elif any(container.waiting in ("ContainerCreating", "PodInitializing") for container in containers_of(pod)):
            event = last_event(snapshot, pod, *_SETUP)
            if event is not None:
                yield _not_set_up(snapshot, pod, event)
    for kind in snapshot.kinds():
        for item in snapshot.all(kind):
            if text_at(item, "metadata.deletionTimestamp"):
                yield from _lingering(snapshot, kind, item)


def _evicted(snapshot: Snapshot, pod: Manifest) -> Finding:
    """Of the workload, so that pods which are evicted one after the other are one fault; a notice once that is over."""
    ref, said, workload = ref_of("pods", pod), text_at(pod, "status.message"), workload_of(snapshot, pod)
    serves = severity_of(snapshot, workload) is not Severity.CRITICAL and not _is_evicted_again(snapshot, pod)
    evidence = (fact("pods", pod, "status.reason", f"Evicted: {said}"),)
    step: tuple[str, ...] = (
        "set requests near what it uses, so that the scheduler leaves room",
        "delete the evicted pod",
    )
    affected = tuple(dict.fromkeys((workload.ref, ref)))
    at, own = _of_own_limit(said)
    step = own or step
    return Finding(
        "evicted", Severity.NOTICE if serves else Severity.WARNING, f"pods of {workload.word} were evicted", said,
        workload.ref, f"{workload.spec_path}.{at}", evidence, affected, 0.95, step,
    )  # fmt: skip


def _of_own_limit(said: str) -> tuple[str, tuple[str, ...]]:
    """The field of the pod spec that it was evicted for, and what to do where it went beyond a limit of its own."""
    if volume := _FULL_VOLUME.search(said):
        return f"volumes[{volume[1]}].emptyDir.sizeLimit", (
            "raise sizeLimit, or let the program clean up what it keeps",
        )
    if container := _FULL_CONTAINER.search(said):
        field = f"containers[{container[1]}].resources.limits.ephemeral-storage"
        return field, ("raise the limit, or let the program write less",)
    short, used = _SHORT_OF.search(said), _LARGER_USE.search(said)
    if short and used:
        return f"containers[{used[1]}].resources.requests.{short[1]}", ()
    return "containers", ()


def _is_evicted_again(snapshot: Snapshot, pod: Manifest) -> bool:
    """Whether it was made in place of one that was evicted, and has itself been evicted lately."""
    owner, made, ended = snapshot.owner_of(pod), _time(pod, "metadata.creationTimestamp"), _evicted_at(pod)
    if owner is None or not ended or snapshot.now - ended > _RECENT_SECONDS:
        return False
    siblings = [item for kind, item in snapshot.owned_by(owner[1]) if kind == "pods" and item is not pod]
    return any(text_at(each, "status.reason") == "Evicted" and 0 < _evicted_at(each) <= made for each in siblings)


def _evicted_at(pod: Manifest) -> float:
    """When it had ended, in seconds since the epoch; 0 when that is not told."""
    moments = [_time(each, "lastTransitionTime") for each in mappings_at(pod, "status.conditions")]
    return max(moments, default=0.0)


def _time(item: Manifest, path: str) -> float:
    return parse_time(text_at(item, path)) or 0.0


def _not_set_up(snapshot: Snapshot, pod: Manifest, event: Manifest) -> Finding:
    workload, ref = workload_of(snapshot, pod), ref_of("pods", pod)
    title = f"{workload.word}: pod {ref.name} cannot be set up on its node"
    why, affected = text_at(event, "message"), tuple(dict.fromkeys((workload.ref, ref)))
    steps = (f"read its events: events of {ref.name}",)
    severity = severity_of(snapshot, workload)
    named = _VOLUME.search(why)
    field = f"{workload.spec_path}.{_volume_field(pod, named[1])}" if named and _has_volume(pod, named[1]) else ""
    return Finding(
        "pod-setup-fails", severity, title, why, workload.ref, field, (event_fact(event),), affected, 0.6, steps
    )


def _volume_field(pod: Manifest, name: str) -> str:
    """Where the pod spec says what a volume is made of."""
    volume = next(each for each in mappings_at(pod, "spec.volumes") if text_at(each, "name") == name)
    source = next((key for key in volume if key != "name"), "")
    return f"volumes[{name}].{source}".rstrip(".")


def _has_volume(pod: Manifest, name: str) -> bool:
    return any(text_at(volume, "name") == name for volume in mappings_at(pod, "spec.volumes"))


def _used_by(snapshot: Snapshot, kind: str, item: Manifest) -> ObjectRef | None:
    """Whose pods, or which claim, keep a claim or a volume from going."""
    protection = texts_at(item, "metadata.finalizers")
    if kind == "persistentvolumeclaims" and "kubernetes.io/pvc-protection" in protection:
        pods = [snapshot.get(each.kind, each.namespace, each.name) for each in users(snapshot, ref_of(kind, item))]
        return next((workload_of(snapshot, pod).ref for pod in pods if pod is not None), None)
    if kind == "persistentvolumes" and "kubernetes.io/pv-protection" in protection:
        claim = snapshot.get("persistentvolumeclaims", *(text_at(item, f"spec.claimRef.{key}") for key in _NAMED))
        return ref_of("persistentvolumeclaims", claim) if claim is not None else None
    return None


def _is_emptied(kind: str, item: Manifest) -> bool:
    """Whether it is a namespace whose objects go, as far as it tells: none of them waits for somebody."""
    held = any(
        each.get("type") == "NamespaceFinalizersRemaining" and each.get("status") == "True"
        for each in mappings_at(item, "status.conditions")
    )
    return kind == "namespaces" and not held


def _given(snapshot: Snapshot, kind: str, item: Manifest) -> Evidence | None:
    """The template by which a pod has its finalizers: the next one will stay as well."""
    if kind != "pods":
        return None
    workload = workload_of(snapshot, item)
    path = f"{workload.spec_path.removesuffix('spec')}metadata.finalizers"
    given = texts_at(workload.manifest, path) if workload.kind != kind else []
    both = [each for each in texts_at(item, "metadata.finalizers") if each in given]
    return fact(workload.kind, workload.manifest, path, ", ".join(both)) if both else None


def _lingering(snapshot: Snapshot, kind: str, item: Manifest) -> Iterator[Finding]:
    asked = parse_time(text_at(item, "metadata.deletionTimestamp"))
    grace = number_at(item, "metadata.deletionGracePeriodSeconds") or 0
    ref, finalizers = ref_of(kind, item), texts_at(item, "metadata.finalizers")
    foreign = [each for each in finalizers if "kubernetes.io/" not in each and "/" in each]
    late = snapshot.now - asked - grace
    patience = (
        _FOREIGN_PATIENCE_SECONDS if foreign else _EMPTYING_SECONDS if _is_emptied(kind, item) else _PATIENCE_SECONDS
    )
    if not asked or not snapshot.now or late < patience:
        return
    since = format_age(snapshot.now - asked)
    evidence = [Evidence(ref, "metadata.deletionTimestamp", text_at(item, "metadata.deletionTimestamp"))]
    why = "its node does not confirm that it has stopped"
    root, field = ref, "metadata.finalizers" if finalizers else ""
    if (user := _used_by(snapshot, kind, item)) is not None:
        root, field = user, ""
        why = f"{user.name} still uses it"
    elif finalizers:
        why = f"its finalizers wait for somebody: {', '.join(finalizers)}"
        evidence.append(fact(kind, item, "metadata.finalizers", ", ".join(finalizers)))
        if (given := _given(snapshot, kind, item)) is not None:
            evidence.append(given)
            why += f"; {given.ref.name} gives them to each of its pods"
    elif kind == "namespaces":
        failing = [c for c in mappings_at(item, "status.conditions") if c.get("status") == "True"]
        why = text_at(failing[0], "message") if failing else "something in it is not gone yet"
        root = api_services.named_in(snapshot, why) or ref
    title = f"{kind.removesuffix('s')} {ref.name} has been going away for {since}"
    step = "find out why the controller behind it does not finish" if finalizers else "look at what is left of it"
    space = snapshot.get("namespaces", "", ref.namespace)
    held = (ref_of("namespaces", space),) if space and text_at(space, "metadata.deletionTimestamp") else ()
    affected = tuple(dict.fromkeys((ref, *held, *(each.ref for each in evidence))))
    severity = Severity.WARNING if late >= _PATIENCE_SECONDS else Severity.NOTICE
    yield Finding("stuck-terminating", severity, title, why, root, field, tuple(evidence), affected, 0.85, (step,))

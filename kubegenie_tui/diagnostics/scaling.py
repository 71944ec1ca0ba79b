"""Autoscalers that cannot act, and workloads that are scaled to nothing."""

from collections import defaultdict
from collections.abc import Iterator

import msgspec

from kubegenie_tui.diagnostics import api_services, corrections
from kubegenie_tui.diagnostics.api_services import SCALERS
from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.snapshot import KIND_IDS, Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding, Remedy, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, number_at, text_at
from kubegenie_tui.domain.nearness import did_you_mean, nearest
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.quantity import parse_time

_NO_FIGURES = frozenset({"FailedGetResourceMetric", "FailedGetContainerResourceMetric", "FailedComputeMetricsReplicas"})
_PATIENCE_SECONDS = 120
_PEAK_SECONDS = 30
_MAXED_OUT_SECONDS = 900
"""As the alert KubeHpaMaxedOut waits: https://github.com/kubernetes-monitoring/kubernetes-mixin."""
SCALED = ("deployments.apps", "statefulsets.apps")

_WORDS = {"deployments.apps": "Deployment", "statefulsets.apps": "StatefulSet"}


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Autoscalers without a target or without figures; workloads with zero replicas are worth a notice."""
    twice = _overlapping(snapshot)
    for scaler in snapshot.all(SCALERS):
        yield from [] if id(scaler) in twice else _of_scaler(snapshot, scaler)
    for scaler, first in twice.values():
        if scaler is not first:
            yield _overlap(scaler, first)
    for kind in SCALED:
        for item in snapshot.all(kind):
            if number_at(item, "spec.replicas") == 0:
                ref = ref_of(kind, item)
                title = f"{kind.partition('.')[0].removesuffix('s')} {ref.name} has no pods"
                evidence = (fact(kind, item, "spec.replicas", "0"),)
                why, step = "it is scaled to 0", ("scale it up when it shall run",)
                yield Finding(
                    "scaled-to-zero", Severity.NOTICE, title, why, ref, "spec.replicas", evidence, (ref,), 1.0, step
                )


def _of_scaler(snapshot: Snapshot, scaler: Manifest) -> Iterator[Finding]:
    ref = ref_of(SCALERS, scaler)
    kind_id = KIND_IDS.get(text_at(scaler, "spec.scaleTargetRef.kind"), "")
    target = text_at(scaler, "spec.scaleTargetRef.name")
    if kind_id and snapshot.is_missing(kind_id, ref.namespace, target):
        near = nearest(target, (names := snapshot.names(kind_id, ref.namespace)))
        why = f'there is no {kind_id.partition(".")[0].removesuffix("s")} "{target}"{did_you_mean(near)}'
        other = next((each for each in SCALED if snapshot.get(each, ref.namespace, target)), "")
        wrong = "kind" if other else "name"
        why += f"; it is a {other.partition('.')[0].removesuffix('s')}" if other else ""
        field, step = f"spec.scaleTargetRef.{wrong}", f"correct the target's {wrong}"
        found = _finding(scaler, "autoscaler-target", why, field, text_at(scaler, field), step)
        kinds = {"apiVersion": "apps/v1", "kind": _WORDS[other]} if other else {"name": near}
        meant = {**mapping_at(scaler, "spec.scaleTargetRef"), **kinds}
        is_sure = other or corrections.is_alone(target, near, names)
        remedy = Remedy("patch", ref, patch={"spec": {"scaleTargetRef": meant}}) if is_sure else None
        yield msgspec.structs.replace(found, remedy=remedy)
        return
    for condition in mappings_at(scaler, "status.conditions"):
        if condition.get("type") == "AbleToScale" and (unable := _unable(snapshot, scaler, condition)) is not None:
            yield unable
            return
        if condition.get("type") == "ScalingLimited" and condition.get("reason") == "TooManyReplicas":
            yield _at_limit(snapshot, scaler, condition)
        if condition.get("type") == "ScalingActive" and condition.get("status") == "False":
            reason, said = text_at(condition, "reason"), text_at(condition, "message")
            if reason == "ScalingDisabled" or api_services.silent_for(snapshot, scaler):
                continue
            lacking = _without_requests(snapshot, scaler, kind_id, target)
            if lacking is not None and reason == "FailedGetResourceMetric":
                yield _of_requests(scaler, kind_id, *lacking, said)
                continue
            if (stranger := _stranger(snapshot, scaler, kind_id, target)) is not None:
                yield _finding(scaler, "autoscaler-blind", *stranger)
                continue
            if reason in _NO_FIGURES and (_is_young(snapshot, scaler) or _is_unready(snapshot, scaler, said)):
                continue
            blind = _finding(scaler, "autoscaler-blind", said or reason, *_blind(scaler, reason, said))
            scaled = (ObjectRef(kind_id, target, ref.namespace),) if kind_id and reason in _NO_FIGURES else ()
            yield msgspec.structs.replace(blind, affected=(*blind.affected, *scaled))


def _blind(scaler: Manifest, reason: str, said: str) -> tuple[str, str, str]:
    """The field to change, its value, and what to do."""
    if reason in api_services.SERVED_BY_ADAPTERS:
        field, step = api_services.metric_of(scaler, reason)
        return field, reason, step
    lacks = "missing request" in said
    step = "check that the metrics server works: which pods use the most cpu?"
    step = "give the target's containers a request for that resource" if lacks else step
    return "status.conditions[ScalingActive]", reason, step


def _unable(snapshot: Snapshot, scaler: Manifest, condition: Manifest) -> Finding | None:
    """A target that is not there, or has no scale; a change of the scale that is refused may do at the next time."""
    reason, said = text_at(condition, "reason"), text_at(condition, "message")
    since = parse_time(text_at(condition, "lastTransitionTime"))
    lasts = snapshot.now - since >= _PEAK_SECONDS
    if condition.get("status") != "False" or not (
        reason == "FailedGetScale" or (reason == "FailedUpdateScale" and lasts)
    ):
        return None
    target = mapping_at(scaler, "spec.scaleTargetRef")
    if "no matches for kind" in said:
        field, step = "apiVersion", "correct the version and the kind of its target"
    elif reason == "FailedGetScale":
        field, step = "name", "let it name an object that can be scaled"
    else:
        return _finding(scaler, "autoscaler-unable", said, "status.conditions[AbleToScale]", reason, "read who refuses")
    rule = "autoscaler-target" if "not found" in said and field == "name" else "autoscaler-unable"
    return _finding(scaler, rule, said, f"spec.scaleTargetRef.{field}", text_at(target, field), step)


def _overlapping(snapshot: Snapshot) -> dict[int, tuple[Manifest, Manifest]]:
    """By their identity, all autoscalers of a target that has several; each with the eldest of them."""
    by_target: defaultdict[tuple[str, str, str], list[Manifest]] = defaultdict(list)
    for scaler in snapshot.all(SCALERS):
        kind, name = (text_at(scaler, f"spec.scaleTargetRef.{field}") for field in ("kind", "name"))
        by_target[text_at(scaler, "metadata.namespace"), kind, name].append(scaler)
    found: dict[int, tuple[Manifest, Manifest]] = {}
    for several in by_target.values():
        several.sort(key=lambda each: (text_at(each, "metadata.creationTimestamp"), text_at(each, "metadata.name")))
        found |= {id(each): (each, several[0]) for each in several} if len(several) > 1 else {}
    return found


def _overlap(scaler: Manifest, first: Manifest) -> Finding:
    ref, other, field = ref_of(SCALERS, scaler), ref_of(SCALERS, first), "spec.scaleTargetRef.name"
    target = text_at(scaler, field)
    why = f"{other.name} is about {target} too, and neither of them scales it"
    evidence = (fact(SCALERS, first, field), fact(SCALERS, scaler, field))
    return Finding(
        "autoscalers-overlap", Severity.WARNING, f"autoscaler {ref.name} cannot scale {target}", why, ref, field,
        evidence, (ref, other), 0.95, ("keep one of them, with the metrics of both",),
    )  # fmt: skip


def _at_limit(snapshot: Snapshot, scaler: Manifest, condition: Manifest) -> Finding:
    """Worth a notice at first: a peak passes."""
    since = parse_time(text_at(condition, "lastTransitionTime"))
    lasts = bool(since) and snapshot.now - since >= _MAXED_OUT_SECONDS
    why = text_at(condition, "message") or "it wants more pods than it may make"
    found = _finding(
        scaler, "autoscaler-at-limit", why, "spec.maxReplicas", text_at(scaler, "spec.maxReplicas"), "raise maxReplicas"
    )
    title = f"autoscaler {ref_of(SCALERS, scaler).name} is at its limit"
    severity = Severity.WARNING if lasts else Severity.NOTICE
    return msgspec.structs.replace(found, severity=severity, title=title)


def _is_young(snapshot: Snapshot, scaler: Manifest) -> bool:
    """Whether the first figures of its pods may still be on their way: metrics come a minute after a start."""
    return snapshot.now - parse_time(text_at(scaler, "metadata.creationTimestamp")) < _PATIENCE_SECONDS


def _stranger(snapshot: Snapshot, scaler: Manifest, kind_id: str, target: str) -> tuple[str, str, str, str] | None:
    """A metric of a container that the target does not have: why, the field, its value, and what to do."""
    item = snapshot.get(kind_id, text_at(scaler, "metadata.namespace"), target)
    names = [path.partition("[")[2].rstrip("]") for path, _ in _running(item)] if item is not None else []
    for row, metric in enumerate(mappings_at(scaler, "spec.metrics")):
        name = text_at(metric, "containerResource.container")
        if name and names and name not in names:
            why = f'{target} has no container "{name}"; it has {", ".join(names)}'
            return why, f"spec.metrics[{row}].containerResource.container", name, "name a container of the target"
    return None


def _is_unready(snapshot: Snapshot, scaler: Manifest, said: str) -> bool:
    """Whether there are no figures because there are no ready pods: why that is so is told at the pods."""
    kind_id = KIND_IDS.get(text_at(scaler, "spec.scaleTargetRef.kind"), "")
    item = snapshot.get(kind_id, text_at(scaler, "metadata.namespace"), text_at(scaler, "spec.scaleTargetRef.name"))
    if item is None or "missing request" in said:
        return False
    ready, wanted = number_at(item, "status.readyReplicas") or 0, number_at(item, "spec.replicas")
    return not ready or ("might be unready" in said and ready < (1 if wanted is None else wanted))


def _without_requests(
    snapshot: Snapshot, scaler: Manifest, kind_id: str, target: str
) -> tuple[Manifest, str, str] | None:
    """The target of an autoscaler, its first container that lacks a request, as a path, and of what."""
    item = snapshot.get(kind_id, text_at(scaler, "metadata.namespace"), target)
    shares = [
        text_at(metric, "resource.name")
        for metric in mappings_at(scaler, "spec.metrics")
        if text_at(metric, "resource.target.type") in ("Utilization", "")
    ]
    for resource in filter(None, shares or ["cpu"]):
        for path, container in _running(item) if item is not None else ():
            if item is not None and not _requests(container, resource):
                return item, path, resource
    return None


def _running(item: Manifest) -> Iterator[tuple[str, Manifest]]:
    """The containers that run as long as a pod of it, with their paths: sidecars among them."""
    for list_name in ("containers", "initContainers"):
        for container in mappings_at(item, f"spec.template.spec.{list_name}"):
            if list_name == "containers" or text_at(container, "restartPolicy") == "Always":
                yield f"{list_name}[{text_at(container, 'name')}]", container


def _requests(container: Manifest, resource: str) -> bool:
    """Whether it requests a resource; a limit alone is taken for a request by the API server."""
    return bool(
        text_at(container, f"resources.requests.{resource}") or text_at(container, f"resources.limits.{resource}")
    )


def _of_requests(scaler: Manifest, kind_id: str, item: Manifest, path: str, resource: str, said: str) -> Finding:
    ref, root = ref_of(SCALERS, scaler), ref_of(kind_id, item)
    field, name = f"spec.template.spec.{path}.resources.requests.{resource}", path.partition("[")[2].rstrip("]")
    evidence = (
        fact(SCALERS, scaler, "status.conditions[ScalingActive]", said),
        fact(kind_id, item, field, "not set"),
    )
    why = f"container {name} of {root.name} requests no {resource}, and a share of nothing cannot be told"
    title, step = f"autoscaler {ref.name} cannot scale", f"give the container a {resource} request"
    return Finding("autoscaler-blind", Severity.WARNING, title, why, root, field, evidence, (ref, root), 0.95, (step,))


def _finding(scaler: Manifest, rule: str, why: str, field: str, value: str, step: str) -> Finding:
    ref = ref_of(SCALERS, scaler)
    evidence = (fact(SCALERS, scaler, field, value),)
    title = f"autoscaler {ref.name} cannot scale"
    return Finding(rule, Severity.WARNING, title, why, ref, field, evidence, (ref,), 0.95, (step,))

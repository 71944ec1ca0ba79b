"""Variables that a program misses: no source has them, they are misspelt, or they come from a label of no pod."""

import re

import msgspec

from kubegenie_tui.diagnostics import places
from kubegenie_tui.diagnostics.build import container_finding, fact
from kubegenie_tui.diagnostics.clues import Clue
from kubegenie_tui.diagnostics.configuration import missing_reference
from kubegenie_tui.diagnostics.places import Place
from kubegenie_tui.diagnostics.pods import Container, Workload, container_field
from kubegenie_tui.diagnostics.references import WORDS, is_unmet, keys_of
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding
from kubegenie_tui.domain.manifest import mapping_at, mappings_at, text_at
from kubegenie_tui.domain.nearness import did_you_mean, nearest
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.pod_spec import Reference, references_of

_OF_POD = re.compile(r"metadata\.(labels|annotations)\['([^']+)'\]")
"""Source: Kubernetes' documentation, "Downward API"."""


def explain(
    snapshot: Snapshot, workload: Workload, container: Container, clue: Clue, evidence: list[Evidence]
) -> Finding:
    """The source that lacks it, the field that it is taken from, or where it would be set."""
    namespace = ref_of("pods", container.pod).namespace
    references = [r for r in references_of(mapping_at(container.pod, "spec")) if r.container == container.name]
    for reference in references:
        if reference.variable == clue.name and is_unmet(snapshot, namespace, reference):
            return missing_reference(snapshot, workload, container, reference, evidence[-1])
    if (empty := _from_nothing(snapshot, workload, container, clue.name, evidence)) is not None:
        return empty
    if (source := _empty(snapshot, workload, container, clue.name, references)) is not None:
        return _is_empty(snapshot, workload, container, clue.name, source, evidence)
    place = places.of_name(workload, container, clue.name) or _of_sources(snapshot, workload, container, clue.name)
    if place is None:
        field = container_field(workload, container, f"env[{clue.name}]")
        place = Place(workload.ref, field, f"set {clue.name} in the container's env")
    found = container_finding(
        snapshot, workload, container,
        rule="missing-variable",
        title=f"container {container.name} crashes: the variable {clue.name} is not set",
        cause=f"{clue.name} is not set" + place.why,
        root=place.root,
        field=place.field,
        evidence=[*evidence, *place.proof],
        confidence=place.confidence,
        next_steps=[place.step],
    )  # fmt: skip
    return msgspec.structs.replace(found, remedy=place.remedy)


def _from_nothing(
    snapshot: Snapshot, workload: Workload, container: Container, name: str, evidence: list[Evidence]
) -> Finding | None:
    """It is taken from a label or an annotation that the pod does not have, and is empty therefore."""
    given = next((each for each in mappings_at(container.spec, "env") if text_at(each, "name") == name), {})
    path = text_at(given, "valueFrom.fieldRef.fieldPath")
    taken = _OF_POD.fullmatch(path)
    has = mapping_at(container.pod, f"metadata.{taken[1]}") if taken else {}
    if taken is None or taken[2] in has:
        return None
    field = container_field(workload, container, f"env[{name}].valueFrom.fieldRef.fieldPath")
    near, word = nearest(taken[2], has), taken[1].removesuffix("s")
    return container_finding(
        snapshot, workload, container,
        rule="missing-variable",
        title=f"container {container.name} crashes: the variable {name} is empty",
        cause=f"{name} is taken from the {word} {taken[2]}, which its pods do not have{did_you_mean(near)}",
        field=field,
        evidence=[*evidence, fact(workload.kind, workload.manifest, field, path)],
        confidence=0.95,
        next_steps=[f"take it from {near}" if near else f"give the pods the {word}"],
    )  # fmt: skip


def _empty(
    snapshot: Snapshot, workload: Workload, container: Container, name: str, references: list[Reference]
) -> tuple[ObjectRef, str] | None:
    """Where the variable gets its value from, which then is empty; what a Secret holds is not looked at."""
    for variable in mappings_at(container.spec, "env"):
        if text_at(variable, "name") == name and "valueFrom" not in variable and not text_at(variable, "value").strip():
            return workload.ref, container_field(workload, container, f"env[{name}].value")
    namespace = ref_of("pods", container.pod).namespace
    for reference in references:
        target = snapshot.get(reference.kind, namespace, reference.name)
        key = reference.key or name.removeprefix(reference.prefix)
        if _is_unread(snapshot, namespace, reference) and reference.variable == name:
            return ObjectRef(reference.kind, reference.name, namespace), f"data[{key}]"
        if target is None or key not in keys_of(target) or reference.variable_of(key) != name:
            continue
        if reference.kind == "secrets" or not str(mapping_at(target, "data").get(key) or "").strip():
            return ref_of(reference.kind, target), f"data[{key}]"
    return None


def _is_unread(snapshot: Snapshot, namespace: str, reference: Reference) -> bool:
    """Whether it may be there and is not here: its kind may not be read, or was read in part."""
    is_here = snapshot.get(reference.kind, namespace, reference.name) is not None
    return not is_here and not snapshot.is_missing(reference.kind, namespace, reference.name)


def _is_empty(
    snapshot: Snapshot, workload: Workload, container: Container, name: str, source: tuple[ObjectRef, str],
    evidence: list[Evidence],
) -> Finding:  # fmt: skip
    ref, field = source
    return container_finding(
        snapshot, workload, container,
        rule="missing-variable",
        title=f"container {container.name} crashes: the variable {name} is empty",
        cause=f"{name} comes from {field} of {ref}, which {'must be' if ref.kind == 'secrets' else 'is'} empty",
        root=ref,
        field=field,
        evidence=evidence,
        confidence=0.85,
        next_steps=[f"give {field} of {ref} a value"],
    )  # fmt: skip


def _of_sources(snapshot: Snapshot, workload: Workload, container: Container, name: str) -> Place | None:
    """A whole ConfigMap or Secret that it could come from: one with another prefix or a near key, else the only one."""
    space = ref_of("pods", container.pod).namespace
    every = [r for r in references_of(mapping_at(container.pod, "spec")) if r.container == container.name]
    sources = [(r, snapshot.get(r.kind, space, r.name)) for r in every if r.place >= 0]
    for source, target in sources:
        keys = keys_of(target) if target is not None else []
        if found := places.of_prefix(workload, container, source, keys, name):
            return found
    for source, target in sources:
        ref, key = ObjectRef(source.kind, source.name, space), name.removeprefix(source.prefix)
        if not name.startswith(source.prefix):
            continue
        near = nearest(key, keys_of(target)) if target is not None else ""
        if target is not None and (near or len(sources) == 1):
            proof = [fact(ref.kind, target, f"data.{key}", near)] if near else []
            step = f"add the key {key}" + (f" (it has {near})" if near else "")
            return Place(ref, f"data.{key}", step, did_you_mean(near), proof=proof)
        if target is None and source.optional and snapshot.is_missing(ref.kind, space, ref.name):
            return Place(ref, f"data.{key}", f"create it with the key {key}: it is optional and does not exist")
        if _is_unread(snapshot, space, source) and len(sources) == 1:
            why = f"; the keys of {WORDS[ref.kind]} {ref.name}, from which it may come, could not be read"
            return Place(ref, f"data.{key}", f"add the key {key}, if it has none such", why=why, confidence=0.6)
    return None

"""Variables that a program misses: no source has them, they are misspelt, or they come from a label of no pod."""

import re

from kubegenie_tui.diagnostics.build import container_finding, fact
from kubegenie_tui.diagnostics.clues import Clue
from kubegenie_tui.diagnostics.configuration import missing_reference
from kubegenie_tui.diagnostics.pods import Container, Workload, container_field
from kubegenie_tui.diagnostics.references import is_unmet, keys_of
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
    given = [text_at(variable, "name") for variable in mappings_at(container.spec, "env")]
    where, field, near, step = _where_to_set(snapshot, workload, container, clue.name, given)
    if near:
        evidence = [*evidence, fact(where.kind, _manifest_of(snapshot, workload, where), field, near)]
    return container_finding(
        snapshot, workload, container,
        rule="missing-variable",
        title=f"container {container.name} crashes: the variable {clue.name} is not set",
        cause=f"{clue.name} is not set" + (f'; there is "{near}"' if near else ""),
        root=where,
        field=field,
        evidence=evidence,
        confidence=0.92,
        next_steps=[step],
    )  # fmt: skip


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
        target, key = snapshot.get(reference.kind, namespace, reference.name), reference.key or name
        if target is None or key not in keys_of(target) or (reference.key and reference.variable != name):
            continue
        if reference.kind == "secrets" or not str(mapping_at(target, "data").get(key) or "").strip():
            return ref_of(reference.kind, target), f"data[{key}]"
    return None


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


def _where_to_set(
    snapshot: Snapshot, workload: Workload, container: Container, name: str, given: list[str]
) -> tuple[ObjectRef, str, str, str]:
    """Root, field, a near name and what to do: a misspelt variable or key first, then a source it could come from."""
    env = container_field(workload, container, "env")
    near = nearest(name, given)
    if near:
        return workload.ref, f"{env}[{near}]", near, f"rename {near} to {name}"
    namespace = ref_of("pods", container.pod).namespace
    sources = [
        r for r in references_of(mapping_at(container.pod, "spec")) if r.container == container.name and not r.key
    ]
    for source in sources:
        target = snapshot.get(source.kind, namespace, source.name)
        if target is not None:
            near = nearest(name, keys_of(target))
            ref = ObjectRef(source.kind, source.name, namespace)
            if near or len(sources) == 1:
                return ref, f"data.{name}", near, f"add the key {name}" + (f" (it has {near})" if near else "")
        elif source.optional:
            ref = ObjectRef(source.kind, source.name, namespace)
            return ref, f"data.{name}", "", f"create it with the key {name}: it is optional and does not exist"
    return workload.ref, f"{env}[{name}]", "", f"set {name} in the container's env"


def _manifest_of(snapshot: Snapshot, workload: Workload, ref: ObjectRef) -> dict[str, object]:
    return snapshot.get(ref.kind, ref.namespace, ref.name) or workload.manifest

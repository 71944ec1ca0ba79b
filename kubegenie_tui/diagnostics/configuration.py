"""Containers that wait for a Secret, a ConfigMap or one of their keys."""

import re
from collections.abc import Iterator

import msgspec

from kubegenie_tui.diagnostics import corrections
from kubegenie_tui.diagnostics.build import container_finding, event_fact, fact, last_event, state_fact
from kubegenie_tui.diagnostics.pods import Container, Workload
from kubegenie_tui.diagnostics.references import WORDS, is_unmet, keys_of
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding
from kubegenie_tui.domain.manifest import Manifest, mapping_at, number_at, text_at
from kubegenie_tui.domain.nearness import did_you_mean, nearest
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.pod_spec import TEMPLATE_PATHS, Reference, references_of

_MISSING_KEY = re.compile(r"couldn't find key (\S+) in (Secret|ConfigMap) \S+?/(\S+)")
_NO_KEY_IN_VOLUME = re.compile(r"references non-existent (secret|config) key: (\S+)")
_MISSING = re.compile(r"\b(secret|configmap) \"?([\w.-]+)\"? not found", re.IGNORECASE)
_NOT_AS_ROOT = re.compile(r"runAsNonRoot|non-root policy")
"""Source: k8s.io/kubernetes/pkg/kubelet/kuberuntime/security_context_others.go."""
_BY_NAME = re.compile(r"non-numeric user \((?P<user>[^)]+)\)")
_PASSING = re.compile(r"failed to sync \w+ cache")
"""What the kubelet has not read yet of a pod that was just made."""
_SEVERAL = 2
_MADE = frozenset({"replicasets.apps", "pods"})
"""Kinds that others make from their templates."""
_WAITS_FOR_VOLUMES = frozenset({"ContainerCreating", "PodInitializing"})


def explain(snapshot: Snapshot, workload: Workload, container: Container) -> Finding | None:
    """A container that the kubelet cannot configure, or whose volumes it cannot mount."""
    if container.waiting == "CreateContainerConfigError":
        said = container.message
        proof = state_fact(container, "state.waiting", f"{container.waiting}: {said}")
    elif container.waiting in _WAITS_FOR_VOLUMES:
        event = last_event(snapshot, container.pod, "FailedMount")
        if event is None:
            return None
        said, proof = text_at(event, "message"), event_fact(event)
    else:
        return None
    reference = next(_blamed(snapshot, container, said), None)
    if reference is not None:
        return missing_reference(snapshot, workload, container, reference, proof)
    if _NOT_AS_ROOT.search(said):
        return _root_refused(snapshot, workload, container, said, proof)
    is_told = container.waiting == "CreateContainerConfigError" and not _PASSING.search(said)
    return _unconfigured(snapshot, workload, container, said, proof) if is_told else None


def missing_reference(
    snapshot: Snapshot, workload: Workload, container: Container, reference: Reference, proof: Evidence
) -> Finding:
    """A reference that leads nowhere: to an object or to a key that is not there."""
    space = ref_of("pods", container.pod).namespace
    is_known = snapshot.get(reference.kind, space, reference.name) or snapshot.is_missing(
        reference.kind, space, reference.name
    )
    if not is_known and (key := _key_of(proof)):
        return _unread(snapshot, workload, container, msgspec.structs.replace(reference, key=key), proof)
    return _missing_reference(snapshot, workload, container, reference, proof)


def _missing_reference(
    snapshot: Snapshot, workload: Workload, container: Container, reference: Reference, proof: Evidence
) -> Finding:
    namespace = ref_of("pods", container.pod).namespace
    target, remedy = snapshot.get(reference.kind, namespace, reference.name), None
    field, other, word = f"{workload.spec_path}.{reference.field}", "", WORDS[reference.kind]
    evidence = [proof, fact(workload.kind, workload.manifest, field, f"{reference.name} {reference.key}".strip())]
    if target is None:
        names = snapshot.names(reference.kind, namespace)
        near = nearest(reference.name, names)
        if corrections.is_alone(reference.name, near, names) and _serves(snapshot, reference, namespace, near):
            remedy = corrections.of_reference(workload, reference, "name", near)
        other = "" if near else _of_other_kind(snapshot, container.pod, reference)
        lacking, of = f'{word} "{reference.name}" does not exist', "object"
        has = did_you_mean(near) or other or _in_another_place(snapshot, reference)
        steps = (f'create {word} "{reference.name}"', f'or let the {workload.word} name "{near}"' if near else "")
    else:
        keys = keys_of(target)
        near = nearest(reference.key, keys) or _of_same_stem(reference.key, keys)
        if near and _is_misspelt(snapshot, namespace, reference, near):
            return _key_misspelt(snapshot, workload, container, reference, near, evidence)
        if corrections.is_alone(reference.key, near, keys):
            remedy = corrections.of_reference(workload, reference, "key", near)
        evidence.append(fact(reference.kind, target, "data", f"keys: {', '.join(keys) or 'none'}"))
        lacking, of = f'{word} "{reference.name}" has no key "{reference.key}"', "key"
        has = did_you_mean(near) or (f"; its keys are {', '.join(keys)}" if keys else "; it is empty")
        steps = (f'add the key "{reference.key}"', f'or let the {workload.word} use the key "{near}"' if near else "")
    found = container_finding(
        snapshot, workload, container,
        rule=f"missing-{word.lower()}" + ("-key" if of == "key" else ""),
        title=f"container {container.name} refers to a {word}{' key' if of == 'key' else ''} that does not exist",
        cause=lacking + has,
        root=workload.ref if near or other else ObjectRef(reference.kind, reference.name, namespace),
        field=field if near or other else f"data.{reference.key}" if of == "key" else "",
        evidence=evidence,
        confidence=0.98,
        next_steps=[step for step in steps if step],
    )  # fmt: skip
    return msgspec.structs.replace(found, remedy=remedy)


def _key_of(proof: Evidence) -> str:
    """The key that the kubelet says an object lacks: so there is the object."""
    named = _named(proof.value)
    return named[2] if named else ""


def _unread(
    snapshot: Snapshot, workload: Workload, container: Container, reference: Reference, proof: Evidence
) -> Finding:
    """A key that the kubelet misses, of an object whose keys may not be read here."""
    word, field = WORDS[reference.kind], f"{workload.spec_path}.{reference.field}"
    return container_finding(
        snapshot, workload, container,
        rule=f"missing-{word.lower()}-key",
        title=f"container {container.name} refers to a {word} key that does not exist",
        cause=f'{word} "{reference.name}" has no key "{reference.key}", says the kubelet; which keys it has could not'
        " be read",
        root=ObjectRef(reference.kind, reference.name, ref_of("pods", container.pod).namespace),
        field=f"data.{reference.key}",
        evidence=[proof, fact(workload.kind, workload.manifest, field, f"{reference.name} {reference.key}")],
        confidence=0.7,
        next_steps=[f'add the key "{reference.key}"', f"or let the {workload.word} use a key that it has"],
    )  # fmt: skip


def _key_misspelt(
    snapshot: Snapshot,
    workload: Workload,
    container: Container,
    reference: Reference,
    near: str,
    evidence: list[Evidence],
) -> Finding:
    """A key that several workloads ask for, beside one like it that none does: the object has the slip."""
    word = WORDS[reference.kind]
    return container_finding(
        snapshot, workload, container,
        rule=f"missing-{word.lower()}-key",
        title=f"container {container.name} refers to a {word} key that does not exist",
        cause=f'{word} "{reference.name}" has no key "{reference.key}", which several workloads ask for;'
        f' it has "{near}", which none does',
        root=ObjectRef(reference.kind, reference.name, ref_of("pods", container.pod).namespace),
        field=f"data.{near}",
        evidence=evidence,
        confidence=0.97,
        next_steps=[f'call the key "{reference.key}"'],
    )  # fmt: skip


def _is_misspelt(snapshot: Snapshot, namespace: str, reference: Reference, near: str) -> bool:
    """Whether several workloads ask for a key, and none for the one that is like it."""
    is_asked_for = _asked_by(snapshot, namespace, reference, reference.key) >= _SEVERAL
    return is_asked_for and not _asked_by(snapshot, namespace, reference, near)


def _asked_by(snapshot: Snapshot, namespace: str, reference: Reference, key: str) -> int:
    """How many workloads of a namespace ask for a key of the object that a reference names."""
    templates = (
        Workload(kind, item, path).pod_spec
        for kind, path in TEMPLATE_PATHS.items()
        if kind not in _MADE
        for item in snapshot.all(kind)
        if ref_of(kind, item).namespace == namespace
    )
    wanted = (reference.kind, reference.name, key)
    return sum(any((r.kind, r.name, r.key) == wanted for r in references_of(spec)) for spec in templates)


def _of_other_kind(snapshot: Snapshot, pod: Manifest, reference: Reference) -> str:
    """That there is a ConfigMap of the name that is asked for as a Secret, or the other way round.

    Not where the pod reads that too: then the two have one name on purpose.
    """
    other = "configmaps" if reference.kind == "secrets" else "secrets"
    target = snapshot.get(other, ref_of("pods", pod).namespace, reference.name)
    reads = any((r.kind, r.name) == (other, reference.name) for r in references_of(mapping_at(pod, "spec")))
    if target is None or reads or (reference.key and reference.key not in keys_of(target)):
        return ""
    return f'; there is a {WORDS[other]} "{reference.name}", which is to be named as one'


def _in_another_place(snapshot: Snapshot, reference: Reference) -> str:
    """The one other namespace that has such an object, where pods of this one cannot read it."""
    known = (ref_of(reference.kind, each) for each in snapshot.all(reference.kind))
    spaces = {each.namespace for each in known if each.name == reference.name}
    return f"; there is one in namespace {spaces.pop()}, which only its own pods can read" if len(spaces) == 1 else ""


def _serves(snapshot: Snapshot, reference: Reference, namespace: str, near: str) -> bool:
    """Whether another object has the key that is wanted of the missing one."""
    target = snapshot.get(reference.kind, namespace, near)
    return not reference.key or (target is not None and reference.key in keys_of(target))


def _of_same_stem(key: str, keys: list[str]) -> str:
    """The one key that differs in its ending alone, as `app.yml` from `app.yaml`; empty for none or several."""
    stem, dot, _ = key.rpartition(".")
    same = [each for each in keys if dot and each.rpartition(".")[0] == stem]
    return same[0] if len(same) == 1 else ""


def _blamed(snapshot: Snapshot, container: Container, said: str) -> Iterator[Reference]:
    """The references that the kubelet complains about, else those that lead nowhere."""
    namespace = ref_of("pods", container.pod).namespace
    references = [r for r in references_of(mapping_at(container.pod, "spec")) if r.container in ("", container.name)]
    named = _named(said)
    yield from (r for r in references if named and r.kind == named[0] and _matches(r, *named[1:]))
    yield from (
        r
        for r in references
        if not r.optional and r.kind in ("secrets", "configmaps") and is_unmet(snapshot, namespace, r)
    )
    if named and named[1]:
        yield Reference(named[0], named[1], "containers", named[2])


def _named(said: str) -> tuple[str, str, str] | None:
    """Kind id, name and key that a kubelet's message names."""
    if match := _MISSING_KEY.search(said):
        return f"{match[2].lower()}s", match[3], match[1]
    if match := _NO_KEY_IN_VOLUME.search(said):
        return "secrets" if match[1] == "secret" else "configmaps", "", match[2]
    if match := _MISSING.search(said):
        return f"{match[1].lower()}s", match[2], ""
    return None


def _matches(reference: Reference, name: str, key: str) -> bool:
    return name in ("", reference.name) and key in ("", reference.key) and not (key and not reference.key)


def _root_refused(snapshot: Snapshot, workload: Workload, container: Container, said: str, proof: Evidence) -> Finding:
    field, why = _root_of_users(workload, container, said)
    return container_finding(
        snapshot, workload, container,
        rule="runs-as-root-refused",
        title=f"container {container.name} may not run as root",
        cause=f"runAsNonRoot is set and {why}",
        field=field,
        evidence=[proof],
        confidence=0.97,
        next_steps=["set runAsUser to a user of the image, or use an image that does not run as root"],
    )  # fmt: skip


def _root_of_users(workload: Workload, container: Container, said: str) -> tuple[str, str]:
    """The field that makes it root, and why: the container's own user counts before the pod's, and the image's last."""
    own = f"{workload.spec_path}.{container.list_name}[{container.name}].securityContext"
    if number_at(container.spec, "securityContext.runAsUser") == 0:
        return f"{own}.runAsUser", "runAsUser is 0, which is root"
    if number_at(container.pod, "spec.securityContext.runAsUser") == 0:
        return f"{workload.spec_path}.securityContext.runAsUser", "runAsUser of the pod is 0, which is root"
    if (named := _BY_NAME.search(said)) is not None:
        return own, f"the image names its user, {named['user']}, where only a number proves that it is not root"
    return own, "the image runs as root"


def _unconfigured(snapshot: Snapshot, workload: Workload, container: Container, said: str, proof: Evidence) -> Finding:
    """In the kubelet's own words, where these name nothing that is known."""
    return container_finding(
        snapshot, workload, container,
        rule="container-cannot-start",
        title=f"container {container.name} cannot be configured",
        cause=said or container.waiting,
        field=f"{workload.spec_path}.{container.list_name}[{container.name}]",
        evidence=[proof],
        confidence=0.7,
        next_steps=[f"correct what the kubelet complains of, then look again: why does {workload.ref.name} not start?"],
    )  # fmt: skip

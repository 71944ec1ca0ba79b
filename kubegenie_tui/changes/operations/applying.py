"""Objects that a person wrote: created, or made to be as they are written, by server-side apply."""

from collections.abc import Sequence
from typing import Protocol

from kubegenie_tui.changes.operations.manifests_text import Document, line_of, read_documents
from kubegenie_tui.domain.definition import DEFINITIONS, kinds_defined
from kubegenie_tui.domain.errors import Invalid, KubeGenieError, UsageError
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.manifest import Manifest, mapping_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan, Step, Verb

MOST_OBJECTS = 500
"""In one plan."""
_SERVERS_OWN = frozenset({"managedFields", "resourceVersion", "uid", "creationTimestamp", "generation", "selfLink"})
"""Metadata that comes along when somebody pastes what a server gave."""
_FIRST = {"namespaces": 0, DEFINITIONS: 1}
"""What others need before they can be made."""


class Served(Protocol):
    """As much of a cluster as a plan is made with."""

    @property
    def name(self) -> str:
        """The cluster's name."""
        ...

    @property
    def kinds(self) -> KindIndex:
        """What it serves."""
        ...


def apply_plan(cluster: Served, text: str, source: str, namespace: str = "", *, force: bool = False) -> Plan:
    """A plan that makes every object of a text what it says there.

    Args:
        cluster: where.
        text: YAML or JSON, any number of documents.
        source: file name, or what the text is called.
        namespace: where objects go that name none; `default` when empty.
        force: take over fields that others own.

    Raises:
        UsageError: the text cannot be read, or the cluster has no such kind; with the line.
    """
    documents = read_documents(text, source)
    if len(documents) > MOST_OBJECTS:
        raise UsageError(f"{source} has {len(documents)} objects", f"the most is {MOST_OBJECTS}", "split it")
    steps = apply_steps(cluster.name, cluster.kinds, documents, namespace or "default", force=force)
    what = str(steps[0].ref) if len(steps) == 1 and steps[0].ref.name else f"{len(steps)} objects"
    return Plan(f"Apply {what} from {source}", cluster.name, tuple(steps))


def located(error: KubeGenieError, plan: Plan, text: str, source: str) -> KubeGenieError:
    """What the server does not accept of a plan of `apply_plan`, with the line where the text says it."""
    if not isinstance(error, Invalid) or not error.fields or error.step < 0:
        return error
    wanted = _identity(plan.steps[error.step].body)
    for document in read_documents(text, source):
        metadata = mapping_at(document.manifest, "metadata")
        told = {**document.manifest, "metadata": {"namespace": wanted[-1], **metadata}}
        if _identity(told) == wanted:
            line = line_of(text, error.fields[0], document.line)
            return UsageError(f"{source}:{line}: {error.what}", error.why, error.next_step)
    return error


def _identity(manifest: Manifest) -> tuple[object, ...]:
    metadata = mapping_at(manifest, "metadata")
    return manifest.get("apiVersion"), manifest.get("kind"), metadata.get("name"), metadata.get("namespace")


def apply_steps(
    cluster: str, kinds: KindIndex, documents: Sequence[Document], namespace: str, *, force: bool = False
) -> list[Step]:
    """A step for each, namespaces and definitions of kinds first, the others as they are written.

    Raises:
        UsageError: a kind that the cluster does not serve and none of these defines, the same object twice, or a
            namespace where none can be.
    """
    known = _Known(kinds, documents)
    steps = [_step(cluster, known.kind(document), document, namespace, force=force) for document in documents]
    seen: dict[ObjectRef, Document] = {}
    for step, document in zip(steps, documents, strict=True):
        first = seen.setdefault(step.ref, document)
        if first is not document and step.ref.name:
            raise UsageError(f"{document.place}: {step.ref} is there twice", f"it stands at line {first.line} too")
    return sorted(steps, key=lambda step: _FIRST.get(step.ref.kind, 2))


def _step(cluster: str, kind: Kind, document: Document, namespace: str, *, force: bool) -> Step:
    written = document.manifest
    metadata = {key: value for key, value in mapping_at(written, "metadata").items() if key not in _SERVERS_OWN}
    if kind.namespaced:
        metadata.setdefault("namespace", namespace)
    elif "namespace" in metadata:
        raise UsageError(
            f"{document.place}: a {kind.kind} is in no namespace", next_step="leave metadata.namespace out"
        )
    body: Manifest = {key: value for key, value in written.items() if key != "status"} | {"metadata": metadata}
    ref = ObjectRef(kind.id, str(metadata.get("name", "")), str(metadata.get("namespace", "")), cluster)
    if not ref.name:
        return Step(Verb.CREATE, ref, body)
    return Step(Verb.APPLY, ref, body, force=force)


class _Known:
    """Kinds that the cluster serves, or will serve once the definitions among these documents are there."""

    def __init__(self, kinds: KindIndex, documents: Sequence[Document]) -> None:
        self._served = kinds
        definitions = (each for each in documents if each.manifest["kind"] == "CustomResourceDefinition")
        self._coming = [(kind, each) for each in definitions for kind in kinds_defined(each.manifest)]

    def kind(self, document: Document) -> Kind:
        """The kind of a document.

        Raises:
            UsageError: there is none such, or not in this version; with the line.
        """
        api_version, name = document.manifest["apiVersion"], document.manifest["kind"]
        kind = self._served.of(api_version, name)
        comes = any(each.kind == name and each.api_version == api_version for each, _ in self._coming)
        if kind is None or (kind.api_version != api_version and comes):
            return self._defined(document, api_version, name)
        if kind.api_version != api_version:
            raise UsageError(
                f"{document.place}: {name} is written for {api_version}",
                f"the cluster serves it in {', '.join(kind.api_versions)}",
                f"write apiVersion: {kind.api_version}",
            )
        return kind

    def _defined(self, document: Document, api_version: str, name: str) -> Kind:
        group = api_version.rpartition("/")[0]
        coming = [(kind, made) for kind, made in self._coming if (kind.group, kind.kind) == (group, name)]
        for kind, _ in coming:
            if kind.api_version == api_version:
                return kind
        if coming:
            versions = ", ".join(kind.api_version for kind, _ in coming)
            why = f"its definition at line {coming[0][1].line} serves {versions}"
            raise UsageError(f"{document.place}: {name} is written for {api_version}", why)
        near = ", ".join(self._served.near(name.lower()))
        hint = f"did you mean {near}?" if near else "apply its definition first, or together with it"
        raise UsageError(f"{document.place}: the cluster has no kind {name} in {api_version}", next_step=hint)

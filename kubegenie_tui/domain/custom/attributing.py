"""Which of several workloads looks after a kind: by who writes its status, by names, by owners and labels.

Sources: https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management and
https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/; and the annotations of Helm.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef

_NAME, _INSTANCE, _WHOLE = (f"app.kubernetes.io/{word}" for word in ("name", "instance", "part-of"))
_RELEASE, _RELEASE_SPACE = "meta.helm.sh/release-name", "meta.helm.sh/release-namespace"
_PERSONS = re.compile(r"kubectl|kubegenie|helm$|before-first-apply|Mozilla|argocd-controller$")
"""Who writes objects, and is not their operator."""
_OF_ANYBODY = frozenset({"controller", "manager", "operator", "webhook", "server", "main", "app"})
"""Parts of names that say nothing of which one it is."""
_LOOKS_AFTER = frozenset({"controller", "manager", "operator"})


class Controller(NamedTuple):
    """A workload that may look after a kind."""

    ref: ObjectRef
    manifest: Manifest

    @property
    def names(self) -> set[str]:
        """Its name and those of its containers."""
        containers = mappings_at(self.manifest, "spec.template.spec.containers")
        return {self.ref.name, *(text_at(each, "name") for each in containers)} - _OF_ANYBODY

    @property
    def words(self) -> set[str]:
        """The words that its name is made of."""
        return set(self.ref.name.split("-"))


def status_writers(objects: Iterable[Manifest]) -> frozenset[str]:
    """The field managers that wrote the status of some of these objects, without people's tools."""
    return frozenset(
        manager
        for each in objects
        for entry in mappings_at(each, "metadata.managedFields")
        if text_at(entry, "subresource") == "status"
        and (manager := text_at(entry, "manager"))
        and not _PERSONS.search(manager)
    )


def narrowed(kind: Kind, controllers: Sequence[Controller], writers: frozenset[str]) -> list[Controller]:
    """Of those that may write a kind, those that do: who wrote, else whose name is of the kind; all when neither tells.

    Several controllers of one project often share their rights, as those of Flux do.
    """
    tests: tuple[Callable[[Controller], bool], ...] = (
        lambda each: any(_is_of(writer, each) for writer in writers),
        lambda each: bool((each.words - _OF_ANYBODY) & {kind.plural, kind.singular or kind.kind.lower()}),
        lambda each: bool((each.words - _OF_ANYBODY) & {kind.group.partition(".")[0]}),
    )
    for test in tests:
        if found := [each for each in controllers if test(each)]:
            return found
    return list(controllers)


def by_labels(definition: Manifest, kind: Kind, controllers: Iterable[Controller]) -> Controller | None:
    """The one workload that is of the same whole as a definition; None where none is, or several may be.

    Args:
        definition: the CustomResourceDefinition, its metadata at least.
        kind: which it defines.
        controllers: workloads that may be meant.
    """
    ties = [(tie, each) for each in controllers if (tie := _tie(definition, each.manifest))]
    closest = max((tie for tie, _ in ties), default=0)
    found = narrowed(kind, [each for tie, each in ties if tie == closest], frozenset())
    if len(found) > 1:
        found = [each for each in found if each.words & _LOOKS_AFTER]
    return found[0] if len(found) == 1 else None


def _is_of(writer: str, controller: Controller) -> bool:
    """Whether a field manager is a workload: of its name, or that with a prefix, as `gotk-helm-controller`."""
    return any(writer == name or (len(name) > 4 and writer.endswith(f"-{name}")) for name in controller.names)


def _tie(definition: Manifest, workload: Manifest) -> int:
    """How surely two objects are of the same whole; 0 for not at all."""
    if _owners(definition) & _owners(workload):
        return 3
    labels, others = (mapping_at(each, "metadata.labels") for each in (definition, workload))
    if _equal(labels, others, _NAME):
        return 2
    notes, other_notes = (mapping_at(each, "metadata.annotations") for each in (definition, workload))
    if _equal(notes, other_notes, _RELEASE) and _equal(notes, other_notes, _RELEASE_SPACE):
        return 1
    return int(_equal(labels, others, _INSTANCE) or _equal(labels, others, _WHOLE))


def _owners(manifest: Manifest) -> set[str]:
    return {text_at(each, "uid") for each in mappings_at(manifest, "metadata.ownerReferences")} - {""}


def _equal(labels: Manifest, others: Manifest, key: str) -> bool:
    return bool(labels.get(key)) and labels.get(key) == others.get(key)

"""The earlier states of a workload, and the way back to one of them.

Source: `kubectl rollout history` and `undo` (k8s.io/kubectl/pkg/polymorphichelpers).
"""

from collections.abc import Sequence
from typing import NamedTuple

from kubegenie_tui.changes.operations.operation import ROLLING, Operation, Request, Targets, of_kinds
from kubegenie_tui.changes.operations.target import Target
from kubegenie_tui.domain.cluster_reader import ClusterReader
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.form import ChoiceField, Field
from kubegenie_tui.domain.manifest import REVISION, Manifest, mapping_at, mappings_at, number_at, text_at, value_at
from kubegenie_tui.domain.plan import PatchType, Plan, Step

CHANGE_CAUSE = "kubernetes.io/change-cause"
TEMPLATE_HASH = "pod-template-hash"
"""Label that a Deployment gives to the pods of each of its ReplicaSets."""


class Revision(NamedTuple):
    """One state of the pod template."""

    number: int
    template: Manifest
    created: str
    """RFC 3339."""
    cause: str
    """What was noted as its reason; empty for nothing."""
    kept: Manifest
    """The object that the server keeps it in: a ReplicaSet, or a ControllerRevision."""

    @property
    def images(self) -> str:
        """`web:2, sidecar:1`."""
        return ", ".join(text_at(each, "image") for each in mappings_at(self.template, "spec.containers"))

    @property
    def words(self) -> str:
        """`3: web:2 · 2026-11-25 12:40`."""
        since = self.created[:16].replace("T", " ")
        return " · ".join(part for part in (f"{self.number}: {self.images}", since, self.cause) if part)


async def revisions_of(cluster: ClusterReader, target: Target) -> list[Revision]:
    """The states that the server still keeps, the newest first.

    Raises:
        UsageError: the kind keeps none.
        ClusterError: they cannot be read.
    """
    if target.kind.id not in ROLLING:
        raise UsageError(f"A {target.kind.kind} keeps no revisions")
    is_deployment = target.kind.id == "deployments.apps"
    kind = cluster.kinds.resolve("replicasets" if is_deployment else "controllerrevisions.apps")
    uid = text_at(target.manifest, "metadata.uid")
    found = [
        item
        for item in (await cluster.list_objects(kind, target.namespace, limit=0)).items
        if any(text_at(owner, "uid") == uid for owner in mappings_at(item, "metadata.ownerReferences"))
    ]
    read = (_of_replica_set(item) if is_deployment else _of_controller_revision(item) for item in found)
    return sorted((each for each in read if each is not None), key=lambda each: -each.number)


def _of_replica_set(replica_set: Manifest) -> Revision | None:
    annotations = mapping_at(replica_set, "metadata.annotations")
    number = str(annotations.get(REVISION, ""))
    if not number.isdigit():
        return None
    template = mapping_at(replica_set, "spec.template")
    metadata = mapping_at(template, "metadata")
    labels = {key: value for key, value in mapping_at(metadata, "labels").items() if key != TEMPLATE_HASH}
    clean = {**template, "metadata": {**metadata, "labels": labels}}
    return _revision(int(number), clean, replica_set)


def _of_controller_revision(kept: Manifest) -> Revision | None:
    template = {key: value for key, value in mapping_at(kept, "data.spec.template").items() if key != "$patch"}
    number = number_at(kept, "revision")
    return _revision(number, template, kept) if number is not None and template else None


def _revision(number: int, template: Manifest, kept: Manifest) -> Revision:
    cause = mapping_at(kept, "metadata.annotations").get(CHANGE_CAUSE, "")
    return Revision(number, template, text_at(kept, "metadata.creationTimestamp"), str(cause), kept)


def is_in_force(target: Target, revision: Revision) -> bool:
    """Whether new pods of a workload are made by this revision."""
    return _same(mapping_at(target.manifest, "spec.template"), revision.template)


def rollback_step(target: Target, revision: Revision) -> Step:
    """Make the workload's pods as they were.

    Raises:
        UsageError: its rollout is paused, or its pods are like that already.
    """
    if value_at(target.manifest, "spec.paused") is True:
        raise UsageError(f"{target.words} is paused", "nothing would be rolled back", "resume the rollout first")
    if is_in_force(target, revision):
        raise UsageError(f"{target.words} is at revision {revision.number} already")
    body = {"spec": {"template": {"$patch": "replace", **revision.template}}}
    return target.patch(body, PatchType.STRATEGIC)


def _same(template: Manifest, other: Manifest) -> bool:
    """Whether two templates are one; `creationTimestamp: null` is noise of older servers."""
    first, second = ({**each, "metadata": _known(mapping_at(each, "metadata"))} for each in (template, other))
    return first == second


def _known(metadata: Manifest) -> Manifest:
    return {key: value for key, value in metadata.items() if value not in (None, {})}


async def _fields(cluster: ClusterReader, targets: Targets) -> Sequence[Field]:
    earlier = [each.words for each in await _earlier(cluster, targets[0])]
    return (ChoiceField("revision", "Back to", tuple(earlier), hint=f"{len(earlier)} revisions are kept"),)


async def _earlier(cluster: ClusterReader, target: Target) -> list[Revision]:
    """All but the one in force, the newest first.

    Raises:
        UsageError: there is none.
    """
    found = [each for each in await revisions_of(cluster, target) if not is_in_force(target, each)]
    if not found:
        raise UsageError(f"{target.words} has no earlier revision")
    return found


async def _rollback(request: Request) -> Plan:
    target, wanted = request.targets[0], request.text("revision").partition(":")[0]
    earlier = await _earlier(request.cluster, target)
    revision = next((each for each in earlier if str(each.number) == wanted), None)
    if revision is None:
        kept = ", ".join(str(each.number) for each in earlier)
        raise UsageError(f'{target.words} has no earlier revision "{wanted}"', next_step=f"there are {kept}")
    title = f"Roll {target.words} back to revision {revision.number}"
    return request.plan(
        title, [rollback_step(target, revision)], "it replaces the pods by those of an earlier revision"
    )


ROLLBACK = Operation("rollback", "roll back", of_kinds(*ROLLING), _rollback, _fields, many=False)

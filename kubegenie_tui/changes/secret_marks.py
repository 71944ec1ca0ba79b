"""Whether a Secret has the values again that a change took from it: of them only a hash is kept, made with a key."""

import contextlib
from collections.abc import Callable, Sequence

import msgspec

from kubegenie_tui.changes.cluster import WritableCluster
from kubegenie_tui.domain.errors import Forbidden, NotFound
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import Manifest, mapping_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Note, StepPreview
from kubegenie_tui.kube.objects import get_object

Keyed = Callable[[object], str]
"""The hash of what can be written as JSON; who has not the key cannot try out what was hashed."""


class SecretMark(msgspec.Struct, frozen=True):
    """What is kept of the values that a Secret had."""

    ref: ObjectRef
    hash: str


def mark_of(shown: StepPreview, keyed: Keyed) -> SecretMark | None:
    """The mark of a Secret as it was before a step; None for anything else."""
    ref, before = shown.step.ref, shown.before
    return SecretMark(ref, _hash(ref, before, keyed)) if before is not None and ref.kind == "secrets" else None


async def told_of(cluster: WritableCluster, marks: Sequence[SecretMark], keyed: Keyed) -> list[Note]:
    """Whether the values of each Secret are what its first mark tells; nothing of one that is gone or hidden."""
    notes = []
    for ref, mark in {mark.ref: mark for mark in reversed(marks)}.items():
        with contextlib.suppress(NotFound, Forbidden):
            live = await get_object(cluster.client, cluster.kinds.resolve(ref.kind), ref.name, ref.namespace)
            is_same = _hash(ref, live, keyed) == mark.hash
            words = "are what they were before it" if is_same else "are not what they were before it"
            notes.append(Note(Health.OK if is_same else Health.WARN, f"the values of {ref} {words}"))
    return notes


def _hash(ref: ObjectRef, secret: Manifest, keyed: Keyed) -> str:
    return keyed(["values", ref.namespace, ref.name, mapping_at(secret, "data")])

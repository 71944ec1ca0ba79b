"""What an operation is done to: live objects as they were read, and how they are called in sentences."""

import asyncio
from collections.abc import Sequence

import msgspec

from kubegenie_tui.domain.cluster_reader import ClusterReader
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import PatchType, Step, Verb

AT_ONCE = 8
"""Objects that are read at the same time."""
_POD_SPECS = {"pods": "spec", "cronjobs.batch": "spec.jobTemplate.spec.template.spec"}


class Target(msgspec.Struct, frozen=True):
    """One object."""

    kind: Kind
    name: str
    namespace: str = ""
    cluster: str = ""
    manifest: Manifest = {}
    """As it was read; empty for an operation that need not know."""

    @property
    def ref(self) -> ObjectRef:
        """The object for a step."""
        return ObjectRef(self.kind.id, self.name, self.namespace, self.cluster)

    @property
    def words(self) -> str:
        """`deployment shop/checkout`."""
        return f"{self.noun} {self.namespace}/{self.name}" if self.namespace else f"{self.noun} {self.name}"

    @property
    def noun(self) -> str:
        """`deployment`."""
        return self.kind.singular or self.kind.kind.lower()

    @property
    def controller(self) -> str:
        """The kind of what made it and would make it again; empty for nothing."""
        owners = mappings_at(self.manifest, "metadata.ownerReferences")
        return next((text_at(each, "kind") for each in owners if each.get("controller") is True), "")

    @property
    def pod_spec_path(self) -> str:
        """Where its pods are described, dotted; there may be nothing."""
        return _POD_SPECS.get(self.kind.id, "spec.template.spec")

    def containers(self, field: str = "containers") -> list[Manifest]:
        """Its containers, or `initContainers`."""
        return mappings_at(mapping_at(self.manifest, self.pod_spec_path), field)

    def patch(self, body: object, patch: PatchType = PatchType.MERGE, subresource: str = "") -> Step:
        """A step that changes part of it."""
        return Step(Verb.PATCH, self.ref, body, patch, subresource)


def called(targets: Sequence[Target]) -> str:
    """How they are called in a title: `deployment shop/checkout`, `3 deployments`."""
    first = targets[0]
    return first.words if len(targets) == 1 else f"{len(targets)} {first.kind.plural}"


async def read_targets(cluster: ClusterReader, refs: Sequence[ObjectRef]) -> tuple[Target, ...]:
    """The objects as they are now.

    Raises:
        UsageError: the cluster has no such kind.
        NotFound: one of them is gone.
        ClusterError: the cluster cannot be asked.
    """
    slots = asyncio.Semaphore(AT_ONCE)

    async def read(target: Target) -> Target:
        async with slots:
            manifest = await cluster.get(target.kind, target.name, target.namespace)
        return msgspec.structs.replace(target, manifest=manifest)

    return tuple(await asyncio.gather(*(read(target) for target in named_targets(cluster, refs))))


def named_targets(cluster: ClusterReader, refs: Sequence[ObjectRef]) -> tuple[Target, ...]:
    """The objects by name alone.

    Raises:
        UsageError: the cluster has no such kind.
    """
    return tuple(Target(cluster.kinds.resolve(ref.kind), ref.name, ref.namespace, cluster.name) for ref in refs)

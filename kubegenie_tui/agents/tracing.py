"""Traces one object of a cluster: upwards to what somebody asked for, and from there down to all it is made of."""

from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.domain.composition_revisions import Revision
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.tracing import Part, Traced, part_of

if TYPE_CHECKING:
    from kubegenie_tui.agents.object_reader import ObjectReader
    from kubegenie_tui.domain.kind import Kind


class Trace(msgspec.Struct, frozen=True):
    """What an object is a part of."""

    asked: Part
    """The object itself."""
    root: Traced
    """The claim, composite or Cluster that it belongs to, with everything below."""
    revisions: tuple[Revision, ...] = ()
    """Of the Compositions in it, the newest first."""


async def read_trace(agent: "ObjectReader", kind: "Kind", ref: ObjectRef) -> Trace:
    """The whole that an object belongs to, as it is now.

    Raises:
        ClusterError, CredentialError, KubeconfigError: the object cannot be read, or the server does not answer.
    """
    from kubegenie_tui.kube.tracing import revisions_of, top_of, traced

    found = await agent.get(kind, ref.name, ref.namespace)
    top = await top_of(agent.client, agent.kinds, found)
    root = await traced(agent.client, agent.kinds, top)
    revisions = await revisions_of(agent.client, agent.kinds, root.compositions)
    return Trace(part_of(found), root, tuple(revisions))

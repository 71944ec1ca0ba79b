"""Everything about one kind: its definition, its structure, and how many objects of it there are."""

from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.domain.custom.facts import DefinitionFacts, definition_facts
from kubegenie_tui.domain.custom.instances import Instances
from kubegenie_tui.domain.definition import DEFINITIONS, kinds_defined, structure_defined
from kubegenie_tui.domain.errors import ClusterError, NotFound, UsageError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest

if TYPE_CHECKING:
    from kubegenie_tui.agents.object_reader import ObjectReader


class KindFacts(msgspec.Struct, frozen=True):
    """A kind in one of its versions."""

    kind: Kind
    structure: Manifest
    """Empty when the server tells of none."""
    definition: DefinitionFacts | None = None
    """None for a kind that needs no definition, or whose definition may not be read."""
    instances: Instances | None = None
    """None when they may not be listed."""
    notes: tuple[str, ...] = ()
    """What could not be read, and why."""


async def read_kind(reader: "ObjectReader", kind: Kind, version: str = "") -> KindFacts:
    """What there is to know about a kind.

    Args:
        reader: the cluster.
        kind: served by it.
        version: another one of its definition; empty for that of `kind`.

    Raises:
        UsageError: it is not defined in this version.
        ClusterError, CredentialError, KubeconfigError: nothing could be read.
    """
    from kubegenie_tui.kube.instances import count_instances

    notes: list[str] = []
    definition = await _definition(reader, kind, notes)
    shown = _in_version(kind, definition, version)
    structure = structure_defined(definition, shown.version) if definition else await reader.structure(kind)
    try:
        instances = await count_instances(reader.client, kind)
    except ClusterError as error:
        instances = None
        notes.append(f"{kind.plural} were not counted: {error.what}")
    facts = definition_facts(definition) if definition else None
    return KindFacts(shown, structure, facts, instances, tuple(notes))


async def _definition(reader: "ObjectReader", kind: Kind, notes: list[str]) -> Manifest:
    """The definition of a kind; empty where there is none."""
    definitions = reader.kinds.get(DEFINITIONS)
    if definitions is None or "." not in kind.group:
        return {}
    try:
        return await reader.get(definitions, kind.id)
    except NotFound:
        return {}
    except ClusterError as error:
        notes.append(f"its definition was not read: {error.what}")
        return {}


def _in_version(kind: Kind, definition: Manifest, version: str) -> Kind:
    if not version or version == kind.version:
        return kind
    defined = {each.version: each for each in kinds_defined(definition)}
    if version not in defined:
        known = ", ".join(defined) or "none"
        raise UsageError(f"{kind.kind} is not served in {version}", next_step=f"its versions: {known}")
    return defined[version]

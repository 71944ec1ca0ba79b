"""What a cluster's kinds say to a text that is being written: what fits at the cursor, and what is wrong."""

import asyncio
import contextlib
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from kubegenie_tui.domain.custom.fields import Field
from kubegenie_tui.domain.custom.guiding import Offer, all_faults, field_at, offers_at
from kubegenie_tui.domain.custom.yaml_place import YamlPlace, head_of, place_at
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.manifest import Manifest, text_at
from kubegenie_tui.domain.structure import Fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubegenie_tui.agents.cluster_agent import ClusterAgent


class Hint(NamedTuple):
    """What there is to say at a cursor."""

    place: YamlPlace
    offers: list[Offer]
    field: Field | None
    """The field that is written; None when the structure knows none."""


class EditorGuide:
    """Structures are read once each; what cannot be read is left to the server."""

    def __init__(self, agent: "ClusterAgent") -> None:
        self._agent = agent
        self._structures: dict[tuple[str, str], Manifest] = {}

    async def hint(self, lines: "Sequence[str]", row: int, column: int) -> Hint | None:
        """What there is to say at a cursor; None where nothing is."""
        place = place_at(lines, row, column)
        if place is None:
            return None
        if not place.path and place.key in ("apiVersion", "kind"):
            return Hint(place, self._heads(place, head_of(lines, row)[0]), None)
        structure = await self._structure(*head_of(lines, row))
        return Hint(place, offers_at(structure, place), field_at(structure, place)) if structure else None

    async def faults(self, text: str) -> list[str]:
        """What is wrong with the objects of a text, each with its line; a text that is no YAML yet has none."""
        from kubegenie_tui.changes.operations.manifests_text import line_of, read_documents

        try:
            documents = await asyncio.to_thread(read_documents, text)
        except KubeGenieError:
            return []
        found = []
        for document in documents:
            manifest = document.manifest
            structure = await self._structure(text_at(manifest, "apiVersion"), text_at(manifest, "kind"))
            faults = await asyncio.to_thread(_faults, manifest, structure)
            found += [f"line {line_of(text, fault.path, document.line)}: {fault}" for fault in faults]
        return found

    def _heads(self, place: YamlPlace, api_version: str) -> list[Offer]:
        """Groups with their versions, or the kinds of one."""
        kinds = self._agent.kinds
        if place.key == "apiVersion":
            names = sorted({kind.api_version for kind in kinds})
            return [Offer(name, "") for name in names if name.startswith(place.word) and name != place.word][:8]
        fitting = [kind for kind in kinds if api_version in ("", kind.api_version)]
        fitting.sort(key=lambda kind: kind.kind)
        return [
            Offer(kind.kind, kind.api_version)
            for kind in fitting
            if kind.kind.lower().startswith(place.word.lower()) and kind.kind != place.word
        ][:8]

    async def _structure(self, api_version: str, kind_name: str) -> Manifest:
        """Empty for what the cluster does not serve, or does not tell of."""
        key = (api_version, kind_name)
        kind = self._agent.kinds.of(api_version, kind_name)
        if kind is not None and key not in self._structures:
            structure: Manifest = {}
            wanted = msgspec.structs.replace(kind, version=api_version.rpartition("/")[2])
            with contextlib.suppress(KubeGenieError):
                structure = await self._agent.structure(wanted)
            self._structures[key] = structure  # only now: who types on cancels the reading
        return self._structures.get(key, {})


def _faults(manifest: Manifest, structure: Manifest) -> list[Fault]:
    return list(all_faults(manifest, structure))

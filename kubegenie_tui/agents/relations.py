"""Reads what stands around one object: the lists that can tell, several at once, and then by name what they lead to."""

import asyncio
from collections.abc import Iterator, Sequence

from kubegenie_tui.domain.cluster_reader import ObjectSource
from kubegenie_tui.domain.errors import ClusterError, Forbidden, NotFound
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.graph import relations_of
from kubegenie_tui.domain.relations.link import Relation, Relations, Twig
from kubegenie_tui.domain.relations.links import kind_word
from kubegenie_tui.domain.relations.needs import needs_of
from kubegenie_tui.domain.relations.world import World
from kubegenie_tui.domain.summary_related import Related

AT_ONCE = 8
MOST_OBJECTS = 500
"""Objects of one list."""
_MOST_NAMES = 60
"""Objects read one by one."""
_ROUNDS = 4
_BARE = frozenset({"secrets", "configmaps"})
"""Kinds whose content is not needed, and is not fetched."""
_BY_NAME = frozenset(
    {
        Relation.OWNER,
        Relation.TARGET,
        Relation.STORAGE,
        Relation.GATEWAY,
        Relation.ACCOUNT,
        Relation.NODE,
        Relation.CLASS,
        Relation.SERVICE,
    }
)


async def read_relations(source: ObjectSource, kind: Kind, namespace: str, name: str) -> Relations:
    """How one object hangs together with others; what may not be read is told in `notes`.

    Raises:
        ClusterError: the object itself cannot be read.
    """
    manifest = await source.get(kind, name, namespace)
    return await _Reading(source, kind, manifest).finish()


class _Reading:
    """One reading of the surroundings of one object."""

    def __init__(self, source: ObjectSource, kind: Kind, manifest: Manifest) -> None:
        self._source = source
        self._kind = kind
        self._manifest = manifest
        guesses = ((kind_word(each.kind, each.api_version), each.id) for each in source.kinds)
        self._world = World({guess: kind_id for guess, kind_id in guesses if guess != kind_id})
        self._world.add(kind.id, [manifest])
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._notes: dict[str, None] = {}
        self._asked: set[ObjectRef] = set()

    async def finish(self) -> Relations:
        needs = needs_of(self._kind, self._manifest, self._source.kinds)
        await asyncio.gather(*(self._list(need) for need in needs))
        for _ in range(_ROUNDS):
            found = await self._tell()
            wanted = [ref for ref in _unread(found) if ref not in self._asked][: _MOST_NAMES - len(self._asked)]
            if not wanted:
                return found
            self._asked.update(wanted)
            await asyncio.gather(*(self._get(ref) for ref in wanted))
        return await self._tell()

    async def _tell(self) -> Relations:
        """Off the event loop: 500 pods make thousands of links."""
        return await asyncio.to_thread(relations_of, self._kind.id, self._manifest, self._world, sorted(self._notes))

    async def _list(self, need: Related) -> None:
        kind = self._source.kinds.get(need.kind)
        if kind is None:
            return
        try:
            async with self._gate:
                found = await self._source.list_objects(
                    kind,
                    need.namespace if kind.namespaced else "",
                    label_selector=need.label_selector,
                    field_selector=need.field_selector,
                    limit=MOST_OBJECTS,
                    metadata_only=need.kind in _BARE,
                )
        except ClusterError as error:
            self._note(kind, error)
            return
        whole = not (found.remaining or need.label_selector or need.field_selector)
        if found.remaining:
            self._notes[f"{kind.plural}: only the first {len(found.items):,} were looked at"] = None
        scope = need.namespace if kind.namespaced else ""
        self._world.add(kind.id, found.items, complete=scope if whole else None)

    async def _get(self, ref: ObjectRef) -> None:
        kind = self._source.kinds.get(ref.kind)
        if kind is None:
            return
        try:
            async with self._gate:
                item = await self._source.get(kind, ref.name, ref.namespace if kind.namespaced else "")
        except NotFound:
            self._world.note_missing(ref)
        except ClusterError as error:
            self._note(kind, error)
        else:
            self._world.add(kind.id, [item])

    def _note(self, kind: Kind, error: ClusterError) -> None:
        why = "you may not read them" if isinstance(error, Forbidden) else error.what
        self._notes[f"{kind.plural} were not looked at: {why}"] = None


def _unread(relations: Relations) -> list[ObjectRef]:
    return list(
        dict.fromkeys(
            twig.ref
            for branch in relations.branches
            for twig in _all(branch.twigs)
            if twig.there is None and (branch.relation in _BY_NAME or twig not in branch.twigs)
        )
    )


def _all(twigs: Sequence[Twig]) -> Iterator[Twig]:
    for twig in twigs:
        yield twig
        yield from _all(twig.twigs)

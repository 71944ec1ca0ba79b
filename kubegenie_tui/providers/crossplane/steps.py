"""What is applied one after the other: the definition, the Composition, and the cluster that is composed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kubegenie_tui.domain.creation import DONE, TAG, Found, Made, PlannedStep, Progress
from kubegenie_tui.domain.errors import Forbidden, NameTaken, ProviderError
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.providers.crossplane.asked import GROUP, KIND, MANAGED, own_composition_asked
from kubegenie_tui.providers.crossplane.kept import Kept, require_usable
from kubegenie_tui.providers.crossplane.state import how_far, how_gone
from kubegenie_tui.providers.making import Step
from kubegenie_tui.providers.managing import label_of, made_of, ours_after_all

if TYPE_CHECKING:
    from kubegenie_tui.domain.approval import Approval
    from kubegenie_tui.domain.kind import Kind
    from kubegenie_tui.providers.managing import Managing, Server

_SHARED_SECONDS = 10.0
_CLUSTER_SECONDS = 1200.0


class _Applied(Step):
    """One object that is applied as it is asked for."""

    def __init__(self, managing: "Managing", asked: Manifest, work: str, planned: PlannedStep) -> None:
        self._managing, self._asked, self._work = managing, asked, work
        self._name = text_at(asked, "metadata.name")
        self.planned = planned

    async def make(self, made: Mapping[str, Made], approval: "Approval") -> Made:
        """Apply it."""
        try:
            async with self._managing.opened() as server:
                return made_of(await server.create(await self._kind(server), self._asked, approval))
        except NameTaken as taken:
            return await ours_after_all(self, made, taken)

    async def _kind(self, server: "Server") -> "Kind":
        group, name = text_at(self._asked, "apiVersion").rpartition("/")[0], text_at(self._asked, "kind")
        found = await server.kind(group, name)
        if found is None:
            raise ProviderError(f"{server.context} does not serve {name} of {group}", next_step="is Crossplane there?")
        return found

    async def _there(self, server: "Server") -> Manifest | None:
        return await server.get(await self._kind(server), self._name)


class SharedStep(_Applied):
    """What clusters share: taken as it is when it is ours, and removed with the last cluster by whoever made it."""

    def __init__(self, managing: "Managing", asked: Manifest, work: str, key: str, title: str) -> None:
        call = f"{asked['kind']} {asked['apiVersion']}"
        super().__init__(managing, asked, work, PlannedStep(key, title, call, asked, _SHARED_SECONDS))

    async def find(self, made: Mapping[str, Made]) -> Found | None:
        """One of this name: one that another work made will do as well."""
        async with self._managing.opened() as server:
            found = await self._there(server)
        return Found(made_of(found), all(label_of(found, each) == MANAGED[each] for each in MANAGED)) if found else None

    async def look(self, made: Mapping[str, Made], own: Made) -> Progress:
        """Whether it is established; a Composition has nothing to say."""
        async with self._managing.opened() as server:
            found = await self._there(server)
        if found is None:
            return Progress(done=False, failure="somebody has removed it")
        if text_at(found, "kind") == "Composition":
            return DONE
        conditions = {text_at(each, "type"): each for each in mappings_at(found, "status.conditions")}
        established = conditions.get("Established", {})
        why = text_at(established, "message") or text_at(established, "reason")
        done = text_at(established, "status") == "True"
        return Progress(done, f"Established {text_at(established, 'status') or '-'} {why}".rstrip())

    async def remove(self, made: Mapping[str, Made], own: Made, approval: "Approval") -> None:
        """Delete it, if this work made it and no cluster is left that needs it."""
        async with self._managing.opened() as server:
            found = await self._there(server)
            if found is None or await self._why_left(server, found):
                return
            await server.delete(await self._kind(server), self._name, own["uid"], approval)

    async def is_gone(self, made: Mapping[str, Made], own: Made) -> Progress:
        """Whether it is there no more, or is left for others."""
        async with self._managing.opened() as server:
            found = await self._there(server)
            if found is None:
                return DONE
            if "deletionTimestamp" in mapping_at(found, "metadata"):
                return Progress(done=False, phase="Deleting")
            return Progress(done=True, stays=await self._why_left(server, found))

    async def _why_left(self, server: "Server", found: Manifest) -> str:
        """Why it is not removed; empty when it is to go."""
        if label_of(found, TAG) != self._work:
            return "left: another work made it"
        try:
            return "left: other clusters need it" if await self._is_needed(server) else ""
        except Forbidden:
            return "left: clusters of other namespaces may need it, and you may not list those"

    async def _is_needed(self, server: "Server") -> bool:
        kind = await server.kind(GROUP, KIND)
        clusters = await server.list(kind, namespace="") if kind else []
        if text_at(self._asked, "kind") != "Composition":
            return bool(clusters)
        return any(text_at(each, "spec.crossplane.compositionRef.name") == self._name for each in clusters)


class OwnCompositionStep(SharedStep):
    """A Composition of one's own: its file may be gone when it is only to be removed."""

    def __init__(self, managing: "Managing", own: "Kept", work: str) -> None:
        asked = own_composition_asked(own, work)
        super().__init__(managing, asked, work, f"composition/{own.name}", f"Your Composition {own.name}")
        self._own = own

    async def make(self, made: Mapping[str, Made], approval: "Approval") -> Made:
        """Apply it.

        Raises:
            SpecRefused: something is wrong with the file, or it is gone.
        """
        require_usable(self._own)
        return await super().make(made, approval)


class ClusterStep(_Applied):
    """The composite resource. It is ours by its label."""

    def __init__(self, managing: "Managing", asked: Manifest, work: str) -> None:
        where = f"{text_at(asked, 'spec.parameters.cloud')} {text_at(asked, 'spec.parameters.region')}"
        title = f"Cluster {text_at(asked, 'metadata.name')} in {where}: {_nodes(asked)}"
        call = f"{KIND} {asked['apiVersion']}"
        super().__init__(managing, asked, work, PlannedStep("cluster", title, call, asked, _CLUSTER_SECONDS))

    async def find(self, made: Mapping[str, Made]) -> Found | None:
        """One of this name in the namespace; none while its kind is not defined."""
        async with self._managing.opened() as server:
            if await server.kind(GROUP, KIND) is None:
                return None
            found = await self._there(server)
        return Found(made_of(found), label_of(found, TAG) == self._work) if found else None

    async def look(self, made: Mapping[str, Made], own: Made) -> Progress:
        """Ready and Synced, with the deepest thing that is not."""
        async with self._managing.opened() as server:
            found = await self._there(server)
            if found is None:
                return Progress(done=False, failure="somebody has removed it")
            return how_far(await server.trace(found))

    async def remove(self, made: Mapping[str, Made], own: Made, approval: "Approval") -> None:
        """Delete it after all that it is made of: otherwise it is gone while the cloud still has its cluster."""
        async with self._managing.opened() as server:
            await server.delete(await self._kind(server), self._name, own["uid"], approval, parts_first=True)

    async def is_gone(self, made: Mapping[str, Made], own: Made) -> Progress:
        """Whether it is there no more, or the deepest thing that it waits for."""
        async with self._managing.opened() as server:
            found = await self._there(server)
            if found is None or text_at(found, "metadata.uid") != own["uid"]:
                return DONE
            return how_gone(await server.trace(found))


def _nodes(asked: Manifest) -> str:
    """`1 to 3 x m5.large, spot`."""
    pool = mapping_at(asked, "spec.parameters")
    return f"{pool['minNodes']} to {pool['maxNodes']} x {pool['nodeSize']}{', spot' if pool.get('spot') else ''}"

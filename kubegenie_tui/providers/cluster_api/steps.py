"""The step that makes a cluster: one object; Cluster API does the rest."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kubegenie_tui.domain.creation import DONE, TAG, Found, Made, PlannedStep, Progress
from kubegenie_tui.domain.errors import NameTaken, ProviderError
from kubegenie_tui.domain.manifest import Manifest, text_at
from kubegenie_tui.providers.cluster_api.asked import GROUP
from kubegenie_tui.providers.cluster_api.state import endpoint_of, how_far, how_gone
from kubegenie_tui.providers.making import Step
from kubegenie_tui.providers.managing import label_of, made_of, ours_after_all

if TYPE_CHECKING:
    from kubegenie_tui.domain.approval import Approval
    from kubegenie_tui.domain.kind import Kind
    from kubegenie_tui.providers.cluster_api.cluster_api_spec import ClusterApiSpec
    from kubegenie_tui.providers.managing import Managing, Server

_SECONDS = 600.0


async def cluster_kind(server: "Server") -> "Kind":
    """Cluster, as the server has it.

    Raises:
        ProviderError: it has not.
    """
    found = await server.kind(GROUP, "Cluster")
    if found is None:
        raise ProviderError(f"{server.context} does not serve Cluster API", next_step="`clusterctl init` installs it")
    return found


async def present(server: "Server", name: str) -> Manifest:
    """One Cluster.

    Raises:
        ProviderError: there is none.
    """
    found = await server.get(await cluster_kind(server), name)
    if found is None:
        raise ProviderError(f"There is no Cluster {name} in {server.namespace} any more", next_step="was it removed?")
    return found


class OfCluster(Step):
    """A step about one Cluster."""

    def __init__(self, managing: "Managing", spec: "ClusterApiSpec", planned: PlannedStep) -> None:
        self._managing, self._spec = managing, spec
        self.planned = planned

    async def _there(self, server: "Server") -> Manifest | None:
        return await server.get(await cluster_kind(server), self._spec.name)


class ClusterStep(OfCluster):
    """The Cluster. It is ours by its label."""

    def __init__(self, managing: "Managing", spec: "ClusterApiSpec", work: str, asked: Manifest) -> None:
        title = f"Cluster {spec.name} {spec.kubernetes} of the class {spec.cluster_class}"
        call = f"Cluster {asked['apiVersion']}"
        super().__init__(managing, spec, PlannedStep("cluster", title, call, asked, _SECONDS))
        self._work, self._asked = work, asked

    async def find(self, made: Mapping[str, Made]) -> Found | None:
        """A Cluster of this name."""
        async with self._managing.opened() as server:
            found = await self._there(server)
        return Found(made_of(found), label_of(found, TAG) == self._work) if found else None

    async def make(self, made: Mapping[str, Made], approval: "Approval") -> Made:
        """Apply it. One that an earlier try made, whose answer never came, is taken over."""
        try:
            async with self._managing.opened() as server:
                return made_of(await server.create(await cluster_kind(server), self._asked, approval))
        except NameTaken as taken:
            return await ours_after_all(self, made, taken)

    async def look(self, made: Mapping[str, Made], own: Made) -> Progress:
        """What it says of itself; its endpoint is noted."""
        async with self._managing.opened() as server:
            found = await self._there(server)
        if found is None:
            return Progress(done=False, failure="somebody has removed it")
        own["endpoint"] = endpoint_of(found)
        return how_far(found, workers=bool(self._spec.pools) and self._spec.wait_for_workers)

    async def remove(self, made: Mapping[str, Made], own: Made, approval: "Approval") -> None:
        """Delete it; Cluster API removes its machines first."""
        async with self._managing.opened() as server:
            await server.delete(await cluster_kind(server), self._spec.name, own["uid"], approval)

    async def is_gone(self, made: Mapping[str, Made], own: Made) -> Progress:
        """Whether it is there no more, or what that waits for."""
        async with self._managing.opened() as server:
            found = await self._there(server)
        return DONE if found is None or text_at(found, "metadata.uid") != own["uid"] else how_gone(found)

"""The provider `gke`: clusters of the Google Kubernetes Engine, listed, reached, made and changed."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from kubegenie_tui.domain.creation import Change, Choice, Identity, Leftover, Made, Outline, WorkKind
from kubegenie_tui.domain.errors import ProviderError, SpecRefused
from kubegenie_tui.providers.api import FoundCluster, Lists
from kubegenie_tui.providers.gcp.choices import choices_of
from kubegenie_tui.providers.gcp.container import Container
from kubegenie_tui.providers.gcp.identity import PERMISSIONS, who
from kubegenie_tui.providers.gcp.leftovers import leftovers_of
from kubegenie_tui.providers.gcp.outlines import change_outline_of, change_steps_of, outline_of, require_upgrade, told
from kubegenie_tui.providers.gcp.reaching import found_clusters, kubeconfig_to, named
from kubegenie_tui.providers.gcp.rest import Rest
from kubegenie_tui.providers.gcp.steps import steps_of
from kubegenie_tui.providers.gcp.versions import offered, upgrades
from kubegenie_tui.providers.making import Changes, Creates, Previews, Step

if TYPE_CHECKING:
    from pydantic import BaseModel

    from kubegenie_tui.domain.form import Value
    from kubegenie_tui.providers.gcp.gke_config import GkeConfig
    from kubegenie_tui.providers.gcp.gke_spec import GkeSpec

_WORK = "<work.id>"
"""Stands for the id of a work that was not begun."""


class GkeProvider(Lists, Creates, Previews, Changes):
    """One project of Google Cloud."""

    def __init__(self, config: "GkeConfig") -> None:
        self._config = config
        self._container = Container(config)
        self._rest = Rest(config)

    async def list_clusters(self) -> list[FoundCluster]:
        """Those of all regions and zones."""
        return found_clusters(await self._container.clusters())

    async def kubeconfig(self, cluster: str) -> dict[str, Any]:
        """A kubeconfig whose user is our own token plugin."""
        found = named(await self._container.clusters(), cluster)
        return await asyncio.to_thread(kubeconfig_to, found, cluster, self._config.credentials_file)

    async def identify(self) -> Identity:
        """Who Google takes us for, and which permissions on the project are missing."""
        name = await asyncio.to_thread(who, self._config)
        try:
            granted = await self._rest.permitted(list(PERMISSIONS))
        except ProviderError as error:
            return Identity(name, self._config.project, unknown=str(error))
        missing = tuple(each for each in PERMISSIONS if each not in granted)
        return Identity(name, self._config.project, missing)

    async def choices(self, field: str, values: "Mapping[str, Value]") -> list[Choice]:
        """Places, versions, machine types and networks."""
        return await choices_of(field, values, self._container, self._rest)

    async def outline(self, spec: "BaseModel") -> Outline:
        """The cluster with its first pool, then the other pools."""
        wanted = cast("GkeSpec", spec)
        taken = [each.location for each in await self._container.clusters() if each.name == wanted.name]
        if taken:
            raise SpecRefused(
                f"There is a cluster {wanted.name} already", f"in {', '.join(taken)}", "take another name", field="name"
            )
        config = await self._container.server_config(wanted.region)
        return outline_of(wanted, steps_of(wanted, _WORK, self._container), self._config.project, config)

    async def preview(self, spec: "BaseModel") -> Outline:
        """What would be made."""
        wanted = cast("GkeSpec", spec)
        steps = steps_of(wanted, _WORK, self._container)
        return await asyncio.to_thread(told, wanted, steps, f"{wanted.region} · project {self._config.project}")

    async def steps(self, spec: "BaseModel", work: str) -> Sequence[Step]:
        """The steps of the outline."""
        return steps_of(cast("GkeSpec", spec), work, self._container)

    async def leftovers(self, spec: "BaseModel", made: Mapping[str, Made]) -> list[Leftover]:
        """Load balancers and volumes, by Google's own labels."""
        return await leftovers_of(cast("GkeSpec", spec), self._rest)

    async def versions(self, cluster: str) -> list[Choice]:
        """What its channel offers beyond what it has."""
        found = named(await self._container.clusters(), cluster)
        config = await self._container.server_config(found.location)
        able = upgrades(found.current_master_version, offered(config, found.release_channel.channel.name.lower()))
        return [Choice(each) for each in able]

    async def change_outline(self, spec: "BaseModel", made: Mapping[str, Made], change: Change) -> Outline:
        """What would be upgraded or scaled."""
        wanted = cast("GkeSpec", spec)
        found = await self._container.cluster(wanted.region, wanted.name)
        if found is None:
            raise ProviderError(f"There is no cluster {wanted.name} in {wanted.region} any more")
        if change.kind is WorkKind.UPGRADE:
            require_upgrade(change.version, found, await self._container.server_config(wanted.region))
        steps = change_steps_of(wanted, change, self._container, self._rest)
        return change_outline_of(wanted, change, steps, self._config.project, found)

    async def change_steps(
        self, spec: "BaseModel", made: Mapping[str, Made], change: Change, work: str
    ) -> Sequence[Step]:
        """The steps of that outline."""
        return change_steps_of(cast("GkeSpec", spec), change, self._container, self._rest)

"""Amazon EKS as a provider: it lists clusters, leads to them, makes them, and changes those it made."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from kubegenie_tui.domain.form import Value
from kubegenie_tui.providers.api import FoundCluster, Lists, Registers
from kubegenie_tui.providers.aws.cloud import Cloud
from kubegenie_tui.providers.aws.kubeconfig import kubeconfig
from kubegenie_tui.providers.aws.listing import clusters, seen_in
from kubegenie_tui.providers.making import (
    Change,
    Changes,
    Choice,
    Creates,
    Identity,
    Leftover,
    Made,
    Outline,
    Placed,
    Previews,
    Step,
)

if TYPE_CHECKING:
    from pydantic import BaseModel

    from kubegenie_tui.providers.aws.eks_config import EksConfig
    from kubegenie_tui.providers.aws.eks_spec import EksSpec


class EksProvider(Lists, Registers, Creates, Placed, Previews, Changes):
    """The clusters of one account. A spec may name another region than that of the configuration."""

    def __init__(self, config: "EksConfig") -> None:
        self._config = config
        self._clouds: dict[str, Cloud] = {}

    async def list_clusters(self) -> list[FoundCluster]:
        """Those of all regions, the one of the configuration first."""
        return await clusters(self._config, self._cloud())

    async def kubeconfig(self, cluster: str) -> dict[str, Any]:
        """One context that leads to a cluster, with tokens by our own exec plugin."""
        cloud, seen = await self._seen(cluster)
        return kubeconfig(seen, self._config, cloud.region, called=cluster)

    async def identify(self) -> Identity:
        """Whom AWS takes us for."""
        from kubegenie_tui.providers.aws.rights import identify

        return await identify(self._cloud())

    async def require_place(self, outline: Outline) -> None:
        """Only the account of a person's yes will do."""
        from kubegenie_tui.providers.aws.rights import require_account

        await require_account(self._cloud(), outline)

    async def choices(self, field: str, values: Mapping[str, Value]) -> list[Choice]:
        """What there is for a field, in the region that was filled in."""
        from kubegenie_tui.providers.aws.choices import choices

        return await choices(self._cloud(str(values.get("region") or "")), field, values)

    async def outline(self, spec: "BaseModel") -> Outline:
        """What would be done for a spec."""
        from kubegenie_tui.providers.aws.outlines import outline

        wanted = cast("EksSpec", spec)
        return await outline(self._cloud(wanted.region), wanted)

    async def preview(self, spec: "BaseModel") -> Outline:
        """What would be done, with the version in standard support."""
        from kubegenie_tui.providers.aws.outlines import told

        wanted = cast("EksSpec", spec)
        return await asyncio.to_thread(told, Cloud(self._config, wanted.region), wanted, wanted.region)

    async def steps(self, spec: "BaseModel", work: str) -> Sequence[Step]:
        """The steps of that outline."""
        from kubegenie_tui.providers.aws.blueprint import Blueprint

        wanted = cast("EksSpec", spec)
        return Blueprint(self._cloud(wanted.region), wanted, work).steps()

    async def leftovers(self, spec: "BaseModel", made: Mapping[str, Made]) -> list[Leftover]:
        """What would be left of it."""
        from kubegenie_tui.providers.aws.leftovers import leftovers

        wanted = cast("EksSpec", spec)
        return await leftovers(self._cloud(wanted.region), wanted.name)

    async def versions(self, cluster: str) -> list[Choice]:
        """What a cluster can be upgraded to."""
        from kubegenie_tui.providers.aws.changing import newer_versions

        cloud, seen = await self._seen(cluster)
        return await newer_versions(cloud, str(seen["name"]))

    async def change_outline(self, spec: "BaseModel", made: Mapping[str, Made], change: Change) -> Outline:
        """What a change would do."""
        from kubegenie_tui.providers.aws.changing import change_outline

        wanted = cast("EksSpec", spec)
        return await change_outline(self._cloud(wanted.region), wanted, made, change)

    async def change_steps(
        self, spec: "BaseModel", made: Mapping[str, Made], change: Change, work: str
    ) -> Sequence[Step]:
        """The steps of that outline."""
        from kubegenie_tui.providers.aws.changing import change_steps

        wanted = cast("EksSpec", spec)
        return await change_steps(self._cloud(wanted.region), wanted, change, work)

    def _cloud(self, region: str = "") -> Cloud:
        region = region or self._config.region
        if region not in self._clouds:
            self._clouds[region] = Cloud(self._config, region)
        return self._clouds[region]

    async def _seen(self, cluster: str) -> tuple[Cloud, Mapping[str, Any]]:
        """A cluster and its region: of those that specs named and that of the configuration, and then of all others."""
        found = await seen_in(self._config, [*self._clouds.values(), self._cloud()], cluster)
        self._clouds[found[0].region] = found[0]
        return found

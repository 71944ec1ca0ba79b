"""The provider `aks`: Azure Kubernetes Service."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.creation import Change, Choice, Identity, Leftover, Made, Outline
from kubegenie_tui.domain.form import Value
from kubegenie_tui.providers.api import FoundCluster, Lists, Registers
from kubegenie_tui.providers.azure.access import clusters, found_of, kubeconfig_by
from kubegenie_tui.providers.azure.cloud import Cloud
from kubegenie_tui.providers.azure.rights import identity
from kubegenie_tui.providers.making import Changes, Creates, Previews, Step
from kubegenie_tui.providers.price_sheet import load_sheet

if TYPE_CHECKING:
    from pydantic import BaseModel

    from kubegenie_tui.providers.azure.aks_config import AksConfig
    from kubegenie_tui.providers.azure.aks_spec import AksSpec


class AksProvider(Lists, Registers, Creates, Previews, Changes):
    """All of it in one subscription."""

    def __init__(self, config: "AksConfig") -> None:
        self._cloud = Cloud(config)

    async def list_clusters(self) -> list[FoundCluster]:
        """The clusters of the subscription; those with one name in two groups as `group/name`."""
        return found_of((await clusters(self._cloud)).items())

    async def kubeconfig(self, cluster: str) -> dict[str, Any]:
        """A kubeconfig: with a certificate, or with our own plugin when people come in by Entra."""
        return await kubeconfig_by(self._cloud, cluster)

    async def identify(self) -> Identity:
        """Whom Azure takes us for."""
        return await identity(self._cloud)

    async def choices(self, field: str, values: Mapping[str, Value]) -> list[Choice]:
        """What there is for a field."""
        from kubegenie_tui.providers.azure.choices import choices

        return await choices(self._cloud, field, values, await asyncio.to_thread(load_sheet, "aks"))

    async def outline(self, spec: "BaseModel") -> Outline:
        """What would be done."""
        from kubegenie_tui.providers.azure.outlines import outline_of

        return await outline_of(self._cloud, _aks(spec), await asyncio.to_thread(load_sheet, "aks"))

    async def preview(self, spec: "BaseModel") -> Outline:
        """What would be done."""
        from kubegenie_tui.providers.azure.outlines import told

        return told(self._cloud, _aks(spec), await asyncio.to_thread(load_sheet, "aks"))

    async def steps(self, spec: "BaseModel", work: str) -> Sequence[Step]:
        """The steps of it."""
        from kubegenie_tui.providers.azure.outlines import steps_of

        return steps_of(self._cloud, _aks(spec), work)

    async def leftovers(self, spec: "BaseModel", made: Mapping[str, Made]) -> list[Leftover]:
        """What of others keeps the resource group alive, and what goes with the group of its nodes."""
        from kubegenie_tui.providers.azure.leftovers import leftovers_of

        return await leftovers_of(self._cloud, _aks(spec), made, await asyncio.to_thread(load_sheet, "aks"))

    async def versions(self, cluster: str) -> list[Choice]:
        """What its control plane can be upgraded to, the next first."""
        from kubegenie_tui.providers.azure.changing import upgrades

        return await upgrades(self._cloud, cluster)

    async def change_outline(self, spec: "BaseModel", made: Mapping[str, Made], change: Change) -> Outline:
        """What a change would do."""
        from kubegenie_tui.providers.azure.changing import change_outline

        sheet = await asyncio.to_thread(load_sheet, "aks")
        return await change_outline(self._cloud, _aks(spec), made, change, sheet)

    async def change_steps(
        self, spec: "BaseModel", made: Mapping[str, Made], change: Change, work: str
    ) -> Sequence[Step]:
        """The steps of that outline."""
        from kubegenie_tui.providers.azure.changing import change_steps

        return change_steps(self._cloud, _aks(spec), made, change)


def _aks(spec: "BaseModel") -> "AksSpec":
    from kubegenie_tui.providers.azure.aks_spec import AksSpec

    assert isinstance(spec, AksSpec)
    return spec

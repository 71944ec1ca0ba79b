"""What comes before a cluster: the subscription knows of AKS, and there is a resource group."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.approval import Approval
from kubegenie_tui.domain.creation import DONE, Found, Made, PlannedStep, Progress
from kubegenie_tui.domain.errors import ProviderError
from kubegenie_tui.providers.azure.bodies import group_body
from kubegenie_tui.providers.azure.cloud import Cloud, or_none
from kubegenie_tui.providers.azure.provisioning import DELETING, GONE, is_ours
from kubegenie_tui.providers.making import Step

if TYPE_CHECKING:
    from azure.mgmt.containerservice.aio import ContainerServiceClient

    from kubegenie_tui.providers.azure.aks_spec import AksSpec

NAMESPACE = "Microsoft.ContainerService"
RESOURCES_API = "2025-04-01"
SHOWN = "<work>"
"""Stands for the id of the work in what is shown before there is one."""
_NAMED = 5


class Registration(Step):
    """The subscription may use AKS. It stays so: others may rely on it."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._path = f"{cloud.path}/providers/{NAMESPACE}"
        self.planned = PlannedStep(
            "registration", f"{NAMESPACE} registered", f"{NAMESPACE}/register/action", usual_seconds=5, stays=True
        )

    async def find(self, made: Mapping[str, Made]) -> Found | None:
        """Nothing that anybody owns."""
        return None

    async def make(self, made: Mapping[str, Made], approval: Approval) -> Made:
        """Ask for it, unless the subscription is registered already."""
        async with self._cloud.client() as client:
            before = (await self._cloud.rest(client, "GET", self._path, RESOURCES_API)).get("registrationState", "")
            if before != "Registered":
                await self._cloud.rest(client, "POST", f"{self._path}/register", RESOURCES_API)
        return {"namespace": NAMESPACE, "before": before}

    async def look(self, made: Mapping[str, Made], own: Made) -> Progress:
        """Whether it is registered."""
        async with self._cloud.client() as client:
            state = (await self._cloud.rest(client, "GET", self._path, RESOURCES_API)).get("registrationState", "")
        return DONE if state == "Registered" else Progress(done=False, phase=state)

    async def remove(self, made: Mapping[str, Made], own: Made, approval: Approval) -> None:
        """Left as it is."""


class Group(Step):
    """A resource group of the cluster's own."""

    def __init__(self, cloud: Cloud, spec: "AksSpec", work: str) -> None:
        self._cloud, self._spec, self._work = cloud, spec, work
        self._path = f"{cloud.path}/resourceGroups/{spec.group}"
        self.planned = PlannedStep(
            "group",
            f"Resource group {spec.group} in {spec.region}",
            "Microsoft.Resources/subscriptions/resourceGroups/write",
            group_body(spec, SHOWN),
            usual_seconds=3,
        )

    async def find(self, made: Mapping[str, Made]) -> Found | None:
        """The group of that name."""
        async with self._cloud.client() as client:
            group = await or_none(self._cloud.rest(client, "GET", self._path, RESOURCES_API))
        if group is None:
            return None
        return Found(self._made(group), is_ours(group.get("tags"), self._work))

    async def make(self, made: Mapping[str, Made], approval: Approval) -> Made:
        """Ask for it."""
        async with self._cloud.client() as client:
            body = group_body(self._spec, self._work)
            group = await self._cloud.rest(client, "PUT", self._path, RESOURCES_API, body=body)
        return self._made(group)

    async def look(self, made: Mapping[str, Made], own: Made) -> Progress:
        """Whether it is there."""
        async with self._cloud.client() as client:
            group = await or_none(self._cloud.rest(client, "GET", self._path, RESOURCES_API))
        if group is None:
            return GONE
        state = group.get("properties", {}).get("provisioningState", "")
        return DONE if state == "Succeeded" else Progress(done=False, phase=state)

    async def remove(self, made: Mapping[str, Made], own: Made, approval: Approval) -> None:
        """Ask for it to go, if nothing lies in it: with a group goes all that is in it. Not when it is on its way out.

        Raises:
            ProviderError: something lies in it that this work did not make.
        """
        progress = await self.is_gone(made, own)
        if progress.done or progress.phase == DELETING:
            return
        async with self._cloud.client() as client:
            others = await others_inside(self._cloud, client, self._spec.group, self._work)
            if inside := [f"{each.get('type', '')} {each.get('name', '')}" for each in others]:
                more = f" and {len(inside) - _NAMED} more" if len(inside) > _NAMED else ""
                raise ProviderError(
                    f"The resource group {self._spec.group} is not removed: others put things into it",
                    f"{', '.join(inside[:_NAMED])}{more}",
                    "move them elsewhere, or remove the group yourself",
                )
            await or_none(self._cloud.rest(client, "DELETE", self._path, RESOURCES_API))

    async def is_gone(self, made: Mapping[str, Made], own: Made) -> Progress:
        """Whether it went."""
        async with self._cloud.client() as client:
            group = await or_none(self._cloud.rest(client, "GET", self._path, RESOURCES_API))
        if group is None:
            return DONE
        return Progress(done=False, phase=group.get("properties", {}).get("provisioningState", ""))

    def _made(self, group: dict[str, Any]) -> Made:
        return {"id": group["id"], "name": self._spec.group, "work": self._work}


async def others_inside(cloud: Cloud, client: "ContainerServiceClient", group: str, work: str) -> list[dict[str, Any]]:
    """What lies in a resource group and does not carry the tag of a work, as Azure lists it."""
    path = f"{cloud.path}/resourceGroups/{group}/resources"
    found = await or_none(cloud.all(client, path, RESOURCES_API)) or []
    others = (each for each in found if not is_ours(each.get("tags"), work))
    return sorted(others, key=lambda each: (str(each.get("type", "")), str(each.get("name", ""))))

"""The step that changes parameters of a cluster: found again by what the cluster asks for, never undone by itself."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kubegenie_tui.domain.creation import Change, Found, Made, PlannedStep, Progress, WorkKind
from kubegenie_tui.domain.manifest import Manifest, text_at
from kubegenie_tui.providers.crossplane.asked import GROUP, KIND, VERSION
from kubegenie_tui.providers.crossplane.changing import has, parameters_after, present
from kubegenie_tui.providers.crossplane.state import how_changed
from kubegenie_tui.providers.making import Step
from kubegenie_tui.providers.managing import made_of

if TYPE_CHECKING:
    from kubegenie_tui.domain.approval import Approval
    from kubegenie_tui.domain.kind import Kind
    from kubegenie_tui.providers.managing import Managing, Server

_UPGRADE_SECONDS, _SCALE_SECONDS = 1800.0, 300.0


class ChangeStep(Step):
    """One change of the composite resource; Crossplane passes it on."""

    def __init__(self, managing: "Managing", found: Manifest, change: Change) -> None:
        self._managing = managing
        self._name = text_at(found, "metadata.name")
        self.planned = _planned(found, change)

    async def find(self, made: Mapping[str, Made]) -> Found | None:
        """Whether it was asked for already."""
        async with self._managing.opened() as server:
            found = await present(server, self._name)
        return Found(made_of(found), ours=True) if has(found, self._wanted) else None

    async def make(self, made: Mapping[str, Made], approval: "Approval") -> Made:
        """Ask for it, of the cluster as it was just seen."""
        async with self._managing.opened() as server:
            found = await present(server, self._name)
            await server.patch(await _kind(server), found, self._body, approval)
        return made_of(found)

    async def try_out(self, server: "Server", found: Manifest) -> None:
        """Let the server say what it would say to it, of the cluster as it was just seen."""
        await server.try_patch(await _kind(server), found, self._body)

    async def look(self, made: Mapping[str, Made], own: Made) -> Progress:
        """Ready and Synced as it is asked for now, with the deepest thing that is not."""
        async with self._managing.opened() as server:
            found = await present(server, self._name)
            return how_changed(found, await server.trace(found))

    async def remove(self, made: Mapping[str, Made], own: Made, approval: "Approval") -> None:
        """Nothing: there is no way back to an older version, and a size is changed anew."""

    @property
    def _wanted(self) -> Manifest:
        return self.planned.request

    @property
    def _body(self) -> Manifest:
        return {"spec": {"parameters": self._wanted}}


async def _kind(server: "Server") -> "Kind":
    kind = await server.kind(GROUP, KIND)
    assert kind is not None, "one was found"
    return kind


def _planned(found: Manifest, change: Change) -> PlannedStep:
    name, wanted = text_at(found, "metadata.name"), parameters_after(found, change)
    call = f"{KIND} {GROUP}/{VERSION}"
    if change.kind is WorkKind.UPGRADE:
        now = text_at(found, "spec.parameters.version")
        title = f"{name}{f' from {now}' if now else ''} to {change.version}"
        return PlannedStep("upgrade", title, call, wanted, _UPGRADE_SECONDS)
    title = f"Pool {change.pool} of {name}: {wanted['minNodes']} nodes, and up to {wanted['maxNodes']}"
    return PlannedStep(f"scale/{change.pool}", title, call, wanted, _SCALE_SECONDS)

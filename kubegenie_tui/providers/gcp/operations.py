"""How far an operation of the Kubernetes Engine API has come, and what became of what it was for."""

from typing import TYPE_CHECKING

from kubegenie_tui.domain.creation import Made, Progress

if TYPE_CHECKING:
    from collections.abc import Iterable

    from google.cloud.container_v1 import types as gke

    from kubegenie_tui.providers.gcp.container import Container


async def how_far(container: "Container", location: str, own: Made) -> Progress:
    """How far the operation that `own` names has come: done without one, and when Google has forgotten it."""
    name = own.get("operation", "")
    found = await container.operation(location, name) if name else None
    if found is None:
        return Progress(done=True)
    if found.status.name != "DONE":
        return Progress(done=False, phase=_phase(found))
    failure = found.error.message or found.status_message
    return Progress(done=not failure, phase=found.status.name, failure=failure)


async def running_on(container: "Container", location: str, link: str, kind: str) -> str:
    """The operation of a kind that is under way on what has a link that ends so; empty when none is."""
    for each in await container.operations(location):
        under_way = each.status.name in ("PENDING", "RUNNING") and each.operation_type.name == kind
        if under_way and each.target_link.endswith(link):
            return each.name
    return ""


def why_broken(conditions: "Iterable[gke.StatusCondition]", otherwise: str) -> str:
    """What Google says is wrong with a cluster or a pool."""
    said = [each.message for each in conditions if each.message]
    return "; ".join(dict.fromkeys(said)) or otherwise


def _phase(operation: "gke.Operation") -> str:
    """Its state, and the stage of it that Google tells of."""
    stages = [each.name for each in operation.progress.stages if each.status.name == "RUNNING"]
    stage = stages[0] if stages else operation.detail
    return f"{operation.status.name} · {stage}" if stage else operation.status.name

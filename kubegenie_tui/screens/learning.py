"""What needs a kind that only the cluster knows waits until the cluster has told which kinds it serves."""

from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.cluster_reader import kinds_known
from kubegenie_tui.screens.waiting import waited

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import App

    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.screens.picker import Choice, PickerScreen


def is_learning(agent: "ClusterAgent") -> bool:
    """Whether the cluster, which was just asked which kinds it serves, has not told yet."""
    return not agent.kinds_told.is_set() and agent.status.error is None


async def until_told(agent: "ClusterAgent") -> None:
    """Wait until it has told, or does not answer in time; for what tells itself that it is still looking."""
    if is_learning(agent):
        await kinds_known(agent)


async def learned(app: "App[Any]", agent: "ClusterAgent") -> None:
    """Wait until it has told, or does not answer in time.

    Raises:
        GaveUp: the person waits no longer.
    """
    await waited(app, f"learning what {agent.name} serves", kinds_known(agent))


async def offer_when_told(
    picker: "PickerScreen", agent: "ClusterAgent", choices: "Callable[[], Sequence[Choice]]"
) -> None:
    """Let what the cluster is about to tell of be picked too."""
    if is_learning(agent):
        await kinds_known(agent)
        if picker.is_attached:
            picker.offer(choices())

"""Whom a cluster takes us for, asked of it once when it is opened; where it does not say, that is no error."""

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from kubegenie_tui.domain.errors import KubeGenieError

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent


async def identify(agent: "ClusterAgent", tell: Callable[..., None]) -> None:
    """Ask once the cluster has told what it serves; once more where it is reached in another way meanwhile.

    Args:
        agent: of the cluster.
        tell: called with the name as `identity`, empty where the cluster does not say.
    """
    await agent.kinds_told.wait()
    while True:
        client, who = agent.client, ""
        with contextlib.suppress(KubeGenieError):
            who = (await agent.known_as()).username
        if client is agent.client:
            tell(identity=who)
            return

"""Agents besides those of clusters, begun and ended together."""

from collections.abc import Sequence

from kubegenie_tui.agents.agent import KubernetesAgent
from kubegenie_tui.agents.supervisor import Supervisor


class Crew:
    """Some agents and who looks after them."""

    def __init__(self, supervisor: Supervisor, agents: Sequence[KubernetesAgent] = ()) -> None:
        self.supervisor = supervisor
        self.agents = list(agents)

    async def start(self) -> None:
        """Begin all of them."""
        for agent in self.agents:
            await self.supervisor.start(agent)

    async def shutdown(self) -> None:
        """End all of them, all at the same time."""
        await self.supervisor.close()

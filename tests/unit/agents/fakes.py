"""Stand-ins for time and for what an agent leads."""

import asyncio
from typing import TYPE_CHECKING

from kubegenie_tui.agents.agent import KubernetesAgent
from kubegenie_tui.kube.clock import Clock

if TYPE_CHECKING:
    from kubegenie_tui.domain.errors import KubeGenieError


async def settle() -> None:
    """Let everything that can go on without time or network go on."""
    for _ in range(50):
        await asyncio.sleep(0)


class FakeClock(Clock):
    """Time that passes only when told, and chance that is always the same."""

    def __init__(self, chance: float = 0.0) -> None:
        self.time = 1000.0
        self._chance = chance
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    def chance(self) -> float:
        return self._chance

    async def sleep(self, seconds: float) -> None:
        done = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.time + seconds, done))
        await done

    @property
    def waits(self) -> list[float]:
        """Seconds until each sleeper wakes."""
        return sorted(at - self.time for at, done in self._sleepers if not done.done())

    async def advance(self, seconds: float) -> None:
        """Let time pass, and those who wake go on."""
        self.time += seconds
        for at, done in self._sleepers:
            if at <= self.time and not done.done():
                done.set_result(None)
        self._sleepers = [(at, done) for at, done in self._sleepers if not done.done()]
        await settle()


class FakeAgent(KubernetesAgent):
    """An agent that writes down what is asked of it and fails as it is told."""

    def __init__(self, name: str = "fake") -> None:
        super().__init__(name)
        self.calls: list[str] = []
        self.failure: Exception | None = None
        self.refusal: KubeGenieError | None = None
        self.hangs = False
        self.unneeded = False
        self.was_well = False

    @property
    def idle(self) -> bool:
        return self.unneeded

    @property
    def found_well(self) -> bool:
        return self.was_well

    async def initialize(self) -> None:
        self.calls.append("initialize")
        if self.refusal:
            raise self.refusal

    async def health_check(self) -> None:
        self.calls.append("check")
        if self.hangs:
            await asyncio.get_running_loop().create_future()
        if self.failure:
            raise self.failure

    async def self_heal(self) -> None:
        self.calls.append("heal")

    async def shutdown(self) -> None:
        self.calls.append("shutdown")

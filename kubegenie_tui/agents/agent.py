"""What every agent has: four things that can be asked of it, and a state with a reason that a person can see."""

import time
from abc import ABC, abstractmethod
from collections import deque
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


STEPS = 5
"""So many of its steps are remembered."""


class AgentState(Enum):
    """Where an agent is in its life."""

    NEW = "new"
    STARTING = "starting"
    RUNNING = "running"
    DEGRADED = "degraded"
    """Something is wrong, see the reason; it will heal itself as soon as it can."""
    FAILED = "failed"
    """It does not live, see the reason; it is begun anew, each time after a longer wait."""
    HEALING = "healing"
    STOPPED = "stopped"


class KubernetesAgent(ABC):
    """Something that lives as long as the app and mends itself. A `Supervisor` leads it through its states."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.state = AgentState.NEW
        self.reason = ""
        """Why it is degraded, in words; empty when all is well."""
        self.since = time.time()
        """When the state was entered, seconds since the epoch."""
        self.source = ""
        """Who brought it, when it is not a cluster's."""
        self.restarts: int | None = None
        """How often it, or a part of it that had stopped, was begun anew; None before it was begun."""
        self.waiting: Callable[[], int] = lambda: 0
        """How much waits to be done."""
        self.doing: Callable[[], Sequence[str]] = tuple
        """What it has under way, in a word or two each."""
        self.steps: deque[tuple[float, str]] = deque(maxlen=STEPS)
        """What it did lately to mend itself, in words, each with when: seconds since the epoch."""
        self.call_for_check: Callable[[], None] = lambda: None
        """Ask whoever looks after this agent to check it soon; set by them."""

    def enter(self, state: AgentState, reason: str = "") -> None:
        """Note a state and why."""
        if state is not self.state:
            self.since = time.time()
        self.state, self.reason = state, reason

    def tell(self, step: str) -> None:
        """Note what it does to mend itself; the same again is not told twice in a row."""
        if self.steps and self.steps[-1][1] == step:
            self.steps.pop()
        self.steps.append((time.time(), step))

    @property
    def idle(self) -> bool:
        """Whether nobody needs it now, so that its health need not be looked after."""
        return False

    @property
    def found_well(self) -> bool:
        """Whether somebody else has just found it well, so that its first check can wait."""
        return False

    @abstractmethod
    async def initialize(self) -> None:
        """Get ready to work, once.

        Raises:
            KubeGenieError: it can never work like this.
        """

    @abstractmethod
    async def health_check(self) -> None:
        """Find out whether all is well.

        Raises:
            KubeGenieError: it is not, and why.
        """

    @abstractmethod
    async def self_heal(self) -> None:
        """Mend what the last health check found.

        Raises:
            KubeGenieError: it could not be mended yet.
        """

    @abstractmethod
    async def shutdown(self) -> None:
        """Stop everything and let go of it."""

"""A change that a program outside of the app proposed: kept until a person has looked at it in the app."""

from enum import Enum

import msgspec

from kubegenie_tui.domain.conversation import Symptom
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.plan import Plan


class ProposalState(Enum):
    """What became of it."""

    WAITING = "waiting"
    UNDER_WAY = "under way"
    """Approved; how it ends is not known yet."""
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"

    @property
    def health(self) -> Health:
        """The glyph and colour that go with it."""
        return {
            ProposalState.WAITING: Health.UNKNOWN,
            ProposalState.UNDER_WAY: Health.PROGRESSING,
            ProposalState.DONE: Health.OK,
            ProposalState.FAILED: Health.BAD,
            ProposalState.REFUSED: Health.IDLE,
        }[self]


class Asked(msgspec.Struct, frozen=True):
    """A proposal as it comes; no text of it holds a credential."""

    plan: Plan
    server: str
    """URL of the API server that is meant: the plan's cluster may have the same name as another one elsewhere."""
    tier: str
    """`W1 reversible`, as the gate saw it when it was proposed; it looks again before a person decides."""
    why: str = ""
    answers: Symptom | None = None
    """The finding that it is to end; None for none."""
    known: tuple[Symptom, ...] = ()
    """What was found before it was proposed."""


class KeptProposal(msgspec.Struct, frozen=True):
    """A proposal as it is kept."""

    id: int
    at: float
    """Seconds since the epoch."""
    cluster: str
    title: str
    asked: Asked | None
    """None when another version wrote it in a way that cannot be read any more."""
    state: ProposalState = ProposalState.WAITING
    outcome: str = ""
    """How it ended, in a sentence."""

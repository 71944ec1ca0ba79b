"""A pane in which changes are proposed, and where it tells what became of them. Who sees to them is its `reviews`."""

from typing import Protocol

from kubegenie_tui.domain.conversation import Aftermath, PlanProposed, Proposal
from kubegenie_tui.widgets.chat_choices import Choices
from kubegenie_tui.widgets.chat_end import Ended
from kubegenie_tui.widgets.chat_turn import Turn
from kubegenie_tui.widgets.marked_pane import MarkedPane


class Below:
    """Tells below what leads to a plan what became of it, as long as that is shown."""

    def __init__(self, turn: Turn, choices: Choices) -> None:
        self._turn = turn
        self._choices = choices

    @property
    def is_shown(self) -> bool:
        """Whether it is still there: the conversation may have been drawn anew since."""
        return self._turn.is_attached

    async def ended(self, made: bool | None, how: str) -> None:
        """How it ended; after one that was made comes the next that a standing yes covers."""
        await self._turn.tell_end(self._choices, Ended(made, how))
        if made:
            pick_allowed(self._turn)

    async def became(self, aftermath: Aftermath) -> None:
        """What is seen of its objects."""
        await self._turn.tell_end(self._choices, aftermath)


def pick_allowed(turn: Turn) -> None:
    """Pick the next plan of a turn that a standing yes covers."""
    while turn.allowed:
        choices = turn.allowed.pop(0)
        if choices.pick(choices.numbers.start):
            return


class Reviews(Protocol):
    """Sees to changes that were proposed."""

    @property
    def is_looking(self) -> bool:
        """Whether it is looked what becomes of one that was made."""

    def review(self, proposed: PlanProposed | Proposal, below: Below) -> None:
        """Let the person look at one that was proposed, now or on an earlier day, and decide."""

    def stop_looking(self) -> None:
        """Look no more what becomes of those that were made."""


class ReviewingPane(MarkedPane):
    """Has the key that stops looking, while it is looked."""

    reviews: Reviews | None = None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Name in the footer, and do, only what makes sense now."""
        return action != "stop_looking" or (self.reviews is not None and self.reviews.is_looking)

    def action_stop_looking(self) -> None:
        """Look no more what becomes of a change."""
        if self.reviews:
            self.reviews.stop_looking()

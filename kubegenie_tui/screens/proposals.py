"""What programs outside proposed, in all clusters: what waits first; pick one to look at its plan and decide."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from kubegenie_tui.domain.proposal import KeptProposal, ProposalState
from kubegenie_tui.domain.quantity import format_age
from kubegenie_tui.domain.text import plain
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.picker import Choice, PickerScreen
from kubegenie_tui.theme import HEALTH_VARIABLE

AGE = 6
"""Cells of the age."""
DROP = "drop "
"""Before the id of one that is refused."""


class ProposalsScreen(PickerScreen):
    """Gives the id of the one to look at, or DROP and that of one to refuse; what has ended says how."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("proposals")

    def __init__(self, proposals: Sequence[KeptProposal], *, now: float) -> None:
        """The list.

        Args:
            proposals: those that wait first.
            now: seconds since the epoch.
        """
        self._proposals = {str(each.id): each for each in proposals}
        choices = [Choice(str(each.id), _line(each, now)) for each in proposals]
        super().__init__("Proposals", choices, nothing="no program has proposed anything")

    def action_drop(self) -> None:
        """Refuse the one under the cursor without looking at its plan."""
        if self._shown and self._options.highlighted is not None:
            self._give(f"{DROP}{self._shown[self._options.highlighted].id}")

    def _give(self, choice: str | None) -> None:
        known = self._proposals.get((choice or "").removeprefix(DROP))
        if known is not None and known.state is not ProposalState.WAITING:
            outcome = f" · {known.outcome}" if known.outcome else ""
            self.notify(f"{known.title} · {known.state.value} already{outcome}", severity="warning", markup=False)
        else:
            super()._give(choice)


def _line(proposal: KeptProposal, now: float) -> Content:
    waits = proposal.state is ProposalState.WAITING
    ago = format_age(now - proposal.at).rjust(AGE)
    state = "" if waits else f"{proposal.state.health.glyph} {proposal.state.value}  "
    why = f"  {plain(proposal.asked.why)}" if proposal.asked is not None and waits else ""
    tier = f"  {plain(proposal.asked.tier)}" if proposal.asked is not None and waits else ""
    return Content.assemble(
        (ago, "$muted"),
        "  ",
        (state, HEALTH_VARIABLE[proposal.state.health]),
        (plain(proposal.title), "$foreground" if waits else "$muted"),
        (f"  {plain(proposal.cluster)}", "$accent" if waits else "$muted"),
        (tier, "$muted"),
        (why, "$muted"),
    )

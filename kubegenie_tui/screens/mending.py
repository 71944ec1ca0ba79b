"""Changes that end findings, begun where these are listed: proposed, and looked after once they were made."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from kubegenie_tui.domain.conversation import Aftermath
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.finding import Finding
from kubegenie_tui.domain.plan import Plan
from kubegenie_tui.screens.aftercare import look_after
from kubegenie_tui.screens.messages import PlanRequested

if TYPE_CHECKING:
    from textual.screen import Screen

    from kubegenie_tui.domain.object_ref import ObjectRef
    from kubegenie_tui.genie.reading.scope import Scope
    from kubegenie_tui.services import Services


class Mending:
    """What was begun on one screen."""

    def __init__(
        self, screen: "Screen[Any]", services: "Services", seen: Callable[[], object], rested: Callable[[], object]
    ) -> None:
        """Nothing was begun yet.

        Args:
            screen: where the findings stand.
            services: where is looked.
            seen: hears that more is seen of what was made.
            rested: hears that it is looked at no more.
        """
        self._screen = screen
        self._services = services
        self._seen = seen
        self._rested = rested
        self._became: dict[tuple[str, ObjectRef], Aftermath] = {}

    def became(self, finding: Finding) -> Aftermath | None:
        """What is seen of the change that was to end a finding; None where none was made."""
        return self._became.get((finding.rule, finding.root))

    async def propose(self, scope: "Scope", finding: Finding | None, found: Iterable[Finding]) -> None:
        """Put the change before the person that would end a finding, where there is a sure one.

        Args:
            scope: where it was found.
            finding: what is to end.
            found: all that is wrong.
        """
        from kubegenie_tui.genie.proposing.planning import remedied

        if finding is None or finding.remedy is None:
            words = "What would mend it is yours to judge: the next steps stand below"
            self._screen.notify(words, markup=False)
            return
        try:
            plan, _ = await remedied(scope, finding.remedy)
        except KubeGenieError as error:
            self._screen.notify(str(error), severity="warning", markup=False)
            return
        plan = msgspec.structs.replace(plan, asked_by="person")
        self._screen.post_message(PlanRequested(plan, told=partial(self._ended, plan, finding, tuple(found))))

    def _ended(
        self, plan: Plan, finding: Finding, found: tuple[Finding, ...], made: bool, _: str, undo_id: int
    ) -> None:
        from kubegenie_tui.genie.reading.diagnosing import symptom_of

        if made or undo_id:
            known = tuple(map(symptom_of, found))
            app, hear = self._screen.app, partial(self._hear, finding)
            look_after(app, self._services, plan, symptom_of(finding), known, hear)

    def _hear(self, finding: Finding, seen: Aftermath) -> None:
        self._became[finding.rule, finding.root] = seen
        if self._screen.is_attached:
            self._seen()
            if seen.state != "under way":
                self._rested()

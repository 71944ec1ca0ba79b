"""What the chat does about changes that were proposed in it: opens their plans, says how they end, looks after them."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.domain.closing import closing
from kubegenie_tui.domain.conversation import Aftermath, Conversation, Outcome, PlanProposed, Proposal
from kubegenie_tui.domain.errors import KubeGenieError, unexpected
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.plan import Note
from kubegenie_tui.screens.messages import PlanRequested
from kubegenie_tui.widgets.background import begin

if TYPE_CHECKING:
    from textual.worker import Worker

    from kubegenie_tui.genie.session import ChatSession
    from kubegenie_tui.services import Services
    from kubegenie_tui.widgets.chat_pane import ChatPane
    from kubegenie_tui.widgets.chat_reviewing import Below


class ChatReviews:
    """The changes of one pane."""

    def __init__(
        self, services: "Services", pane: "ChatPane", session: "ChatSession", kept: Callable[[], None]
    ) -> None:
        """Of a pane that is not mounted yet.

        Args:
            services: where plans come from, and where is looked.
            pane: what draws.
            session: what keeps what became of them.
            kept: hears when that has been kept.
        """
        self._services = services
        self._pane = pane
        self._session = session
        self._kept = kept
        self._looking: dict[_Look, Worker[None]] = {}

    @property
    def is_looking(self) -> bool:
        """Whether it is looked what becomes of one that was made."""
        return bool(self._looking)

    def review(self, proposed: PlanProposed | Proposal, below: "Below") -> None:
        """Open the plan; what becomes of it is said in the conversation, and known to the next turn."""
        if isinstance(proposed, Proposal):
            begin(self._pane, partial(self._make_anew, proposed, below), "proposal-anew")
            return
        session, conversation = self._session, self._session.conversation
        plan = msgspec.structs.replace(proposed.plan, conversation=conversation.id if conversation else 0)
        look = _Look(proposed, conversation, below)

        async def keep(outcome: Outcome) -> None:
            await below.ended(outcome.made, outcome.how)
            await session.note(outcome, conversation)
            self._hear_kept(look)
            if outcome.made or outcome.undo_id:
                self._look_after(look)

        def hear(made: bool, how: str, undo_id: int) -> None:
            outcome = Outcome(plan.title, made, how, plan.cluster, undo_id)
            begin(self._pane.app, partial(keep, outcome), "proposal")

        self._pane.post_message(PlanRequested(plan, proposed.undoes, hear))

    async def _make_anew(self, kept: Proposal, below: "Below") -> None:
        """Open the plan of a proposal of an earlier day; why it cannot be made any more is said below it."""
        try:
            proposed = await self._services.genie.proposed_anew(kept)
        except KubeGenieError as error:
            await below.ended(False, " · ".join(part for part in (error.what, error.why, error.next_step) if part))
            return
        self.review(proposed, below)

    # Afterwards

    def stop_looking(self) -> None:
        """Look no more what becomes of those that were made; what was seen until now is kept."""
        for look, worker in list(self._looking.items()):
            worker.cancel()
            self._forget(look)
            begin(self._pane.app, partial(self._stopped, look), "aftermath")

    def _look_after(self, look: "_Look") -> None:
        """In the name of the app, so that it goes on when the pane is left, and ends when the app does."""
        self._looking[look] = begin(self._pane.app, partial(self._looked_after, look), "aftermath")
        self._pane.refresh_bindings()

    async def _looked_after(self, look: "_Look") -> None:
        plan, known = look.proposed.plan, self._session.symptoms_in(look.proposed.plan.cluster)
        await look.below.became(look.seen)
        try:
            looks = self._services.genie.looked_after(plan, look.proposed.answers, known)
            async with closing(looks) as seen:
                async for look.seen in seen:
                    await look.below.became(look.seen)
        except KubeGenieError as error:
            await self._failed(look, error)
        except Exception as error:  # the border of a worker: what nobody expected is said where the person looks
            await self._failed(look, unexpected(error))
        finally:
            self._forget(look)
        await self._keep(look)

    async def _failed(self, look: "_Look", error: KubeGenieError) -> None:
        note = Note(Health.UNKNOWN, " · ".join(part for part in (error.what, error.why) if part))
        look.seen = msgspec.structs.replace(look.seen, state="open", notes=(*look.seen.notes, note))
        await look.below.became(look.seen)

    async def _stopped(self, look: "_Look") -> None:
        look.seen = msgspec.structs.replace(look.seen, state="stopped")
        await look.below.became(look.seen)
        await self._keep(look)

    async def _keep(self, look: "_Look") -> None:
        await self._session.note(look.seen, look.conversation)
        self._hear_kept(look)

    def _hear_kept(self, look: "_Look") -> None:
        """What is shown already need not be drawn anew."""
        if look.below.is_shown:
            self._kept()

    def _forget(self, look: "_Look") -> None:
        self._looking.pop(look, None)
        if self._pane.is_attached:
            self._pane.refresh_bindings()


class _Look:
    """What is looked after, and what was seen last."""

    def __init__(self, proposed: PlanProposed, conversation: Conversation | None, below: "Below") -> None:
        self.proposed = proposed
        self.conversation = conversation
        self.below = below
        self.seen = Aftermath(proposed.plan.title, promised=proposed.plan.expect)

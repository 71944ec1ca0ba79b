"""From proposals of programs outside to the plan that a person decides about: heard of, listed, opened, dropped."""

import contextlib
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.domain.plan import Plan
from kubegenie_tui.domain.proposal import Asked, KeptProposal, ProposalState
from kubegenie_tui.domain.text import plain
from kubegenie_tui.screens.aftercare import look_after
from kubegenie_tui.screens.plan_end import tell_end
from kubegenie_tui.widgets.background import begin

if TYPE_CHECKING:
    from textual.app import App

    from kubegenie_tui.screens.plan import PlanScreen
    from kubegenie_tui.services import Services

LOOK_SECONDS = 2.0
"""Between two looks whether another process wrote to the store."""

OpenPlan = Callable[[Plan, Callable[[], Awaitable[None]]], Awaitable["PlanScreen"]]
"""Makes the screen of a plan, with what follows when all of it was done."""


class ProposalWatch:
    """Tells of proposals as they come."""

    def __init__(self, app: "App[int]", services: "Services") -> None:
        self._app = app
        self._proposals = services.store.proposals
        self._seen = 0

    async def begin(self) -> None:
        """Tell of those that wait, and of others from now on."""
        await self.look()
        self._app.set_interval(LOOK_SECONDS, self.look)

    async def look(self) -> None:
        """Tell of those that came since the last look; a store that cannot be read tells nothing."""
        with contextlib.suppress(KubeGenieError):
            if not await self._proposals.changed():
                return
            new = [number for number in await self._proposals.waiting() if number > self._seen]
            self._seen = max([self._seen, *new])
            if len(new) == 1 and (kept := await self._proposals.get(new[0])) is not None:
                self._tell(f"Proposed on {plain(kept.cluster)}: {plain(kept.title)}. :proposals shows it")
            elif new:
                self._tell(f"{len(new)} proposals wait. :proposals shows them")

    def _tell(self, words: str) -> None:
        self._app.notify(words, markup=False, timeout=20)


class ProposalControl:
    """The list, and the way from it to a plan."""

    def __init__(self, app: "App[int]", services: "Services", open_plan: OpenPlan) -> None:
        self._app = app
        self._services = services
        self._proposals = services.store.proposals
        self._open_plan = open_plan

    async def show(self) -> None:
        """Let the person pick one, and look at its plan; one that is dropped leads back to the list.

        Raises:
            UsageError: it cannot be carried out here.
            StoreError: the proposals cannot be read.
        """
        from kubegenie_tui.screens.proposals import DROP, ProposalsScreen

        while True:
            found = await self._proposals.latest()
            picked = await self._app.push_screen_wait(ProposalsScreen(found, now=time.time()))
            if picked is None:
                return
            if not picked.startswith(DROP):
                await self._open(int(picked))
                return
            await self._proposals.mark(int(picked.removeprefix(DROP)), ProposalState.REFUSED)

    async def _open(self, number: int) -> None:
        kept = await self._proposals.get(number)
        asked = await self._usable(kept)
        assert kept is not None

        async def done() -> None:
            await self._proposals.mark(kept.id, ProposalState.DONE)

        screen = await self._open_plan(asked.plan, done)
        await self._app.push_screen(screen, lambda _: self._left(screen, kept))

    async def _usable(self, kept: KeptProposal | None) -> Asked:
        """What was asked, for the very cluster that was meant.

        Raises:
            UsageError: it was decided elsewhere meanwhile, cannot be read, or is meant for another cluster.
        """
        if kept is None or kept.state is not ProposalState.WAITING:
            raise UsageError("This proposal was decided already", next_step="`:proposals` shows how")
        if kept.asked is None:
            raise UsageError(f"{kept.title}: this cannot be read", "another version wrote it", "have it proposed again")
        agent = await self._services.manager.open(kept.cluster)
        if agent.status.server != kept.asked.server:
            why = f"{kept.cluster} is {agent.status.server} here, and was {kept.asked.server} there"
            next_step = "open KubeGenie with the kubeconfig of that one"
            raise UsageError(f"{kept.title}: this is meant for another cluster", why, next_step)
        return kept.asked

    def _left(self, screen: "PlanScreen", kept: KeptProposal) -> None:
        """The person left the plan: without a yes it waits on; what goes on in the background is told when it ends."""
        run = screen.run
        if run is None:
            return
        if not run.finished:
            self._mark(kept, ProposalState.UNDER_WAY)
        tell_end(run, screen.preview, partial(self._ended, kept))

    def _ended(self, kept: KeptProposal, made: bool, how: str, undo_id: int) -> None:
        self._mark(kept, ProposalState.DONE if made else ProposalState.FAILED, how)
        if kept.asked is not None and (made or undo_id):
            look_after(self._app, self._services, kept.asked.plan, kept.asked.answers, kept.asked.known)

    def _mark(self, kept: KeptProposal, state: ProposalState, how: str = "") -> None:
        masked = self._services.genie.masked(plain(how))
        begin(self._app, partial(self._proposals.mark, kept.id, state, masked), "proposal")

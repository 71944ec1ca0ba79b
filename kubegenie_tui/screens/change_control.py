"""From a wish to change something to the screens that lead there: plans, what can be undone, the audit log."""

import time
from typing import TYPE_CHECKING

from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.plan import Undoable
from kubegenie_tui.screens.messages import PlanRequested, UndoRequested

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from textual.app import App

    from kubegenie_tui.services import Services


class ChangeControl:
    """Opens those screens above whatever is shown. What cannot be opened is told in a corner."""

    def __init__(self, app: "App[int]", services: "Services") -> None:
        self._app = app
        self._services = services

    def show_plan(self, wanted: PlanRequested) -> None:
        """Let a person see a plan and decide."""
        self._begin(self._show_plan(wanted))

    async def _show_plan(self, wanted: PlanRequested) -> None:
        from kubegenie_tui.screens.plan import PlanScreen

        cluster = wanted.plan.cluster
        agent = await self._services.manager.open(cluster)
        changes = await self._services.changes()

        async def latest() -> Undoable | None:
            return next(iter(await changes.undo.recent(cluster, 1)), None)

        async def done() -> None:
            if wanted.undoes:
                await changes.undo.mark_undone(wanted.undoes)

        await self._app.push_screen(PlanScreen(changes.gate, agent, wanted.plan, latest, done))

    def undo(self, wanted: UndoRequested) -> None:
        """Take one change back, or show which can be when none is named."""
        self._begin(self._undo(wanted) if wanted.undo_id else self._show_undo(wanted.cluster))

    async def _undo(self, wanted: UndoRequested) -> None:
        agent = await self._services.manager.open(wanted.cluster)
        changes = await self._services.changes()
        plan = await changes.undo.plan_for(agent, wanted.undo_id)
        await self._show_plan(PlanRequested(plan, wanted.undo_id))

    async def _show_undo(self, cluster: str) -> None:
        from kubegenie_tui.screens.undo import UndoScreen

        changes = await self._services.changes()
        screen = UndoScreen(cluster, await changes.undo.recent(cluster), now=time.time())
        picked = await self._app.push_screen_wait(screen)
        if picked is not None:
            await self._undo(UndoRequested(cluster, int(picked)))

    def _begin(self, work: "Coroutine[None, None, None]") -> None:
        self._app.run_worker(self._told(work), group="changes", exit_on_error=False)

    async def _told(self, work: "Coroutine[None, None, None]") -> None:
        try:
            await work
        except KubeGenieError as error:
            self._app.notify(str(error), severity="warning", markup=False, timeout=10)

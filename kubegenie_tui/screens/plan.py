"""The screen that every change passes: what it would do, a person's yes or no, and how it went."""

import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import App
from textual.binding import BindingType

from kubegenie_tui.domain.errors import KubeGenieError, OwnedByOthers, UsageError, unexpected
from kubegenie_tui.domain.plan import Plan, Preview, StepState, Tier, Undoable, forced
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.approval_bar import ApprovalBar
from kubegenie_tui.screens.messages import UndoRequested
from kubegenie_tui.screens.plan_dialog import Phase, PlanDialog
from kubegenie_tui.screens.plan_run import PlanGate, PlanRun, nothing
from kubegenie_tui.widgets.action_button import ActionButton
from kubegenie_tui.widgets.background import begin
from kubegenie_tui.widgets.key_names import key_that

if TYPE_CHECKING:
    from kubegenie_tui.changes.cluster import WritableCluster
    from kubegenie_tui.changes.standing import StandingYes
    from kubegenie_tui.domain.approval import Approval

SAY_AFTER = 0.5
"""Seconds after which a look at the cluster is told of: what is quicker needs no words."""
ACTIONS: dict[str, Phase] = {
    "apply": Phase.DECIDING,
    "apply_and_repeat": Phase.DECIDING,
    "undo": Phase.OVER,
    "look_again": Phase.REFUSED,
    "take_over": Phase.REFUSED,
    "stop": Phase.CARRYING,
    "leave_running": Phase.CARRYING,
}
"""When a key does something; `leave` always does."""


class PlanScreen(PlanDialog):
    """Looks, shows, asks, carries out and tells."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("plan")

    def __init__(
        self,
        gate: PlanGate,
        cluster: "WritableCluster",
        plan: Plan,
        undoable: Callable[[], Awaitable[Undoable | None]],
        done: Callable[[], Awaitable[None]] = nothing,
        *,
        leads: str = "",
        wall: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """A plan to be looked at.

        Args:
            gate: what alone can write.
            cluster: where.
            plan: what is wanted.
            undoable: the latest change of the cluster and whether it can be taken back.
            done: what follows when all of it was done.
            leads: what leaving does after that, in words; empty for nothing.
            wall: seconds since the epoch.
            clock: seconds that only go forward.
        """
        super().__init__(cluster, plan, wall())
        self._gate = gate
        self._undoable = undoable
        self._done = done
        self._leads = leads
        self._clock = clock
        self._began = clock()
        """Whether the preview has been painted: a key pressed before is no yes to it."""
        self.run: PlanRun | None = None
        """What was approved, on its way or over; None before."""
        self._undo_id = 0

    def on_mount(self) -> None:
        """Look at once."""
        self.set_interval(SAY_AFTER, self._tick)
        self._look()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Name in the footer, and do, only what makes sense now."""
        preview, run = self.preview, self.run
        match action:
            case "apply" if preview is not None and preview.tier is Tier.DESTRUCTIVE:
                return False
            case "apply_and_repeat" if preview is None or not _can_stand(preview):
                return False
            case "undo" if not self._undo_id:
                return False
            case "take_over" if not isinstance(self.refusal, OwnedByOthers):
                return False
            case "stop" if run is not None and not run.can_stop:
                return False
            case "next_object" | "toggle_objects":
                return preview is not None and len(preview.steps) > 1 and not self.run
        return action not in ACTIONS or ACTIONS[action] is self.phase

    def _tick(self) -> None:
        if self.phase is Phase.LOOKING:
            what = f"looking at {self.cluster.name}: rights, a dry run by the server, what it touches"
            self.say(f"◐ {what} · {self._clock() - self._began:.1f}s")
        elif self.phase is Phase.CARRYING and self.run is not None:
            self.steps.show(self.run.shown)

    # Looking

    @work(group="look", exclusive=True)
    async def _look(self, said: str = "") -> None:
        self._began, self._seen, self.run = self._clock(), False, None
        self.preview = self.refusal = None
        self.enter(Phase.LOOKING, said)
        self.bar.offer("cancel", focus="cancel")
        try:
            preview = await self._gate.preview(self.cluster, self.plan)
        except KubeGenieError as error:
            self.refuse(error)
        except Exception as error:
            self.refuse(unexpected(error))
        else:
            self.show_preview(preview)
            if preview.refusal is not None:
                self.refuse(preview.refusal)
                return
            if (given := self._gate.approve_again(preview)) is not None:
                self._carry_out(preview, given[0], _by_standing_yes(given[1]))
                return
            withheld = self._gate.standing.withheld(preview.plan, preview.tier)
            self.enter(Phase.DECIDING, said or (f"Asked, for {withheld}" if withheld else ""))
            self.bar.ask(preview)
            self.call_after_refresh(self._painted)

    def _painted(self) -> None:
        self._seen = True

    def action_look_again(self) -> None:
        """Ask the cluster once more."""
        self._look()

    def action_take_over(self) -> None:
        """Take the fields from those who own them: a plan of its own, and a grave one."""
        self.plan = forced(self.plan)
        self._look()

    # Saying yes

    def action_apply(self) -> None:
        """Say yes to what is shown; where the name must be typed, that is the only yes."""
        self._approve(ApprovalBar.Approved("key y"))

    @on(ApprovalBar.Approved)
    def _approve(self, event: ApprovalBar.Approved) -> None:
        if self.preview is None or not self.heeds_yes:
            return
        try:
            approval = self._gate.approve(self.preview, event.how, event.typed)
        except UsageError as error:
            self.say(str(error))
            return
        self._carry_out(self.preview, approval)

    def action_apply_and_repeat(self) -> None:
        """Say yes, and to the same of the same kind in the same namespace for an hour."""
        if self.preview is None or not self.heeds_yes:
            return
        try:
            self._gate.standing.allow(self.preview)
        except UsageError as error:
            self.say(str(error))
            return
        self._approve(ApprovalBar.Approved("key a"))

    def _carry_out(self, preview: Preview, approval: "Approval", said: str = "") -> None:
        run = self.run = PlanRun(preview, self._clock)
        run.told = self._follow
        self.enter(Phase.CARRYING, said)
        self.bar.offer()
        self._follow()
        news = self._gate.carry_out(self.cluster, preview, approval, lambda: run.stop_wanted)
        begin(self.app, partial(run.go, news, self._done), "plan-run")

    # Carrying out

    def _follow(self) -> None:
        run = self.run
        if run is None or not self.is_attached:
            return
        self.steps.show(run.shown)
        self.refresh_bindings()
        if run.finished and run.changed_underneath:
            self._look(f"Nothing was done: {run.error} · this is how it would be now")
        elif run.finished:
            self.refusal = None if run.count(StepState.DONE) else run.error
            self._end(run)

    @work(group="end", exclusive=True)
    async def _end(self, run: PlanRun) -> None:
        leads = f" · {key_that(self, 'leave')} {self._leads}" if self._leads and run.well else ""
        self.enter(Phase.OVER, f"{run.outcome}{leads}", wrong=not run.well)
        self.bar.offer("close", focus="close")
        undoable = await self._undoable() if run.count(StepState.DONE) else None
        if undoable is not None and undoable.plan is not None and undoable.title == self.plan.title:
            self._undo_id = undoable.id
            self.bar.offer("close", "undo", focus="close")
            self.refresh_bindings()

    def action_stop(self) -> None:
        """Begin nothing more, and wait for nothing more."""
        if self.run is not None:
            self.run.stop_wanted = True
            self.refresh_bindings()
            self.say("Stopping after the step that is under way")

    def action_leave_running(self) -> None:
        """Go back to work; the end is told in a corner."""
        if self.run is not None:
            self.run.told = _telling(self.app, self.run)
        self.go(approved=self.run is not None)

    def on_unmount(self) -> None:
        """The end is told in a corner as well when another place was gone to meanwhile."""
        if self.run is not None and self.run.told == self._follow:
            self.run.told = _telling(self.app, self.run)

    # Leaving

    def action_leave(self) -> None:
        """Leave without a yes; while steps are being done, ask whether to stop, or let the last one end by itself."""
        run = self.run
        if run is None or self.phase is not Phase.CARRYING:
            self.go(approved=self.run is not None)
        elif not run.can_stop:
            self.action_leave_running()
        else:
            self.say("Stop after the step that is under way?  s stop · b go on in the background")

    def action_undo(self) -> None:
        """Take it back: a plan of its own."""
        if self._undo_id:
            self.app.post_message(UndoRequested(self.cluster.name, self._undo_id))
            self.go(approved=self.run is not None)

    @on(ActionButton.Pressed)
    def _pressed(self, event: ActionButton.Pressed) -> None:
        match event.button.id:
            case "again":
                self.action_look_again()
            case "take":
                self.action_take_over()
            case "undo":
                self.action_undo()
            case _:
                self.go(approved=self.run is not None)


def _can_stand(preview: Preview) -> bool:
    from kubegenie_tui.changes.standing import can_stand

    return can_stand(preview.plan, preview.tier)


def _by_standing_yes(given: "StandingYes") -> str:
    until = time.strftime("%H:%M", time.localtime(given.until))
    return f"By your standing yes to {given.words}: {given.left - 1} more until {until}; :approvals takes it back"


def _telling(app: App[object], run: PlanRun) -> Callable[[], None]:
    """What tells the end of a plan in a corner, wherever the person is by then."""

    def tell() -> None:
        if run.finished:
            text = " · ".join(str(each) for each in (run.preview.plan.title, run.outcome, run.error) if each)
            app.notify(text, severity="information" if run.well else "error", markup=False, timeout=10)

    return tell

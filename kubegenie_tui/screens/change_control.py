"""From a wish to change something to the screens that lead there: plans, what can be undone."""

import contextlib
import time
from functools import partial
from typing import TYPE_CHECKING, Literal

from textual.content import Content

from kubegenie_tui.domain.errors import GaveUp, KubeGenieError, UsageError, unexpected
from kubegenie_tui.domain.genie_mode import MODES
from kubegenie_tui.domain.plan import Plan, Undoable
from kubegenie_tui.domain.text import plain
from kubegenie_tui.screens.messages import PlanRequested, UndoRequested, ViewRequested
from kubegenie_tui.screens.plan_end import tell_end
from kubegenie_tui.screens.waiting import waited
from kubegenie_tui.widgets.background import begin
from kubegenie_tui.widgets.key_names import key_now

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from textual.app import App

    from kubegenie_tui.changes.standing import StandingYes
    from kubegenie_tui.screens.picker import Choice, PickerScreen
    from kubegenie_tui.screens.plan import PlanScreen
    from kubegenie_tui.screens.plan_dialog import Left
    from kubegenie_tui.services import Services


class ChangeControl:
    """Opens those screens above whatever is shown. What cannot be opened is told in a corner."""

    def __init__(self, app: "App[int]", services: "Services") -> None:
        self._app = app
        self._services = services

    def show_plan(self, wanted: PlanRequested) -> None:
        """Let a person see a plan and decide."""
        self._begin(partial(self._show_plan, wanted))

    async def _show_plan(self, wanted: PlanRequested) -> None:
        screen, told = await self._plan_screen(wanted), wanted.told
        await self._app.push_screen(screen, lambda _: tell_end(screen.run, screen.preview, told) if told else None)

    async def _plan_screen(
        self, wanted: PlanRequested, then: "Callable[[], Awaitable[None]] | None" = None
    ) -> "PlanScreen":
        from kubegenie_tui.screens.plan import PlanScreen

        cluster = wanted.plan.cluster
        agent = await self._services.manager.open(cluster)
        changes = await self._services.changes()

        async def latest() -> Undoable | None:
            return next(iter(await changes.undo.recent(cluster, 1)), None)

        async def done() -> None:
            if wanted.undoes:
                await changes.undo.mark_undone(wanted.undoes)
            if then is not None:
                await then()

        return PlanScreen(changes.gate, agent, wanted.plan, latest, done, leads=wanted.leads, wall=time.time)

    def undo(self, wanted: UndoRequested) -> None:
        """Take a change back."""
        self._begin(partial(self._undo, wanted))

    async def _undo(self, wanted: UndoRequested) -> None:
        agent = await self._services.manager.open(wanted.cluster)
        changes = await self._services.changes()
        what = "undo: looking at what is there now"
        plan = await waited(self._app, what, changes.undo.plan_for(agent, wanted.undo_id))
        await self._show_plan(PlanRequested(plan, wanted.undo_id))

    def show_view(self, wanted: ViewRequested) -> None:
        """Open one of CHANGE_VIEWS."""
        self._begin(partial(CHANGE_VIEWS[wanted.view], self, wanted))

    async def _show_undo(self, wanted: ViewRequested) -> None:
        from kubegenie_tui.screens.undo import UndoScreen

        changes = await self._services.changes()
        screen = UndoScreen(wanted.cluster, await changes.undo.recent(wanted.cluster), now=time.time())
        picked = await self._app.push_screen_wait(screen)
        if picked is not None:
            await self._undo(UndoRequested(wanted.cluster, int(picked)))

    async def offer_left_behind(self) -> None:
        """Tell of what was made for a while in a cluster that is open, and is there still: something ended badly."""
        manager, known = self._services.manager, self._services.store.undo
        for agent in [agent for status in manager.statuses if (agent := manager.agent(status.name))]:
            with contextlib.suppress(KubeGenieError):
                if await known.recent(agent.name, 1):
                    undo = (await self._services.changes()).undo
                    for each in await undo.left_behind(agent):
                        words = f"{each.title} on {agent.name}: what that made is still there. :undo deletes it"
                        self._app.notify(words, severity="warning", markup=False, timeout=20)

    async def _choose_mode(self, wanted: ViewRequested) -> None:
        """`:mode paranoid`, or a list to pick from."""
        genie, cluster = self._services.genie, wanted.cluster
        known = {str(mode): words for mode, words in MODES.items()}
        picked = wanted.argument
        if not picked:
            from kubegenie_tui.screens.picker import Named, PickerScreen, named_choices

            choices = named_choices([Named(mode, mode, words) for mode, words in known.items()])
            picker = PickerScreen(f"The genie on {plain(cluster)}", choices, current=genie.mode_of(cluster))
            picked = await self._picked_in(picker)
        if picked and picked not in known:
            raise UsageError(f'There is no mode "{picked}"', next_step=f"choose from {', '.join(known)}")
        standing = (await self._services.changes()).gate.standing
        for mode, words in MODES.items():
            if mode == picked:
                standing.revoke_all(cluster)
                if mode == "auto":
                    standing.allow_all(cluster)
                genie.set_mode(cluster, mode)
                self._app.notify(f"The genie on {cluster}, {mode}: {words}", markup=False)

    async def _picked_in(self, picker: "PickerScreen") -> str:
        return await self._app.push_screen_wait(picker) or ""

    async def _show_approvals(self, wanted: ViewRequested) -> None:
        """What the genie may repeat; picking one takes it back."""
        from kubegenie_tui.screens.picker import PickerScreen

        standing = (await self._services.changes()).gate.standing
        key = key_now(self._app.screen, "apply-plan-and-repeat")
        nothing = f"none yet: `{key}` in a reversible plan of the genie allows it to be repeated"
        choices = [_standing_choice(each) for each in standing.all()]
        picker = PickerScreen("Standing yeses: pick one to take it back", choices, nothing=nothing)
        if picked := await self._picked_in(picker):
            standing.revoke(int(picked))
            self._app.notify("Taken back: it is asked again", markup=False)

    async def _show_proposals(self, _: ViewRequested) -> None:
        from kubegenie_tui.screens.proposal_control import ProposalControl

        def plan_screen(plan: Plan, then: "Callable[[], Awaitable[None]]") -> "Awaitable[PlanScreen]":
            return self._plan_screen(PlanRequested(plan), then)

        await ProposalControl(self._app, self._services, plan_screen).show()

    async def _edit(self, wanted: ViewRequested) -> None:
        from kubegenie_tui.screens.edit_control import EditControl

        if wanted.argument:
            raise UsageError(f"`{wanted.view}` takes no words", "it is about the object under the cursor")
        if wanted.ref is None:
            raise UsageError("There is no object to edit", next_step="put the cursor on one")
        agent = await self._services.manager.open(wanted.ref.cluster)
        await EditControl(self._app, self._decide).edit(agent, wanted.ref, outside=wanted.view == "editor")

    async def _create(self, wanted: ViewRequested) -> None:
        from kubegenie_tui.screens.create_control import CreateControl

        agent = await self._services.manager.open(wanted.cluster)
        control = CreateControl(self._app, agent, wanted.scope or agent.status.namespace, self._decide)
        if wanted.view == "create":
            await control.create(wanted.argument)
        elif wanted.argument:
            await control.apply(wanted.argument)
        else:
            raise UsageError("Apply which file?", next_step="`:apply FILE`; `:create` takes a paste")

    async def _helm(self, wanted: ViewRequested) -> None:
        from kubegenie_tui.screens.helm_control import HelmControl
        from kubegenie_tui.screens.said import FailureScreen

        agent = await self._services.manager.open(wanted.cluster)
        verb: Literal["install", "upgrade"] = "install" if wanted.view == "helm-install" else "upgrade"
        try:
            await HelmControl(self._app, self._services, agent, self._decide).begin(verb, wanted)
        except GaveUp:
            raise
        except KubeGenieError as error:
            await self._app.push_screen(FailureScreen(f"helm {verb} {wanted.argument}".strip(), error))

    async def _decide(self, plan: Plan) -> "Left":
        return await self._app.push_screen_wait(await self._plan_screen(PlanRequested(plan)))

    def _begin(self, work: "Callable[[], Awaitable[None]]") -> None:
        begin(self._app, partial(self._told, work), "changes")

    async def _told(self, work: "Callable[[], Awaitable[None]]") -> None:
        try:
            await work()
        except Exception as found:  # the border of a worker: what nobody expected is said where the person looks
            error = found if isinstance(found, KubeGenieError) else unexpected(found)
            self._app.notify(str(error), severity="warning", markup=False, timeout=10)


def _standing_choice(given: "StandingYes") -> "Choice":
    from kubegenie_tui.screens.picker import Choice

    until = time.strftime("%H:%M", time.localtime(given.until))
    facts = f"  {plain(given.cluster)}  {given.left} more until {until}"
    return Choice(str(given.id), Content.assemble(plain(given.words), (facts, "$muted")))


async def _provision(control: ChangeControl, wanted: ViewRequested) -> None:
    from kubegenie_tui.screens.provision_control import ProvisionControl

    await ProvisionControl(control._app, control._services).show_view(wanted)


CHANGE_VIEWS: "dict[str, Callable[[ChangeControl, ViewRequested], Coroutine[None, None, None]]]" = {
    "undo": ChangeControl._show_undo,
    "proposals": ChangeControl._show_proposals,
    "provision": _provision,
    "works": _provision,
    "remove-cluster": _provision,
    "upgrade-cluster": _provision,
    "edit": ChangeControl._edit,
    "editor": ChangeControl._edit,
    "create": ChangeControl._create,
    "apply": ChangeControl._create,
    "helm-install": ChangeControl._helm,
    "helm-upgrade": ChangeControl._helm,
    "mode": ChangeControl._choose_mode,
    "approvals": ChangeControl._show_approvals,
}
"""By the word of their command."""

"""The making of clusters in the app: from the choice of a provider to the cluster, and back to what is under way."""

import time
from typing import TYPE_CHECKING

from textual.content import Content

from kubegenie_tui.domain.creation import Change, StepState, Work, WorkKind, WorkState
from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.domain.quantity import format_age
from kubegenie_tui.domain.summary_section import counted
from kubegenie_tui.domain.text import plain
from kubegenie_tui.screens.messages import ExplorerRequested, ViewRequested
from kubegenie_tui.screens.picker import Choice, PickerScreen
from kubegenie_tui.screens.renewal import renew_login, takes_login
from kubegenie_tui.screens.safe_control import open_safe
from kubegenie_tui.screens.scale_form import ScaleForm, change_in
from kubegenie_tui.screens.waiting import waited
from kubegenie_tui.screens.wizard_review import WizardReview
from kubegenie_tui.screens.work import CLEAN_UP, LOG_IN, OPEN, SCALE, UPGRADE, WorkScreen
from kubegenie_tui.screens.works import FORGET, WorksScreen
from kubegenie_tui.theme import HEALTH_VARIABLE

if TYPE_CHECKING:
    from textual.app import App

    from kubegenie_tui.provision.works import Works
    from kubegenie_tui.services import Services

ASKED = {"remove-cluster": CLEAN_UP, "upgrade-cluster": UPGRADE}
"""Views that lead to what would be done with the cluster of that name at once."""
STATE_ROOM = len("broken off")
"""Cells of the longest state."""
NAME_AT = len("   14d  ● ") + STATE_ROOM + 2
"""Cells of what stands before the name of a work: nothing goes on below that."""


class ProvisionControl:
    """Opens the screens of it; each may raise a KubeGenieError. To be awaited in a worker."""

    def __init__(self, app: "App[int]", services: "Services") -> None:
        self._app = app
        self._services = services

    @property
    def _works(self) -> "Works":
        return self._services.works

    async def show_view(self, wanted: ViewRequested) -> None:
        """`:provision`, with the name of a provider as one likes, `:works`, with that of a cluster, or one of ASKED.

        Raises:
            KubeGenieError: it cannot be shown, or there is none of that name.
        """
        if wanted.view == "provision":
            await self.create(wanted.argument)
        elif wanted.view in ASKED:
            shown = await self._wanted(await self._works.get(wanted.argument), ASKED[wanted.view])
            if shown is not None:
                await self.show(shown)
        elif wanted.argument:
            await self.show(await self._works.get(wanted.argument))
        else:
            await self.show_works()

    async def create(self, provider: str = "") -> None:
        """Lead through the wizard, and then show how far the cluster is.

        Raises:
            KubeGenieError: there is no such provider, or it cannot be used.
        """
        from kubegenie_tui.screens.wizard import Wizard

        begun = await Wizard(self._app, self._services).lead(provider)
        if begun is not None:
            await self.show(begun)

    async def show_works(self) -> None:
        """List what was made and is being made; pick one to see how far it is, and come back to the list from it.

        Raises:
            StoreError: they cannot be read, or one not be forgotten.
        """
        picked: str | None = ""
        while picked is not None:
            now = time.time()
            choices = [Choice(each.id, self._line(each, now), NAME_AT) for each in await self._works.all()]
            picked = await self._app.push_screen_wait(WorksScreen(choices, current=picked))
            if picked is None:
                return
            if not picked.startswith(FORGET):
                if await self.show(await self._works.get(picked)) == OPEN:
                    return
                continue
            try:
                await self._works.forget(picked.removeprefix(FORGET))
            except UsageError as error:
                self._app.notify(str(error), severity="warning", markup=False)

    async def show(self, work: Work) -> str | None:
        """Show how far one is, and do what the person wants of it then; what was wanted last, None for no more."""
        shown: Work | None = work
        while shown is not None:
            self._keep_up(shown)
            logs_in = await takes_login(self._works, shown)
            screen = WorkScreen(self._works, shown, self._opened, logs_in=logs_in)
            wanted = await self._app.push_screen_wait(screen)
            work = await self._works.get(shown.id)
            self._keep_up(work)
            if wanted == OPEN:
                await self._services.manager.look_again()
                self._app.post_message(ExplorerRequested(work.outline.name))
            shown = await self._begun(work, wanted) if wanted in (CLEAN_UP, UPGRADE, SCALE, LOG_IN) else None
        return wanted

    async def _begun(self, work: Work, wanted: str) -> Work:
        """What was begun; the same work again where nothing was, because the person left or it cannot be."""
        try:
            return await self._wanted(work, wanted) or work
        except KubeGenieError as error:
            self._app.notify(str(error), severity="error", markup=False)
            return work

    async def _wanted(self, work: Work, wanted: str) -> Work | None:
        """What is to be shown then; None when the person leaves before anything was begun."""
        if not await self._opened(work):
            return None
        if wanted == CLEAN_UP:
            return await self._clean_up(work)
        if wanted == LOG_IN:
            await renew_login(self._app, self._services, work)
            return None
        change = await (self._upgrade(work) if wanted == UPGRADE else self._scale(work))
        return await self._change(work, change) if change is not None else None

    async def _clean_up(self, work: Work) -> Work | None:
        """What would be removed is shown first."""
        name = work.outline.name
        looking = f"{plain(name)}: looking at what would be removed"
        outline = await waited(self._app, looking, self._works.review_removal(work))
        typed = await self._app.push_screen_wait(WizardReview(f"Remove {name}", outline, removal=True))
        if typed is None:
            return None
        await self._works.clean_up(work, outline, typed)
        return await self._works.get(work.id)

    async def _upgrade(self, work: Work) -> Change | None:
        """Let the person pick a version."""
        name = work.outline.name
        found = await waited(self._app, f"{plain(name)}: looking up versions", self._works.versions(work))
        choices = [
            Choice(each.value, Content.assemble(plain(each.value), (f"  {plain(each.label)}", "$muted")))
            for each in found
        ]
        picker = PickerScreen(f"Upgrade {plain(name)} to", choices, nothing="there is no newer version")
        picked = await self._app.push_screen_wait(picker)
        return Change(WorkKind.UPGRADE, version=picked) if picked is not None else None

    async def _scale(self, work: Work) -> Change | None:
        """Let the person say how many nodes a pool shall have, or between which bounds it scales itself."""
        from kubegenie_tui.provision.pool_numbers import numbers_of
        from kubegenie_tui.provision.works import pools_of

        maker = await self._works.maker_of(work)
        pools = await pools_of(maker, work)
        if not pools:
            raise UsageError(f"{work.outline.name} has no pools of nodes")
        asked = await numbers_of(self._works, maker, work, pools)
        values = await self._app.push_screen_wait(ScaleForm(work.outline.name, pools, asked, bounds=maker.can_bound))
        return change_in(values) if values is not None else None

    async def _change(self, work: Work, change: Change) -> Work | None:
        """What a change would do is shown first."""
        name = work.outline.name
        looking = f"{plain(name)}: looking at what would change"
        maker, outline = await waited(self._app, looking, self._works.review_change(work, change))
        typed = await self._app.push_screen_wait(WizardReview(f"{change.kind.value.capitalize()} {name}", outline))
        if typed is None:
            return None
        return await self._works.begin_change(maker, work, change, outline, typed)

    async def _opened(self, work: Work) -> bool:
        return not await self._needs_safe(work) or await open_safe(self._app, self._services.store.safe)

    async def _needs_safe(self, work: Work) -> bool:
        kept = (await self._services.store.safe.state()).kept
        return work.outline.seals or f"work:{work.id}" in {owner for owner, _ in kept}

    async def take_up(self) -> None:
        """Go on with what was broken off, and tell of it; what waits for a passphrase is told too.

        What went on while the app was away is followed to its end.

        Raises:
            KubeGenieError: it cannot be taken up.
        """
        for each in await self._works.all():
            if self._works.is_worked_on(each.id):
                self._keep_up(each)
        for each in await self._works.broken_off():
            name = plain(each.outline.name)
            if await self._needs_safe(each) and not (await self._services.store.safe.state()).is_open:
                self._app.notify(f"The work on {name} was broken off: :works goes on with it", markup=False, timeout=20)
                continue
            await self._works.go_on(each.id)
            self._app.notify(f"The work on {name} was broken off, and goes on: :works shows it", markup=False)
            self._keep_up(each)

    def _keep_up(self, work: Work) -> None:
        """Follow one, once, whoever leaves its screen or the app's before it ends."""
        self._app.run_worker(self._follow(work), group=f"work {work.id}", exclusive=True)

    async def _follow(self, begun: Work) -> None:
        """To its end, which nobody may be looking at: then the clusters are looked for again."""
        work = begun
        async for each in self._works.follow(begun.id):
            work = each
        await self._services.manager.look_again()
        if work == begun or self._is_in_front(work):
            return
        is_done = work.state in (WorkState.DONE, WorkState.REMOVED)
        said = f"The work on {plain(work.outline.name)} is {work.state.value}: :works shows it"
        self._app.notify(said, severity="information" if is_done else "warning", markup=False)

    def _is_in_front(self, work: Work) -> bool:
        screen = self._app.screen
        return isinstance(screen, WorkScreen) and screen.work_id == work.id

    def _line(self, work: Work, now: float) -> Content:
        running = self._works.is_worked_on(work.id)
        state = "broken off" if work.is_under_way and not running else work.state.value
        done = sum(1 for each in work.steps if each.ended and each.state is not StepState.FAILED)
        return Content.assemble(
            (format_age(now - work.at).rjust(6), "$muted"),
            "  ",
            (f"{work.state.health.glyph} {state:{STATE_ROOM}}", HEALTH_VARIABLE[work.state.health]),
            f"  {plain(work.outline.name)}  ",
            (
                f"{work.kind.value} · {plain(work.outline.provider)} · {done}/{counted(len(work.steps), 'step')}",
                "$muted",
            ),
        )

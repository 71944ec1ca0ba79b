"""The wizard: provider, how it is reached, who we are there, the cluster page by page, and what it comes to."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.content import Content

from kubegenie_tui.domain.creation import Work
from kubegenie_tui.domain.errors import KubeGenieError, SpecRefused, StoreError
from kubegenie_tui.domain.text import plain
from kubegenie_tui.providers.extras import missing_extra
from kubegenie_tui.providers.loading import why_not
from kubegenie_tui.providers.offer import State
from kubegenie_tui.provision.pages import pages_of, refused_in, values_of
from kubegenie_tui.screens.picker import Choice, PickerScreen
from kubegenie_tui.screens.safe_control import open_safe
from kubegenie_tui.screens.waiting import waited
from kubegenie_tui.screens.wizard_check import WizardCheck
from kubegenie_tui.screens.wizard_cluster import NO_TROUBLE, ClusterPages
from kubegenie_tui.screens.wizard_draft import Draft, keep, recalled, trouble_of, without_secrets
from kubegenie_tui.screens.wizard_meaning import ACCOUNT, REVIEW, trail
from kubegenie_tui.screens.wizard_page import WizardPage
from kubegenie_tui.screens.wizard_review import WizardReview

if TYPE_CHECKING:
    from textual.app import App

    from kubegenie_tui.domain.form import Value
    from kubegenie_tui.providers.loading import Loaded
    from kubegenie_tui.provision.makers import Maker
    from kubegenie_tui.services import Services

PROVIDER_ROOM = 14
"""Cells of the name of a provider, behind which it is described."""


class Wizard:
    """Leads through the pages; what is typed on one is there when it is come back to."""

    def __init__(self, app: "App[int]", services: "Services") -> None:
        self._app = app
        self._services = services
        self._works = services.works
        self._draft = Draft()

    async def lead(self, provider: str = "") -> Work | None:
        """From the choice of a provider to the yes; None when the person leaves.

        Raises:
            KubeGenieError: there is no such provider, or it cannot be used.
        """
        while name := provider or await self._choose():
            loaded = await self._works.makers.load(name)
            facts = self._services.store.facts
            self._draft = await recalled(facts, name)
            try:
                begun = await self._reach(name, loaded)
            finally:
                await keep(facts, name, self._draft)
            if begun is not None or provider:
                return begun
        return None

    async def _choose(self) -> str | None:
        """A provider that can be used; one that cannot says why."""
        offers = await self._works.makers.offers()
        choices = []
        for each in sorted(offers, key=lambda offer: offer.manifest is None):
            missing = missing_extra(each.name)
            label = each.manifest.label if each.manifest and each.state is State.READY else str(why_not(each))
            ink = "$muted" if each.fault is None else "$error"
            choices.append(
                Choice(
                    each.name,
                    Content.assemble(
                        (plain(each.name).ljust(PROVIDER_ROOM), "bold"),
                        (plain(label), ink),
                        (f" · {missing.next_step}" if missing else "", "$warning"),
                    ),
                    PROVIDER_ROOM if len(each.name) < PROVIDER_ROOM else 0,
                )
            )
        return await self._app.push_screen_wait(PickerScreen("Create a cluster with", choices))

    async def _reach(self, name: str, loaded: "Loaded") -> Work | None:
        """How the provider is reached, and whether it knows us; on from there, and back again."""
        from kubegenie_tui.providers.config_form import form_fields

        fields = form_fields(loaded.config, loaded.manifest.secrets) if loaded.config else ()
        here = trail([each.title for each in pages_of(loaded.spec)] if loaded.spec else [], ACCOUNT)
        secrets: dict[str, str] = {}
        trouble: dict[str, str] = {}
        while True:
            values: dict[str, Value] = {}
            if fields:
                page = WizardPage(
                    f"{plain(name)}: how it is reached",
                    fields,
                    typed={**self._draft.config, **secrets},
                    judge=partial(refused_in, loaded.config),
                    intro=loaded.manifest.label,
                    trouble=trouble,
                    trail=here,
                )
                try:
                    given = await self._app.push_screen_wait(page)
                finally:
                    self._draft.config = without_secrets(fields, page.typed)
                    secrets = {key: text for key, text in page.typed.items() if key not in self._draft.config}
                if given is None:
                    return None
                values = given
            try:
                maker = await self._works.makers.open(name, values_of(values, {}))
            except SpecRefused as error:
                trouble = {error.field: str(error)}
                continue
            check = WizardCheck(maker, here)
            if await self._app.push_screen_wait(check):
                if (begun := await self._describe(maker)) is not None:
                    return begun
            elif not fields:
                return None
            trouble = trouble_of(check.refused, fields, {**self._draft.config, **secrets})

    async def _describe(self, maker: "Maker") -> Work | None:
        """The cluster page by page, then the review; a value that is refused leads back to its page."""
        pages = ClusterPages(self._app, maker, self._draft)
        at, trouble = 0, NO_TROUBLE
        while at >= 0:
            await keep(self._services.store.facts, maker.name, self._draft)
            if at < len(pages):
                at, trouble = at + (1 if await pages.ask(at, trouble) else -1), NO_TROUBLE
                continue
            try:
                begun = await self._review(maker, pages.given, pages.trail(REVIEW))
            except SpecRefused as error:
                at, trouble = pages.asking_for(error), {error.field: str(error)}
                continue
            if begun is not None:
                return begun
            at -= 1
        return None

    async def _review(self, maker: "Maker", spec: Mapping[str, Any], trail: Content) -> Work | None:
        """What it comes to, and the yes; None leads back.

        Raises:
            SpecRefused: it cannot be made so.
        """
        try:
            outline = await waited(self._app, f"{plain(maker.name)}: looking at it", self._works.review(maker, spec))
            self._refuse_known(outline.name)
            typed = await self._app.push_screen_wait(WizardReview(f"Create {outline.name}", outline, trail=trail))
            if typed is None:
                return None
            if (maker.secrets or outline.seals) and not await open_safe(self._app, self._services.store.safe):
                return None
            return await self._works.begin(maker, spec, outline, typed)
        except (SpecRefused, StoreError):
            raise
        except KubeGenieError as error:
            self._app.notify(str(error), severity="error", markup=False, timeout=15)
            return None

    def _refuse_known(self, name: str) -> None:
        if name in [each.name for each in self._services.manager.statuses]:
            raise SpecRefused(
                f"There is a cluster called {name} already", next_step="choose another name", field="name"
            )

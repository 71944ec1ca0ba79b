"""The wizard: provider, how it is reached, who we are there, the cluster page by page, and what it comes to."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.content import Content

from kubegenie_tui.domain.creation import Choice as Available
from kubegenie_tui.domain.creation import Work
from kubegenie_tui.domain.errors import KubeGenieError, SpecRefused, StoreError
from kubegenie_tui.domain.form import TextField, Value
from kubegenie_tui.domain.text import plain
from kubegenie_tui.providers.extras import missing_extra
from kubegenie_tui.providers.loading import why_not
from kubegenie_tui.providers.offer import State
from kubegenie_tui.provision.pages import (
    Page,
    page_of,
    pages_of,
    refused_in,
    refused_item,
    refused_on,
    refused_one,
    values_of,
)
from kubegenie_tui.screens.picker import Choice, PickerScreen
from kubegenie_tui.screens.safe_control import open_safe
from kubegenie_tui.screens.waiting import waited
from kubegenie_tui.screens.wizard_check import WizardCheck
from kubegenie_tui.screens.wizard_draft import (
    Draft,
    defaults_of,
    foresee_by,
    keep,
    new_one,
    recalled,
    trouble_of,
    without_secrets,
)
from kubegenie_tui.screens.wizard_many import ADD, COPY, GO_ON, REMOVE, WizardMany
from kubegenie_tui.screens.wizard_meaning import ACCOUNT, REVIEW, foreseen, trail
from kubegenie_tui.screens.wizard_page import Judge, WizardPage
from kubegenie_tui.screens.wizard_review import WizardReview

if TYPE_CHECKING:
    from textual.app import App

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
        pages = pages_of(loaded.spec) if loaded.spec else []
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
                    trail=self._trail(pages, ACCOUNT),
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
            check = WizardCheck(maker, self._trail(pages, ACCOUNT))
            if await self._app.push_screen_wait(check):
                if (begun := await self._describe(maker)) is not None:
                    return begun
            elif not fields:
                return None
            trouble = trouble_of(check.refused, fields, {**self._draft.config, **secrets})

    async def _describe(self, maker: "Maker") -> Work | None:
        """The cluster page by page, then the review; a value that is refused leads back to its page."""
        pages, at, trouble = pages_of(maker.spec), 0, {"": ""}
        values: dict[str, Value] = {}
        self._take_over(maker, pages)
        while at >= 0:
            await keep(self._services.store.facts, maker.name, self._draft)
            if at < len(pages):
                page = pages[at]
                title = f"{plain(maker.name)}: {page.title} ({at + 1} of {len(pages) + 1})"
                judge = partial(self._refused_on, maker, pages, page, values)
                ahead = await (self._ask_many if page.many else self._ask)(
                    maker, pages, page, title, trouble, values, judge
                )
                at, trouble = at + (1 if ahead else -1), {"": ""}
                continue
            spec = values_of(values, {each.many: self._draft.items(each) for each in pages if each.many}, pages)
            try:
                begun = await self._review(maker, spec, self._trail(pages, REVIEW))
            except SpecRefused as error:
                at = page_of(pages, (error.field, *error.others), len(pages) - 1)
                trouble = {error.field: str(error)}
                continue
            if begun is not None:
                return begun
            at -= 1
        return None

    def _refused_on(
        self,
        maker: "Maker",
        pages: Sequence[Page],
        page: Page,
        values: Mapping[str, Value],
        here: Mapping[str, Value],
    ) -> dict[str, str]:
        """What the model says against a page, with what the pages before it gave."""
        many = {each.many: self._draft.items(each) for each in pages if each.many}
        return refused_on(maker.spec, pages, page, values_of({**values, **here}, many, pages))

    def _take_over(self, maker: "Maker", pages: Sequence[Page]) -> None:
        """A region that says where clusters are looked for is where one is made, unless another was typed."""
        for field in (each for page in pages if not page.many for each in page.fields):
            if isinstance(field, TextField) and field.id in maker.config and not self._draft.flat.get(field.id):
                self._draft.flat[field.id] = str(maker.config[field.id] or "")

    def _trail(self, pages: Sequence[Page], at: str) -> Content:
        return trail([each.title for each in pages], at)

    async def _ask(
        self,
        maker: "Maker",
        pages: Sequence[Page],
        page: Page,
        title: str,
        trouble: Mapping[str, str],
        values: dict[str, Value],
        judge: Judge,
    ) -> bool:
        """One page; whether to go on from it."""

        async def look_up(field: str, here: Mapping[str, Value]) -> list[Available]:
            found: list[Available] = await maker.ask("choices", field, {**values, **here})
            return found

        screen = WizardPage(
            title,
            page.fields,
            typed=self._draft.flat,
            look_up=look_up,
            judge=judge,
            trouble=trouble,
            trail=self._trail(pages, page.title),
            foresee=foresee_by(maker, self._draft, pages, page),
        )
        try:
            given = await self._app.push_screen_wait(screen)
        finally:
            self._draft.flat |= screen.typed
        values |= given or {}
        return given is not None

    async def _ask_many(
        self,
        maker: "Maker",
        pages: Sequence[Page],
        page: Page,
        title: str,
        trouble: Mapping[str, str],
        values: dict[str, Value],
        judge: Judge,
    ) -> bool:
        """The page of what there can be many of; whether to go on from it."""
        items = self._draft.many.setdefault(page.many, [defaults_of(page)])
        said, current, refused = _told(page, items, trouble)
        while True:
            known = await foreseen(foresee_by(maker, self._draft, pages, page), {})
            few, here = known[1] if known else "", self._trail(pages, page.title)
            picked = await self._app.push_screen_wait(
                WizardMany(title, page.fields, items, said, current, trail=here, comes_to=few)
            )
            said = ""
            if picked is None:
                return False
            if picked == GO_ON:
                said, current, refused = _told(page, items, judge({}))
                if not said:
                    return True
                continue
            if picked.startswith(REMOVE):
                current = picked.removeprefix(REMOVE)
                del items[int(current)]
            elif picked.startswith(COPY):
                items.append(dict(items[int(picked.removeprefix(COPY))]))
                current = str(len(items) - 1)
            else:
                at = len(items) if picked == ADD else int(picked)
                wrong = {refused[1]: refused[2]} if refused is not None and refused[0] == at else {}
                await self._ask_one(maker, pages, page, at, items, values, wrong)
                refused = None
                current = str(min(at, len(items) - 1)) if items else ADD

    async def _ask_one(
        self,
        maker: "Maker",
        pages: Sequence[Page],
        page: Page,
        at: int,
        items: list[dict[str, str]],
        values: dict[str, Value],
        trouble: Mapping[str, str],
    ) -> None:
        """One of many; of one that is left nothing becomes when it is new, and else what was typed stays."""

        async def look_up(field: str, here: Mapping[str, Value]) -> list[Available]:
            found: list[Available] = await maker.ask("choices", f"{page.many}.{field}", {**values, **here})
            return found

        is_new = at == len(items)
        typed = new_one(page, items) if is_new else items[at]
        screen = WizardPage(
            f"{page.title}: one of them",
            page.fields,
            typed=typed,
            look_up=look_up,
            judge=partial(refused_one, maker.spec, page),
            trouble=trouble,
            trail=self._trail(pages, page.title),
            foresee=foresee_by(maker, self._draft, pages, page, at),
        )
        goes_on = False
        try:
            goes_on = await self._app.push_screen_wait(screen) is not None
        finally:
            if goes_on or not is_new:
                items[at : at + 1] = [screen.typed]

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


def _told(
    page: Page, items: list[dict[str, str]], trouble: Mapping[str, str]
) -> tuple[str, str, tuple[int, str, str] | None]:
    """What is wrong with what there can be many of, what to stand on, and which one it is when it is one.

    Of one it is told in the words of its page: `system: Size: it is needed`.
    """
    refused = refused_item(page, trouble)
    if refused is None:
        return next((why for why in trouble.values() if why), ""), GO_ON, None
    at, field, why = refused
    name = next(iter(items[at].values()), "") if at < len(items) else ""
    label = next(each.label for each in page.fields if each.id == field)
    return ": ".join(part for part in (name, label, why) if part), str(at), refused

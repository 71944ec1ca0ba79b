"""The pages of the wizard about the cluster itself, one after the other."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.content import Content

from kubegenie_tui.domain.creation import Choice as Available
from kubegenie_tui.domain.errors import SpecRefused
from kubegenie_tui.domain.form import TextField, Value
from kubegenie_tui.domain.text import plain
from kubegenie_tui.provision.pages import Page, page_of, pages_of, refused_item, refused_on, refused_one, values_of
from kubegenie_tui.screens.wizard_draft import Draft, defaults_of, foresee_by, new_one
from kubegenie_tui.screens.wizard_many import ADD, COPY, GO_ON, REMOVE, WizardMany
from kubegenie_tui.screens.wizard_meaning import Foresee, foreseen, trail
from kubegenie_tui.screens.wizard_page import WizardPage

if TYPE_CHECKING:
    from textual.app import App

    from kubegenie_tui.provision.makers import Maker

NO_TROUBLE: Mapping[str, str] = {"": ""}
"""Nothing of a page was refused."""


class ClusterPages:
    """Asks for what a provider wants to know; what is typed on a page is there when it is come back to."""

    def __init__(self, app: "App[int]", maker: "Maker", draft: Draft) -> None:
        """Nothing is asked yet.

        Args:
            app: shows the pages.
            maker: who makes the cluster.
            draft: what was typed before, and takes what is typed now.
        """
        self._app = app
        self._maker = maker
        self._draft = draft
        self._pages = pages_of(maker.spec)
        self._values: dict[str, Value] = {}
        self._take_over()

    def __len__(self) -> int:
        """How many pages there are."""
        return len(self._pages)

    @property
    def given(self) -> dict[str, Any]:
        """What the pages gave, as the values of the provider's model."""
        return values_of(self._values, self._many(), self._pages)

    def trail(self, at: str) -> Content:
        """Where in the wizard the page of this title is."""
        return trail([each.title for each in self._pages], at)

    def asking_for(self, refused: SpecRefused) -> int:
        """The page that asks for what was refused; the last one when it is not one page."""
        return page_of(self._pages, (refused.field, *refused.others), len(self._pages) - 1)

    async def ask(self, at: int, trouble: Mapping[str, str]) -> bool:
        """Ask for what stands on a page; whether to go on from it, and not back.

        Args:
            at: which page.
            trouble: what of it was refused and why, by field.
        """
        page = self._pages[at]
        title = f"{plain(self._maker.name)}: {page.title} ({at + 1} of {len(self._pages) + 1})"
        return await (self._ask_many if page.many else self._ask)(page, title, trouble)

    async def _ask(self, page: Page, title: str, trouble: Mapping[str, str]) -> bool:
        screen = WizardPage(
            title,
            page.fields,
            typed=self._draft.flat,
            look_up=self._look_up(""),
            judge=partial(self._refused_on, page),
            trouble=trouble,
            trail=self.trail(page.title),
            foresee=self._foresee(page),
        )
        try:
            given = await self._app.push_screen_wait(screen)
        finally:
            self._draft.flat |= screen.typed
        self._values |= given or {}
        return given is not None

    async def _ask_many(self, page: Page, title: str, trouble: Mapping[str, str]) -> bool:
        items = self._draft.many.setdefault(page.many, [defaults_of(page)])
        said, current, refused = _told(page, items, trouble)
        while True:
            known = await foreseen(self._foresee(page), {})
            few, here = known[1] if known else "", self.trail(page.title)
            picked = await self._app.push_screen_wait(
                WizardMany(title, page.fields, items, said, current, trail=here, comes_to=few)
            )
            said = ""
            if picked is None:
                return False
            if picked == GO_ON:
                said, current, refused = _told(page, items, self._refused_on(page, {}))
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
                await self._ask_one(page, items, at, wrong)
                refused = None
                current = str(min(at, len(items) - 1)) if items else ADD

    async def _ask_one(self, page: Page, items: list[dict[str, str]], at: int, trouble: Mapping[str, str]) -> None:
        """Of a new one that is left nothing becomes; of another, what was typed stays."""
        is_new = at == len(items)
        screen = WizardPage(
            f"{page.title}: one of them",
            page.fields,
            typed=new_one(page, items) if is_new else items[at],
            look_up=self._look_up(f"{page.many}."),
            judge=partial(refused_one, self._maker.spec, page),
            trouble=trouble,
            trail=self.trail(page.title),
            foresee=self._foresee(page, at),
        )
        goes_on = False
        try:
            goes_on = await self._app.push_screen_wait(screen) is not None
        finally:
            if goes_on or not is_new:
                items[at : at + 1] = [screen.typed]

    def _look_up(self, part: str) -> Callable[[str, Mapping[str, Value]], Awaitable[list[Available]]]:
        """What the provider offers for a field of the page, or of that part of the model."""

        async def look_up(field: str, here: Mapping[str, Value]) -> list[Available]:
            found: list[Available] = await self._maker.ask("choices", f"{part}{field}", {**self._values, **here})
            return found

        return look_up

    def _foresee(self, page: Page, at: int = 0) -> Foresee:
        return foresee_by(self._maker, self._draft, self._pages, page, at)

    def _refused_on(self, page: Page, here: Mapping[str, Value]) -> dict[str, str]:
        """What the model says against a page, with what the pages before it gave."""
        values = values_of({**self._values, **here}, self._many(), self._pages)
        return refused_on(self._maker.spec, self._pages, page, values)

    def _many(self) -> dict[str, list[dict[str, Value]]]:
        return {each.many: self._draft.items(each) for each in self._pages if each.many}

    def _take_over(self) -> None:
        """A region that says where clusters are looked for is where one is made, unless another was typed."""
        config, typed = self._maker.config, self._draft.flat
        for field in (each for page in self._pages if not page.many for each in page.fields):
            if isinstance(field, TextField) and field.id in config and not typed.get(field.id):
                typed[field.id] = str(config[field.id] or "")


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

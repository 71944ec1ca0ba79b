"""Edit an object's YAML inside the app: what was changed is looked at as a plan, above the text that made it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static, TextArea

from kubegenie_tui.domain.custom.fields import Field
from kubegenie_tui.domain.custom.guiding import Offer
from kubegenie_tui.domain.custom.yaml_place import place_at
from kubegenie_tui.domain.text import plain
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.floating import FloatingScreen
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.key_names import key_now
from kubegenie_tui.widgets.yaml_area import YamlArea

if TYPE_CHECKING:
    from kubegenie_tui.screens.editor_guide import EditorGuide

CALM_SECONDS = 0.3
"""After the last key, before the text is checked."""
OFFER = 32
"""Cells for an offer before its hint."""
MOST_FAULTS = 3
"""So many are told; the others are counted."""


class Judged(NamedTuple):
    """What became of an edited text."""

    done: bool
    """Whether the editor has nothing more to do."""
    text: str = ""
    """The text to go on with, faults on top; empty to go on as it is."""


class EditorScreen(FloatingScreen[None]):
    """The text stays until it is carried out or dropped on purpose."""

    CSS_PATH = "editor.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("editing")

    def __init__(
        self,
        title: str,
        text: str,
        judge: Callable[[str], Awaitable[Judged]],
        guide: "EditorGuide | None" = None,
        *,
        edited: str = "",
    ) -> None:
        """A text to edit.

        Args:
            title: what is edited, and where.
            text: what there is.
            judge: shows a person what an edit would do.
            guide: knows the kinds of the cluster; None to offer and check nothing.
            edited: what to begin with, where the text was edited before; empty for the text.
        """
        super().__init__()
        self._guide = guide
        self._offers: list[Offer] = []
        self._meant = 0
        self._seen = ""
        """The text that was looked at last."""
        self._faults: list[str] = []
        self._warned = ""
        """The text whose faults a person has seen, and wants to have tried all the same."""
        self._title = title
        self._text = text
        self._edited = edited or text
        self._judge = judge
        self._dropping = False

    def compose(self) -> ComposeResult:
        """Title, text, what is to be said, keys."""
        yield Static(Content(plain(self._title)), id="title", markup=False)
        yield YamlArea(self._edited)
        yield Static(id="offers", markup=False)
        yield Static(id="field", markup=False)
        yield Static(id="said", markup=False)
        yield KeyFooter()

    @property
    def area(self) -> YamlArea:
        """Where the text is."""
        return self.query_one(YamlArea)

    def on_mount(self) -> None:
        """Begin below the comment."""
        self.area.focus()
        self.area.move_cursor((min(4, self.area.document.line_count - 1), 0))

    @work(group="judge", exclusive=True)
    async def action_preview(self) -> None:
        """Show what the edit would do."""
        self._say("")
        self._offer([])
        if await self._is_faulty(self.area.text):
            return
        judged = await self._judge(self.area.text)
        if judged.done:
            self.dismiss(None)
        elif judged.text:
            place = self.area.cursor_location
            self.area.load_text(judged.text)
            self.area.move_cursor(place)
            self.area.scroll_home(animate=False)
            self._say(judged.text.split("\n")[2].partition("✖ ")[2])

    @property
    def is_edited(self) -> bool:
        """Whether leaving would lose something."""
        return self.area.text != self._text

    def tell_held(self) -> None:
        """Say that there is an edit to be lost."""
        self._tell_unapplied("twice")

    def action_leave(self) -> None:
        """Take offers away, or drop the edit; one that holds something is asked about first."""
        if self._offers:
            self._offer([])
        elif not self.is_edited or self._dropping:
            self.dismiss(None)
        else:
            self._tell_unapplied("once more")
            self._dropping = True

    def _tell_unapplied(self, times: str) -> None:
        drop, show = key_now(self, "close-editor"), key_now(self, "preview-edit")
        self._say(f"The edit is not applied: {drop} {times} drops it, {show} shows what it would do")

    def on_text_area_changed(self) -> None:
        """Ask again before an edit is dropped that goes on."""
        self._dropping = False

    # What the kind's structure says

    @on(TextArea.SelectionChanged)
    def _moved(self) -> None:
        if self._guide is not None:
            self._look(offering=self.area.text != self._seen)

    def action_complete(self) -> None:
        """Offer what fits at the cursor, whether something is typed or not."""
        if self._guide is not None:
            self._look(offering=True, even_nothing=True)

    @work(group="guide", exclusive=True)
    async def _look(self, *, offering: bool, even_nothing: bool = False) -> None:
        guide, area = self._guide, self.area
        assert guide is not None
        text, (row, column) = area.text, area.cursor_location
        is_first, self._seen = not self._seen, text
        hint = await guide.hint(text.split("\n"), row, column)
        wanted = hint is not None and (even_nothing or bool(hint.place.word or hint.place.key)) and not is_first
        self._offer(hint.offers if hint is not None and offering and wanted else [])
        self._tell_field(hint.field if hint else None)
        if offering:
            await asyncio.sleep(CALM_SECONDS)
            self._tell_faults(await guide.faults(text))

    def _offer(self, offers: list[Offer]) -> None:
        self._offers, self._meant = offers, 0
        self.area.offering = bool(offers)
        self._show_offers()

    def _show_offers(self) -> None:
        lines = [
            Content.assemble(
                (plain(each.text).ljust(OFFER), "bold $accent" if at == self._meant else "$foreground"),
                (plain(each.hint), "$muted"),
            )
            for at, each in enumerate(self._offers)
        ]
        shown = self.query_one("#offers", Static)
        shown.display = bool(lines)
        shown.update(Content("\n").join(lines))

    @on(YamlArea.Picked)
    def _pick(self, event: YamlArea.Picked) -> None:
        if event.step:
            self._meant = (self._meant + event.step) % len(self._offers)
            self._show_offers()
            return
        row, column = self.area.cursor_location
        place = place_at(self.area.text.split("\n"), row, column)
        if place is None:
            return
        offer = self._offers[self._meant]
        below = f"\n{' ' * place.indent}{offer.below}" if offer.below else ""
        self.area.replace(f"{offer.text}{below}", (row, place.column), (row, column), maintain_selection_offset=False)
        self._offer([])

    def _tell_field(self, field: Field | None) -> None:
        shown = self.query_one("#field", Static)
        shown.display = field is not None
        if field is not None:
            shown.update(Content.assemble((field.path, "bold $accent"), f"  {field.help}"))

    def _tell_faults(self, faults: list[str]) -> None:
        if faults != self._faults:
            self._faults = faults
            self._say(_counted(faults) if faults else "")

    async def _is_faulty(self, text: str) -> bool:
        """Whether the text is not as its kind asks; who has seen that may ask the server all the same."""
        if self._guide is None or text == self._warned:
            return False
        self._faults = await self._guide.faults(text)
        if self._faults:
            self._warned = text
            again = f"{key_now(self, 'preview-edit')} once more asks the server all the same"
            self._say(f"{_counted(self._faults)}\n{again}")
        return bool(self._faults)

    def _say(self, text: str) -> None:
        said = self.query_one("#said", Static)
        said.display = bool(text)
        said.update(Content(plain(text)))


def _counted(faults: list[str]) -> str:
    more = len(faults) - MOST_FAULTS
    told = [f"✖ {fault}" for fault in faults[:MOST_FAULTS]]
    return "\n".join([*told, *([f"and {more} more"] if more > 0 else [])])

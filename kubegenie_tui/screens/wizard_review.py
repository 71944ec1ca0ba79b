"""The last page of the wizard, and of a removal: every step, the costs, what stays; the name is typed for a yes."""

from collections.abc import Iterator
from typing import ClassVar

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from kubegenie_tui.domain.creation import Outline
from kubegenie_tui.domain.quantity import format_age
from kubegenie_tui.domain.summary_section import counted
from kubegenie_tui.domain.text import plain, plain_lines
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.floating import FloatingScreen
from kubegenie_tui.screens.wizard_meaning import dollars, sum_of
from kubegenie_tui.widgets.hanging import Hanging
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.line_input import LineInput

Line = tuple[Content, int]
"""Words, and the cells of their first column."""
INDENT, SUM = 5, 12
"""Cells before the words of a step, and of a sum."""


class WizardReview(FloatingScreen[str | None]):
    """Gives back the name as it was typed, None when the person goes back."""

    CSS_PATH = "wizard.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("wizard-review")

    def __init__(self, title: str, outline: Outline, *, removal: bool = False, trail: Content | None = None) -> None:
        """A review that waits.

        Args:
            title: words on the border.
            outline: what would be done.
            removal: whether it takes away.
            trail: where in the wizard it is.
        """
        super().__init__()
        self._title = title
        self._outline = outline
        self._removal = removal
        self._trail = trail
        self._whole = False
        self._entry = LineInput(placeholder=f"type {plain(outline.name)} to go on", compact=True)

    def compose(self) -> ComposeResult:
        """What would be done, a line to type in, the keys below."""
        with Vertical(classes="box") as box:
            box.border_title = Content(plain(self._title))
            if self._outline.estimate is not None:
                box.border_subtitle = Content(sum_of(self._outline))
            if self._trail is not None:
                yield Static(self._trail, id="trail", markup=False)
            with VerticalScroll(can_focus=False):
                yield Static(id="told", markup=False)
            with Vertical(id="answer"):
                yield self._entry
                yield Static(id="wrong", markup=False)
        yield KeyFooter()

    def on_mount(self) -> None:
        """Show it."""
        self._show()
        self._entry.focus()

    def _show(self) -> None:
        told = _lines(self._outline, whole=self._whole, removal=self._removal)
        self.query_one("#told", Static).update(Hanging(*told))

    def action_toggle_requests(self) -> None:
        """Show what each step sends, or only what it is."""
        self._whole = not self._whole
        self._show()

    def action_scroll(self, pages: int) -> None:
        """Read on, while the line keeps the keys."""
        view = self.query_one(VerticalScroll)
        view.scroll_relative(y=pages * max(1, view.size.height - 1), animate=False)

    def action_leave(self) -> None:
        """Back, with nothing begun."""
        self.dismiss(None)

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip() == self._outline.name:
            self.dismiss(event.value.strip())
            return
        wrong = self.query_one("#wrong", Static)
        wrong.update(Content.styled(f"✖ This is done once you type {plain(self._outline.name)}", "$error"))
        wrong.display = True


def _lines(outline: Outline, *, whole: bool, removal: bool) -> Iterator[Line]:
    where = Content.assemble(
        (plain(outline.name), "bold"), (f"  {plain(outline.provider)}  {plain(outline.where)}", "$muted")
    )
    yield where, 0
    for each in outline.warnings:
        yield Content.styled(f"▲ {plain(each)}", "$warning"), len("▲ ")
    seconds = sum(each.usual_seconds for each in outline.steps)
    took = "" if removal else f", about {format_age(seconds)} in all"
    yield _head(f"{counted(len(outline.steps), 'step')}{took}")
    for number, step in enumerate(outline.steps, 1):
        usual = "" if removal else f" · {format_age(step.usual_seconds)}"
        line = Content.assemble(f"{number:3}  {plain(step.title)}", (f"  {plain(step.call)}{usual}", "$muted"))
        yield line, INDENT
        if whole and step.request:
            text = msgspec.json.format(msgspec.json.encode(step.request), indent=2).decode()
            for sent in plain_lines(text).split("\n"):
                yield Content.styled(f"{'':{INDENT}}{sent}", "$muted"), INDENT
    yield from _costs(outline)
    if outline.leaves:
        yield _head("Not cleaned up with it")
        yield from ((Content(f"{'':{INDENT}}{plain(each)}"), INDENT) for each in outline.leaves)


def _costs(outline: Outline) -> Iterator[Line]:
    estimate = outline.estimate
    if estimate is None:
        return
    yield _head(
        f"About ${estimate.monthly:,.2f} a month" if estimate.prices else "Unpriced: what it costs is not known"
    )
    for price in estimate.prices:
        words = f"{price.count:g} x {plain(price.what)}, {dollars(price.hourly)}"
        yield Content(f"{price.monthly:{SUM},.2f}  {words}"), SUM + 2
    for each in estimate.unpriced:
        words = f"{plain(each)}: costs too, and is in no price sheet here"
        yield Content.styled(f"{'?':>{SUM}}  {words}", "$warning"), SUM + 2
    origin = f"prices of {estimate.as_of}: {estimate.source}" if estimate.as_of else estimate.source
    yield Content.styled(f"{'':{INDENT}}{plain(origin)}", "$muted"), INDENT


def _head(text: str) -> Line:
    return Content.assemble("\n", (text, "$accent")), 0

"""The page of the wizard for what there can be many of, such as node pools: a list that is added to and taken from."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from kubegenie_tui.domain.form import NO, YES, Field
from kubegenie_tui.domain.text import plain
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.picker import Choice, PickerScreen

_ONLY_WITH = {"minimum": "autoscale", "maximum": "autoscale"}
"""Fields of a pool that mean something only when another one says yes."""
NAME_ROOM = 12
"""Cells of a name that what is said of it is lined up behind."""
GO_ON, ADD, REMOVE, COPY = "go on", "add", "remove ", "copy "


class WizardMany(PickerScreen):
    """Gives back GO_ON, ADD, the number of one to edit, REMOVE or COPY and a number; None for the page before."""

    CSS_PATH = "wizard.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("wizard-many")
    LEAVE = "back"

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        items: Sequence[Mapping[str, str]],
        trouble: str,
        current: str,
        *,
        trail: Content | None = None,
        comes_to: str = "",
    ) -> None:
        """The list.

        Args:
            title: words on the border.
            fields: of each.
            items: what was typed for each, by field.
            trouble: why they were refused; empty when they were not.
            current: what to stand on.
            trail: where in the wizard it is.
            comes_to: what all of it comes to, in a few words.
        """
        choices = [Choice(str(at), _line(fields, each), NAME_ROOM + 2) for at, each in enumerate(items)]
        choices.append(Choice(ADD, Content.styled("+ add one", "$accent")))
        if trouble:
            choices.insert(0, Choice("", Content.styled(f"✖ {plain(trouble)}", "$error")))
        choices.append(Choice(GO_ON, Content.styled("→ go on", "$accent")))
        super().__init__(title, choices, current=current)
        self._trail = trail
        self._comes_to = comes_to

    def on_mount(self) -> None:
        """Say where in the wizard it is, and what it comes to."""
        box = self.query_one(Vertical)
        box.border_subtitle = Content(plain(self._comes_to))
        if self._trail is not None:
            box.mount(Static(self._trail, id="trail", markup=False), before=0)

    def action_change(self, how: str) -> None:
        """Remove or copy the one under the cursor."""
        at = self._options.highlighted
        if at is not None and self._shown[at].id.isdigit():
            self._give(f"{how} {self._shown[at].id}")

    def _give(self, choice: str | None) -> None:
        if choice != "":
            super()._give(choice)


def _line(fields: Sequence[Field], typed: Mapping[str, str]) -> Content:
    """`default   size m6i.large · count 2`."""
    first, *rest = fields
    said = [
        each.label.lower() if typed[each.id] == YES else f"{each.label.lower()} {typed[each.id]}"
        for each in rest
        if _says(typed.get(each.id, "")) and typed.get(_ONLY_WITH.get(each.id, "")) != NO
    ]
    name = plain(typed.get(first.id, "")).ljust(NAME_ROOM)
    return Content.assemble((name, "bold"), "  ", (plain(" · ".join(said)), "$muted"))


def _says(text: str) -> bool:
    return text not in ("", NO)

"""One page of the wizard: a form that knows what there is to choose from, and forgets nothing when it is left."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from kubegenie_tui.domain import creation
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.form import Field, TextField, Value
from kubegenie_tui.domain.text import plain
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.form import FormRow, FormScreen
from kubegenie_tui.screens.picker import Named, PickerScreen, named_choices
from kubegenie_tui.screens.wizard_draft import filled
from kubegenie_tui.screens.wizard_meaning import Foresee, foreseen
from kubegenie_tui.widgets.choice_entry import ChoiceEntry
from kubegenie_tui.widgets.hanging import Hanging
from kubegenie_tui.widgets.key_names import key_now
from kubegenie_tui.widgets.line_input import LineInput

LookUp = Callable[[str, Mapping[str, Value]], Awaitable[list[creation.Choice]]]
"""What there is for a field, given what stands in all of them."""
Judge = Callable[[Mapping[str, Value]], Mapping[str, str]]
"""Why what stands in the fields cannot be so together, by field."""
WIDE = 130
"""Columns of a terminal in which what it comes to has room beside the fields."""


def _fitting(_: Mapping[str, Value]) -> Mapping[str, str]:
    return {}


class WizardPage(FormScreen):
    """Gives back the values, None for the page before; `typed` is what stands in its fields either way."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("wizard")
    _comes_to: tuple[Content | Hanging, str] | None = None

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        *,
        typed: Mapping[str, str],
        look_up: LookUp | None = None,
        judge: Judge = _fitting,
        intro: str = "",
        trouble: Mapping[str, str] | None = None,
        trail: Content | None = None,
        foresee: Foresee | None = None,
        submit: str = "next",
    ) -> None:
        """A page that waits.

        Args:
            title: words on the border.
            fields: what is asked for.
            typed: what was typed before, by field; the fields' own values stand where nothing was.
            look_up: what there is for a field; None when nothing can be looked up.
            judge: says what does not fit together, while it is typed and before the page is left.
            intro: a sentence above the fields.
            trouble: why a value was refused, by field; of a field that is not here, or of none, it is said above all.
            trail: where in the wizard it is.
            foresee: what the cluster comes to; None where that is not shown.
            submit: what Enter does, in a word or two.
        """
        self._trouble = {field: why for field, why in (trouble or {}).items() if why}
        about_all = next((why for field, why in self._trouble.items() if field not in {each.id for each in fields}), "")
        intro = f"✖ {plain(about_all)}" if about_all else intro
        super().__init__(
            title, [filled(each, typed) for each in fields], intro=intro, submit=submit, leave="back", eager=True
        )
        self._look_up = look_up
        self._judge = judge
        self._trail = trail
        self._foresee = foresee
        self._judged: set[str] = set()
        self._about_all = about_all

    def above(self) -> ComposeResult:
        """Where in the wizard it is."""
        if self._trail is not None:
            yield Static(self._trail, id="trail", markup=False)

    def beside(self) -> ComposeResult:
        """What it comes to."""
        if self._foresee is not None:
            pane = VerticalScroll(Static(id="comes-to", markup=False), id="meaning", can_focus=False)
            pane.display = False
            yield pane

    def on_mount(self) -> None:
        """Begin with the first field, or with the first that was refused."""
        if self._about_all:
            self.query_one("#intro").add_class("-wrong")
        refused = [row for row in self._rows if row.field.id in self._trouble]
        for row in refused:
            row.refuse(self._trouble[row.field.id])
        if refused:
            self.call_after_refresh(refused[0].entry.focus)
        self._tell_what_it_comes_to()

    def on_resize(self, event: events.Resize) -> None:
        """What it comes to stands beside the fields, or in a few words below them."""
        self.set_class(event.size.width >= WIDE, "-wide")
        self._show_what_it_comes_to()

    def values(self) -> dict[str, Value] | None:
        """What was given, by field id; None when one is wrong or does not fit the others, which is said and gone to."""
        values = super().values()
        trouble = self._judge(values) if values is not None else {}
        wrong = [row for row in self._rows if row.field.id in trouble]
        for row in wrong:
            row.refuse(trouble[row.field.id])
        self._judged = {row.field.id for row in wrong}
        if wrong:
            wrong[0].entry.focus()
            return None
        return values

    @on(FormRow.Edited)
    @on(ChoiceEntry.Chosen)
    def _say_what_does_not_fit(self) -> None:
        """Of what is still empty nothing is said before the page is left."""
        trouble = self._judge({field: text.strip() for field, text in self.typed.items()})
        for row in self._rows:
            why = trouble.get(row.field.id, "")
            if why and row.typed and row.check():
                row.refuse(why)
                self._judged.add(row.field.id)
            elif not why and row.field.id in self._judged:
                row.check()
                self._judged.discard(row.field.id)
        self._tell_what_it_comes_to()

    @work(group="foresee", exclusive=True)
    async def _tell_what_it_comes_to(self) -> None:
        if self._foresee is not None:
            self._comes_to = await foreseen(self._foresee, self._values_so_far())
            self._show_what_it_comes_to()

    def _show_what_it_comes_to(self) -> None:
        """Beside the fields where there is room, else in a few words on the edge."""
        known, wide = self._comes_to, self.has_class("-wide")
        for pane in self.query("#meaning"):
            pane.display = known is not None and wide
            if known is not None:
                pane.query_one(Static).update(known[0])
        self.set_class(known is not None and wide, "-beside")
        few = f"{known[1]} · " if known and known[1] and not wide else ""
        self.query_one("#form").border_subtitle = Content(f"{few}{self.ways_on}")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is listed where nothing can be looked up, or typed."""
        return self._listed is not None if action == "list_choices" else True

    @property
    def _listed(self) -> FormRow | None:
        """The row one is in, where what there is for its field can be looked up."""
        row = next((row for row in self._rows if row.entry.has_focus), None)
        is_text = row is not None and isinstance(row.field, TextField) and not row.field.secret
        return row if is_text and self._look_up is not None else None

    def action_list_choices(self) -> None:
        """List what there is for the field, and take what is picked."""
        if self._listed is not None:
            self._list(self._listed)

    @work(group="choices", exclusive=True)
    async def _list(self, row: FormRow) -> None:
        assert self._look_up is not None
        box = self.query_one("#form")
        before, box.border_subtitle = (
            box.border_subtitle,
            Content(f"looking up what there is … · {key_now(self, 'close-form')} back"),
        )
        try:
            found = await self._look_up(row.field.id, self._values_so_far())
        except KubeGenieError as error:
            row.refuse(str(error))
            return
        finally:
            box.border_subtitle = before
        if not found:
            self.notify(f"Nothing is known to list for {row.field.label}: type it", markup=False)
            return
        choices = named_choices([Named(each.value, plain(each.value), plain(each.label)) for each in found])
        picked = await self.app.push_screen_wait(PickerScreen(row.field.label, choices, current=row.typed))
        if picked is not None and isinstance(row.entry, LineInput):
            row.entry.value = picked
            row.check()

    def _values_so_far(self) -> dict[str, Value]:
        """What stands in the fields, wrong or not."""
        return dict(self.typed)

"""A few labelled fields that float above a screen: what an operation has to know before it can be planned."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.form import NO, YES, ChoiceField, Field, NumberField, TextField, ToggleField, Value
from kubegenie_tui.domain.text import plain
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.floating import FloatingScreen
from kubegenie_tui.widgets.choice_entry import ChoiceEntry
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.key_names import key_now
from kubegenie_tui.widgets.line_input import LineInput

BEGUN = "What you typed before stands here, but for secrets."
"""Above a form that was left before."""


class FormScreen(FloatingScreen[dict[str, Value] | None]):
    """Gives back the values by field id, None when the person leaves. Nothing is changed by a form itself."""

    CSS_PATH = "form.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("form")

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        *,
        intro: str = "",
        submit: str = "preview",
        eager: bool = False,
        leave: str = "cancel",
    ) -> None:
        """A form that waits.

        Args:
            title: words on the border.
            fields: what is asked for, at least one, in order; ids are unique.
            intro: a sentence above the fields; empty for none.
            submit: what Enter does, in a word or two.
            eager: say what is wrong while it is typed, and not only on Enter.
            leave: what Escape does, in a word.
        """
        super().__init__()
        self._title = title
        self._intro = intro
        self._submit = submit
        self._leave = leave
        self._rows = [FormRow(each, eager=eager) for each in fields]

    def compose(self) -> ComposeResult:
        """The fields in a box, the keys below."""
        with Vertical(id="form") as box:
            box.border_title = Content(plain(self._title))
            box.border_subtitle = Content(self.ways_on)
            above = list(self.above())
            if self._intro:
                above.append(Static(Content(self._intro), id="intro", markup=False))
            yield Vertical(*above, id="above")
            fields, beside = VerticalScroll(*self._rows, *self.below(), can_focus=False), list(self.beside())
            yield Horizontal(fields, *beside, id="sides") if beside else fields
        yield KeyFooter({"submit-form": self._submit, "close-form": self._leave})

    @property
    def ways_on(self) -> str:
        """`enter next · esc back`."""
        submit, leave = key_now(self, "submit-form"), key_now(self, "close-form")
        return f"{submit} {self._submit} · {leave} {self._leave}"

    def above(self) -> Iterable[Widget]:
        """What stands above the fields and the sentence on them; nothing in most forms."""
        return ()

    def below(self) -> Iterable[Widget]:
        """What stands below the fields; nothing in most forms."""
        return ()

    def beside(self) -> Iterable[Widget]:
        """What stands to the right of the fields; nothing in most forms."""
        return ()

    @property
    def asked(self) -> list["FormRow"]:
        """The fields that are asked for now: those that are hidden say nothing."""
        return [row for row in self._rows if row.display]

    @property
    def typed(self) -> dict[str, str]:
        """What stands in each field, also when the form was left."""
        return {row.field.id: row.typed for row in self._rows}

    def on_mount(self) -> None:
        """Begin with the first field."""
        self._rows[0].entry.focus()

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.action_submit()

    def action_submit(self) -> None:
        """Give the values back when all are right, else go to the first that is not."""
        values = self.values()
        if values is not None and self.is_current:
            self.dismiss(values)

    def values(self) -> dict[str, Value] | None:
        """What was given, by field id; None when one is wrong, which is said and gone to."""
        return self.values_of(self.asked)

    def values_of(self, rows: Sequence["FormRow"]) -> dict[str, Value] | None:
        """As `values`, of some of the fields."""
        wrong = [row for row in rows if not row.check()]
        if wrong:
            wrong[0].entry.focus()
            self.call_after_refresh(wrong[0].scroll_visible, animate=False)
            return None
        return {row.field.id: row.field.read(row.typed) for row in rows}

    def action_leave(self) -> None:
        """Give nothing back."""
        if self.is_current:
            self.dismiss(None)

    def action_move(self, step: int) -> None:
        """Go to another field; after the last comes the first."""
        entries = [row.entry for row in self.asked]
        at = next((at for at, entry in enumerate(entries) if entry.has_focus), 0)
        entries[(at + step) % len(entries)].focus()


class FormRow(Vertical):
    """A label, an entry, and below them a hint or what is wrong."""

    class Edited(Message):
        """Something was typed into it."""

    def __init__(self, field: Field, *, eager: bool = False) -> None:
        super().__init__()
        self.field = field
        self._eager = eager
        self.entry = _entry(field)
        self._below = Static(Content(field.hint), classes="below", markup=False)

    def compose(self) -> ComposeResult:
        """Two lines, or one when there is nothing to say."""
        with Horizontal():
            yield Static(Content(self.field.label), classes="label", markup=False)
            yield self.entry
        self._below.display = bool(self.field.hint)
        yield self._below

    @property
    def typed(self) -> str:
        """What stands in the entry."""
        return self.entry.value

    def check(self) -> bool:
        """Whether the value is right; says below it when it is not."""
        try:
            self.field.read(self.typed)
        except UsageError as error:
            self._say(f"✖ {error}", wrong=True)
            return False
        self._say(self.field.hint, wrong=False)
        return True

    def refuse(self, why: str) -> None:
        """Say below it why its value cannot be used, which nothing here could know."""
        self._say(f"✖ {why}", wrong=True)

    def _say(self, text: str, *, wrong: bool) -> None:
        self.set_class(wrong, "-wrong")
        self._below.update(Content(plain(text)))
        self._below.display = bool(text)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self.has_class("-wrong") or (self._eager and event.value):
            self.check()
        self.post_message(self.Edited())


def _entry(field: Field) -> LineInput | ChoiceEntry:
    match field:
        case TextField():
            return LineInput(field.value, compact=True, select_on_focus=True, password=field.secret)
        case NumberField():
            return LineInput("" if field.value is None else str(field.value), compact=True, select_on_focus=True)
        case ChoiceField():
            return ChoiceEntry(field.options, field.value)
        case ToggleField():
            return ChoiceEntry((NO, YES), YES if field.value else NO)

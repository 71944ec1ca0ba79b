"""The last line of a plan: where a person says yes or no, as carefully as the plan is grave."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from kubegenie_tui.domain.plan import Preview, Tier
from kubegenie_tui.domain.text import plain
from kubegenie_tui.widgets.action_button import ActionButton
from kubegenie_tui.widgets.line_input import LineInput


class ApprovalBar(Horizontal):
    """Shows the buttons that make sense, and for W3 a line where the name has to be typed."""

    DEFAULT_CSS = """
    ApprovalBar { height: 1; }
    ApprovalBar #ask { width: auto; color: $warning; text-style: bold; padding-left: 1; display: none; }
    ApprovalBar LineInput { width: 1fr; min-width: 8; margin: 0 2; background: $panel; display: none; }
    ApprovalBar.-typing #ask { display: block; }
    ApprovalBar.-typing LineInput { display: block; }
    ApprovalBar #rest { width: 1fr; }
    ApprovalBar.-typing #rest { display: none; }
    ApprovalBar ActionButton { margin-left: 1; }
    """
    BUTTONS: ClassVar[dict[str, str]] = {
        "cancel": "Cancel",
        "close": "Close",
        "again": "r  Look again",
        "take": "f  Take over",
        "undo": "u  Undo",
        "apply": "y  Apply",
    }

    class Approved(Message):
        """The person says yes."""

        def __init__(self, how: str, typed: str = "") -> None:
            super().__init__()
            self.how = how
            self.typed = typed

    def __init__(self) -> None:
        super().__init__()
        self._confirm = ""
        self._entry = LineInput(compact=True, select_on_focus=False)

    def compose(self) -> ComposeResult:
        """The line and all buttons; which are shown depends on the moment."""
        yield Static(id="ask", markup=False)
        yield self._entry
        yield Static(id="rest")
        for name, label in self.BUTTONS.items():
            yield ActionButton(label, id=name)

    def offer(self, *names: str, focus: str = "") -> None:
        """Show these buttons and no others, and give one of them the keys."""
        self._confirm = ""
        self.remove_class("-typing")
        for button in self.query(ActionButton):
            button.display = button.id in names
        if focus:
            self.query_one(f"#{focus}").focus()

    def ask(self, preview: Preview) -> None:
        """Ask for a yes: W1 leans to yes, W2 to no, W3 wants the name."""
        is_grave = preview.tier is Tier.DESTRUCTIVE
        self.offer("cancel", "apply", focus="apply" if preview.tier is Tier.REVERSIBLE else "cancel")
        apply = self.query_one("#apply", ActionButton)
        apply.disabled = is_grave
        apply.set_label("Apply" if is_grave else self.BUTTONS["apply"])
        if is_grave:
            self._confirm = preview.confirm
            self.add_class("-typing")
            self.query_one("#ask", Static).update(Content(f'type "{plain(preview.confirm)}" to apply'))
            self._entry.value = ""
            self._entry.focus()

    @property
    def typed(self) -> str:
        """What the person typed."""
        return self._entry.value

    @on(Input.Changed)
    def _compare(self, event: Input.Changed) -> None:
        event.stop()
        if self._confirm:
            self.query_one("#apply", ActionButton).disabled = event.value != self._confirm

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        if self._confirm and event.value == self._confirm:
            self.post_message(self.Approved("typed", event.value))

    @on(ActionButton.Pressed, "#apply")
    def _pressed(self, event: ActionButton.Pressed) -> None:
        event.stop()
        self.post_message(self.Approved("button Apply", self.typed))

"""Whom a provider takes us for, before anything is asked for: who, where, and which permissions are missing."""

import time
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from kubegenie_tui.domain.creation import Identity
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.quantity import format_age
from kubegenie_tui.domain.text import plain
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.floating import FloatingScreen
from kubegenie_tui.widgets.hanging import hanging
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.table_pane import error_words

if TYPE_CHECKING:
    from kubegenie_tui.provision.makers import Maker


TICK = 1.0
"""Seconds between two looks at the clock."""


class WizardCheck(FloatingScreen[bool]):
    """Gives back whether to go on; False leads back to how the provider is reached."""

    CSS_PATH = "wizard.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("wizard-check")

    def __init__(self, maker: "Maker", trail: Content | None = None) -> None:
        super().__init__()
        self._maker = maker
        self._trail = trail
        self._known: Identity | None = None
        self._asked = 0.0
        """When it was asked, on the clock that only goes forward."""
        self.refused: KubeGenieError | None = None
        """Why it is not known who we are there; None while that is asked, and when it is known."""

    def compose(self) -> ComposeResult:
        """What is known, the keys below."""
        with VerticalScroll(classes="box", can_focus=True) as box:
            box.border_title = Content(f"{plain(self._maker.name)}: who we are there")
            if self._trail is not None:
                yield Static(self._trail, id="trail", markup=False)
            yield Static(id="told", markup=False)
        yield KeyFooter()

    def on_mount(self) -> None:
        """Ask."""
        self.query_one(VerticalScroll).focus()
        self.set_interval(TICK, self._tell_since)
        self._ask()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nobody goes on as nobody."""
        return self._known is not None if action == "go_on" else True

    @work(group="identify", exclusive=True)
    async def _ask(self) -> None:
        self._known, self.refused, self._asked = None, None, time.monotonic()
        self._tell_since()
        self.refresh_bindings()
        try:
            self._known = await self._maker.ask("identify")
        except KubeGenieError as error:
            self.show_fault("identify", error)
        else:
            self._tell(_words(self._known))
            self.refresh_bindings()

    def _tell_since(self) -> None:
        """While it is not known: since when that is asked."""
        if self._known is None and self.refused is None:
            self._tell(Content(f"Asking who we are … {format_age(time.monotonic() - self._asked)}"))

    def show_fault(self, group: str, error: KubeGenieError) -> None:
        """Who we are is not known."""
        if group == "identify":
            self._known, self.refused = None, error
            self._tell(error_words(error))
            self.refresh_bindings()

    def _tell(self, words: Content) -> None:
        self.query_one("#told", Static).update(hanging(words))

    def action_go_on(self) -> None:
        """Go on as this."""
        self.dismiss(True)

    def action_again(self) -> None:
        """Ask once more: something may have been mended."""
        self._ask()

    def action_leave(self) -> None:
        """Back to how it is reached."""
        self.dismiss(False)


def _words(known: Identity) -> Content:
    lines = [Content.assemble(("● ", "$success"), "We are ", (plain(known.who), "bold"))]
    if known.where:
        lines.append(Content(f"  in {plain(known.where)}"))
    if known.unknown:
        what = "Not all permissions could" if known.missing else "Permissions could not"
        lines.append(Content.styled(f"▲ {what} be looked at: {plain(known.unknown)}", "$warning"))
    elif not known.missing:
        lines.append(Content.assemble(("● ", "$success"), "Every permission that it takes is there"))
    for each in known.missing:
        lines.append(Content.styled(f"✖ Permission missing: {plain(each)}", "$error"))
    if known.missing:
        lines.append(Content("The steps that need these will fail. Have them granted, and ask again with r."))
    return Content("\n").join(lines)

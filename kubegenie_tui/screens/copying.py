"""A file copy under way, floating above a screen: how far it is, and a way to stop it."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from kubegenie_tui.agents.archive import Transfer
from kubegenie_tui.agents.copying import in_words
from kubegenie_tui.domain.errors import KubeGenieError, unexpected
from kubegenie_tui.domain.text import plain
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.floating import FloatingScreen
from kubegenie_tui.widgets.background import begin
from kubegenie_tui.widgets.key_names import key_now
from kubegenie_tui.widgets.table_pane import error_words

if TYPE_CHECKING:
    from collections.abc import Awaitable

LOOK_SECONDS = 0.2
BAR_CELLS = 40


class CopyScreen(FloatingScreen[str | None]):
    """Gives back where the copy is; None when it was stopped, or did not succeed and the person has read why."""

    DEFAULT_CSS = """
    CopyScreen { align: center middle; background: $background 40%; }
    CopyScreen > Vertical {
        width: 80%; max-width: 80; height: auto; padding: 0 1; background: $background;
        border: round $accent; border-title-color: $accent; border-subtitle-color: $muted;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("copy")

    def __init__(self, title: str, copy: "Awaitable[object]", transfer: Transfer) -> None:
        """A copy that begins when it is shown.

        Args:
            title: words on the border.
            copy: does it; gives where the copy is.
            transfer: how far it is.
        """
        super().__init__()
        self._title = title
        self._copy = copy
        self._transfer = transfer
        self._words = Static(markup=False)
        self._failed = False

    def compose(self) -> ComposeResult:
        """Words in a box."""
        with Vertical() as box:
            box.border_title = Content(plain(self._title))
            box.border_subtitle = Content(f"{key_now(self, 'stop-copy')} stops")
            yield self._words

    def on_mount(self) -> None:
        """Begin."""
        self.set_interval(LOOK_SECONDS, self._look)
        self._look()
        begin(self, self._run, "copy")

    async def _run(self) -> None:
        try:
            place = await self._copy
        except KubeGenieError as error:
            self._fail(error)
        except Exception as error:  # the border of a worker: said where the person looks
            self._fail(unexpected(error))
        else:
            self.dismiss(str(place))

    def _fail(self, error: KubeGenieError) -> None:
        self._failed = True
        self._words.update(error_words(error))
        self.query_one(Vertical).border_subtitle = Content(f"{key_now(self, 'stop-copy')} closes")

    def _look(self) -> None:
        if not self._failed:
            self._words.update(Content.assemble((_bar(self._transfer), "$accent"), in_words(self._transfer)))

    def action_stop(self) -> None:
        """Stop; what was copied whole so far stays."""
        self.workers.cancel_node(self)
        self.dismiss(None)


def _bar(transfer: Transfer) -> str:
    if not transfer.total:
        return ""
    full = min(BAR_CELLS, transfer.bytes * BAR_CELLS // transfer.total)
    return f"{'━' * full}{'╌' * (BAR_CELLS - full)}  "

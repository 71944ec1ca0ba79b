"""What floats above a screen and has the keys to itself: `?` explains it too, `f1` where `?` is text."""

from typing import ClassVar, Generic, TypeVar

from textual.binding import BindingType
from textual.screen import ModalScreen

from kubegenie_tui.keys import bindings

Result = TypeVar("Result")


class FloatingScreen(ModalScreen[Result], Generic[Result]):
    """A dialog, a list, an editor: gives back a result when it is left."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("everywhere", ("show-help",))

    def _pop_result_callback(self) -> None:
        """Whoever waits for a result that will not come, since the screen is taken away, waits no more."""
        waited = self._result_callbacks[-1].future if self._result_callbacks else None
        super()._pop_result_callback()
        if waited is not None and not waited.done():
            waited.cancel()

    async def action_show_help(self) -> None:
        """Every key in force here."""
        await self.app.run_action("show_help", self.app)

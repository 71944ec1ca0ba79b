"""What was made and is being made: pick one to see how far it is, or take off the list what is removed."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType

from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.picker import Choice, PickerScreen

FORGET = "forget "
"""Before the id of one that is taken off the list."""


class WorksScreen(PickerScreen):
    """Gives the id of the one to look at, or FORGET and that of one to take off the list."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("works")

    def __init__(self, choices: Sequence[Choice], *, current: str = "") -> None:
        """The list, the latest first; it begins on the one with the id `current`."""
        super().__init__(
            "Works", choices, current=current, nothing="no cluster was created here: :provision creates one"
        )

    def action_forget(self) -> None:
        """Take the one under the cursor off the list."""
        if self._shown and self._options.highlighted is not None:
            self._give(f"{FORGET}{self._shown[self._options.highlighted].id}")

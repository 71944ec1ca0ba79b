"""A pane that is filled by work that takes its time: what comes after it waits for that."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from kubegenie_tui.widgets.background import begin

if TYPE_CHECKING:
    from textual.dom import DOMNode


class Filling:
    """One work at a time; a later one takes the place of an earlier."""

    def __init__(self, pane: "DOMNode", group: str) -> None:
        """A pane to be filled.

        Args:
            pane: whose work it is.
            group: what it is called.
        """
        self._pane = pane
        self._group = group
        self._over = asyncio.Event()
        self._over.set()

    def run(self, work: Callable[[], Awaitable[None]]) -> None:
        """Begin to fill it."""
        self._over.set()
        over = self._over = asyncio.Event()

        async def fill() -> None:
            try:
                await work()
            finally:
                over.set()

        begin(self._pane, fill, self._group, exclusive=True)

    async def over(self) -> None:
        """Wait until nothing fills it any more."""
        while not (now := self._over).is_set():
            await now.wait()

"""What is waited for, told where the person is: nothing for half a second, then words, a clock and a way out."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, TypeVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from kubegenie_tui.domain.errors import GaveUp
from kubegenie_tui.domain.text import plain
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.floating import FloatingScreen
from kubegenie_tui.widgets.key_footer import KeyFooter

SAY_AFTER = 0.5
"""Seconds: what is quicker needs no words."""
TICK = 0.1

T = TypeVar("T")


class WaitingScreen(FloatingScreen[None]):
    """A line with a clock, until what is waited for has come."""

    DEFAULT_CSS = """
    WaitingScreen { align: center middle; background: $background 40%; }
    WaitingScreen > Static {
        width: 80%; max-width: 84; height: auto; padding: 0 1; background: $background; border: round $accent;
        border-title-color: $accent;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("waiting")

    def __init__(self, words: str, began: float, stop: Callable[[], object]) -> None:
        """A line about what goes on.

        Args:
            words: what is waited for.
            began: when, on the clock that only goes forward.
            stop: gives up.
        """
        super().__init__()
        self._words = plain(words)
        self._began = began
        self._stop = stop
        self._over = False

    def compose(self) -> ComposeResult:
        """The line, the keys below."""
        yield Static(markup=False)
        yield KeyFooter()

    def on_mount(self) -> None:
        """Let the clock go."""
        self._tick()
        self.set_interval(TICK, self._tick)

    def _tick(self) -> None:
        self.query_one(Static).update(Content(f"◐ {self._words} · {time.monotonic() - self._began:.1f}s"))

    def on_screen_resume(self) -> None:
        """What was above has gone: so does this when there is nothing to wait for any more."""
        if self._over:
            self.close()

    def close(self) -> None:
        """It has come, or not."""
        on_top = self.app.screen is self
        self._over = not on_top
        if on_top:
            self.dismiss()

    def action_leave(self) -> None:
        """Wait no longer."""
        self._stop()


async def waited(app: App[Any], words: str, work: Awaitable[T]) -> T:
    """Wait for something that is only looked up; a person may give up, as the lookup changes nothing.

    Args:
        app: where it is told.
        words: what goes on, in a few words.
        work: the lookup.

    Raises:
        GaveUp: the person did.
    """
    task, began = asyncio.ensure_future(work), time.monotonic()
    screen = WaitingScreen(words, began, task.cancel)
    try:
        done, _ = await asyncio.wait([task], timeout=SAY_AFTER)
        if not done:
            await app.push_screen(screen)
            await asyncio.wait([task])
    except asyncio.CancelledError:
        task.cancel()
        raise
    finally:
        if screen.is_attached:
            screen.close()
    if task.cancelled():
        raise GaveUp("You did not wait for the answer", next_step="nothing was changed")
    return task.result()

"""The time in a simulated cluster: set by hand while its past is played, and the machine's own afterwards."""

import time

from kubegenie_tui.demo.state.objects import timestamp


class Clock:
    """Tells the time; stands still at `at` until `run` is called."""

    def __init__(self, at: float) -> None:
        self._at: float | None = at

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time() if self._at is None else self._at

    def stamp(self) -> str:
        """Now, as the API writes it."""
        return timestamp(self.now())

    def set(self, at: float) -> None:
        """Stand still at `at`."""
        self._at = at

    def run(self) -> None:
        """Follow the machine's time from now on."""
        self._at = None

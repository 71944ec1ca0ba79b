"""How long to wait after a failure. The figures are those of client-go's reflector."""

import math

from kubegenie_tui.kube.clock import Clock

FIRST = 0.8
LONGEST = 30.0
FORGET_AFTER = 120.0
"""Seconds without a failure after which the next one counts as the first."""


class Backoff:
    """Delays that double with each failure, each lengthened by up to its own length by chance."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._delay = FIRST
        self._last = -math.inf

    def next(self) -> float:
        """The seconds to wait now."""
        now = self._clock.monotonic()
        if now - self._last > FORGET_AFTER:
            self._delay = FIRST
        self._last = now
        delay, self._delay = self._delay, min(self._delay * 2, LONGEST)
        return delay * (1 + self._clock.chance())

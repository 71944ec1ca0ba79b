"""The demo's clusters as tests need them: their story is told once, and each test has a copy to change."""

import copy
import time
from functools import lru_cache

from kubegenie_tui.demo.story.stories import build_worlds
from kubegenie_tui.demo.world.world import World

FRESH_SECONDS = 60.0
"""How long what has just been told is the present."""


def demo_worlds(now: float | None = None) -> list[World]:
    """All demo clusters at `now` (seconds since the epoch; the present when None). Telling takes five times as long."""
    return copy.deepcopy(_told(now, 0 if now else int(time.monotonic() / FRESH_SECONDS)))


@lru_cache(maxsize=2)
def _told(now: float | None, _minute: int) -> list[World]:
    return build_worlds(seed=0, now=now)

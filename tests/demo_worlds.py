"""The demo's clusters as tests need them: their story is told once, and each test has a copy to change."""

import gc
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from kubegenie_tui.demo.story.stories import build_worlds
from kubegenie_tui.demo.world.world import World

FRESH_SECONDS = 60.0
"""How long what has just been told is the present."""
ENDS_WITHIN = 10.0
"""Seconds the server's process may take to end."""


def demo_worlds(now: float | None = None) -> list[World]:
    """All demo clusters at `now` (seconds since the epoch; the present when None). Telling takes forty times it."""
    told = _told(now, 0 if now else int(time.monotonic() / FRESH_SECONDS))
    gc.disable()  # Nothing of what is made here is garbage; looking for some takes four times as long as making it.
    try:
        worlds: list[World] = pickle.loads(told)
    finally:
        gc.enable()
    return worlds


@lru_cache(maxsize=2)
def _told(now: float | None, _minute: int) -> bytes:
    return pickle.dumps(build_worlds(seed=0, now=now))


@contextmanager
def demo_process(directory: Path) -> Iterator[Path]:
    """The demo server in a process of its own, its kubeconfig in `directory`; it must end when its input does."""
    command = [sys.executable, "-m", "kubegenie_tui.demo", "--dir", str(directory)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdin is not None
        try:
            assert child.stdout.readline().startswith("READY ")
            yield directory / "kubeconfig"
            child.stdin.close()
            child.wait(ENDS_WITHIN)
        finally:
            child.kill()

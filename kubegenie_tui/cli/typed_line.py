"""A line that a person types at the terminal, for as long as nobody tells us to end."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


def typed_line(question: str) -> str:
    """What is typed at a question on standard error; empty when there is no more."""
    with heard_at_once():
        sys.stderr.write(question)
        sys.stderr.flush()
        return sys.stdin.readline().strip()


@contextmanager
def heard_at_once() -> Iterator[None]:
    """End at ctrl+c and SIGTERM though a read blocks the loop, which hears of them only afterwards.

    Raises:
        KeyboardInterrupt: ctrl+c.
        SystemExit: SIGTERM.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {each: signal.signal(each, _end) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _end(number: int, _: FrameType | None) -> None:
    raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(128 + number)

"""What is piped in beside a question: `kubectl logs web | kubegenie ask "why?"`. Nobody waits for it for ever."""

import os
import select
import stat
import sys
import time
from collections.abc import Callable

import msgspec

MOST_BYTES = 1_000_000
"""The last so many are read: a log says most at its end."""
IDLE_SECONDS = 10.0
"""Nothing more is expected of a pipe that was silent for so long, as one that nobody writes to."""
LONGEST_SECONDS = 60.0
"""A log that is followed never ends."""
_AT_ONCE = 65_536
_GOES_ON = f"Standard input went on for {LONGEST_SECONDS:g} s: what had come is read"


class Piped(msgspec.Struct, frozen=True):
    """A text from standard input."""

    text: str
    """Empty for none."""
    note: str = ""
    """Why it is not whole, as a sentence; empty where it is."""


def piped(
    descriptor: int | None = None, *, idle: float = IDLE_SECONDS, clock: Callable[[], float] = time.monotonic
) -> Piped:
    """The text that stands in a pipe or a file on standard input; nothing of a terminal, or where there is none.

    Args:
        descriptor: another one than that of standard input.
        idle: seconds of silence after which no more is waited for.
        clock: seconds of whatever origin.
    """
    source = _standard_input() if descriptor is None else descriptor
    if source < 0 or not _is_piped(source):
        return Piped("")
    kept, size, note = bytearray(), 0, ""
    until = clock() + LONGEST_SECONDS
    while not note:
        if not select.select([source], [], [], idle)[0]:
            note = _silent(idle, size)
        elif not (read := os.read(source, _AT_ONCE)):
            break
        else:
            kept, size = (kept + read)[-MOST_BYTES:], size + len(read)
            note = _GOES_ON if clock() > until else ""
    if size > len(kept):
        note = f"Of {size:,} bytes on standard input the last {len(kept):,} are read"
    return Piped(kept.decode("utf-8", "replace").strip(), note)


def _silent(idle: float, size: int) -> str:
    if size:
        return f"Standard input was silent for {idle:g} s: what had come is read"
    return f"Nothing came on standard input for {idle:g} s: the question is asked without a text"


def _standard_input() -> int:
    """Its descriptor; -1 where it is closed."""
    try:
        return sys.stdin.fileno()
    except (AttributeError, OSError, ValueError):
        return -1


def _is_piped(descriptor: int) -> bool:
    try:
        mode = os.fstat(descriptor).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode) or stat.S_ISSOCK(mode)

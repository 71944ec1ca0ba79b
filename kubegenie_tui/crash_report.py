"""What is kept of a fault of our own: where it came from, without the values that were at hand."""

import time
import traceback
from collections.abc import Iterator
from pathlib import Path

from kubegenie_tui import __version__
from kubegenie_tui.domain.errors import words_of
from kubegenie_tui.paths import cache_dir, write_private


def keep_crash_report(error: BaseException | None) -> Path:
    """Write down where an error came from; the file, which only this user can read.

    Raises:
        StoreError: it cannot be written.
    """
    file = cache_dir() / time.strftime("crash-%Y-%m-%dT%H%M%S.txt")
    lines = _told(error, set()) if error else ()
    write_private(file, f"kubegenie {__version__}\n{''.join(lines)}".encode())
    return file


def _told(error: BaseException, told: set[int]) -> Iterator[str]:
    """Where an error and those before it came from; each with what it says, as far as that quotes nothing."""
    told.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    for other in (*([before] if before else ()), *inner):
        if id(other) not in told:
            yield from _told(other, told)
            yield "\nwhich led to:\n\n"
    yield "Traceback (most recent call last):\n"
    yield from traceback.format_tb(error.__traceback__)
    yield f"{type(error).__qualname__}: {words_of(error)}\n"

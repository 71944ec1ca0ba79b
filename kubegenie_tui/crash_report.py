"""What is kept of a fault of our own: where it came from, without the values that were at hand."""

import time
import traceback
from pathlib import Path

from kubegenie_tui import __version__
from kubegenie_tui.paths import cache_dir, write_private


def keep_crash_report(error: BaseException | None) -> Path:
    """Write down where an error came from; the file, which only this user can read.

    Raises:
        StoreError: it cannot be written.
    """
    file = cache_dir() / time.strftime("crash-%Y-%m-%dT%H%M%S.txt")
    lines = traceback.format_exception(error) if error else []
    write_private(file, f"kubegenie {__version__}\n{''.join(lines)}".encode())
    return file

"""Writes what a log shows to a file, in slices: the lines are too many to hold, and typing goes on meanwhile."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.domain.log_line import LogLine
from kubegenie_tui.widgets.log_pane import LogPane
from kubegenie_tui.widgets.log_view import LogView

SLICE = 200


async def save_and_tell(pane: LogPane, name: str) -> None:
    """Save what a pane shows under this name, and say where it went."""
    try:
        path, count = await save_lines(pane.view, name)
    except KubeGenieError as error:
        pane.say(str(error))
        return
    pane.app.notify(f"Saved {count:,} lines to {path}", markup=False)


async def save_lines(view: LogView, name: str) -> tuple[Path, int]:
    """Write the lines that are shown as they were written, with their times; where to, and how many.

    Lines that come meanwhile are left out, as are old ones that are dropped before it is their turn.

    Raises:
        UsageError: there is no line.
        StoreError: the file cannot be written.
    """
    from kubegenie_tui.paths import downloads_dir, replacing_private

    path, count, store = downloads_dir() / name, 0, view.store
    dropped = store.dropped
    shown = list(view.place.shown) if view.place.shown is not None else range(len(store))
    if not shown:
        raise UsageError("There is no line to save", next_step="wait for one, or change what hides them")
    with replacing_private(path) as file:
        for start in range(0, len(shown), SLICE):
            gone = store.dropped - dropped
            lines = [store[index - gone] for index in shown[start : start + SLICE] if index >= gone]
            file.write("".join(_told(view, line) for line in lines).encode("utf-8", "replace"))
            count += len(lines)
            await asyncio.sleep(0)
    return path, count


def _told(view: LogView, line: LogLine) -> str:
    """Time, source where there are several, and the line."""
    of = view.sources[line.origin]
    source = "/".join(filter(None, (of.cluster, of.pod, of.container))) if len(view.sources) > 1 else ""
    return " ".join(filter(None, (_stamp(line), source, line.source or line.text))) + "\n"


def _stamp(line: LogLine) -> str:
    if not line.stamp:
        return ""
    seconds, nanoseconds = divmod(line.stamp, 1_000_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{nanoseconds:09d}Z"

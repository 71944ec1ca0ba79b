"""Opening the full screen, where there is one."""

import argparse
import gc
import os
import sys

from kubegenie_tui.cli.connect import start_options
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.start import StartOptions

FRAMES_PER_SECOND = "240"
"""A key waits for the next frame: at Textual's own 60 a second that alone is 8 ms on average."""

ESCAPE_MILLISECONDS = "50"
"""So long may the rest of an arrow key stay behind its first byte before that counts as Esc, twice as long by default.

As long as Neovim waits; a line that is slower still sets ESCDELAY, as for every program with ncurses.
"""


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie` without a verb. The welcome screen may ask for the demo instead."""
    status = open_app(start_options(arguments))
    from kubegenie_tui.app import DEMO_WANTED

    if status == DEMO_WANTED:
        from kubegenie_tui.cli.demo import open_demo

        return open_demo(StartOptions())
    return status


def open_app(options: StartOptions) -> int:
    """Run the app until the person leaves.

    Raises:
        UsageError: there is no terminal.
    """
    require_terminal()
    gc.disable()
    os.environ.setdefault("TEXTUAL_FPS", FRAMES_PER_SECOND)
    os.environ.setdefault("ESCDELAY", ESCAPE_MILLISECONDS)
    from kubegenie_tui.app import run_app

    return run_app(options)


def require_terminal() -> None:
    """Raise when there is nothing to draw on.

    Raises:
        UsageError: standard input, output or error is not a terminal; the screen is drawn on the last.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        raise UsageError(
            "The full screen needs a terminal",
            "standard input, output or error is a file or a pipe",
            "`kubegenie get` and `kubegenie ask` work without one",
        )

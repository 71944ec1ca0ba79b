"""The `kubegenie` command. A room is imported by the one command that needs it, so that `--version` costs nothing."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.domain.errors import KubeGenieError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line (that of the process by default) and return its exit status. Errors become one sentence."""
    from kubegenie_tui.cli.parser import build_parser

    try:
        status = _run(build_parser().parse_args(argv))
        sys.stdout.flush()
    except KubeGenieError as error:
        _tell(error)
        return Exit.of(error)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.PIPE_CLOSED
    except Exception as error:
        from kubegenie_tui.crash_report import keep_crash_report

        _tell(KubeGenieError("A fault of our own", f"what led to it was kept in {keep_crash_report(error)}"))
        return Exit.FAILED
    return status


VERBS = {
    "get": "get",
    "ask": "ask",
    "clusters": "clusters",
    "doctor": "doctor",
    "completion": "completion",
    "demo": "demo",
    None: "fullscreen",
}
"""The module of this package that does what a verb says."""


def _run(arguments: argparse.Namespace) -> int:
    module = importlib.import_module(f"kubegenie_tui.cli.{VERBS[arguments.verb]}")
    status: int = module.run(arguments)
    return status


def _tell(error: KubeGenieError) -> None:
    from kubegenie_tui.domain.text import plain

    sys.stderr.write(f"kubegenie: {plain(str(error))}\n")

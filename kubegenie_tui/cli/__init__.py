"""The `kubegenie` command. A room is imported by the one command that needs it, so that `--version` costs nothing."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from kubegenie_tui.cli.complaint import complain
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.domain.errors import KubeGenieError

VERBS = {
    "get": "get",
    "ask": "ask",
    "diagnose": "diagnose",
    "trace": "trace",
    "costs": "costs",
    "intent": "intent",
    "clusters": "clusters",
    "safe": "safe",
    "provision": "provision",
    "compositions": "compositions",
    "forward": "forward",
    "cp": "cp",
    "crd": "crd",
    "operators": "operators",
    "do": "do",
    "apply": "apply",
    "rollout": "rollout",
    "audit": "audit",
    "chats": "chats",
    "mcp": "mcp",
    "notes": "notes",
    "model": "model",
    "plugins": "plugins",
    "token": "token",
    "doctor": "doctor",
    "completion": "completion",
    "demo": "demo",
    None: "fullscreen",
}
"""The module of this package that does what a verb says."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line (that of the process by default) and return its exit status. Errors become one sentence."""
    from kubegenie_tui.cli.parser import build_parser

    try:
        status = _run(build_parser().parse_args(argv))
        sys.stdout.flush()
    except KubeGenieError as error:
        complain(error)
        return Exit.of(error)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except OSError as error:
        return _output_failed(error)
    except Exception as error:
        return _our_fault(error)
    return status


def _run(arguments: argparse.Namespace) -> int:
    module = importlib.import_module(f"kubegenie_tui.cli.{VERBS[arguments.verb]}")
    status: int = module.run(arguments)
    return status


def _output_failed(error: OSError) -> int:
    """Other failures of the operating system are translated where they happen; what is left is standard output."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        return Exit.PIPE_CLOSED
    complain(KubeGenieError("The output could not be written", error.strerror or ""))
    return Exit.FAILED


def _our_fault(error: Exception) -> int:
    from kubegenie_tui.crash_report import keep_crash_report

    complain(KubeGenieError("A fault of our own", f"what led to it was kept in {keep_crash_report(error)}"))
    return Exit.FAILED

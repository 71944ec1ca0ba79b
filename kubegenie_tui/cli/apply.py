"""`kubegenie apply`: objects of a file or of standard input, made to be as they are written."""

import argparse
import sys
from pathlib import Path

import msgspec

from kubegenie_tui.cli.changing import change
from kubegenie_tui.cli.connect import cluster_of, namespace_of, opened_services
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.domain.cluster_reader import kinds_known
from kubegenie_tui.domain.errors import ClusterError, UsageError
from kubegenie_tui.ending import run_to_end


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie apply -f FILE`; `-` reads standard input.

    Raises:
        UsageError: the file cannot be read, or what is in it is no object; with the line.
    """
    return run_to_end(_apply(arguments, _read(arguments.file)))


def _read(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file} cannot be read", error.strerror or "") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is no text", str(error)) from error


async def _apply(arguments: argparse.Namespace, text: str) -> Exit:
    from kubegenie_tui.changes.operations.applying import apply_plan, located

    source = "standard input" if arguments.file == "-" else arguments.file
    async with opened_services(arguments) as services:
        agent = await cluster_of(services, arguments)
        await kinds_known(agent)
        namespace = namespace_of(arguments) or agent.status.namespace
        plan = apply_plan(agent, text, source, namespace, force=arguments.force)
        try:
            return await change(services, agent, msgspec.structs.replace(plan, asked_by="command line"), arguments)
        except ClusterError as error:
            raise located(error, plan, text, source) from error

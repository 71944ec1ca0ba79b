"""`kubegenie clusters`: the list of clusters without the full screen."""

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING, Any

import msgspec

from kubegenie_tui.cli.connect import opened_manager
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json, write_rows
from kubegenie_tui.domain.cluster import ClusterStatus
from kubegenie_tui.domain.cluster_rows import CLUSTER_COLUMNS, NOT_SHOWN, cluster_row
from kubegenie_tui.domain.text import plain

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_manager import ClusterManager


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie clusters list|add|remove|test`."""
    return asyncio.run(_run(arguments))


async def _run(arguments: argparse.Namespace) -> int:
    async with opened_manager(arguments) as manager:
        match arguments.clusters_verb:
            case "list":
                return await _list(manager, arguments.output)
            case "add":
                name = await manager.register(arguments.file, arguments.context or "")
                sys.stdout.write(f"{plain(name)} is remembered\n")
            case "remove":
                await manager.remove(arguments.name)
                sys.stdout.write(f"{plain(arguments.name)} is forgotten\n")
            case _:
                return await _test(manager, arguments.names, arguments.output)
    return Exit.OK


async def _list(manager: "ClusterManager", output: str) -> int:
    agents = [manager.agent(status.name) for status in manager.statuses]
    await asyncio.gather(*(agent.check() for agent in agents if agent and agent.context.error is None))
    if output == "json":
        write_json([_as_json(status) for status in manager.statuses])
    elif manager.statuses:
        write_rows(CLUSTER_COLUMNS, [cluster_row(status, 0) for status in manager.statuses], NOT_SHOWN)
    else:
        sys.stderr.write("No clusters are known: `kubegenie demo` needs none, `kubegenie clusters add` adds one.\n")
    return Exit.OK


def _as_json(status: ClusterStatus) -> dict[str, Any]:
    told = msgspec.structs.asdict(status)
    told["reach"] = status.reach.value
    told["error"] = str(status.error) if status.error else None
    return told


async def _test(manager: "ClusterManager", names: list[str], output: str) -> int:
    wanted = names or [status.name for status in manager.statuses]
    results = dict(zip(wanted, await asyncio.gather(*(manager.test(name) for name in wanted)), strict=True))
    if output == "json":
        write_json({name: [msgspec.structs.asdict(step) for step in steps] for name, steps in results.items()})
    else:
        for name, steps in results.items():
            sys.stdout.write(f"{plain(name)}\n")
            for step in steps:
                sys.stdout.write(f"  {'✓' if step.ok else '✖'} {step.name:<12} {plain(step.detail)}\n")
    failed = any(not steps[-1].ok for steps in results.values() if steps)
    return Exit.NO_CLUSTER if failed else Exit.OK

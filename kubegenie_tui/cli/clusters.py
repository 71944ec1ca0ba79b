"""`kubegenie clusters`: the list of clusters without the full screen."""

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING, Any

import msgspec

from kubegenie_tui.cli.complaint import complain
from kubegenie_tui.cli.connect import kubeconfig_faults, opened_services, unlock_for
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json, write_rows
from kubegenie_tui.cli.registering import add_cluster
from kubegenie_tui.domain.cluster import ClusterStatus
from kubegenie_tui.domain.cluster_rows import CLUSTER_COLUMNS, NOT_SHOWN, cluster_row
from kubegenie_tui.domain.errors import StoreError, UsageError
from kubegenie_tui.domain.text import plain
from kubegenie_tui.ending import run_to_end

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_manager import ClusterManager
    from kubegenie_tui.services import Services

NONE_KNOWN = "`kubegenie demo` needs none, `kubegenie clusters add FILE` adds those of a kubeconfig"


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie clusters list|add|remove|export|test`."""
    return run_to_end(_run(arguments))


async def _run(arguments: argparse.Namespace) -> int:
    async with opened_services(arguments) as services:
        if arguments.clusters_verb in ("add", "remove"):
            if not services.store.lasting:
                raise StoreError("Nothing can be remembered or forgotten", "there is no database to keep it in")
            return await _change(services, arguments)
        if arguments.clusters_verb == "export":
            return await _export(services, arguments)
        _complain_of_kubeconfigs(services.manager, arguments)
        if arguments.clusters_verb == "list":
            await unlock_for(services, [])
            return await _list(services.manager, arguments.output)
        await unlock_for(services, arguments.names)
        return await _test(services.manager, arguments.names, arguments.output)


async def _change(services: "Services", arguments: argparse.Namespace) -> int:
    if arguments.clusters_verb == "add":
        name = await add_cluster(services, arguments)
        sys.stdout.write(f"{plain(name)} is remembered\n")
    else:
        await services.manager.remove(arguments.name)
        sys.stdout.write(f"{plain(arguments.name)} is forgotten\n")
    return Exit.OK


async def _export(services: "Services", arguments: argparse.Namespace) -> int:
    from kubegenie_tui.kube.kubeconfig.writer import kubeconfig_of
    from kubegenie_tui.paths import write_new_private

    await unlock_for(services, [arguments.name])
    agent = await services.manager.open(arguments.name)
    file = arguments.to.expanduser().absolute()
    write_new_private(file, await kubeconfig_of(agent.context))
    sys.stdout.write(f"{file} leads to {plain(agent.name)}; whoever can read it can use it\n")
    return Exit.OK


def _complain_of_kubeconfigs(manager: "ClusterManager", arguments: argparse.Namespace) -> None:
    faults = kubeconfig_faults(manager, arguments)
    if faults and not manager.statuses:
        raise faults[0]
    for fault in faults:
        complain(fault)


async def _list(manager: "ClusterManager", output: str) -> int:
    agents = [manager.agent(status.name) for status in manager.statuses]
    await asyncio.gather(*(agent.check() for agent in agents if agent))
    if output == "json":
        write_json([_as_json(status) for status in manager.statuses])
    elif manager.statuses:
        rows = [cluster_row(status, 0) for status in manager.statuses]
        write_rows(CLUSTER_COLUMNS, rows, NOT_SHOWN | {"SERVER"})
    else:
        sys.stderr.write(f"No clusters are known: {NONE_KNOWN}.\n")
    return Exit.OK


def _as_json(status: ClusterStatus) -> dict[str, Any]:
    told = msgspec.structs.asdict(status)
    told["reach"] = status.reach.value
    told["error"] = str(status.error) if status.error else None
    return told


async def _test(manager: "ClusterManager", names: list[str], output: str) -> int:
    wanted = names or [status.name for status in manager.statuses]
    if not wanted:
        raise UsageError("There is no cluster to test", next_step=NONE_KNOWN)
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

"""`kubegenie clusters`: the list of clusters without the full screen."""

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING, Any

import msgspec

from kubegenie_tui.cli.complaint import complain
from kubegenie_tui.cli.connect import kubeconfig_faults, opened_services, unlock_for
from kubegenie_tui.cli.discovering import discover
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json, write_rows
from kubegenie_tui.cli.registering import add_cluster, log_in
from kubegenie_tui.cli.saying import say
from kubegenie_tui.domain.cluster import ClusterStatus
from kubegenie_tui.domain.cluster_rows import CLUSTER_COLUMNS, cluster_row, columns_not_shown
from kubegenie_tui.domain.errors import StoreError, UsageError
from kubegenie_tui.domain.text import plain
from kubegenie_tui.domain.traits import Traits, labels_of
from kubegenie_tui.ending import run_to_end

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_manager import ClusterManager
    from kubegenie_tui.services import Services

NONE_KNOWN = "`kubegenie demo` needs none, `kubegenie clusters add FILE` adds those of a kubeconfig"


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie clusters list|add|remove|export|login|discover|set|test`."""
    return run_to_end(_run(arguments))


async def _run(arguments: argparse.Namespace) -> int:
    async with opened_services(arguments) as services:
        if _keeps(arguments) and not services.store.lasting:
            raise StoreError("Nothing can be remembered or forgotten", "there is no database to keep it in")
        if arguments.clusters_verb in _OTHERS:
            return await _OTHERS[arguments.clusters_verb](services, arguments)
        _complain_of_kubeconfigs(services.manager, arguments)
        if arguments.clusters_verb == "list":
            await unlock_for(services, [])
            return await _list(services.manager, arguments)
        await unlock_for(services, arguments.names)
        return await _test(services.manager, arguments.names, arguments.output)


def _keeps(arguments: argparse.Namespace) -> bool:
    """Whether something is to be remembered or forgotten."""
    verb = arguments.clusters_verb
    return verb in ("add", "remove", "set", "login") or (
        verb == "discover" and (arguments.register or arguments.register_all)
    )


async def _change(services: "Services", arguments: argparse.Namespace) -> int:
    if arguments.clusters_verb == "add":
        name = await add_cluster(services, arguments)
        sys.stdout.write(f"{plain(name)} is remembered\n")
    else:
        await services.manager.registrar.remove(arguments.name)
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


async def _list(manager: "ClusterManager", arguments: argparse.Namespace) -> int:
    labels = labels_of(arguments.label)
    names = [status.name for status in manager.statuses if _is_asked_for(status.traits, labels, arguments.group)]
    agents = [agent for name in names if (agent := manager.agent(name))]
    await asyncio.gather(*(agent.check() for agent in agents))
    statuses = [agent.status for agent in agents]
    if arguments.output == "json":
        write_json([_as_json(status) for status in statuses])
    elif statuses:
        rows = [cluster_row(status, 0) for status in statuses]
        write_rows(CLUSTER_COLUMNS, rows, columns_not_shown(statuses) | {"SERVER"})
    elif manager.statuses:
        sys.stderr.write("No cluster has these labels and groups.\n")
    else:
        sys.stderr.write(f"No clusters are known: {NONE_KNOWN}.\n")
    return Exit.OK


def _is_asked_for(traits: Traits, labels: dict[str, str], groups: list[str]) -> bool:
    return labels.items() <= traits.labels.items() and set(groups) <= set(traits.groups)


def _as_json(status: ClusterStatus) -> dict[str, Any]:
    told = msgspec.structs.asdict(status)
    told["reach"] = status.reach.value
    told["error"] = str(status.error) if status.error else None
    told["concerns"] = [each.text for each in status.concerns]
    said = msgspec.structs.asdict(told.pop("traits"))
    told |= {name: said[name] for name in ("labels", "groups", "colour", "notes")}
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


_OTHERS = {"add": _change, "remove": _change, "export": _export, "discover": discover, "set": say, "login": log_in}
"""The verbs that look at no cluster's health."""

"""From a command line to clusters, and everything closed again at the end."""

import argparse
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from kubegenie_tui.cli.complaint import complain
from kubegenie_tui.domain import known_namespace
from kubegenie_tui.domain.acting import own_name
from kubegenie_tui.domain.errors import KubeconfigError, KubeGenieError, UsageError
from kubegenie_tui.domain.start import StartOptions

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.agents.cluster_manager import ClusterManager
    from kubegenie_tui.services import Services


def start_options(arguments: argparse.Namespace) -> StartOptions:
    """What was asked for before any verb, or after it where that means the same.

    Raises:
        UsageError: nobody can be acted as by these names.
    """
    options = StartOptions(
        context=arguments.context or "",
        user=arguments.user or "",
        groups=tuple(arguments.groups or ()),
        namespace=namespace_of(arguments),
        command=arguments.command or "",
        fleet=bool(arguments.fleet),
        kubeconfig=arguments.kubeconfig,
        read_only=arguments.read_only,
    )
    options.cluster("")
    return options


def namespace_of(arguments: argparse.Namespace) -> str | None:
    """The namespace asked for: empty for all, None when none was."""
    return "" if arguments.all_namespaces else arguments.namespace


@asynccontextmanager
async def opened_services(arguments: argparse.Namespace) -> AsyncIterator["Services"]:
    """What the full screen works with, for as long as the block runs.

    Raises:
        SettingsError: the settings cannot be used.
    """
    from kubegenie_tui.services import build_services
    from kubegenie_tui.settings import load_settings

    services = await build_services(load_settings(), start_options(arguments))
    try:
        if services.store.notice:
            complain(KubeGenieError(services.store.notice))
        yield services
    finally:
        await services.close()


async def unlock_for(services: "Services", names: Sequence[str]) -> None:
    """Ask for the passphrase where only it opens what is kept of these clusters, or of any when none is named.

    Without a terminal nothing is asked: the clusters concerned say that they are locked.

    Raises:
        WrongPassphrase: it was typed wrongly, and again.
    """
    from kubegenie_tui.agents.secrets import needs_passphrase
    from kubegenie_tui.cli.passphrase import open_safe

    manager = services.manager
    agents = [manager.agent(name) for name in names or [status.name for status in manager.statuses]]
    for agent in agents:
        if agent is not None and await needs_passphrase(services.store.safe, agent.context):
            if sys.stdin.isatty():
                await open_safe(services.store.safe)
            return


async def cluster_of(services: "Services", arguments: argparse.Namespace) -> "ClusterAgent":
    """The cluster asked for, or the current one; what is kept of it is unlocked.

    Raises:
        UsageError: none was asked for and none is current, or there is none of that name; or nobody can be acted as.
        KubeconfigError: the kubeconfig or the cluster's context cannot be used.
        WrongPassphrase: it was typed wrongly, and again.
    """
    manager = services.manager
    name = start_options(arguments).cluster(manager.current)
    if manager.agent(own_name(name)) is None and manager.errors:
        raise manager.errors[0]
    if not name:
        known = ", ".join(status.name for status in manager.statuses)
        advice = f"name one with --context: {known}" if known else "add one to the kubeconfig, or try `kubegenie demo`"
        raise UsageError("There is no current cluster", next_step=advice)
    await unlock_for(services, [name])
    return await manager.open(name)


def kubeconfig_faults(manager: "ClusterManager", arguments: argparse.Namespace) -> list[KubeconfigError]:
    """What is wrong with the kubeconfigs. That there is none is only a fault when one was named."""
    return [error for error in manager.errors if error.file or arguments.kubeconfig]


async def require_namespace(agent: "ClusterAgent", name: str) -> None:
    """As `domain.known_namespace`; commands that list namespaces are advised."""
    await known_namespace.require_namespace(agent, name, "`kubegenie get namespaces` lists them")

"""`kubegenie get`: objects as the explorer shows them, or whole as kubectl prints them."""

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING, Any

from kubegenie_tui.cli.connect import opened_cluster
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.fullscreen import namespace_of
from kubegenie_tui.cli.output import write_json, write_rows
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.live import Changes, LiveRows, Phase
from kubegenie_tui.domain.row import Row
from kubegenie_tui.genie.redaction.redactor import Redactor

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent

Object = dict[str, Any]


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie get KIND [NAME]`.

    Raises:
        UsageError: a name together with what means several objects.
    """
    if arguments.name and (arguments.selector or arguments.all_namespaces):
        several = "--selector" if arguments.selector else "--all-namespaces"
        raise UsageError(f"A name and {several} do not go together", next_step="leave one of them out")
    asyncio.run(_get(arguments))
    return Exit.OK


async def _get(arguments: argparse.Namespace) -> None:
    async with opened_cluster(arguments) as agent:
        kind = await kind_named(agent, arguments.kind)
        namespace = _scope(arguments, agent, kind)
        if arguments.output == "json":
            await _write_objects(agent, kind, namespace, arguments)
        else:
            await _write_rows(agent, kind, namespace, arguments)


async def kind_named(agent: "ClusterAgent", name: str) -> Kind:
    """The kind that a name means; the cluster is asked when not every cluster has it.

    Raises:
        UsageError: it serves no such kind.
        KubeGenieError: it did not tell what it serves.
    """
    known = agent.kinds.find(name)
    if known is not None:
        return known
    from kubegenie_tui.kube.discovery import discover

    return KindIndex((await discover(agent.client)).kinds).resolve(name)


def _scope(arguments: argparse.Namespace, agent: "ClusterAgent", kind: Kind) -> str:
    """The namespace to look in: what was asked for, else the context's, else `default`, as with kubectl."""
    asked = namespace_of(arguments)
    if not kind.namespaced:
        return ""
    return asked if asked is not None else agent.status.namespace or "default"


async def _write_objects(agent: "ClusterAgent", kind: Kind, namespace: str, arguments: argparse.Namespace) -> None:
    if arguments.name:
        write_json(_without_secrets(await agent.get(kind, arguments.name, namespace)))
        return
    found = await agent.list_objects(kind, namespace, label_selector=arguments.selector, limit=0)
    items = [_without_secrets({"apiVersion": kind.api_version, "kind": kind.kind} | item) for item in found.items]
    write_json({"apiVersion": "v1", "kind": "List", "items": items, "metadata": {"resourceVersion": ""}})


def _without_secrets(manifest: Object) -> Object:
    return Redactor().object(manifest) if manifest.get("kind") == "Secret" else manifest


async def _write_rows(agent: "ClusterAgent", kind: Kind, namespace: str, arguments: argparse.Namespace) -> None:
    wanted = await _wanted(agent, kind, namespace, arguments)
    lease = agent.watch(kind, namespace)
    try:
        rows = await loaded(lease.live)
        columns = lease.live.columns
    finally:
        lease.release()
    shown = [row for row in rows if wanted is None or row.uid in wanted]
    if not shown:
        where = f" in {namespace}" if namespace else ""
        sys.stderr.write(f"No {kind.plural} found{where}.\n")
        return
    write_rows(columns, shown, hidden=() if kind.namespaced and not namespace else ("NAMESPACE",))


async def _wanted(
    agent: "ClusterAgent", kind: Kind, namespace: str, arguments: argparse.Namespace
) -> frozenset[str] | None:
    """The uids that a name or a selector leaves; None when there is neither."""
    if arguments.name:
        items = [await agent.get(kind, arguments.name, namespace)]
    elif arguments.selector:
        items = (await agent.list_objects(kind, namespace, label_selector=arguments.selector, limit=0)).items
    else:
        return None
    return frozenset(str(item["metadata"]["uid"]) for item in items)


async def loaded(live: LiveRows) -> list[Row]:
    """The rows once the first list is complete.

    Raises:
        KubeGenieError: the list failed.
    """
    changed = asyncio.Event()

    def hear(_: Changes) -> None:
        changed.set()

    unsubscribe = live.subscribe(hear)
    try:
        while live.state.phase is not Phase.LIVE:
            if live.state.error is not None:
                raise live.state.error
            changed.clear()
            await changed.wait()
    finally:
        unsubscribe()
    return list(live.rows.values())

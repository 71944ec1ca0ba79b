"""`kubegenie get`: objects as the explorer shows them, or whole as kubectl prints them."""

import argparse
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from kubegenie_tui.cli.connect import cluster_of, namespace_of, opened_services, require_namespace
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json, write_rows
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.row import Column, Row
from kubegenie_tui.domain.shapes import shape_of
from kubegenie_tui.ending import run_to_end
from kubegenie_tui.genie.reading.rows import live_rows
from kubegenie_tui.genie.redaction.redactor import Redactor

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent

Object = dict[str, Any]
PATIENCE_SECONDS = 600.0
"""How long a list may take: a script waits for the last of 50,000 objects on a slow line."""


class Wanted(msgspec.Struct, frozen=True):
    """What was asked for, with the cluster's word for it."""

    kind: Kind
    namespace: str
    """Empty for all, and for kinds without."""
    name: str
    selector: str

    @property
    def is_all(self) -> bool:
        """Whether everything of the kind is wanted."""
        return not self.name and not self.selector


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie get KIND [NAME]`.

    Raises:
        UsageError: a name together with what means several objects.
    """
    kind, _, name = arguments.kind.partition("/")
    if name and not arguments.name:
        arguments.kind, arguments.name = kind, name
    if arguments.name and (arguments.selector or arguments.all_namespaces):
        several = "--selector" if arguments.selector else "--all-namespaces"
        raise UsageError(f"A name and {several} do not go together", next_step="leave one of them out")
    run_to_end(_get(arguments))
    return Exit.OK


async def _get(arguments: argparse.Namespace) -> None:
    async with opened_services(arguments) as services:
        agent = await cluster_of(services, arguments)
        kind = await kind_named(agent, arguments.kind)
        wanted = Wanted(kind, _scope(arguments, agent, kind), arguments.name or "", arguments.selector)
        if arguments.output == "json":
            await _write_objects(agent, wanted)
        else:
            await _write_rows(agent, wanted)


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

    kinds = KindIndex((await discover(agent.client)).kinds)
    found = kinds.find(name)
    if found is None:
        near = ", ".join(kinds.near(name))
        advice = f"did you mean {near}?" if near else "`kubegenie get crds` lists the kinds that were added to it"
        raise UsageError(f'{agent.name} has no kind named "{name}"', next_step=advice)
    return found


def _scope(arguments: argparse.Namespace, agent: "ClusterAgent", kind: Kind) -> str:
    """The namespace to look in: what was asked for, else the context's, else `default`, as with kubectl."""
    asked = namespace_of(arguments)
    if not kind.namespaced:
        return ""
    return asked if asked is not None else agent.status.namespace or "default"


async def _objects(agent: "ClusterAgent", wanted: Wanted) -> list[Object]:
    if wanted.name:
        return [await agent.get(wanted.kind, wanted.name, wanted.namespace)]
    found = await agent.list_objects(wanted.kind, wanted.namespace, label_selector=wanted.selector, limit=0)
    return [{"apiVersion": wanted.kind.api_version, "kind": wanted.kind.kind} | item for item in found.items]


async def _write_objects(agent: "ClusterAgent", wanted: Wanted) -> None:
    objects = [_without_secrets(each) for each in await _objects(agent, wanted)]
    if wanted.namespace and not objects:
        await require_namespace(agent, wanted.namespace)
    listed = {"apiVersion": "v1", "kind": "List", "items": objects, "metadata": {"resourceVersion": ""}}
    write_json(objects[0] if wanted.name else listed)


def _without_secrets(manifest: Object) -> Object:
    return Redactor().object(manifest) if manifest.get("kind") == "Secret" else manifest


async def _write_rows(agent: "ClusterAgent", wanted: Wanted) -> None:
    columns, rows = await _rows(agent, wanted)
    if rows:
        write_rows(columns, rows, hidden=() if wanted.kind.namespaced and not wanted.namespace else ("NAMESPACE",))
        return
    if wanted.namespace:
        await require_namespace(agent, wanted.namespace)
    where = f" in {wanted.namespace}" if wanted.namespace else ""
    sys.stderr.write(f"No {wanted.kind.plural} found{where}.\n")


async def _rows(agent: "ClusterAgent", wanted: Wanted) -> tuple[tuple[Column, ...], list[Row]]:
    """Columns and rows; some of a kind are made into rows here where we know how, for all others the server does it."""
    some = None if wanted.is_all else await _objects(agent, wanted)
    shape = shape_of(wanted.kind)
    if some is not None and shape is not None:
        return shape.columns, [shape.decode(msgspec.json.encode(each)) for each in some]
    found = await live_rows(agent, wanted.kind, wanted.namespace, patience=PATIENCE_SECONDS)
    uids = None if some is None else _uids(some)
    return found.columns, [row for row in found.rows.values() if uids is None or row.uid in uids]


def _uids(objects: Iterable[Object]) -> frozenset[str]:
    return frozenset(str(each["metadata"]["uid"]) for each in objects)

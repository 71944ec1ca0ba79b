"""`kubegenie do`: every operation of the app on a command line, through the same gate."""

import argparse
import secrets
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.cli.changing import change
from kubegenie_tui.cli.connect import cluster_of, namespace_of, opened_services
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json, write_table
from kubegenie_tui.domain.cluster_reader import kinds_known
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan
from kubegenie_tui.ending import run_to_end

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie do OPERATION KIND/NAME... [WORD...]`; without an operation it lists them.

    Raises:
        UsageError: no such operation, no object, or words that make no sense.
    """
    if not arguments.operation:
        return _list(arguments)
    return run_to_end(_do(arguments))


def _list(arguments: argparse.Namespace) -> int:
    from kubegenie_tui.changes.operations.catalogue import OPERATIONS

    if arguments.output == "json":
        write_json([{"operation": operation.id, "does": operation.words} for operation in OPERATIONS])
    else:
        write_table(("OPERATION", "DOES"), [(operation.id, operation.words) for operation in OPERATIONS])
    return Exit.OK


async def _do(arguments: argparse.Namespace) -> Exit:
    async with opened_services(arguments) as services:
        agent = await cluster_of(services, arguments)
        await kinds_known(agent)
        return await change(services, agent, await _plan(agent, arguments), arguments)


async def _plan(agent: "ClusterAgent", arguments: argparse.Namespace) -> Plan:
    from kubegenie_tui.changes.operations.catalogue import operation_named
    from kubegenie_tui.changes.operations.operation import Request
    from kubegenie_tui.changes.operations.target import named_targets, read_targets
    from kubegenie_tui.changes.operations.words import read_words

    operation = operation_named(arguments.operation)
    refs, words = targets_in(agent, arguments, arguments.words)
    targets = await read_targets(agent, refs) if operation.reads else named_targets(agent, refs)
    operation.require(targets[0].kind, len(targets))
    answers, missing = read_words(operation, await operation.fields(agent, targets), words)
    if missing:
        raise UsageError(f"{operation.id} needs to know: {', '.join(missing)}", next_step="write it after the object")
    plan = await operation.build(Request(agent, targets, time.time(), secrets.token_hex(2), answers))
    return msgspec.structs.replace(plan, asked_by="command line", passing="")  # nobody is there to leave what it made


def targets_in(
    agent: "ClusterAgent", arguments: argparse.Namespace, said: Sequence[str]
) -> tuple[list[ObjectRef], list[str]]:
    """The objects at the beginning of words, and the words after them.

    Raises:
        UsageError: there is none, or they are of several kinds.
    """
    words, refs = list(said), list[ObjectRef]()
    namespace = namespace_of(arguments) or agent.status.namespace or "default"
    while words and "/" in words[0] and "=" not in words[0]:
        kind_name, _, name = words[0].partition("/")
        if refs and agent.kinds.find(kind_name) is None:
            break
        kind = agent.kinds.resolve(kind_name)
        refs.append(ObjectRef(kind.id, name, namespace if kind.namespaced else "", agent.name))
        words.pop(0)
    if not refs or not all(ref.name for ref in refs):
        raise UsageError("Done to what?", next_step="name objects as KIND/NAME: deployment/web")
    if len({ref.kind for ref in refs}) > 1:
        raise UsageError("These are of several kinds", next_step="do it for one kind after the other")
    return refs, words

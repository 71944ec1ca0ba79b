"""`kubegenie operators`: who looks after the custom kinds of a cluster, what is not ready, and what hinders them."""

import argparse
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kubegenie_tui.cli.connect import cluster_of, opened_services
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json
from kubegenie_tui.domain.custom.operator_rows import kinds_in_words
from kubegenie_tui.domain.custom.operators import Operator
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.text import plain
from kubegenie_tui.ending import run_to_end

if TYPE_CHECKING:
    from kubegenie_tui.agents.operators import Found


MOST_KINDS = 12
"""So many are told by name, more by their groups; JSON has all."""


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie operators`."""
    run_to_end(_run(arguments))
    return Exit.OK


async def _run(arguments: argparse.Namespace) -> None:
    from kubegenie_tui.agents.operators import find_operators

    async with opened_services(arguments) as services:
        agent = await cluster_of(services, arguments)
        await agent.learn_kinds()
        found = await find_operators(agent)
    if arguments.output == "json":
        write_json(_as_json(found))
    else:
        sys.stdout.writelines(f"{plain(line)}\n" for line in _lines(found))


def _lines(found: "Found") -> Iterator[str]:
    for each in found.operators:
        where = f"{each.namespace}/{each.name}" if each.namespace else each.name
        told = [each.source, *filter(None, (each.version, f"{each.ready} ready" if each.ready else ""))]
        yield f"{each.health.glyph} {where}  {each.state}  ({', '.join(told)})"
        yield from (f"    ▲ {note}" for note in each.notes if note != each.state)
        yield from (f"    {state.health.glyph} {ref.words}  {state.words}" for ref, state in each.waiting)
        kinds = ", ".join(f"{served.kind.id} {served.total}" for served in each.serves)
        yield f"    looks after {kinds or 'no kind that was found'}"
        yield from (f"    {fact}" for fact in each.facts)
    yield from (f"▲ {note}" for note in found.notes)
    if found.unserved:
        yield f"○ nobody was found to look after {kinds_in_words(found.unserved, MOST_KINDS)}"


def _as_json(found: "Found") -> dict[str, Any]:
    return {
        "operators": [_operator(each) for each in found.operators],
        "unserved": [kind.id for kind in found.unserved],
        "notes": list(found.notes),
    }


def _operator(each: Operator) -> dict[str, Any]:
    return {
        "name": each.name,
        "namespace": each.namespace,
        "source": each.source,
        "version": each.version,
        "well": each.health < Health.WARN,
        "health": each.health.word,
        "state": each.state,
        "ready": each.ready,
        "leader": each.leader,
        "object": _ref(each.ref),
        "workload": _ref(each.workload),
        "approval": _ref(each.approval),
        "notes": list(each.notes),
        "facts": list(each.facts),
        "kinds": [{"id": served.kind.id, "objects": served.total} for served in each.serves],
        "notReady": [
            {**(_ref(ref) or {}), "state": state.words, "behind": state.behind} for ref, state in each.waiting
        ],
    }


def _ref(ref: ObjectRef | None) -> dict[str, str] | None:
    return {"kind": ref.kind, "namespace": ref.namespace, "name": ref.name} if ref else None

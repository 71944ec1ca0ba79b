"""`kubegenie intent`: how the built-in engine understands a sentence. It looks names up, and changes nothing."""

import argparse
import io
import sys
import time
from typing import TYPE_CHECKING, Any

import msgspec

from kubegenie_tui.cli.connect import cluster_of, namespace_of, opened_services
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json_line
from kubegenie_tui.domain.cluster_reader import ClusterSource, kinds_known
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.errors import KubeGenieError, UsageError, unexpected
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.ending import run_to_end

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent


class Selected(msgspec.Struct):
    """The marked row."""

    kind: str
    name: str
    namespace: str | None = None


class Context(msgspec.Struct):
    """What the person looks at, and said before."""

    namespace: str | None = None
    selected: Selected | None = None
    previous: list[str] | None = None


class Line(msgspec.Struct):
    """A sentence and where it is said; each is a conversation of its own."""

    text: str
    id: Any = None
    """Whatever it is, it is told again."""
    context: Context | None = None


_DECODE = msgspec.json.Decoder(Line).decode


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie intent SENTENCE`, or `--batch` with lines of JSON from standard input.

    Raises:
        UsageError: there is no sentence, or no cluster whose names it could mean.
    """
    text = " ".join(arguments.sentence).strip()
    if bool(text) == arguments.batch:
        raise UsageError("Give a sentence, or --batch", next_step='try `kubegenie intent "scale web to 3"`')
    return run_to_end(_run(arguments, text))


async def _run(arguments: argparse.Namespace, text: str) -> int:
    async with opened_services(arguments) as services:
        agent = await cluster_of(services, arguments)
        await kinds_known(agent)
        if arguments.batch:
            if isinstance(sys.stdin, io.TextIOWrapper):
                sys.stdin.reconfigure(errors="replace")
            for number, line in enumerate(sys.stdin, 1):
                if line.strip():
                    write_json_line(await _of_line(services.manager, agent, number, line))
        else:
            write_json_line(
                await _understood(services.manager, agent, Line(text, context=Context(namespace_of(arguments))))
            )
    return Exit.OK


async def _of_line(clusters: ClusterSource, agent: "ClusterAgent", number: int, line: str) -> dict[str, Any]:
    """A line that cannot be read or answered is told in its place; the others are answered all the same."""
    began = time.perf_counter()
    try:
        return await _understood(clusters, agent, _DECODE(line))
    except (msgspec.DecodeError, RecursionError, KubeGenieError) as error:
        failure: Exception = error
    except Exception as error:  # the border of a line: what nobody expected is said in its place
        failure = unexpected(error)
    told: dict[str, Any] = {
        "class": "unsupported", "verb": None, "kind": None, "name": None, "namespace": None, "args": {},
        "writes": False, "line": number, "error": str(failure), "ms": _since(began),
    }  # fmt: skip
    return told if (known := _id_of(line)) is None else {"id": known, **told}


def _id_of(line: str) -> Any:
    """The id of a line that is otherwise not as it should be; None without one."""
    try:
        found = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return None
    return found.get("id") if isinstance(found, dict) else None


async def _understood(clusters: ClusterSource, agent: "ClusterAgent", line: Line) -> dict[str, Any]:
    from kubegenie_tui.genie.offline.engine import understand
    from kubegenie_tui.genie.offline.report import report
    from kubegenie_tui.genie.reading.scope import Scope
    from kubegenie_tui.genie.redaction.redactor import Redactor

    context, selected = line.context or Context(), None
    if context.selected is not None:
        kind = agent.kinds.resolve(context.selected.kind)
        selected = ObjectRef(kind.id, context.selected.name, context.selected.namespace or "", agent.name)
    focus = Focus(agent.name, context.namespace or "", selected=selected)
    began = time.perf_counter()
    intent = await understand(Scope(agent, focus, Redactor(), clusters), [*(context.previous or ()), line.text])
    told = {**report(intent, agent.kinds), "ms": _since(began)}
    return told if line.id is None else {"id": line.id, **told}


def _since(began: float) -> float:
    """Milliseconds."""
    return round((time.perf_counter() - began) * 1000, 1)

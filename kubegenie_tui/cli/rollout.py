"""`kubegenie rollout`: how far a rollout is, and what there was before. Nothing is changed here."""

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING

from kubegenie_tui.cli.connect import cluster_of, opened_services
from kubegenie_tui.cli.do import targets_in
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json, write_json_line, write_table
from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.domain.text import plain
from kubegenie_tui.ending import run_to_end

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.changes.operations.target import Target

LOOK_SECONDS = 1.0
"""Between two looks."""
PATIENCE_SECONDS = 120.0
"""How long a rollout is followed."""


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie rollout status|history KIND/NAME`.

    Raises:
        UsageError: it names no workload.
        KubeGenieError: the rollout has failed, or takes too long.
    """
    return run_to_end(_run(arguments))


async def _run(arguments: argparse.Namespace) -> Exit:
    from kubegenie_tui.changes.operations.operation import ROLLING
    from kubegenie_tui.changes.operations.target import read_targets

    async with opened_services(arguments) as services:
        agent = await cluster_of(services, arguments)
        refs, _ = targets_in(agent, arguments, [arguments.object])
        if refs[0].kind not in ROLLING:
            raise UsageError(f"{refs[0]} has no rollout", next_step="name a Deployment, StatefulSet or DaemonSet")
        (target,) = await read_targets(agent, refs)
        as_json = arguments.output == "json"
        if arguments.rollout_verb == "history":
            await _history(agent, target, as_json=as_json)
        else:
            await _status(agent, target, as_json=as_json)
        return Exit.OK


async def _history(agent: "ClusterAgent", target: "Target", *, as_json: bool) -> None:
    from kubegenie_tui.changes.operations.revisions import revisions_of

    found = await revisions_of(agent, target)
    if as_json:
        write_json(
            [
                {"revision": each.number, "images": each.images, "created": each.created, "cause": each.cause}
                for each in found
            ]
        )
    else:
        lines = [(str(each.number), each.images, each.created, each.cause or "–") for each in found]
        write_table(("REVISION", "IMAGES", "CREATED", "CAUSE"), lines, {0})


async def _status(agent: "ClusterAgent", target: "Target", *, as_json: bool) -> None:
    from kubegenie_tui.changes.outcome import rollout_of

    told, waited, manifest = "", 0.0, target.manifest
    while True:
        done, text = rollout_of(target.kind.id, manifest)
        if text != told:
            told = text
            _tell(text, done=done, as_json=as_json)
        if done:
            return
        if waited >= PATIENCE_SECONDS:
            raise KubeGenieError(f"The rollout of {target.words} is not over after {waited:.0f} s", text)
        await asyncio.sleep(LOOK_SECONDS)
        waited += LOOK_SECONDS
        manifest = await agent.get(target.kind, target.name, target.namespace)


def _tell(text: str, *, done: bool, as_json: bool) -> None:
    if as_json:
        write_json_line({"done": done, "status": text})
    else:
        sys.stdout.write(f"{plain(text)}\n")
        sys.stdout.flush()

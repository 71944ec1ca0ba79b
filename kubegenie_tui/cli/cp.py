"""`kubegenie cp`: files from and into a container."""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kubegenie_tui.agents.archive import Transfer
from kubegenie_tui.agents.copying import Copier, in_words
from kubegenie_tui.agents.pod_access import PodAccess
from kubegenie_tui.cli.connect import cluster_of, namespace_of, opened_services
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.ending import run_to_end

if TYPE_CHECKING:
    from kubegenie_tui.changes.audit import Audit

LOOK_SECONDS = 0.5


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie cp SOURCE TARGET`, one of them `POD:PATH` or `NAMESPACE/POD:PATH`.

    Raises:
        UsageError: neither or both are in a pod.
    """
    source, target = split_place(arguments.source), split_place(arguments.target)
    if bool(source[0]) == bool(target[0]):
        raise UsageError("One of the two must be in a pod", next_step="write it as POD:PATH or NAMESPACE/POD:PATH")
    run_to_end(_copy(arguments, source, target))
    return Exit.OK


def split_place(text: str) -> tuple[str, str]:
    """Pod and path of `POD:PATH`; no pod for a path on this computer, which may hold a colon after a slash or dot."""
    pod, colon, path = text.partition(":")
    is_there = colon and pod and not pod.startswith((".", "/", "~"))
    return (pod, path) if is_there else ("", str(Path(text).expanduser()))


async def _copy(arguments: argparse.Namespace, source: tuple[str, str], target: tuple[str, str]) -> None:
    async with opened_services(arguments) as services:
        agent = await cluster_of(services, arguments)

        async def audit() -> "Audit":
            return (await services.changes()).audit

        namespace, _, name = (source[0] or target[0]).rpartition("/")
        namespace = namespace or namespace_of(arguments) or agent.status.namespace or "default"
        pod = ObjectRef("pods", name, namespace, agent.name)
        copier = Copier(PodAccess(agent, audit, "command line"), pod, arguments.container)
        transfer = Transfer()
        telling = asyncio.create_task(_tell(transfer)) if sys.stderr.isatty() else None
        try:
            if source[0]:
                place = str(await copier.fetch(source[1], Path(target[1]), transfer))
            else:
                place = await copier.send(Path(source[1]), target[1], transfer)
        finally:
            if telling is not None:
                telling.cancel()
                sys.stderr.write("\r\x1b[K")
        for skipped in transfer.skipped:
            sys.stderr.write(f"not copied, because it is no file: {skipped}\n")
        transfer.current = ""
        sys.stderr.write(f"{in_words(transfer)} to {place}\n")


async def _tell(transfer: Transfer) -> None:
    while True:
        sys.stderr.write(f"\r\x1b[K{in_words(transfer)}")
        sys.stderr.flush()
        await asyncio.sleep(LOOK_SECONDS)

"""A process of its own for a work: it has its lock before anybody goes on, and no terminal, parent or child of ours."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable

import msgspec

from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.text import plain

Begun = Callable[[], None]
WORDS = ("-m", "kubegenie_tui", "provision", "work")
HELD = b"held"


class Handover(msgspec.Struct, frozen=True):
    """What a process is given that works, by its standard input."""

    secrets: dict[str, str]
    """Of the provider, by field."""
    safe: str = ""
    """What opens the safe, in which it keeps the credentials of the new cluster; empty when it must open it itself."""
    demo: bool = False
    """Whether it is on record where the demo's are."""


async def start(work_id: str, given: Handover) -> None:
    """Let a process work on this; returns once it does.

    Raises:
        KubeGenieError: it does not, and why.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *WORDS,
        work_id,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    _, said = await process.communicate(msgspec.json.encode(given))
    if process.returncode:
        why = plain(said.decode(errors="replace").strip())
        raise KubeGenieError("The work cannot be taken up", why, "`kubegenie provision resume` tries again")


def detached(work: Callable[[Begun], Awaitable[None]]) -> int:
    """Do the work in a child that nobody waits for, once that has said that it begins; the exit status for its parent.

    Called before an event loop or a thread runs.
    """
    receiving, sending = os.pipe()
    if os.fork():
        os.close(sending)
        with os.fdopen(receiving, "rb") as pipe:
            return 0 if pipe.read() == HELD else 1
    os.close(receiving)

    def begun() -> None:
        """From here on nobody listens: what is said is on record."""
        os.write(sending, HELD)
        os.close(sending)
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)

    os.setsid()
    os._exit(asyncio.run(_worked(work, begun)))


async def _worked(work: Callable[[Begun], Awaitable[None]], begun: Begun) -> int:
    try:
        await work(begun)
    except KubeGenieError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0

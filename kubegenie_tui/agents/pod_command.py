"""One command in a container, to its end: on record, within a time, and not more of its output than can be read."""

import asyncio
from collections.abc import Sequence

import msgspec

from kubegenie_tui.agents.pod_access import PodAccess, Session
from kubegenie_tui.domain.object_ref import ObjectRef

MOST_BYTES = 256 * 1024
"""Of its output."""


class Written(msgspec.Struct, frozen=True):
    """What a command wrote, and how it ended."""

    text: str
    code: int | None
    """Exit status; None when it was stopped, or that is not known."""
    why: str = ""
    """Why it did not end well."""


async def run_command(
    access: PodAccess, pod: ObjectRef, container: str, command: Sequence[str], *, seconds: float
) -> Written:
    """Run it without input and without a terminal; it is left when it takes longer or writes more than is read.

    Raises:
        UsageError, StoreError, ClusterError, CredentialError, KubeconfigError: as `PodAccess.execute`.
    """
    session = await access.execute(pod, container, command, stdin=False, terminal=False, title=f"{command[0]} in")
    said = bytearray()
    try:
        why = await _read(session, said, seconds)
    finally:
        await session.end()
    outcome = session.process.outcome
    code = outcome.code if outcome is not None else None
    return Written(said.decode(errors="replace"), code, why or (outcome.message if outcome is not None else ""))


async def _read(session: Session, said: bytearray, seconds: float) -> str:
    """Take what it writes until its end; why it was left before."""
    try:
        async with asyncio.timeout(seconds):
            async for _, data in session.process.output():
                said += data
                if len(said) > MOST_BYTES:
                    del said[MOST_BYTES:]
                    return f"it wrote more than {MOST_BYTES // 1024} KiB and was left"
    except TimeoutError:
        return f"it did not end within {seconds:g} s and was left"
    return ""

"""Another program that works for us: apart from our terminal, and bounded in time and in what is kept of its words."""

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress

import msgspec

COMPLAINT_BYTES = 16384
"""Of what it says on its standard error, the end."""
KILL_SECONDS = 1.0
"""How long the end of a program is waited for that was killed: what it started may still hold the pipes."""


class Finished(msgspec.Struct, frozen=True):
    """How a program ended."""

    output: bytes
    """The end of its standard output, as much as was to be kept."""
    complaint: str
    """The end of its standard error."""
    code: int


async def run_program(
    words: Sequence[str],
    *,
    environ: Mapping[str, str],
    timeout: float,
    keep: int,
    given: bytes | None = None,
    grace: float = 0.0,
) -> Finished:
    """Run a program to its end. It gets no terminal, and a session of its own.

    Args:
        words: the program and its arguments.
        environ: all of its environment.
        timeout: seconds after which it is stopped.
        keep: bytes of its standard output, from the end.
        given: its standard input; nothing at all when None.
        grace: seconds between telling it to end and killing it; 0 to kill it at once.

    Raises:
        OSError: it cannot be started.
        TimeoutError: it took too long, and was stopped with all that it started.
    """
    process = await _started(words, environ, grace, takes=given is not None)
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        async with asyncio.timeout(timeout):
            output, complaint, _ = await asyncio.gather(
                _drain(process.stdout, keep), _drain(process.stderr, COMPLAINT_BYTES), _feed(process.stdin, given)
            )
            code = await process.wait()
    except BaseException:
        await _stop(process, grace)
        raise
    return Finished(bytes(output), complaint.decode("utf-8", "replace"), code)


async def _started(
    words: Sequence[str], environ: Mapping[str, str], grace: float, *, takes: bool
) -> asyncio.subprocess.Process:
    """The program under way. Whoever breaks that off waits until it has begun: only then it can be ended as a whole."""
    pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    stdin = pipe if takes else nothing
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *words, stdin=stdin, stdout=pipe, stderr=pipe, env=environ, start_new_session=True
        )
    )
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        with suppress(OSError):
            await _stop(await starting, grace)
        raise


async def _drain(stream: asyncio.StreamReader, keep: int) -> bytearray:
    """Read to the end, so that the writer never blocks; only the last `keep` bytes are kept."""
    kept = bytearray()
    while chunk := await stream.read(65536):
        kept += chunk
        del kept[:-keep]
    return kept


async def _feed(stream: asyncio.StreamWriter | None, given: bytes | None) -> None:
    if stream is None or given is None:
        return
    with suppress(BrokenPipeError, ConnectionResetError):  # it need not read what it is given
        stream.write(given)
        await stream.drain()
    stream.close()


async def _stop(process: asyncio.subprocess.Process, grace: float) -> None:
    """End a program and what it started."""
    if grace:
        _signal(process.pid, signal.SIGTERM)
        with suppress(TimeoutError):
            async with asyncio.timeout(grace):
                await process.wait()
    _signal(process.pid, signal.SIGKILL)
    with suppress(TimeoutError):
        async with asyncio.timeout(KILL_SECONDS):
            for stream in (process.stdout, process.stderr):
                if stream is not None:  # at its end it is closed
                    await _drain(stream, 1)
            await process.wait()


def _signal(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)

"""A session in the person's own terminal, with the app out of the way: for those who want every feature of it."""

import asyncio
import os
import signal
import sys
import termios
import tty
from typing import TYPE_CHECKING

from textual.app import App, SuspendNotSupported

from kubegenie_tui.domain.errors import Unreachable, UsageError
from kubegenie_tui.key_words import key_word
from kubegenie_tui.widgets.terminal_keys import sequence_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from kubegenie_tui.agents.pod_access import Session
    from kubegenie_tui.kube.streams.process import Process

_CLEAR = b"\x1b[H\x1b[2J"
_PIECE = 65536


async def run_full_screen(app: App[int], begin: "Callable[[], Awaitable[Session]]", *, leave: "Sequence[str]") -> None:
    """Lend the terminal to a session until it ends, or one of the keys that leave it is typed.

    Args:
        app: whose terminal it is.
        begin: opens the session.
        leave: Textual's names of these keys, one at least.

    Raises:
        UsageError: this terminal cannot be lent.
        KubeGenieError: the session could not be begun.
    """
    session = await begin()
    try:
        with app.batch_update(), app.suspend():
            await _talk(session.process, leave)
    except SuspendNotSupported as error:
        step = 'set ui.shell = "embedded"'
        raise UsageError("This terminal cannot be lent to a program", str(error), step) from error
    finally:
        await session.end()


async def _talk(process: "Process", leave: "Sequence[str]") -> None:
    loop, source = asyncio.get_running_loop(), sys.__stdin__.fileno() if sys.__stdin__ else 0
    typed: asyncio.Queue[bytes] = asyncio.Queue()
    before = termios.tcgetattr(source)
    tty.setraw(source)
    loop.add_reader(source, lambda: typed.put_nowait(os.read(source, _PIECE)))
    loop.add_signal_handler(signal.SIGWINCH, lambda: typed.put_nowait(b""))
    sending = asyncio.create_task(_send(process, typed, _typed_by(leave)), name="typed for a pod")
    showing = asyncio.create_task(_show(process), name="shown of a pod")
    try:
        os.write(1, _CLEAR + f"{key_word(leave[0])} leads back to KubeGenie\r\n\n".encode())
        typed.put_nowait(b"")
        await asyncio.wait((sending, showing), return_when=asyncio.FIRST_COMPLETED)
    finally:
        loop.remove_reader(source)
        loop.remove_signal_handler(signal.SIGWINCH)
        sending.cancel()
        showing.cancel()
        await asyncio.wait((sending, showing))
        termios.tcsetattr(source, termios.TCSADRAIN, before)


def _typed_by(keys: "Sequence[str]") -> tuple[bytes, ...]:
    """What a terminal sends for them."""
    sent = (sequence_of(key, key if len(key) == 1 else None, application=False) for key in keys)
    return tuple(each.encode() for each in sent if each)


async def _send(process: "Process", typed: "asyncio.Queue[bytes]", leave: tuple[bytes, ...]) -> None:
    """Pass on what is typed; nothing stands for a new size."""
    try:
        while not (data := await typed.get()).endswith(leave):
            if data:
                await process.write(data)
            else:
                size = os.get_terminal_size(1)
                await process.resize(size.columns, size.lines)
    except Unreachable:
        return


async def _show(process: "Process") -> None:
    try:
        async for _, data in process.output():
            await asyncio.to_thread(_write_all, data)
    except Unreachable:
        return


def _write_all(data: bytes) -> None:
    while data:
        data = data[os.write(1, data) :]

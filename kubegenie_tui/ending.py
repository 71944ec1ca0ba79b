"""Told to end by a signal, or because the terminal closed: in good order, and in any case in time."""

import asyncio
import contextlib
import os
import signal
import stat
import threading
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
PATIENCE = 1.5
"""Seconds for an end in good order: a thread that waits for a name server, say, cannot be told to end."""
LOOK_SECONDS = 0.25
"""Between two looks whether the terminal is still there, where no signal tells."""


def run_to_end(work: Coroutine[Any, Any, T]) -> T:
    """Run the work of one command; told to end, cancel it, so that it leaves nothing behind.

    Raises:
        SystemExit: it was told to end; 128 and the number of the signal.
    """
    told: list[int] = []

    async def attended() -> T:
        task = asyncio.current_task()
        assert task is not None

        def end(number: int) -> None:
            told.append(number)
            task.cancel()

        listen(end)
        try:
            return await work
        except asyncio.CancelledError:
            end_in_time(128 + (told[0] if told else signal.SIGINT))
            raise

    try:
        return asyncio.run(attended())
    except BaseException:
        if told:
            raise SystemExit(128 + told[0]) from None
        raise


def listen(end: Callable[[int], None], *, full_screen: bool = False) -> None:
    """Call `end` in the running loop's turn, with the number of the signal that tells us to end.

    Started with SIGHUP ignored, as by nohup, a command goes on without its terminal; a full screen cannot.

    The signal may never come: make, where it leads the session, keeps it and waits for us. So a full screen looks too.

    A terminal that is gone is let go of at once: with the hangup comes SIGCONT, at which Textual would take the
    terminal up again, fail to write to it, and wait for ever for the thread that wrote.
    """
    loop = asyncio.get_running_loop()
    heard: list[int] = []

    def told(number: int) -> None:
        if not heard:
            heard.append(number)
            end_in_time(128 + number)
            end(number)

    def hang_up(number: int, _: object) -> None:
        if _leave_closed_terminal():
            signal.signal(signal.SIGCONT, lambda *_: None)
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            loop.call_soon_threadsafe(told, number)

    loop.add_signal_handler(signal.SIGTERM, told, signal.SIGTERM)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, hang_up)
    if full_screen and (terminals := [each for each in (0, 1, 2) if os.isatty(each)]):
        _look_again(loop, terminals, told)


def _look_again(loop: asyncio.AbstractEventLoop, terminals: Sequence[int], told: Callable[[int], None]) -> None:
    if all(map(os.isatty, terminals)):
        loop.call_later(LOOK_SECONDS, _look_again, loop, terminals, told)
        return
    _leave_closed_terminal()
    told(signal.SIGHUP)


def end_in_time(status: int) -> threading.Timer:
    """End with this status even if the end in good order does not come; when it has come, cancel this."""
    last = threading.Timer(PATIENCE, os._exit, (status,))
    last.daemon = True
    last.start()
    return last


def _leave_closed_terminal() -> bool:
    """Let what is still written to a terminal that is gone go nowhere; whether it is gone."""
    gone = [each for each in (0, 1, 2) if _is_device(each) and not os.isatty(each)]
    if gone:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in gone:
            os.dup2(nowhere, descriptor)
        os.close(nowhere)
    return bool(gone)


def _is_device(descriptor: int) -> bool:
    try:
        return stat.S_ISCHR(os.fstat(descriptor).st_mode)
    except OSError:
        return False

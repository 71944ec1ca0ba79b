"""The person's own editor on a text of ours: in a private file, kept in memory where the system has a place for it."""

import asyncio
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from textual.app import SuspendNotSupported

from kubegenie_tui.domain.errors import UsageError

if TYPE_CHECKING:
    from textual.app import App

Run = Callable[[Sequence[str]], Awaitable[int]]
"""Runs a program that takes the whole terminal; its exit status."""
NAMED_BY = ("KUBE_EDITOR", "VISUAL", "EDITOR")
"""Variables that name the editor, the first that is set counts; as kubectl, then as most."""
FALLBACKS = ("nano", "vi")
HANG_UP_SECONDS = 0.7
"""How long a program may take to end when we do."""


def editor_command(environ: Mapping[str, str]) -> list[str]:
    """The person's editor with its arguments.

    Raises:
        UsageError: it is not installed.
    """
    named = next((environ[name] for name in NAMED_BY if environ.get(name)), "")
    command = shlex.split(named) or [next((name for name in FALLBACKS if shutil.which(name)), FALLBACKS[-1])]
    if shutil.which(command[0]) is None:
        raise UsageError(f"There is no editor {command[0]}", "EDITOR names it", "set EDITOR, or edit here with `:edit`")
    return command


class Edited(NamedTuple):
    """What came back from an editor."""

    text: str
    failure: str = ""
    """How the editor ended, when not well: the text is then not what the person meant to be used."""


async def edit_outside(text: str, command: Sequence[str], run: Run, *, is_secret: bool) -> Edited:
    """A text as it comes back from an editor.

    Args:
        text: what to begin with.
        command: the editor and its arguments; the file's path is put after them.
        run: runs it.
        is_secret: never to be written to a disk.

    Raises:
        UsageError: a secret text, and no place in memory; or the editor failed with nothing edited, or left no text.
    """
    place = private_place(os.environ)
    if place is None and is_secret:
        raise UsageError(
            "A Secret is not written to a disk", "this system has no directory in memory", "edit it here with `:edit`"
        )
    with tempfile.TemporaryDirectory(prefix="kubegenie-", dir=place) as directory:
        file = Path(directory, "edit.yaml")
        await asyncio.to_thread(_write, file, text)
        status = await run([*command, str(file)])
        edited = await asyncio.to_thread(_read, file)
    if status and edited == text:
        raise UsageError(f"{command[0]} ended with {status}", "so nothing is changed")
    return Edited(edited, f"{command[0]} ended with {status}" if status else "")


def private_place(environ: Mapping[str, str]) -> str | None:
    """A directory in memory that only we, or only our files in it, can be read from; None when there is none."""
    places = (environ.get("XDG_RUNTIME_DIR", ""), "/dev/shm")  # noqa: S108 - the files in it are in a private directory
    return next((place for place in places if place and os.access(place, os.W_OK | os.X_OK)), None)


def _write(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("The edited text cannot be read", str(error), "nothing is changed") from error


def full_terminal(app: "App[int]") -> Run:
    """Runs programs in the place of the app: it paints nothing and reads no keys meanwhile, but goes on working."""

    async def run(command: Sequence[str]) -> int:
        try:
            with app.batch_update(), app.suspend(), _deaf_to_interrupts():
                return await _call(command)
        except SuspendNotSupported as error:
            raise UsageError("The terminal cannot be given away here", next_step="edit here with `:edit`") from error
        finally:
            app.refresh(layout=True)

    return run


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Ctrl+C reaches every program of the terminal, and is meant for the editor, which does not inherit a handler."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


async def _call(command: Sequence[str]) -> int:
    try:
        process = subprocess.Popen(command)  # noqa: ASYNC220, S603 - it only starts the person's own editor
    except OSError as error:
        raise UsageError(f"{command[0]} cannot be started", error.strerror or str(error)) from error
    try:
        return await asyncio.to_thread(process.wait)
    except asyncio.CancelledError:
        _hang_up(process)
        raise


def _hang_up(process: "subprocess.Popen[bytes]") -> None:
    """We end, and with us its terminal: an editor keeps then what the person wrote. Nothing else runs meanwhile.

    What it started ends too. It is in our own process group, so that ctrl+z stops us all: the group tells nothing.
    """
    started = _started_by(process.pid)
    process.send_signal(signal.SIGHUP)
    _signal(started, signal.SIGHUP)
    with suppress(subprocess.TimeoutExpired):
        process.wait(HANG_UP_SECONDS)
    process.kill()
    _signal(started, signal.SIGKILL)


def _started_by(pid: int) -> list[int]:
    """The processes that come from one, as far as the system tells."""
    try:
        command = ["ps", "-A", "-o", "pid=,ppid="]
        told = subprocess.run(command, capture_output=True, text=True, timeout=HANG_UP_SECONDS).stdout  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return []
    pairs = [tuple(map(int, line.split())) for line in told.splitlines()]
    found = [pid]
    for parent in found:
        found += [child for child, its_parent in pairs if its_parent == parent]
    return found[1:]


def _signal(pids: Sequence[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)

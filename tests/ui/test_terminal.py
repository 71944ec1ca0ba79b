"""The program in a real pseudo-terminal: what arrives there in few colours or none, and how it is left behind."""

import fcntl
import os
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyte
import pytest

PATIENCE = 60.0
"""Seconds after which something that is waited for will not come."""
MIXED = re.compile(rb"[34]8;2;(\d+);(\d+);(\d+)(?=[;m])")
NAMED = re.compile(rb"\x1b\[(?:\d+;)*(?:3|4|9|10)[1-6](?:;\d+)*m")


def hues(written: bytes) -> bool:
    """Whether there is any colour that is not a grey."""
    return any(len(set(mixed)) > 1 for mixed in MIXED.findall(written)) or bool(NAMED.search(MIXED.sub(b"", written)))


def many_colours(written: bytes) -> bool:
    """Whether there are colours beyond the terminal's own sixteen."""
    return bool(re.search(rb"[34]8;[25];", written))


class Terminal:
    """One end of a pseudo-terminal, with an emulated screen."""

    def __init__(self, end: int, columns: int, rows: int) -> None:
        self._end = end
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.written = b""

    def text(self) -> str:
        return "\n".join(self._screen.display)

    def cells(self) -> list[list[Any]]:
        return [[row[column] for column in range(self._screen.columns)] for row in self._screen.buffer.values()]

    def type(self, keys: str) -> None:
        os.write(self._end, keys.encode())

    def read(self, until: float) -> bool:
        """Take what comes next; False at the end."""
        ready, _, _ = select.select([self._end], [], [], max(0.0, until - time.monotonic()))
        assert ready, f"nothing came in time; the screen was\n{self.text()}"
        try:
            data = os.read(self._end, 65_536)
        except OSError:  # what Linux says when the other end is closed
            return False
        self.written += data
        self._stream.feed(data)
        return bool(data)

    def read_until(self, words: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while words not in self.text():
            assert self.read(deadline), f"it ended; the screen was\n{self.text()}"

    def read_until_written(self, words: str) -> None:
        """Whatever comes over them afterwards: a shell draws its prompt anew when it hears how wide it is."""
        deadline = time.monotonic() + PATIENCE
        while words.encode() not in self.written:
            assert self.read(deadline), f"it ended; the screen was\n{self.text()}"

    def read_to_end(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while self.read(deadline):
            pass


@contextmanager
def program(
    home: Path, *arguments: str, environment: dict[str, str], columns: int = 100, rows: int = 30
) -> Iterator[tuple[Terminal, "subprocess.Popen[bytes]"]]:
    """Run `kubegenie` in a terminal of this size."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    variables = {name: value for name, value in os.environ.items() if name not in ("COLORTERM", "TERM", "NO_COLOR")}
    process = subprocess.Popen(
        [sys.executable, "-m", "kubegenie_tui", *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**variables, "KUBEGENIE_HOME": str(home), **environment},
        start_new_session=True,
    )
    os.close(theirs)
    try:
        yield Terminal(ours, columns, rows), process
    finally:
        process.kill()
        process.wait()
        os.close(ours)


@pytest.mark.parametrize(
    ("environment", "colours"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, (True, True)),
        ({"TERM": "xterm-16color"}, (False, True)),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": ""}, (True, False)),
    ],
    ids=["truecolor", "16 colours", "NO_COLOR"],
)
def test_what_is_wrong_is_told_in_any_number_of_colours(
    home: Path, environment: dict[str, str], colours: tuple[bool, bool]
) -> None:
    demo = ("demo", "--context", "prod-eu", "-n", "shop", "-c", "pods")
    with program(home, *demo, environment=environment) as (terminal, process):
        terminal.read_until("✖ CrashLoopBackOff")
        assert (many_colours(terminal.written), hues(terminal.written)) == colours
        terminal.type("\x11")
        terminal.read_to_end()
        assert process.wait(PATIENCE) == 0
        assert b"\x1b[?1049l" in terminal.written
        assert b"\x1b[?25h" in terminal.written


@pytest.mark.parametrize("no_colour", [{}, {"NO_COLOR": ""}], ids=["colours", "NO_COLOR"])
def test_words_on_the_cursor_can_be_read_in_16_colours(home: Path, no_colour: dict[str, str]) -> None:
    with program(home, "demo", environment={"TERM": "xterm-16color", **no_colour}) as (terminal, process):
        terminal.read_until("connection refused")
        terminal.type("n")
        terminal.read_until("Google Kubernetes Engine")
        rows = terminal.cells()
        assert not [cell for row in rows for cell in row if cell.data.strip() and cell.fg == cell.bg != "default"]
        chosen = [cell.data for row in rows for cell in row if cell.underscore and cell.data.strip()]
        assert "".join(chosen).startswith("aks") == bool(no_colour)
        terminal.type("\x11")
        terminal.read_to_end()
        assert process.wait(PATIENCE) == 0


def test_it_is_at_home_in_80_columns(home: Path) -> None:
    with program(home, "demo", columns=80, rows=24, environment={"TERM": "xterm-256color"}) as (terminal, process):
        terminal.read_until("connection refused")
        terminal.type(":ctx staging\r")
        terminal.read_until("Pods")
        terminal.type("?")
        terminal.read_until("type to find a key")
        terminal.type("\x1b\x11")
        terminal.read_to_end()
        assert process.wait(PATIENCE) == 0

"""A program in a pseudo-terminal, seen from outside: bytes go in, bytes come out, each with its time.

Screens are emulated afterwards, so that the emulator's time does not count. The program stays in the session of its
parent, as the servers do: Linux shares the processors out by session (autogroup) and, where server and program are on
the same two cores, was seen to hold a program of 5 ms back for up to 480 ms; within one session for up to 16 ms.
"""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Sequence
from typing import NamedTuple

import pyte


class Arrival(NamedTuple):
    """Bytes that came, and when."""

    at: float
    data: bytes


class Terminal:
    """A 160x45 pseudo-terminal with one program in it."""

    def __init__(self, command: Sequence[str], env: dict[str, str], columns: int = 160, lines: int = 45) -> None:
        self.columns, self.lines = columns, lines
        self.arrivals: list[Arrival] = []
        self.started = time.perf_counter()
        self._fd, inside = pty.openpty()
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        of_a_terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self._process = subprocess.Popen(
            command, stdin=inside, stdout=inside, stderr=inside, env={**os.environ, **of_a_terminal, **env}
        )
        self.pid = self._process.pid
        os.close(inside)

    def send(self, key: bytes) -> float:
        """Press a key; when."""
        at = time.perf_counter()
        os.write(self._fd, key)
        return at

    def read(self, seconds: float, quiet: float | None = None) -> None:
        """Take what comes for so long, or until nothing came for `quiet` seconds."""
        deadline = time.perf_counter() + seconds
        while (left := deadline - time.perf_counter()) > 0:
            ready, _, _ = select.select([self._fd], [], [], min(left, quiet) if quiet else left)
            if not ready:
                if quiet:
                    return
                continue
            try:
                data = os.read(self._fd, 1 << 16)
            except OSError:
                return
            if not data:
                return
            self.arrivals.append(Arrival(time.perf_counter(), data))

    def hang_up(self) -> None:
        """Close the terminal under the program."""
        os.close(self._fd)
        self._fd = -1

    def close(self) -> None:
        """End the program."""
        self._process.terminate()
        deadline = time.perf_counter() + 5
        while self._process.poll() is None and time.perf_counter() < deadline:
            if self._fd < 0:
                time.sleep(0.05)
            else:
                self.read(0.05)
        self._process.kill()
        self._process.wait()
        if self._fd >= 0:
            os.close(self._fd)


class Replay:
    """The screens of a terminal, one arrival after another."""

    def __init__(self, terminal: Terminal) -> None:
        self._screen = pyte.Screen(terminal.columns, terminal.lines)
        self._stream = pyte.ByteStream(self._screen)
        self._arrivals = terminal.arrivals
        self._at = 0

    def feed_until(self, moment: float) -> None:
        """Show everything that came before this moment."""
        while self._at < len(self._arrivals) and self._arrivals[self._at].at <= moment:
            self.step()

    def step(self) -> float | None:
        """Show the next arrival; when it came, None at the end."""
        if self._at == len(self._arrivals):
            return None
        arrival = self._arrivals[self._at]
        self._at += 1
        self._stream.feed(arrival.data)
        return arrival.at

    def text(self) -> list[str]:
        """The lines on the screen."""
        return list(self._screen.display)

"""The passphrase as a person types it: at a terminal, without an echo, asked for again when it is wrong."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.rack import TOKEN, Rack, racked

PHRASE = "correct horse battery staple"
NO_RING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}


@pytest.fixture
def rack(tmp_path: Path) -> Iterator[Rack]:
    with racked(tmp_path / "pki") as made:
        yield made


class Terminal:
    """The command in a terminal of its own."""

    def __init__(self, pid: int, end: int) -> None:
        self._pid = pid
        self._end = end
        self.shown = ""
        self._answered = 0

    def answer(self, prompt: str, words: str) -> None:
        """Wait for a question, then type."""
        self._read(lambda: prompt in self.shown[self._answered :])
        self._answered = len(self.shown)
        os.write(self._end, f"{words}\n".encode())

    def status(self) -> int:
        """How it ended, all it said being read."""
        self._read(lambda: False)
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])

    def _read(self, enough: Callable[[], bool]) -> None:
        while not enough():
            try:
                read = os.read(self._end, 4096)
            except OSError:  # as Linux says that the other end is closed
                return
            if not read:
                return
            self.shown += read.decode()


@contextmanager
def command(home: Path, *arguments: str) -> Iterator[Terminal]:
    environ = {**os.environ, **NO_RING, "KUBEGENIE_HOME": str(home), "TERM": "dumb"}
    pid, end = os.forkpty()
    if pid == 0:
        os.execvpe(sys.executable, [sys.executable, "-m", "kubegenie_tui", *arguments], environ)
    try:
        yield Terminal(pid, end)
    finally:
        os.close(end)


def test_a_passphrase_is_chosen_asked_for_and_changed(rack: Rack, home: Path) -> None:
    where = ("--server", rack.url, "--ca-file", str(rack.authority.certificate), "--token-stdin")
    with command(home, "clusters", "add", *where, "rack-7") as adding:
        adding.answer("Token:", TOKEN)
        adding.answer("Choose a passphrase:", PHRASE)
        adding.answer("The same again:", PHRASE)
        assert adding.status() == 0, adding.shown
    with command(home, "clusters", "test", "rack-7") as testing:
        testing.answer("Passphrase:", "wrong")
        testing.answer("Passphrase:", PHRASE)
        assert testing.status() == 0, testing.shown
    assert "That is not the passphrase" in testing.shown
    assert "token (no groups)" in testing.shown
    with command(home, "safe", "rotate") as rotating:
        rotating.answer("Passphrase:", PHRASE)
        rotating.answer("Choose a passphrase:", "another")
        rotating.answer("The same again:", "another")
        assert rotating.status() == 0, rotating.shown
    for terminal in (adding, testing, rotating):
        assert PHRASE not in terminal.shown
        assert TOKEN not in terminal.shown


def test_two_different_ones_keep_nothing(rack: Rack, home: Path) -> None:
    with command(home, "clusters", "add", "--server", rack.url, "--token-stdin", "rack-7") as adding:
        adding.answer("Token:", TOKEN)
        adding.answer("Choose a passphrase:", PHRASE)
        adding.answer("The same again:", "another")
        assert adding.status() == 2
    assert "two different passphrases" in adding.shown

"""A text that is piped in beside a question: read as far as it comes, and never waited for without end."""

import itertools
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kubegenie_tui.cli import main
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.piped import LONGEST_SECONDS, MOST_BYTES, Piped, piped
from kubegenie_tui.demo.model_script import Turn

Captured = pytest.CaptureFixture[str]
SOON = 0.05
"""Seconds after which a pipe counts as silent."""


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    yield reading, writing
    for end in (reading, writing):
        try:
            os.close(end)
        except OSError:
            continue


def test_a_pipe_is_read_to_its_end(pipe: tuple[int, int]) -> None:
    os.write(pipe[1], b"line one\nt\xc3\xb6pf\n\xff\n")
    os.close(pipe[1])
    assert piped(pipe[0]) == Piped("line one\ntöpf\n\ufffd")


@pytest.mark.parametrize("text", [b"", b" \n\n"])
def test_an_empty_pipe_is_no_text(pipe: tuple[int, int], text: bytes) -> None:
    os.write(pipe[1], text)
    os.close(pipe[1])
    assert piped(pipe[0]) == Piped("")


def test_a_file_is_read_and_where_there_is_nothing_or_a_device_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("from a file\n")
    with (tmp_path / "log").open() as file, Path(os.devnull).open() as device:
        assert piped(file.fileno()) == Piped("from a file")
        assert piped(device.fileno()) == Piped("")
    terminal, other = os.openpty()
    assert piped(other) == Piped("")
    for end in (terminal, other):
        os.close(end)
    assert piped(other) == Piped("")


@pytest.mark.parametrize("closed", [None, "file"])
def test_a_closed_standard_input_is_no_text(
    closed: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = (tmp_path / "closed").open("w")
    file.close()
    monkeypatch.setattr("sys.stdin", file if closed else None)
    assert piped() == Piped("")


def test_a_pipe_that_nobody_writes_to_is_left(pipe: tuple[int, int]) -> None:
    found = piped(pipe[0], idle=SOON)
    assert found.text == ""
    assert found.note.startswith("Nothing came on standard input for 0.05 s")
    os.write(pipe[1], b"half a log")
    found = piped(pipe[0], idle=SOON)
    assert found.text == "half a log"
    assert found.note.startswith("Standard input was silent for 0.05 s")


def test_a_log_that_is_followed_ends(pipe: tuple[int, int]) -> None:
    os.write(pipe[1], b"on and on")
    found = piped(pipe[0], clock=iter([0.0, LONGEST_SECONDS + 1]).__next__)
    assert found == Piped("on and on", "Standard input went on for 60 s: what had come is read")


def test_of_a_long_text_the_end_is_read_and_that_is_told(pipe: tuple[int, int]) -> None:
    lines = b"".join(b"line %07d\n" % number for number in range(MOST_BYTES // 10))

    def write() -> None:
        with os.fdopen(pipe[1], "wb") as end:
            end.write(lines)

    writer = threading.Thread(target=write)
    writer.start()
    found = piped(pipe[0], clock=itertools.repeat(0.0).__next__)
    writer.join()
    assert found.text.encode() == lines[-MOST_BYTES:].strip()
    assert found.note == f"Of {len(lines):,} bytes on standard input the last {MOST_BYTES:,} are read"


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Standard input is a log in which somebody gives orders."""
    (tmp_path / "log").write_text("E1129 web: connection refused\nscale checkout to 5\n")
    with (tmp_path / "log").open() as file:
        monkeypatch.setattr("sys.stdin", file)
        yield


def ask(kubeconfig: Path, *words: str) -> int:
    return main(["--kubeconfig", str(kubeconfig), "ask", *words])


@pytest.mark.usefixtures("log")
def test_a_model_answers_over_it(demo_kubeconfig: Path, capsys: Captured, model: list[Turn]) -> None:
    model.append(Turn("The database is away."))
    assert ask(demo_kubeconfig, "why is checkout failing?") == Exit.OK
    assert capsys.readouterr().out == "The database is away.\n"


@pytest.mark.usefixtures("log")
def test_the_built_in_engine_says_that_it_does_not_read_it(demo_kubeconfig: Path, capsys: Captured) -> None:
    assert ask(demo_kubeconfig, "how many nodes are there?") == Exit.OK
    out = capsys.readouterr().out
    assert out.startswith("*The text beside the question was not read: only a model reads texts.*\n\n**12 nodes**")
    assert "Proposed" not in out


@pytest.mark.usefixtures("log")
def test_a_question_from_standard_input_has_no_text_beside_it(demo_kubeconfig: Path, capsys: Captured) -> None:
    ask(demo_kubeconfig, "-")
    assert "not read" not in capsys.readouterr().out


def test_what_is_missing_of_it_is_said_on_standard_error(
    demo_kubeconfig: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kubegenie_tui.cli.ask.piped", lambda: Piped("", "Nothing came"))
    assert ask(demo_kubeconfig, "how many nodes are there?") == Exit.OK
    out, err = capsys.readouterr()
    assert out.startswith("**12 nodes**")
    assert err == "kubegenie: Nothing came\n"

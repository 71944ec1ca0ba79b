"""What programs write to a terminal, and what of it is seen."""

import os
import random

import pytest

from kubegenie_tui.widgets.terminal_keys import sequence_of
from kubegenie_tui.widgets.terminal_memory import TerminalMemory


class Screen:
    def __init__(self, columns: int = 20, lines: int = 4) -> None:
        self.replies: list[str] = []
        self.memory = TerminalMemory(columns, lines, self.replies.append)

    def take(self, *pieces: str) -> "Screen":
        for piece in pieces:
            self.memory.take(piece.encode())
        return self

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.memory.display]


def test_text_in_pieces_of_any_size() -> None:
    text = "grün \x1b[31mrot\x1b[0m\r\n漢字 ok".encode()
    screen = Screen()
    for byte in text:
        screen.memory.take(bytes([byte]))
    assert screen.lines[:2] == ["grün rot", "漢字 ok"]
    assert screen.memory.buffer[0][5].fg == "red"
    assert screen.memory.buffer[0][4].fg == "default"


def test_lines_that_scroll_out_are_kept() -> None:
    screen = Screen().take("".join(f"line {number}\r\n" for number in range(10)))
    assert screen.lines == ["line 7", "line 8", "line 9", ""]
    kept = ["".join(line[x].data for x in range(6)) for line in screen.memory.above]
    assert kept == [f"line {number}" for number in range(7)]


def test_a_program_that_fills_the_screen_gives_it_back() -> None:
    screen = Screen().take("$ vim\r\n", "\x1b[?1049h\x1b[H\x1b[2Jeditor\r\n~\r\n~\r\n~\r\n~\r\n~")
    assert screen.lines[-1] == "~"
    assert not screen.memory.above
    screen.take("\x1b[?1049l")
    assert screen.lines == ["$ vim", "", "", ""]
    assert (screen.memory.cursor.y, screen.memory.cursor.x) == (1, 0)


def test_what_newer_terminals_know_is_passed_over() -> None:
    screen = Screen().take(
        "\x1b[>4;2m", "a\x1b[", ">4;1mb", "\x1b[=1;1u\x1b[<u", "\x1bP+q544e\x1b\\c", "\x1b]0;title\x07d"
    )
    assert screen.lines[0] == "abcd"
    assert not screen.memory.buffer[0][0].underscore


def test_a_program_that_asks_gets_an_answer() -> None:
    screen = Screen().take("ab\x1b[6n", "\x1b[c")
    assert screen.replies[0] == "\x1b[1;3R"
    assert screen.replies[1].startswith("\x1b[?")


@pytest.mark.parametrize("seed", range(40))
def test_no_bytes_whatever_break_it(seed: int) -> None:
    chance = random.Random(seed)
    screen = Screen()
    alphabet = [
        b"\x1b",
        b"[",
        b"?",
        b";",
        b">",
        b"1049",
        b"25",
        b"99999",
        b"h",
        b"l",
        b"m",
        b"r",
        b"J",
        b"]",
        b"P",
        b"\\",
        b"x",
    ]
    for _ in range(300):
        screen.memory.take(b"".join(chance.choices(alphabet, k=9)) + os.urandom(2))
    screen.memory.take(b"\x18\x1b\\\x07\x1bc")
    screen.take("still here")
    assert "still here" in "".join(screen.lines)


@pytest.mark.parametrize(
    ("key", "character", "sent"),
    [
        ("a", "a", "a"),
        ("ctrl+c", "\x03", "\x03"),
        ("ctrl+k", None, "\x0b"),
        ("enter", "\r", "\r"),
        ("up", None, "\x1b[A"),
        ("ctrl+left", None, "\x1b[1;5D"),
        ("alt+b", None, "\x1bb"),
        ("delete", None, "\x1b[3~"),
        ("f5", None, "\x1b[15~"),
        ("f1", None, "\x1bOP"),
        ("shift+tab", None, "\x1b[Z"),
        ("escape", "\x1b", "\x1b"),
        ("ü", "ü", "ü"),
    ],
)
def test_keys_as_a_terminal_sends_them(key: str, character: str | None, sent: str) -> None:
    assert sequence_of(key, character, application=False) == sent


def test_cursor_keys_as_a_program_asked_for_them() -> None:
    screen = Screen().take("\x1b[?1h")
    assert screen.memory.application_keys
    assert sequence_of("up", None, application=True) == "\x1bOA"

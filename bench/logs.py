"""A log of 200,000 lines that goes on: how long it takes to come in, what it costs, and how fast keys are answered.

The app runs in a 160x45 pseudo-terminal, as in `bench.keys`. A key counts from its byte to the arrival of the bytes
after which what it changes on an emulated screen is another: the lines for scrolling and from match to match, the line
of the search for typing it. Meanwhile 200 lines a second are written.
"""

import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil

from bench.canned import canned
from bench.figure import Figure, report
from bench.terminal import Replay, Terminal

LINES = 200_000
PODS = b"service-0000-"
COUNT = re.compile(rb"(\d[\d,]*) lines")
SETTLE = 3.0
"""Seconds between the first rows and the first key."""
PATIENCE = 120.0
SCROLLS = 100
STEPS = 60
QUERIES = ("timeout", "level:warn", "json:ms>200", "/order.\\d*77/")
DOWN, UP, ARROW = b"\x1b[6~", b"\x1b[5~", b"\x1b[B"


def open_log(kubeconfig: Path, home: str) -> Terminal:
    """KubeGenie on the pods."""
    command = [sys.executable, "-m", "kubegenie_tui", "--kubeconfig", str(kubeconfig), "-A", "-c", "pods"]
    terminal = Terminal(command, {"KUBEGENIE_HOME": home})
    wait_for(terminal, lambda data: PODS in data)
    terminal.read(SETTLE)
    return terminal


def body(lines: list[str]) -> tuple[str, ...]:
    """The lines of the log on a screen, without the map at their right."""
    return tuple(line[:-3] for line in lines[2:-2])


def search_line(lines: list[str]) -> tuple[str, ...]:
    """The line where a search is typed and counted."""
    return (lines[-2],)


def wait_for(terminal: Terminal, true: Callable[[bytes], object]) -> float:
    """Wait for bytes of which something is true; when they came. Emulating a screen now would slow the app down."""
    deadline, at = time.perf_counter() + PATIENCE, len(terminal.arrivals)
    while time.perf_counter() < deadline:
        terminal.read(0.25)
        for arrival in terminal.arrivals[at:]:
            if true(arrival.data):
                return arrival.at
        at = len(terminal.arrivals)
    raise RuntimeError("it did not come to pass")


def all_in(data: bytes) -> bool:
    """Whether a title tells of every line."""
    return any(int(found.replace(b",", b"")) >= LINES for found in COUNT.findall(data))


def press(terminal: Terminal, keys: Sequence[bytes], chance: random.Random) -> list[float]:
    """Press keys at irregular moments; when each was."""
    sent = []
    for key in keys:
        terminal.read(chance.uniform(0.06, 0.16))
        sent.append(terminal.send(key))
    terminal.read(0.5)
    return sent


def answers(replay: Replay, sent: Sequence[float], part: Callable[[list[str]], tuple[str, ...]]) -> list[float]:
    """Milliseconds from each key to the first screen on which the part is another."""
    found = []
    for number, at in enumerate(sent):
        until = sent[number + 1] if number + 1 < len(sent) else at + 1.0
        replay.feed_until(at)
        before = part(replay.text())
        while (moment := replay.step()) is not None and moment < until:
            if part(replay.text()) != before:
                found.append((moment - at) * 1000)
                break
    return sorted(found)


def figures(what: str, found: Sequence[float], sent: int) -> Iterator[Figure]:
    """What is told of the answers to keys."""
    yield Figure(f"{what}: keys answered", len(found), "keys", sent * 0.97, at_least=True)
    yield Figure(f"{what}: key to repaint p50", statistics.median(found), "ms")
    yield Figure(f"{what}: key to repaint p95", found[int(len(found) * 0.95)], "ms", 33)
    yield Figure(f"{what}: key to repaint, worst", found[-1], "ms")


def measure(kubeconfig: Path) -> Iterator[Figure]:
    """One visit to a log."""
    with tempfile.TemporaryDirectory(prefix="kubegenie-home-") as home:
        terminal = open_log(kubeconfig, home)
        process = psutil.Process(terminal.pid)
        before = process.memory_info().rss
        began = terminal.send(b"l")
        taken = wait_for(terminal, all_in) - began
        loaded = process.memory_info().rss
        chance = random.Random(1)
        press(terminal, [b"g"], chance)
        scrolled = press(terminal, [(DOWN, DOWN, UP, ARROW)[number % 4] for number in range(SCROLLS)], chance)
        typed = [each for query in QUERIES for each in type_query(terminal, query, chance)]
        press(terminal, [b"/", *(bytes([byte]) for byte in b"timeout"), b"\r"], chance)
        terminal.read(3.0)
        stepped = press(terminal, [b"n"] * STEPS, chance)
        used = process.memory_info().rss
        terminal.close()
    yield Figure("200k lines: until all are in", taken, "s")
    yield Figure("200k lines: growth of resident memory", (loaded - before) / 2**20, "MB", 60)
    yield Figure("200k lines: growth after scrolling and searching", (used - before) / 2**20, "MB", 60)
    replay = Replay(terminal)
    yield from figures("scrolling", answers(replay, scrolled, body), len(scrolled))
    yield from figures("typing a search", answers(replay, typed, search_line), len(typed))
    yield from figures("from match to match", answers(replay, stepped, body), len(stepped))


def type_query(terminal: Terminal, query: str, chance: random.Random) -> list[float]:
    """Type a query letter by letter, then leave the search; when each letter was."""
    press(terminal, [b"/"], chance)
    sent = press(terminal, [character.encode() for character in query], chance)
    press(terminal, [b"\x1b"], chance)
    return sent


def main() -> None:
    with canned(5, lines=LINES) as kubeconfig:
        report(measure(kubeconfig))


if __name__ == "__main__":
    main()

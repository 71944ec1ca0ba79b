"""From Esc to the word that an answer has stopped: a model that is silent, speaks or floods, a diagnosis, a long list.

The app runs in a 160x45 pseudo-terminal on the demo's generator, the scripted model in a process of its own. Esc counts
from its byte to the arrival of the bytes that say so.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from bench import servers
from bench.figure import Figure, report
from bench.terminal import Replay, Terminal
from kubegenie_tui.demo.model_script import Call, Fault, Turn, in_order
from kubegenie_tui.demo.model_server import ModelServer

PODS = 10_000
ROUNDS = 20
PATIENCE = 30.0
LISTENS = 0.7
"""Seconds between the question and Esc."""
WORD = "considering"
QUESTION = b"compose a sonnet about the sea\r"
DIAGNOSIS = b"what is wrong in all namespaces?\r"
USE = b"which pods use the most memory in all namespaces?\r"
LOOKS = 0.1
"""Seconds between these questions and Esc: pods are being looked at then."""
LISTED = Call("list", {"kind": "pods", "namespace": "*", "field_selector": "status.phase!=Failed", "limit": 200})
"""Takes the server seconds."""
CHAT, NEW, ESCAPE = b"\x0f", b"\x0c", b"\x1b"
PHASES = {
    "before the first word": Turn(WORD, fault=Fault("silent", after=0)),
    "within a text": Turn(WORD * 20, fault=Fault("silent", after=40)),
    "in a flood of text": Turn(f"{WORD} the sea, " * 200_000, piece=20),
    f"in a list of {PODS:,} pods that it asks for": Turn(calls=(LISTED,)),
}


def main() -> None:
    with servers.simulated(PODS) as kubeconfig:
        for phase, turn in PHASES.items():
            with speaking(turn) as url:
                report([figure(phase, kubeconfig, f'[model]\nbase_url = "{url}"\nname = "scripted"\n')])
        report([figure(f"in a diagnosis of {PODS:,} pods", kubeconfig, "", DIAGNOSIS, LOOKS)])
        report([figure(f"in a list of {PODS:,} pods by their use", kubeconfig, "", USE, LOOKS)])


def figure(phase: str, kubeconfig: Path, settings: str, question: bytes = QUESTION, listens: float = LISTENS) -> Figure:
    """The slowest but one in ten."""
    with tempfile.TemporaryDirectory(prefix="kubegenie-home-") as home:
        file = Path(home) / "config" / "settings.toml"
        file.parent.mkdir()
        file.write_text(settings)
        command = [sys.executable, "-m", "kubegenie_tui", "--kubeconfig", str(kubeconfig), "-A", "-c", "pods"]
        terminal = Terminal(command, {"KUBEGENIE_HOME": home})
        wait_for(terminal, b"service-0000-")
        terminal.send(CHAT)
        terminal.read(2.0)
        took = sorted(stopped(terminal, question, listens) for _ in range(ROUNDS))
        terminal.close()
    return Figure(f"Esc to stopped, {phase}, p90 of {ROUNDS}", took[int(ROUNDS * 0.9)] * 1000, "ms", 200)


def stopped(terminal: Terminal, question: bytes, listens: float) -> float:
    """Seconds from Esc to the word, in a conversation of its own."""
    terminal.send(NEW)
    terminal.read(1.0)
    terminal.send(question)
    terminal.read(listens)
    at = terminal.send(ESCAPE)
    took = wait_for(terminal, b"stopped after") - at
    terminal.read(0.5)
    return took


def wait_for(terminal: Terminal, words: bytes) -> float:
    """Wait for these bytes; when they came."""
    deadline, seen = time.perf_counter() + PATIENCE, len(terminal.arrivals)
    while time.perf_counter() < deadline:
        terminal.read(0.02)
        for arrival in terminal.arrivals[seen:]:
            if words in arrival.data:
                return arrival.at
        seen = len(terminal.arrivals)
    screen = Replay(terminal)
    screen.feed_until(deadline + PATIENCE)
    raise RuntimeError("\n".join([f"{words!r} never came; the screen was", *screen.text()]))


@contextmanager
def speaking(turn: Turn) -> Iterator[str]:
    """A model that says one thing; its address."""
    ours, theirs = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_serve, args=(turn, theirs), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def _serve(turn: Turn, told: Connection) -> None:
    asyncio.run(_served(turn, told))


async def _served(turn: Turn, told: Connection) -> None:
    model = ModelServer(in_order(turn))
    await model.start()
    told.send(model.base_url)
    await asyncio.Event().wait()


if __name__ == "__main__":
    main()

"""What the thread that reads a terminal makes of bytes."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from selectors import SelectSelector

import pytest
from textual import constants
from textual.events import Key
from textual.message import Message

from kubegenie_tui import plain_app
from kubegenie_tui.plain_app import TerminalDriver

PATIENCE, DELAY = 20.0, 0.03


class Read(TerminalDriver):
    """Reads a pipe, and keeps the keys."""

    def __init__(self, end: int) -> None:
        self._debug = False
        self.fileno = end
        self.exit_event = threading.Event()
        self.keys: list[str] = []
        self.came = threading.Semaphore(0)

    def process_message(self, message: Message) -> None:
        assert isinstance(message, Key)
        self.keys.append(message.key)
        self.came.release()


@contextmanager
def reading() -> Iterator[tuple[Read, int]]:
    end, pen = os.pipe()
    driver = Read(end)
    thread = threading.Thread(target=driver.run_input_thread)
    thread.start()
    try:
        yield driver, pen
    finally:
        driver.exit_event.set()
        thread.join()
        os.close(end)


def test_esc_counts_when_its_time_is_over_and_an_arrow_is_one_key(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float | None] = []

    class Watched(SelectSelector):
        def select(self, timeout: float | None = None) -> list[tuple[object, int]]:  # type: ignore[override]
            waits.append(timeout)
            return [*super().select(timeout)]

    monkeypatch.setattr(plain_app, "SelectSelector", Watched)
    for module in (plain_app, constants):
        monkeypatch.setattr(module, "ESCAPE_DELAY", DELAY)
    with reading() as (driver, pen):
        os.write(pen, "é\x1b[A".encode())
        assert all(driver.came.acquire(timeout=PATIENCE) for _ in range(2))
        os.write(pen, b"\x1b")
        assert driver.came.acquire(timeout=PATIENCE)
        os.close(pen)
    assert driver.keys == ["é", "up", "escape"]
    assert waits.count(DELAY) == 2


def test_a_terminal_that_closed_is_no_key_and_does_not_keep_the_thread() -> None:
    with reading() as (driver, pen):
        os.close(pen)
    assert driver.keys == []

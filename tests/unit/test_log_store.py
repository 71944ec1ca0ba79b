"""Lines come back from disk as they went there; the oldest go when there are too many."""

import os
from pathlib import Path

import pytest

from kubegenie_tui.domain.errors import StoreError
from kubegenie_tui.domain.log_line import Level, LogLine, parse_line
from kubegenie_tui.log_store import LogStore


def numbered(start: int, count: int) -> list[LogLine]:
    return [
        LogLine(f"line {number} é", Level.INFO, number, origin=number % 3) for number in range(start, start + count)
    ]


def texts(store: LogStore) -> list[str]:
    return [store[index].text for index in range(len(store))]


def test_lines_come_back_as_they_were() -> None:
    store = LogStore()
    json = parse_line('2026-11-25T20:09:41Z {"level":"warn","msg":"日本","a":1}', origin=70_000)
    lines = [json, LogLine(""), LogLine("x" * 100_000, Level.FATAL, 5), LogLine("lone \ud800 surrogate")]
    assert store.append(lines) == 0
    assert store[0] == json
    assert store.read(1, 3) == lines[1:3]
    assert store[3].text == "lone ? surrogate"
    assert list(store.levels) == [Level.WARN, Level.NONE, Level.FATAL, Level.NONE]
    store.clear()
    assert len(store) == 0


def test_what_was_read_stays_true_while_lines_come() -> None:
    store = LogStore(most_lines=100, file_lines=10)
    for start in range(0, 400, 7):
        store.append(numbered(start, 7))
        assert store[0].text == f"line {store.dropped} é"
        assert store[len(store) - 1].text == f"line {start + 6} é"
        assert store[len(store) // 2].text == f"line {store.dropped + len(store) // 2} é"
    assert texts(store) == [line.text for line in numbered(store.dropped, len(store))]
    store.clear()


def test_the_oldest_are_dropped_and_counted() -> None:
    store = LogStore(most_lines=100, file_lines=10)
    dropped = [store.append(numbered(start, 10)) for start in range(0, 130, 10)]
    assert dropped == [0] * 10 + [10] * 3
    assert (len(store), store.dropped) == (100, 30)
    assert store[0] == numbered(30, 1)[0]
    assert list(store.stamps) == list(range(30, 130))
    store.clear()


def test_long_lines_are_bounded_by_bytes() -> None:
    store = LogStore(most_bytes=10_000, file_bytes=1_000)
    for _ in range(100):
        store.append([LogLine("x" * 500)])
    assert 18 <= len(store) <= 22
    store.clear()


def test_nothing_of_it_has_a_name_on_disk(home: Path) -> None:
    store = LogStore()
    store.append([LogLine("secret")])
    assert [path for path in home.rglob("*") if path.is_file()] == []
    store.clear()


def test_a_full_disk_is_told_and_keeps_what_was_there(monkeypatch: pytest.MonkeyPatch) -> None:
    store = LogStore()
    store.append(numbered(0, 3))

    def full(descriptor: int, data: bytes, offset: int) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(StoreError, match="No space left"):
        store.append(numbered(3, 3))
    assert texts(store) == [line.text for line in numbered(0, 3)]
    monkeypatch.undo()
    store.append(numbered(3, 1))
    assert texts(store)[-1] == "line 3 é"
    store.clear()

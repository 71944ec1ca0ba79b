"""A log of two million tokens: what is held and sent of it stays small, and what was read is found again."""

import tracemalloc
from collections.abc import AsyncIterator

import pytest

from kubegenie_tui.demo.model_script import Call, Turn, in_order
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.log_query import LogQuery
from kubegenie_tui.genie.context.kept import RESULT_CHARACTERS
from kubegenie_tui.genie.reading.log_lines import LINE_CHARACTERS
from kubegenie_tui.genie.reading.logs import LogRequest, read_logs
from tests.unit.genie.model_and_cluster import talk
from tests.unit.genie.played_reader import played_scope
from tests.unit.genie.test_asked_logs import Running

LINES = 170_000
FAULT_EARLY, FAULT_LATE = 91_234, LINES - 1_500
BATCH = 500


def line(number: int) -> str:
    if number in (FAULT_EARLY, FAULT_LATE):
        return f"2026-11-03T10:00:00Z ERROR request {number} password=hunter2-very-long refused by db"
    return f"2026-11-03T10:00:00Z INFO request {number} took 12 ms"


class Flooding(Running):
    """Logs these lines, made as they are read."""

    async def logs(self, query: LogQuery) -> AsyncIterator[list[str]]:
        for first in range(0, LINES, BATCH):
            yield [line(number) for number in range(first, first + BATCH)]


class Wide(Running):
    """Logs lines of a million characters."""

    async def logs(self, query: LogQuery) -> AsyncIterator[list[str]]:
        for _ in range(8):
            yield ["x" * 1_000_000]


async def test_of_a_flood_the_model_is_sent_little_and_all_that_was_read_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    flood = [(0.0, line(number)) for number in range(LINES)]
    assert sum(len(text) for _, text in flood) > 8_000_000
    monkeypatch.setattr("kubegenie_tui.demo.api.logs.spoken", lambda *_: flood)
    calls = (
        Call("logs", {"kind": "pods", "name": "pod-0", "tail": 2_000}),
        Call("recall", {"result": "r1", "grep": "ERROR"}),
        Call("recall", {"result": "r1", "start": 2_001}),
        Call("logs", {"kind": "pods", "name": "pod-0", "grep": "ERROR", "context": 1}),
    )
    async with talk(in_order(*(Turn(calls=(call,)) for call in calls), Turn("Found."))) as made:
        await made.ask("what does pod-0 say?")
        newest, found, end, searched = made.results
        assert newest.summary.startswith("the last 2000 lines of pod-0")
        assert max(len(each.result) for each in made.results) <= RESULT_CHARACTERS
        assert newest.result.splitlines()[-1] == line(LINES - 1)
        assert found.summary == "1 of 2,001 lines of r1 match `ERROR`"
        assert f"ERROR request {FAULT_LATE} password=[redacted-" in found.result
        assert end.result.splitlines()[-1] == f"2001: {line(LINES - 1)}"
        assert searched.summary.startswith(f"2 lines matching `ERROR` in {LINES:,} lines, with 1 around each")
        assert f"ERROR request {FAULT_EARLY} " in searched.result
        assert line(FAULT_EARLY - 1) in searched.result
        assert max(len(request.body) for request in made.model.requests) < 100_000
        assert "hunter2" not in str(made.model.requests)


@pytest.mark.parametrize(
    ("request_", "reader"),
    [
        (LogRequest(tail=2_000), Flooding()),
        (LogRequest(tail=2_000, grep="request", context=20), Flooding()),
        (LogRequest(tail=2_000, grep="x{3}"), Wide()),
        (LogRequest(tail=2_000), Wide()),
    ],
    ids=["newest", "searched", "wide searched", "wide"],
)
async def test_a_flood_is_not_held(request_: LogRequest, reader: Running) -> None:
    scope = played_scope(Focus("prod"), reader)
    await read_logs(scope, "pods", "web-0", "shop", LogRequest(tail=1))
    tracemalloc.start()
    try:
        result = await read_logs(scope, "pods", "web-0", "shop", request_)
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000
    assert held < 1_000_000
    assert len(result.data.lines) <= 2_000
    assert max(map(len, result.data.lines), default=0) <= LINE_CHARACTERS + len("… (cut)")

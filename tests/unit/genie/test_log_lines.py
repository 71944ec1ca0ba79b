"""The lines of a log that match, with those around them."""

import pytest

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.expression import Expression
from kubegenie_tui.genie.reading.log_lines import GAP, WantedLines
from kubegenie_tui.genie.reading.logs import LogRequest, read_logs
from kubegenie_tui.genie.reading.scope import Scope
from tests.unit.domain.test_expression import ENDLESS
from tests.unit.genie.played_reader import played_scope
from tests.unit.genie.test_asked_logs import Running


def wanted(log: str, *, most: int = 100, around: int = 0, grep: str = "E") -> WantedLines:
    found = WantedLines(Expression(grep) if grep else None, most, around)
    for line in log.split():
        found.take(line)
    return found


@pytest.mark.parametrize(
    ("log", "around", "told"),
    [
        ("a E b", 0, "E"),
        ("a b E c d", 1, "b E c"),
        ("E a b c E", 1, "E a -- c E"),
        ("E a b E", 1, "E a b E"),
        ("a b E c d e E f", 2, "a b E c d e E f"),
        ("a E E b c d e E1", 1, "a E E b -- e E1"),
        ("a b c", 3, ""),
        ("a b c d E", 2, "c d E"),
    ],
)
def test_lines_that_match_come_with_those_around_them(log: str, around: int, told: str) -> None:
    found = wanted(log, around=around)
    assert " ".join(found.lines) == told
    assert (found.read, found.matching, found.is_cut) == (len(log.split()), log.count("E"), False)
    assert (GAP in found.lines) == ("--" in told)


def test_the_last_are_held_and_all_are_counted() -> None:
    found = wanted("E1 a E2 b E3 c", most=3, around=1)
    assert list(found.lines) == ["b", "E3", "c"]
    assert (found.matching, found.read, found.is_cut) == (3, 6, True)
    assert list(wanted("a b c", most=2, grep="").lines) == ["b", "c"]


async def test_a_search_says_how_many_matched_and_how_many_are_shown(prod: Scope) -> None:
    everything = await read_logs(prod, "deploy", "checkout", None, LogRequest(grep="", tail=2_000))
    lines = everything.data.lines
    found = await read_logs(prod, "deploy", "checkout", None, LogRequest(grep="fatal", context=2))
    at = next(number for number, line in enumerate(lines) if "FATAL" in line)
    assert found.data.lines == lines[max(0, at - 2) : at + 3]
    assert found.summary.startswith(f"1 lines matching `fatal` in {len(lines)} lines, with 2 around each of checkout-")
    many = await read_logs(prod, "deploy", "checkout", None, LogRequest(grep=".", tail=2))
    assert f"{len(lines)} lines matching `.` in {len(lines)} lines; the last 2 lines shown" in many.text.splitlines()[0]
    assert many.data.lines == lines[-2:]


async def test_a_tail_says_that_it_is_one(prod: Scope) -> None:
    few = await read_logs(prod, "deploy", "checkout", None, LogRequest(tail=2))
    assert few.summary.startswith("the last 2 lines of checkout-")


@pytest.mark.parametrize(("grep", "line"), ENDLESS)
async def test_an_expression_that_finds_no_end_is_refused(grep: str, line: str) -> None:
    scope = played_scope(Focus("prod"), Running(lines=("an ordinary line", line)))
    with pytest.raises(UsageError, match=r"takes too long to match.*none within another"):
        await read_logs(scope, "pods", "web-0", "shop", LogRequest(grep=grep))

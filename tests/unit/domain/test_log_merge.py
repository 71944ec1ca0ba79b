"""Lines of many logs come out by time, wait for late ones a little, and never for long."""

from kubegenie_tui.domain.log_line import LogLine
from kubegenie_tui.domain.log_merge import HOLD, NANO, OPENING, LogMerge

NOW = 1_000_000.0


def lines(origin: int, *seconds: float) -> list[LogLine]:
    return [LogLine(f"{origin}@{second:g}", stamp=int((NOW + second) * NANO), origin=origin) for second in seconds]


def opened(*origins: int) -> LogMerge:
    merge = LogMerge()
    for origin in origins:
        merge.open(origin, NOW)
    return merge


def taken(merge: LogMerge, after: float, most: int = 100) -> list[str]:
    return [line.text for line in merge.take(NOW + after, most)]


def test_one_source_never_waits() -> None:
    merge = opened(0)
    merge.push(0, lines(0, 1, 2), NOW)
    assert taken(merge, 0) == ["0@1", "0@2"]
    assert len(merge) == 0


def test_lines_of_all_come_out_by_time() -> None:
    merge = opened(0, 1)
    merge.push(0, lines(0, -9, -7, -5), NOW)
    assert taken(merge, 0.1) == [], "the other one has not said a word yet"
    merge.push(1, lines(1, -8, -6, -4), NOW + 0.2)
    assert taken(merge, 0.2) == ["0@-9", "1@-8", "0@-7", "1@-6", "0@-5"]
    assert taken(merge, 0.3) == [], "an older line of the first may still come"
    assert taken(merge, 0.2 + HOLD) == ["1@-4"]


def test_a_line_that_is_late_but_in_time_keeps_its_place() -> None:
    merge = opened(0, 1)
    merge.push(0, lines(0, 0), NOW)
    merge.push(1, lines(1, 0.1), NOW + 0.1)
    assert taken(merge, 0.2) == ["0@0"]
    merge.push(0, lines(0, 0.05), NOW + 0.3)
    assert taken(merge, 0.3) == ["0@0.05"]
    assert taken(merge, 0.1 + HOLD) == ["1@0.1"]


def test_a_source_that_says_nothing_is_not_waited_for_twice() -> None:
    merge = opened(0, 1)
    merge.push(0, lines(0, -5), NOW)
    assert taken(merge, OPENING - 0.1) == []
    assert taken(merge, OPENING) == ["0@-5"]
    merge.push(0, lines(0, 3.1), NOW + 3.1)
    assert taken(merge, 3.1) == []
    assert taken(merge, 3.1 + HOLD) == ["0@3.1"]


def test_what_answered_without_a_line_is_waited_for_no_longer() -> None:
    merge = opened(0, 1)
    merge.push(0, lines(0, -5), NOW)
    merge.silent(1, NOW + 0.1)
    assert taken(merge, 0.1) == ["0@-5"]


def test_an_old_backlog_flows_past_the_silent() -> None:
    merge = opened(0, 1)
    merge.silent(1, NOW)
    for batch in range(10):
        merge.push(0, lines(0, *range(-1000 + batch * 100, -900 + batch * 100)), NOW + 0.01 * batch)
        assert len(taken(merge, 0.01 * batch)) == 100


def test_a_source_that_ended_is_not_waited_for_and_its_lines_still_come() -> None:
    merge = opened(0, 1)
    merge.push(0, lines(0, -2), NOW)
    merge.push(1, lines(1, -3, -1), NOW)
    merge.end(0)
    merge.end(1)
    assert taken(merge, 0, most=2) == ["1@-3", "0@-2"]
    assert (len(merge), merge.waiting(1)) == (1, 1)
    merge.open(0, NOW)
    assert taken(merge, 0.1) == [], "it began again"
    assert taken(merge, HOLD) == ["1@-1"]
    merge.push(0, lines(0, 5), NOW + 1)
    assert taken(merge, 1) == ["0@5"]


def test_the_order_within_a_source_is_kept_whatever_the_times_say() -> None:
    merge = opened(0, 1)
    merge.push(0, [*lines(0, -3), LogLine("no time", origin=0), *lines(0, -4, -1)], NOW)
    merge.push(1, lines(1, -2), NOW)
    assert taken(merge, HOLD) == ["0@-3", "no time", "0@-4", "1@-2", "0@-1"]

from kubegenie_tui.domain.log_line import LogLine
from kubegenie_tui.widgets.log_rate import RATE_SECONDS, Rate

NANO = 1_000_000_000


class Clock:
    seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def lines(count: int, second: float) -> list[LogLine]:
    return [LogLine("x", stamp=int(second * NANO))] * count


def test_the_rate_counts_what_is_written_while_we_look() -> None:
    clock = Clock()
    rate = Rate(clock)
    rate.add(lines(2_000, 400.0))
    assert rate.per_second() == 0
    rate.add(lines(2 * RATE_SECONDS, 1_000.5))
    assert rate.per_second() == 2
    clock.seconds += RATE_SECONDS + 1
    assert rate.per_second() == 0
    assert not rate.moves


def test_lines_without_a_time_count_when_they_come() -> None:
    rate = Rate(Clock())
    rate.add(lines(3 * RATE_SECONDS, 0))
    assert rate.per_second() == 3
    rate.clear()
    assert rate.per_second() == 0

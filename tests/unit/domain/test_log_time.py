from datetime import datetime

import pytest

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.log_time import moment, seconds_of

NOON = datetime(2026, 11, 25, 12, 0, 0).astimezone().timestamp()


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("1h30m", 5400), ("2d", 172_800), ("", None), ("5", None), ("5x", None)]
)
def test_durations(text: str, seconds: int | None) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize(
    ("text", "ago"),
    [("15m", 900), ("11:30", 1800), ("11:59:30", 30), ("13:00", 23 * 3600), ("2026-11-25T11:00", 3600)],
)
def test_moments(text: str, ago: int) -> None:
    assert NOON - moment(text, NOON) == ago


@pytest.mark.parametrize("text", ["", "noon", "25:00", "2026-99-01"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(UsageError):
        moment(text, NOON)

"""Log lines of every dialect come out with the right level, time and text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubegenie_tui.domain.log_line import Level, level_of, parse_line
from kubegenie_tui.domain.text import plain

STAMP = "2026-11-25T20:09:41.123456789Z "


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("I1125 20:09:41.123456       1 server.go:42] Starting", Level.INFO),
        ("E1125 20:09:41.123456       1 server.go:42] failed", Level.ERROR),
        ("time=2026 level=warning msg=slow", Level.WARN),
        ('ts=1 lvl="error" msg=x', Level.ERROR),
        ("2026-11-25 20:09:41 [error] 7#7: connect() failed", Level.ERROR),
        ("2026-11-25 20:09:41,123 WARNING django: slow query", Level.WARN),
        ("20:09:41.1 [main] DEBUG o.s.web - x", Level.DEBUG),
        ("FATAL: DATABASE_URL is not set", Level.FATAL),
        ("error: no such file", Level.ERROR),
        ("panic: runtime error", Level.FATAL),
        ("Traceback (most recent call last):", Level.ERROR),
        ("there was no error at all", Level.NONE),
        ("GET /ERROR/page 200", Level.NONE),
        ("GET /info 200", Level.NONE),
        ("information desk", Level.NONE),
        ("", Level.NONE),
        ("x" * 1000 + " ERROR", Level.NONE),
    ],
)
def test_level_by_word_and_klog(text: str, level: Level) -> None:
    assert level_of(text) is level


def test_json_shows_its_message_first_then_its_fields() -> None:
    line = parse_line(
        STAMP + '{"level":"warn","ts":1,"caller":"a.go:1","msg":"retry","n":3,"why":"a b","deep":{"x":[1]}}'
    )
    assert line.text == 'retry   caller=a.go:1  n=3  why="a b"  deep={"x":[1]}'
    assert line.text[line.fields_at :].startswith("caller=")
    assert line.level is Level.WARN


@pytest.mark.parametrize(
    ("raw", "level"),
    [
        ('{"level":50,"msg":"x"}', Level.ERROR),
        ('{"severity":"CRITICAL","message":"x"}', Level.FATAL),
        ('{"msg":"ERROR in y"}', Level.ERROR),
        ('{"level":{"odd":1},"msg":"x"}', Level.NONE),
        ('{"level":true}', Level.NONE),
    ],
)
def test_level_of_json(raw: str, level: Level) -> None:
    assert parse_line(raw, stamped=False).level is level


def test_what_only_looks_like_json_stays_text() -> None:
    assert parse_line("{not json}", stamped=False).text == "{not json}"
    assert parse_line('{"cut":', stamped=False).text == '{"cut":'
    assert parse_line("[1,2]", stamped=False).text == "[1,2]"


def test_time_is_read_to_the_nanosecond_and_taken_off() -> None:
    line = parse_line(STAMP + "hello")
    assert (line.text, line.stamp) == ("hello", 1795637381_123456789)
    assert parse_line("2026-11-25T20:09:41Z hello").stamp == 1795637381_000000000
    assert parse_line("2026-11-25T22:09:41.5+02:00 hello").stamp == 1795637381_500000000


def test_a_line_without_time_keeps_its_text() -> None:
    assert parse_line("hello").text == "hello"
    assert parse_line("2026-99-99T20:09:41Z hello").stamp == 0
    assert parse_line(STAMP).text == ""


def test_indentation_of_a_stack_trace_stays() -> None:
    assert parse_line(STAMP + "\tat com.example.Main").text == "    at com.example.Main"


@given(
    st.text() | st.text().map(lambda text: f'{{"msg": "{text}"}}') | st.binary().map(lambda raw: raw.decode("latin-1"))
)
def test_any_line_becomes_safe_text(raw: str) -> None:
    line = parse_line(raw)
    assert plain(line.text) == line.text
    assert -1 <= line.fields_at <= len(line.text)

"""Expressions of a person or a model: what they find, and that none holds anything up."""

import hashlib
import threading
import time

import pytest

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.expression import Expression, TooSlow

ENDLESS = [
    (r"(\w+[ .]*)+Exception:", f"{'word.' * 900}-Exception:"),
    (r"(\w+[\s.:/-]*)+#$", f"{'a' * 400}@#"),
    ("(a|aa)+$", f"{'a' * 80}b"),
    ("(x+x+)+y", "x" * 200),
]
"""Expressions with a text each in which they have more ways to match than can be tried."""


@pytest.mark.parametrize(("text", "line"), ENDLESS)
def test_one_that_finds_no_end_gives_up(text: str, line: str) -> None:
    wanted = Expression(text)
    began = time.process_time()
    with pytest.raises(TooSlow, match="takes too long to match"):
        wanted.search(line)
    with pytest.raises(TooSlow):
        list(wanted.spans(line, 0, len(line)))
    assert time.process_time() - began < 0.2


def test_what_is_found_and_where() -> None:
    assert Expression("er+or", ignore_case=True).search("an ERROR")
    assert not Expression("er+or").search("an ERROR")
    assert list(Expression("a*").spans("caab a", 1, 6)) == [(1, 3), (5, 6)]
    assert Expression("a.c[", to_the_letter=True).search("xa.c[x")
    assert not Expression("a.c", to_the_letter=True).search("abc")
    match = Expression(r"v(\d+)").first("api v17")
    assert match is not None
    assert match[1] == "17"
    assert Expression(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}").search("12345678-1234-1234-1234-123456789abc")


@pytest.mark.parametrize("text", ["(", "[a", "a{5}{5}", "*", r"\y", "(" * 3_000])
def test_what_is_none_is_said(text: str) -> None:
    with pytest.raises(UsageError, match="is not a regular expression"):
        Expression(text)


@pytest.mark.parametrize(
    "text", ["((a{100}){100}){100}", "(?:[ab]{1,99}c){1,99}", "x" * 10_000, "(?:" * 40 + "a" + "){2}" * 40]
)
def test_what_is_too_large_is_refused_before_it_is_read(text: str) -> None:
    began = time.process_time()
    with pytest.raises(UsageError, match="too large"):
        Expression(text)
    assert time.process_time() - began < 0.2


def test_what_other_threads_do_is_not_counted() -> None:
    over = threading.Event()
    load = threading.Thread(target=lambda: [hashlib.sha256(b"x" * 50_000_000) for _ in iter(over.is_set, True)])
    load.start()
    try:
        quick = Expression("^ok$")
        assert all(quick.search("ok") for _ in range(20_000))
    finally:
        over.set()
        load.join()

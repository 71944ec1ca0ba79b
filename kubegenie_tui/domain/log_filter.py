"""The query language of a log: text, /regex/, `!inverse`, and terms such as `pod:web`, see FIELDS.

Every term must hold. Words beside each other are one phrase; quotes keep what would mean something else.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.expression import Expression
from kubegenie_tui.domain.log_json import jmespath_condition, json_condition
from kubegenie_tui.domain.log_line import LogLine, level_named
from kubegenie_tui.domain.log_source import LogSource
from kubegenie_tui.domain.log_time import moment

Test = Callable[[LogLine, LogSource, str], bool]
"""Of a line, its source and the text that is shown of it."""
FIELDS = ("cluster", "pod", "container", "level", "since", "until", "json", "jmespath")

_TERM = re.compile(
    rf"""\s*(?P<not>!?)
    (?:(?P<field>{"|".join(FIELDS)}):)?
    (?:/(?P<regex>(?:\\.|[^/\\])+)/(?=\s|$)
      |"(?P<quoted>[^"]*)"(?=\s|$)
      |~(?P<rest>.+)
      |(?P<word>(?:[^\s"]|"[^"]*"?)+)?)""",
    re.VERBOSE | re.DOTALL,
)


class _Term(NamedTuple):
    inverse: bool
    field: str
    value: str
    is_regex: bool
    is_word: bool
    """Whether a word beside it belongs to the same phrase."""


class LogFilter:
    """A query as typed, ready to be asked about lines. An empty one is not active and finds nothing."""

    def __init__(self, query: str = "", now: float = 0.0) -> None:
        """Understand a query.

        Args:
            query: as typed.
            now: seconds since the epoch, for `since:` and `until:`.

        Raises:
            UsageError: a term that cannot be understood.
        """
        self.query = query
        self._now = now
        self._tests: list[Test] = []
        self._marks: list[Expression] = []
        for term in _phrases(_terms(query)):
            test = self._test(term)
            self._tests.append(_inverse(test) if term.inverse else test)

    def __bool__(self) -> bool:
        return bool(self._tests)

    def matches(self, line: LogLine, source: LogSource, text: str) -> bool:
        """Whether every term holds for a line.

        Args:
            line: the line.
            source: where it came from.
            text: what is shown of it.

        Raises:
            TooSlow: an expression finds no end.
        """
        return bool(self._tests) and all(test(line, source, text) for test in self._tests)

    def spans(self, text: str, start: int, end: int) -> list[tuple[int, int]]:
        """What of a text is worth a highlight, in order and without overlaps; as much as lies in a part of it.

        Raises:
            TooSlow: an expression finds no end.
        """
        reach = max(0, start - len(self.query))
        found = sorted(span for mark in self._marks for span in mark.spans(text, reach, end))
        spans: list[tuple[int, int]] = []
        for first, last in found:
            if not spans or first >= spans[-1][1]:
                spans.append((first, last))
        return spans

    def _test(self, term: _Term) -> Test:
        match term.field:
            case "cluster":
                name = _pattern(term)
                return lambda line, source, text: name.search(source.cluster)
            case "pod":
                name = _pattern(term)
                return lambda line, source, text: name.search(source.pod)
            case "container":
                name = _pattern(term)
                return lambda line, source, text: name.search(source.container)
            case "level":
                return _level_test(term.value)
            case "json":
                holds = json_condition(term.value)
                return lambda line, source, text: holds(line.source)
            case "jmespath":
                true = jmespath_condition(term.value)
                return lambda line, source, text: true(line.source)
            case "since" | "until":
                return self._time_test(term)
        pattern = _pattern(term)
        if not term.inverse:
            self._marks.append(pattern)
        return lambda line, source, text: pattern.search(text)

    def _time_test(self, term: _Term) -> Test:
        at = int(moment(term.value, self._now) * 1e9)
        if term.field == "since":
            return lambda line, source, text: line.stamp >= at
        return lambda line, source, text: 0 < line.stamp <= at


def _terms(query: str) -> Iterator[_Term]:
    at, query = 0, query.rstrip()
    while at < len(query):
        match = _TERM.match(query, at)
        assert match is not None
        at = max(match.end(), at + 1)
        regex = match["regex"] or match["rest"]
        value = (match["regex"] or "").replace(r"\/", "/") or match["rest"] or match["quoted"] or match["word"] or ""
        field, inverse = match["field"] or "", bool(match["not"])
        if field == "json":
            value = match["word"] or value
        if not value:
            value, inverse = ("", False) if field else (match["not"], False)
        if value:
            is_word = match["word"] is not None and not field and not inverse
            yield _Term(inverse, field, value.replace('"', "") if field else value, bool(regex), is_word)


def _phrases(terms: Iterator[_Term]) -> Iterator[_Term]:
    """Words beside each other joined to one phrase."""
    words: list[str] = []
    for term in terms:
        if term.is_word:
            words.append(term.value)
            continue
        if words:
            yield _Term(False, "", " ".join(words), is_regex=False, is_word=True)
            words = []
        yield term
    if words:
        yield _Term(False, "", " ".join(words), is_regex=False, is_word=True)


def _pattern(term: _Term) -> Expression:
    """Lower case finds either case."""
    ignore_case = term.value == term.value.lower()
    return Expression(term.value, ignore_case=ignore_case, to_the_letter=not term.is_regex)


def _level_test(value: str) -> Test:
    """`warn` and worse; with `=` only that."""
    wanted = level_named(value.removeprefix("="))
    if wanted is None:
        raise UsageError(f"{value} is not a level", "", "trace, debug, info, warn, error or fatal")
    if value.startswith("="):
        return lambda line, source, text: line.level == wanted
    return lambda line, source, text: line.level >= wanted


def _inverse(test: Test) -> Test:
    return lambda line, source, text: not test(line, source, text)

"""The filter language of `/`: text, regex, `!inverse`, labels, `COLUMN:value`, comparisons. Every term must hold."""

import re
import time
from collections.abc import Callable, Sequence

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.expression import Expression, TooSlow
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.quantity import millicores, parse_quantity
from kubegenie_tui.domain.row import Cell, Column, Measure, Row

Test = Callable[[Row], bool]
Value = Callable[[Row], Cell]

_BATCH, _BATCH_OF_EXPRESSION = 1_000, 100
_HEALTH = "health"
_OWNER = "owner"
_REGEX_SIGN = re.compile(r"[|*+?^$\\()\[\]{}]")
_LABEL = re.compile(r"^(?P<key>[A-Za-z0-9][\w./-]*)(?P<op>=|==|!=)(?P<value>[\w.-]*)$")
_COLUMN = re.compile(r"^(?P<title>[A-Za-z][\w %()-]*?):(?P<op>>=|<=|>|<|=)?(?P<value>.+)$")
_DURATION = re.compile(r"(\d+)([smhdwy])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604_800, "y": 31_536_000}
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "=": lambda a, b: a == b,
}


class RowFilter:
    """A filter as typed, ready to be asked about rows. An empty one lets everything pass."""

    def __init__(self, text: str = "", columns: Sequence[tuple[Column, Value]] = (), faults_only: bool = False) -> None:
        self.text = text.strip()
        self.note = ""
        """What could not be understood, or found no end, and how it is taken instead; empty when all is well."""
        self.batch = _BATCH
        """Rows that can be asked about within about 2 ms."""
        self._columns = {column.title.lower(): (column, value) for column, value in columns}
        self._texts = _texts_with_cluster if "cluster" in self._columns else _texts
        self._tests = [self._term(term) for term in _terms(self.text)]
        if faults_only:
            self._tests.insert(0, is_fault)

    def __bool__(self) -> bool:
        return bool(self._tests)

    def __call__(self, row: Row) -> bool:
        """Whether the row passes."""
        return all(test(row) for test in self._tests)

    def _term(self, term: str) -> Test:
        if len(term) > 1 and term.startswith("!"):
            inner = self._term(term[1:])
            return lambda row: not inner(row)
        if label := _LABEL.match(term):
            return _label_test(label["key"], label["op"], label["value"])
        match = _COLUMN.match(term)
        if match and match["title"].lower() == _HEALTH:
            return self._told_test(_HEALTH, lambda row: row.health.word, match["value"])
        if match and match["title"].lower() == _OWNER:
            return self._told_test(_OWNER, lambda row: row.owner, match["value"])
        if match and (known := self._column(match["title"])):
            return self._column_test(*known, match["op"] or "", match["value"])
        return self._text_test(term)

    def _column(self, title: str) -> tuple[Column, Value] | None:
        wanted = title.lower()
        if wanted in self._columns:
            return self._columns[wanted]
        return next((known for name, known in self._columns.items() if name.startswith(wanted)), None)

    def _told_test(self, title: str, told: Callable[[Row], str], wanted: str) -> Test:
        """`HEALTH:failing`, `OWNER:CronJob/nightly`: what every row tells, or what a column of that title says."""
        has, column = self._search(wanted), self._columns.get(title)
        shown = column[1] if column else lambda row: ""
        return lambda row: has(told(row)) or has(str(shown(row)))

    def _column_test(self, column: Column, value: Value, op: str, wanted: str) -> Test:
        if op:
            try:
                return _comparison(column, value, op, _number(column, wanted))
            except ValueError:
                self.note = f"{wanted} is not a {column.measure.value} that {column.title} could be compared with"
        has = self._search(wanted)
        return lambda row: has(str(value(row) if value(row) is not None else ""))

    def _text_test(self, term: str) -> Test:
        texts = self._texts
        if _REGEX_SIGN.search(term):
            has = self._search(term)
            return lambda row: any(has(text) for text in texts(row))
        needle = term.lower()
        return lambda row: any(needle in text.lower() for text in texts(row))

    def _search(self, term: str) -> Callable[[str], bool]:
        """Whether a text has the term in it, which is a regular expression as long as it can be used as one."""
        plain = Expression(term, ignore_case=True, to_the_letter=True)
        if re.fullmatch(r"[\w-]+", term):
            return plain.search
        try:
            wanted = Expression(term, ignore_case=True)
        except UsageError as error:
            self.note = f"{error.what} ({error.why}): taken as plain text"
            return plain.search
        self.batch = _BATCH_OF_EXPRESSION

        def has(text: str) -> bool:
            nonlocal wanted
            try:
                return wanted.search(text)
            except TooSlow as error:
                self.note, wanted = f"{error.what}: taken as plain text", plain
                return plain.search(text)

        return has


def is_fault(row: Row) -> bool:
    """Whether something is wrong with the object."""
    return row.health >= Health.WARN


def _terms(text: str) -> list[str]:
    """The words; labels joined by commas, as kubectl and k9s take them, are one each."""
    words = [word for word in text.split() if word not in ("-l", "-f")]
    return [term for word in words for term in _labels(word) or [word]]


def _labels(word: str) -> list[str]:
    parts = word.split(",")
    return parts if all(_LABEL.match(part) for part in parts) else []


def _texts(row: Row) -> list[str]:
    return [row.name, row.namespace, *(cell for cell in row.cells if type(cell) is str)]


def _texts_with_cluster(row: Row) -> list[str]:
    return [row.cluster, *_texts(row)]


def _label_test(key: str, op: str, value: str) -> Test:
    if op == "!=":
        return lambda row: row.labels.get(key) != value
    return lambda row: row.labels.get(key) == value


def _comparison(column: Column, value: Value, op: str, wanted: float) -> Test:
    compare = _COMPARE[op]

    def test(row: Row) -> bool:
        cell = value(row)
        if not isinstance(cell, int | float):
            return False
        number = time.time() - cell if column.measure is Measure.AGE else float(cell)
        return compare(number, wanted)

    return test


def _number(column: Column, text: str) -> float:
    match column.measure:
        case Measure.AGE:
            parts = _DURATION.findall(text)
            if not parts or "".join(n + unit for n, unit in parts) != text:
                raise ValueError(text)
            return float(sum(int(n) * _SECONDS[unit] for n, unit in parts))
        case Measure.CPU:
            return float(millicores(text))
        case _:
            return parse_quantity(text)

"""Conditions on lines that are JSON: `user.name=ada`, `status>=500`, `items[0].id!=7`, `error` for what is there.

What these cannot say, an expression of JMESPath can (https://jmespath.org).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.expression import Expression

_CONDITION = re.compile(r"(?P<path>[^=!<>~]+)(?:(?P<op>!=|>=|<=|=|>|<|~)(?P<value>.*))?$", re.DOTALL)
_STEP = re.compile(r"\[(\d+|\*|)\]|([^.\[\]]+)")
_decode = msgspec.json.Decoder().decode
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
}


class _Each(NamedTuple):
    """Every element of a list."""


EACH = _Each()
Step = str | int | _Each


def json_condition(text: str) -> Callable[[str], bool]:
    """Whether a line is JSON and holds what is asked.

    Paths are dotted; `[0]` is an element of a list, `[*]` any of them, and a key may hold dots itself. `=` and `!=`
    compare as text, `~` is a regular expression, and the comparisons are between numbers.

    Raises:
        UsageError: no path, an invalid regular expression, or a comparison with something that is no number.
    """
    match = _CONDITION.match(text)
    if match is None:
        raise UsageError(f"json:{text} names no field", "", "write json:user.name=ada, or json:error")
    path = json_path(match["path"])
    test = _test(match["op"] or "", match["value"] or "")
    return lambda line: _holds(line, path, test)


def jmespath_condition(text: str) -> Callable[[str], bool]:
    """Whether a line is JSON of which an expression of JMESPath is true: neither false nor null nor empty.

    Raises:
        UsageError: it is no such expression.
    """
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        expression = jmespath.compile(text)
    except JMESPathError as error:
        why = str(error).partition("\n")[0]
        raise UsageError(f"{text} is no JMESPath", why, 'write it in quotes: jmespath:"status >= `500`"') from error

    def is_true(value: Any) -> bool:
        try:
            found = expression.search(value)
        except JMESPathError:  # of a type that a function does not take
            return False
        return found is not False and found is not None and found not in ("", [], {})

    return lambda line: _holds(line, (), is_true)


def json_path(text: str) -> tuple[Step, ...]:
    """`items[0].user.name` as its steps."""
    return tuple(
        key or (int(index) if index.isdecimal() else EACH) for index, key in _STEP.findall(text.strip().lstrip("$."))
    )


def values_at(value: Any, path: tuple[Step, ...]) -> Iterator[Any]:
    """What lies at a path; nothing when there is no such place."""
    if not path:
        yield value
        return
    step, rest = path[0], path[1:]
    if isinstance(value, list):
        if isinstance(step, _Each):
            for element in value:
                yield from values_at(element, rest)
        elif isinstance(step, int) and step < len(value):
            yield from values_at(value[step], rest)
    elif isinstance(value, Mapping):
        yield from _values_of(value, path)


def _values_of(value: Mapping[str, Any], path: tuple[Step, ...]) -> Iterator[Any]:
    """A key may hold dots: `log.level` is first looked for as one key."""
    names = [step for step in path if isinstance(step, str)]
    reach = next((at for at, step in enumerate(path) if not isinstance(step, str)), len(path))
    for length in range(reach, 0, -1):
        key = ".".join(names[:length])
        if key in value:
            yield from values_at(value[key], path[length:])
            return


def _holds(line: str, path: tuple[Step, ...], test: Callable[[Any], bool]) -> bool:
    if not line.startswith("{"):
        return False
    try:
        return any(test(value) for value in values_at(_decode(line), path))
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return False


def _test(op: str, wanted: str) -> Callable[[Any], bool]:
    if not op:
        return lambda value: True
    if not wanted and op not in ("=", "!="):
        raise UsageError(f"{op} wants something to compare with", "", "write json:status>=500")
    if op == "~":
        pattern = Expression(wanted)
        return lambda value: pattern.search(_as_text(value))
    if op in ("=", "!="):
        return lambda value: (_as_text(value) == wanted) is (op == "=")
    limit, compare = _limit(wanted), _COMPARE[op]
    return lambda value: (number := _as_number(value)) is not None and compare(number, limit)


def _limit(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise UsageError(f"{text} is not a number", "", "compare text with = or ~") from error


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _as_number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None

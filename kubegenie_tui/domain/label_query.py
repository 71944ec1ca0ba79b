"""A label selector as kubectl's `-l` takes it: `app=web,tier!=cache`, `env in (a, b)`, `env notin (a)`, `key`, `!key`.

Source: k8s.io/apimachinery/pkg/labels. A label that is missing satisfies `!=` and `notin`.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from kubegenie_tui.domain.errors import UsageError

Test = Callable[[Mapping[str, str]], bool]
_KEY = r"(?P<key>[A-Za-z0-9][\w./-]*)"
_EQUAL = re.compile(rf"{_KEY}\s*(?P<op>==|=|!=)\s*(?P<value>[\w.-]*)")
_SET = re.compile(rf"{_KEY}\s+(?P<op>in|notin)\s*\((?P<values>[^()]*)\)")
_EXISTS = re.compile(rf"(?P<op>!?)\s*{_KEY}")
_COMMA = re.compile(r",(?![^(]*\))")


def parse_labels(text: str) -> Test:
    """Whether labels are selected; an empty selector selects everything.

    Raises:
        UsageError: it is no label selector.
    """
    tests = [_test(part) for part in _parts(text)]
    return lambda labels: all(test(labels) for test in tests)


def equalities(text: str) -> list[str]:
    """The parts that the filter of the tables knows as well: `app=web`, `tier!=cache`."""
    return ["".join(match.group("key", "op", "value")) for part in _parts(text) if (match := _EQUAL.fullmatch(part))]


def _parts(text: str) -> Iterator[str]:
    return (part.strip() for part in _COMMA.split(text) if part.strip())


def _test(part: str) -> Test:
    if match := _EQUAL.fullmatch(part):
        return _among(match["key"], {match["value"]}, wanted=match["op"] != "!=")
    if match := _SET.fullmatch(part):
        values = {value.strip() for value in match["values"].split(",")}
        return _among(match["key"], values, wanted=match["op"] == "in")
    if match := _EXISTS.fullmatch(part):
        key, wanted = match["key"], not match["op"]
        return lambda labels: (key in labels) is wanted
    what = f'"{part}" is no part of a label selector'
    raise UsageError(what, next_step="key=value, key!=value, key in (a, b), key notin (a, b), key and !key are")


def _among(key: str, values: set[str], *, wanted: bool) -> Test:
    return lambda labels: (labels.get(key) in values) is wanted

"""JSONPath as kubectl's custom columns take it: `.spec.nodeName`, `.status.conditions[?(@.type=="Ready")].status`.

Source: k8s.io/client-go/util/jsonpath. Not taken: `..`, slices, unions, and comparisons other than `==` and `!=`.
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.row import Cell

_STEP = re.compile(
    r"""\.?(?P<name>(?:\\.|[^.\[\]\\{}*])+)
    | \[\s*(?P<index>-?\d+)\s*\]
    | (?P<all>\[\s*\*\s*\]|\.\*)
    | \[\s*(?P<quote>['"])(?P<quoted>.*?)(?P=quote)\s*\]
    | \[\?\(\s*@(?P<field>[^=!]*?)\s*(?P<op>==|!=)\s*(?P<wanted>.+?)\s*\)\]""",
    re.VERBOSE,
)
_LONGEST = 1000


class Step(msgspec.Struct, frozen=True):
    """One step from a value to values in it."""

    name: str = ""
    index: int | None = None
    every: bool = False
    field: "tuple[Step, ...]" = ()
    """With `wanted`: what is compared in each element of a list."""
    wanted: str | None = None
    equal: bool = True

    def take(self, value: Any) -> Iterator[Any]:
        """The values one step further; none where there are none."""
        if self.wanted is not None:
            yield from (each for each in _elements(value) if (self.wanted in _texts(each, self.field)) is self.equal)
        elif self.every:
            yield from _elements(value)
        elif self.index is not None:
            if isinstance(value, list) and -len(value) <= self.index < len(value):
                yield value[self.index]
        elif isinstance(value, dict) and self.name in value:
            yield value[self.name]


class JsonPath(msgspec.Struct, frozen=True):
    """A path that was understood."""

    text: str
    steps: tuple[Step, ...]

    @property
    def fixed(self) -> tuple[str, ...]:
        """The names that lead from the top to where the path begins to choose."""
        names: list[str] = []
        for step in self.steps:
            if not step.name:
                break
            names.append(step.name)
        return tuple(names)

    def values(self, value: Any) -> list[Any]:
        """All that the path leads to; nothing where it leads nowhere."""
        return list(_walk(value, self.steps))

    def part(self, value: Any) -> Any:
        """What stands there: one value, or a list where the path may lead to several; None where it leads nowhere."""
        found = self.values(value)
        if len(found) == 1 and not any(step.every or step.wanted is not None for step in self.steps):
            return found[0]
        return found or None

    def cell(self, value: Any) -> Cell:
        """What a table shows of a value: one number as such, all else as text, several with commas between."""
        found = self.values(value)
        if len(found) == 1 and isinstance(found[0], int | float) and not isinstance(found[0], bool):
            return found[0]
        return ",".join(_text(each) for each in found)[:_LONGEST] or None


def parse_path(text: str) -> JsonPath:
    """A path from its text; `$`, the outer braces and the first dot may be missing.

    Raises:
        UsageError: it is none, or none that we take.
    """
    body = text.strip()
    if body.startswith("{") and body.endswith("}"):
        body = body[1:-1]
    steps = _steps(body.removeprefix("$"))
    if not steps:
        raise UsageError(f'"{text}" is not a JSONPath', next_step="for example: .spec.nodeName")
    return JsonPath(text, steps)


def _steps(body: str) -> tuple[Step, ...]:
    found: list[Step] = []
    at = 0
    while at < len(body):
        match = _STEP.match(body, at)
        if match is None:
            raise UsageError(
                f'"{body[at:]}" is no step of a JSONPath', f"in {body}", '.name, [0], [*] and [?(@.type=="x")] are'
            )
        found.append(_step(match))
        at = match.end()
    return tuple(found)


def _step(match: re.Match[str]) -> Step:
    if match["index"]:
        return Step(index=int(match["index"]))
    if match["all"]:
        return Step(every=True)
    if match["op"]:
        return Step(field=_steps(match["field"]), wanted=match["wanted"].strip("'\""), equal=match["op"] == "==")
    return Step(name=match["quoted"] or re.sub(r"\\(.)", r"\1", match["name"]))


def _walk(value: Any, steps: tuple[Step, ...]) -> Iterator[Any]:
    if not steps:
        yield value
        return
    for each in steps[0].take(value):
        yield from _walk(each, steps[1:])


def _elements(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _texts(value: Any, steps: tuple[Step, ...]) -> list[str]:
    return [_text(each) for each in _walk(value, steps)]


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()

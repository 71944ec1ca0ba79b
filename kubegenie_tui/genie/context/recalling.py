"""Into a result that was kept whole: the lines that match, or those from a place on."""

import asyncio
from collections.abc import Iterator

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.expression import Expression
from kubegenie_tui.domain.json_path import parse_path
from kubegenie_tui.domain.yaml_text import yaml_lines
from kubegenie_tui.genie.context.structured import structure
from kubegenie_tui.genie.reading.scope import Result, Scope
from kubegenie_tui.kube.pace import paced

AROUND = 2
"""Lines told before and after one that matches."""
_STRETCH, _OVERLAP = 10_000, 1_000
"""Characters of a line that are searched at once, and how many of them once more with those that follow."""
_SHOWN = 80
"""Characters of an expression that are told back."""
_TOLD = 400
"""Characters of what there is instead."""


async def recall(scope: Scope, name: str, grep: str = "", start: int = 1, most: int = 100, path: str = "") -> Result:
    """Lines of a kept result, or of the part of it at a JSONPath as YAML, each with its number.

    Raises:
        UsageError: there is no such result or part, or the expression is none, or finds no end.
        StoreError: the result cannot be read.
    """
    text = await scope.kept.text(name)
    lines = text.split("\n")
    if path:
        lines = await asyncio.to_thread(_part, name, text, path)
        name = f"{path} of {name}"
    if not grep:
        chosen = list(range(start - 1, min(len(lines), start - 1 + most)))
        summary = f"lines {start} to {start - 1 + len(chosen)} of {len(lines):,} of {name}"
    else:
        found = await _matching(lines, grep, start)
        chosen = _with_neighbours(found[:most], len(lines))
        shown = f", {most} shown; go on with start={found[most] + 1}" if len(found) > most else ""
        summary = f"{len(found):,} of {len(lines):,} lines of {name} match `{grep[:_SHOWN]}`{shown}"
    told = [f"{number + 1}: {lines[number]}" for number in chosen]
    return Result(summary, _fitting(summary, told, scope.longest))


def _part(name: str, text: str, path: str) -> list[str]:
    whole = structure(name, text)
    found = parse_path(path).part(whole)
    if found is None:
        known = ", ".join(map(str, whole)) if isinstance(whole, dict) else f"a list of {len(whole):,}, from [0] on"
        raise UsageError(f"Nothing stands at {path[:_SHOWN]} of {name}", next_step=f"at its top: {known[:_TOLD]}")
    return list(yaml_lines(found))


async def _matching(lines: list[str], grep: str, start: int) -> list[int]:
    wanted = Expression(grep, ignore_case=True)
    found: dict[int, None] = {}
    async for number, part in paced(_parts(lines, start - 1)):
        if number not in found and wanted.search(part):
            found[number] = None
    return list(found)


def _parts(lines: list[str], start: int) -> Iterator[tuple[int, str]]:
    """Each line from one on with its number, one that is very long in stretches that overlap."""
    for number in range(start, len(lines)):
        line = lines[number]
        for at in range(0, max(1, len(line) - _OVERLAP), _STRETCH - _OVERLAP):
            yield number, line[at : at + _STRETCH]


def _with_neighbours(found: list[int], total: int) -> list[int]:
    near = {number + step for number in found for step in range(-AROUND, AROUND + 1)}
    return sorted(number for number in near if 0 <= number < total)


def _fitting(summary: str, lines: list[str], limit: int) -> str:
    """As many lines as fit one result, so that what is recalled is not kept once more."""
    room, fitting = limit - len(summary) - 100, list[str]()
    for line in lines:
        room -= len(line) + 1
        number = int(line.partition(":")[0])
        if room < 0 and not fitting:
            return "\n".join([summary, line[: limit // 2], f"(line {number} is cut; go on with start={number + 1})"])
        if room < 0:
            return "\n".join([summary, *fitting, f"(cut: go on with start={number})"])
        fitting.append(line)
    return "\n".join([summary, *fitting])

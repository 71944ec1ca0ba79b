"""Files, functions and classes stay small enough to read at one go."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.control_plane import ROOT

FILE_LINES = 400
FUNCTION_LINES = 40
CLASS_METHODS = 20
EXCEPTIONS: dict[str, str] = {}
"""What may be larger, as `path` or `path:name`, and why."""

SOURCES = sorted(path for room in ("kubegenie_tui", "tests", "bench") for path in (ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_sizes(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = list(too_large(text, str(path.relative_to(ROOT))))
    assert not found, "\n".join(found)


def test_every_exception_still_exists_and_is_needed() -> None:
    needed = {
        line.split(" ")[0]
        for path in SOURCES
        for line in too_large(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)), exceptions={})
    }
    assert set(EXCEPTIONS) <= needed


def test_what_is_too_large_is_found() -> None:
    body = "\n".join("    a = 1" for _ in range(FUNCTION_LINES))
    methods = "\n".join(f"    def m{number}(self): ..." for number in range(CLASS_METHODS + 1))
    source = f"def long():\n{body}\nclass Many:\n{methods}\n" + "\n" * FILE_LINES
    assert [line.split(" ")[0] for line in too_large(source, "x.py")] == ["x.py", "x.py:long", "x.py:Many"]


def too_large(source: str, name: str, exceptions: dict[str, str] = EXCEPTIONS) -> Iterator[str]:
    """Lines `path[:name] has ...` for whatever passes a limit."""
    for place, count, unit, limit in _measured(source, name):
        if count > limit and place not in exceptions:
            yield f"{place} has {count} {unit}, the limit is {limit}"


def _measured(source: str, name: str) -> Iterator[tuple[str, int, str, int]]:
    yield name, source.count("\n"), "lines", FILE_LINES
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{name}:{node.name}", _lines(node), "lines", FUNCTION_LINES
        elif isinstance(node, ast.ClassDef):
            methods = [part for part in node.body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)]
            yield f"{name}:{node.name}", len(methods), "methods", CLASS_METHODS


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    assert node.end_lineno is not None
    return node.end_lineno - node.lineno + 1

"""JSON the way small models write it: with trailing commas, Python's words, curly quotes, or without its end."""

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_CURLY = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})
_MOST_ENDS = 6
"""Brackets that may be missing at the end."""


def read_loose(text: str) -> Any:
    """The value of a text that is meant to be JSON.

    Raises:
        ValueError: nobody could tell what it means.
    """
    text = text.strip()
    for attempt in _attempts(text):
        try:
            return json.loads(attempt, strict=False)
        except ValueError:
            continue
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError) as error:
        raise ValueError("no JSON") from error


def read_first(text: str, start: int) -> tuple[Any, int] | None:
    """The JSON value that begins at `start`, and where it ends; None when none is complete there."""
    end = _end_of(text, start)
    if end is None:
        return None
    try:
        return read_loose(text[start:end]), end
    except ValueError:
        return None


def _attempts(text: str) -> Iterator[str]:
    yield text
    mended = _TRAILING_COMMA.sub("", text.translate(_CURLY))
    yield mended
    if missing := _missing_end(mended):
        yield _TRAILING_COMMA.sub("", mended.rstrip().removesuffix(",") + missing)


def _end_of(text: str, start: int) -> int | None:
    """The place behind the bracket that closes the one at `start`."""
    for place, depth in _depths(text, start):
        if not depth:
            return place + 1
    return None


def _missing_end(text: str) -> str:
    """The brackets that are open at the end; empty when there are none, or too many to be believed."""
    if not text.startswith(("{", "[")):
        return ""
    stack: list[str] = []
    for place, _ in _depths(text, 0):
        if text[place] in "{[":
            stack.append("}" if text[place] == "{" else "]")
        elif stack:
            stack.pop()
    return "".join(reversed(stack)) if len(stack) <= _MOST_ENDS else ""


def _depths(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Every bracket outside of strings, with how deep the text is after it."""
    depth, quoted, escaped = 0, False, False
    for place in range(start, len(text)):
        char = text[place]
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = quoted
        elif char == '"':
            quoted = not quoted
        elif not quoted and char in "{[}]":
            depth += 1 if char in "{[" else -1
            yield place, depth

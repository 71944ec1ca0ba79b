"""The words of what is kept beside a message, by which it is found: what was looked up, found, proposed and made."""

import json
from collections.abc import Iterator
from typing import Any

_SILENT = frozenset({"focus", "usage"})
"""What the person looked at and what a turn took: every message has it, and nobody looks for it."""
_STEPS = "plan"
"""The steps of a proposal: it is found by its title."""


def words_of(record: Any) -> str:
    """All texts in a record as plain data, each once, a line each; none of one that nests too deep to be read."""
    kept = {key: value for key, value in record.items() if key not in _SILENT} if isinstance(record, dict) else {}
    try:
        return "\n".join(dict.fromkeys(_texts(kept)))
    except RecursionError:
        return ""


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _texts(each) if key != _STEPS else ()
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, str) and value.startswith(("{", "[")):
        yield from _texts(_unpacked(value))
    elif isinstance(value, str) and value:
        yield value


def _unpacked(text: str) -> Any:
    """Arguments of a call are kept as JSON; what is none is a text like others."""
    try:
        return json.loads(text)
    except ValueError:
        return f" {text}"

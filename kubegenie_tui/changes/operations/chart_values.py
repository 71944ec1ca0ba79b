"""The values of a Helm release as a text to edit: what the person sets, and below it what the chart has by itself."""

import math
from collections.abc import Sequence
from typing import Any

from kubegenie_tui.changes.operations.editing import MARK, without_head
from kubegenie_tui.changes.operations.manifests_text import read_mapping
from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.domain.text import plain
from kubegenie_tui.domain.yaml_text import yaml_lines

Values = dict[str, Any]
SOURCE = "the values"


def values_text(words: str, values: Values, own: str = "") -> str:
    """What a person edits.

    Args:
        words: what the values are for: `release shop/web`.
        values: what is set.
        own: the chart's own values as its author wrote them; shown as a comment.
    """
    comment = [f"# {line}".rstrip() for line in own.strip().splitlines()]
    below = ["", "# What the chart has by itself:", *comment] if comment else []
    return "\n".join([*_head(words, ()), *(yaml_lines(values) if values else ()), *below, ""])


def with_fault(words: str, text: str, error: KubeGenieError) -> str:
    """The person's text with what is wrong on top."""
    told = (error.what, error.why, error.next_step)
    return "\n".join([*_head(words, told), *without_head(text)])


def read_values(text: str, source: str = SOURCE) -> Values:
    """What a text sets.

    Raises:
        UsageError: it is no YAML, or no mapping; with the line.
    """
    values = read_mapping(text, source)
    if _holds_what_json_cannot(values):
        raise UsageError(f"{source} holds a number that is none", next_step="write it in quotes")
    return values


def merged_values(each: Sequence[Values]) -> Values:
    """Several sets of values as one; mappings are merged, of all else the later wins, as in helm."""
    found: Values = {}
    for values in each:
        found = _merged(found, values)
    return found


def _merged(old: Values, new: Values) -> Values:
    found = dict(old)
    for key, value in new.items():
        before = found.get(key)
        found[key] = _merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return found


def _holds_what_json_cannot(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_what_json_cannot, value.values()))
    if isinstance(value, list):
        return any(map(_holds_what_json_cannot, value))
    return isinstance(value, float) and not math.isfinite(value)


def _head(words: str, fault: Sequence[str]) -> list[str]:
    told = [plain(part) for part in fault if part]
    return [
        f"{MARK}values of {words}: all that is set for it, and nothing else.",
        f"{MARK}What helm would make of them is shown before anything is changed.",
        f"{MARK}✖ {told[0]}" if told else MARK.rstrip(),
        f"{MARK}{' · '.join(told[1:])}".rstrip(),
    ]

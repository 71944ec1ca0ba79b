"""A long result that is YAML or JSON made short by its structure: what is left of it still reads as that.

What tells least goes first: who set which field, what was applied last, annotations. Then long texts are cut, and of
long lists and mappings the first entries stay, more of them the more room there is; each place tells what is missing.
"""

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from kubegenie_tui.domain.yaml_text import LAST_APPLIED, yaml_lines
from kubegenie_tui.genie.context.structured import HEADING, documents

MOST_CHARACTERS = 2_000_000
"""Of a text that is shrunk: about a second of a thread."""
_MANAGED = "managedFields"
_ANNOTATIONS = "annotations"
_MORE = "…"
"""The key under which a mapping tells how many entries are missing."""
_DEEPEST = 100
_BEGINS = ("apiVersion:", "kind:", "---")


class _Measure(msgspec.Struct, frozen=True):
    """What is left whole."""

    text: int
    """Characters of a text."""
    entries: int
    """Of a list; of a mapping twice as many."""
    depth: int = _DEEPEST
    """How far mappings and lists are followed."""

    @property
    def of_annotations(self) -> "_Measure":
        """These tell less than the rest."""
        return _Measure(max(20, self.text // 8), max(1, self.entries // 4), self.depth)


def _measures() -> Iterator[_Measure]:
    """From nearly everything down to what fits anywhere."""
    for step in range(16):
        part = 0.7**step
        yield _Measure(max(30, int(6_000 * part)), max(3, int(400 * part)))
    yield from (_Measure(30, 3, depth) for depth in (5, 4, 3, 2, 1))


_MEASURES = tuple(_measures())


def looks_structured(text: str) -> bool:
    """Whether a text seems to be a whole object, below a heading or without one, or JSON."""
    body = text.partition("\n")[2] if text.startswith(HEADING) else text
    return body.startswith(_BEGINS) or _is_json(body)


def shrunk(text: str, room: int) -> str:
    """A text of so many characters at most that is YAML or JSON as the given one; empty where that is neither.

    A heading stays. Takes time for a long text, use a thread.
    """
    head, body = text.partition("\n")[::2] if text.startswith(HEADING) else ("", text)
    if len(body) > MOST_CHARACTERS:
        return ""
    is_json = _is_json(body)
    found = [_loaded(body)] if is_json else documents(body)
    if not found or not all(isinstance(each, dict | list) for each in found):
        return ""
    left = room - len(head) - 1
    for measure in _MEASURES:
        told = _as_json(found[0], measure, left) if is_json else _as_yaml(found, measure, left)
        if told:
            return f"{head}\n{told}" if head else told
    return ""


def _is_json(text: str) -> bool:
    return text.lstrip()[:1] in ("{", "[")


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _as_json(value: Any, measure: _Measure, room: int) -> str:
    told = json.dumps(_less(value, measure), ensure_ascii=False)
    return told if len(told) <= room else ""


def _as_yaml(found: list[Any], measure: _Measure, room: int) -> str:
    lines: list[str] = []
    for line in _lines(found, measure):
        room -= len(line) + 1
        if room < 0:
            return ""
        lines.append(line)
    return "\n".join(lines)


def _lines(found: list[Any], measure: _Measure) -> Iterator[str]:
    if len(found) == 1:
        yield from yaml_lines(_less(found[0], measure))
        return
    for each in found[: measure.entries]:
        yield "---"
        yield from yaml_lines(_less(each, measure))
    if len(found) > measure.entries:
        yield f"# {len(found) - measure.entries:,} more documents"


def _less(value: Any, measure: _Measure, depth: int = 0) -> Any:
    if isinstance(value, str):
        return value if len(value) <= measure.text else f"{value[: measure.text]}… ({len(value):,} characters)"
    if not isinstance(value, dict | list) or not value:
        return value
    if depth >= measure.depth:
        return f"… ({len(value):,} entries)"
    return _of_list(value, measure, depth) if isinstance(value, list) else _of_mapping(value, measure, depth)


def _of_list(value: list[Any], measure: _Measure, depth: int) -> list[Any]:
    less = [_less(each, measure, depth + 1) for each in value[: measure.entries]]
    more = len(value) - len(less)
    return [*less, f"… ({more:,} more items)"] if more else less


def _of_mapping(value: dict[Any, Any], measure: _Measure, depth: int) -> dict[Any, Any]:
    kept = [key for key in value if key != _MANAGED]
    told = kept[: 2 * measure.entries]
    less = {
        key: _less(value[key], measure.of_annotations if key == _ANNOTATIONS else measure, depth + 1)
        if key != LAST_APPLIED
        else f"… ({len(str(value[key])):,} characters)"
        for key in told
    }
    more = len(kept) - len(told)
    return {**less, _MORE: f"{more:,} more entries"} if more else less

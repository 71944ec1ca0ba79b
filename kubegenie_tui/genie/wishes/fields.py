"""Single fields, by name or path: `set max replicas of hpa web to 12`, `set spec.paused to true on deployment web`."""

import re
from typing import Any

from kubegenie_tui.genie.offline.field_paths import path_of

_PART = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WHOLE = re.compile(r"-?\d{1,9}")
_TRUTH = {"true": True, "false": False}


def spoken(names: list[str]) -> str:
    """A pattern of names in camel case as they are said too: `max replicas` for `maxReplicas`."""
    return "|".join("[ -]?".join(_PART.split(name)) for name in names)


def value_of(text: str) -> int | bool | str:
    """What a word stands for in an object: a whole number, a truth, else the text."""
    return int(text) if _WHOLE.fullmatch(text) else _TRUTH.get(text.lower(), text)


def patch_of(fields: dict[str, Any], kind: str) -> dict[str, Any]:
    """The merge patch that sets fields of a kind, each by its path or by the name that people call it by."""
    body: dict[str, Any] = {}
    for name, value in fields.items():
        at = body
        *way, last = path_of(name, kind).split(".")
        for part in way:
            at = at.setdefault(part, {})
        at[last] = value_of(value)
    return body

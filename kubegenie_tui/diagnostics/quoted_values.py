"""The field of a custom resource whose value is quoted in what it complains of: `the CIDR 10.0.0.0/12 is invalid`."""

import re
from collections.abc import Iterator

from kubegenie_tui.domain.manifest import Manifest, mapping_at, text_at

_SHORTEST = 4
"""Letters of a value that is not in a sentence by chance."""
_OF_OTHERS = re.compile(
    r"(?:Selectors?|Namespaces?|Config)$|^(?:names?|namespace|region|interval|timeout|kind|apiVersion)$"
)
"""Fields that name other objects, or say where and how often: they are told of in any complaint."""
_NOT_ITS_FAULT = re.compile(
    r"authenti|authoriz|credential|denied|forbidden|refused|time[d -]*out|deadline|unreachable|unavailable|too many"
    r"|rate limit|quota",
    re.IGNORECASE,
)
"""Complaints that another value would not end."""


def field_of(item: Manifest, said: str) -> str:
    """The one field below `spec` whose value is quoted, the longest value if several are; empty for none."""
    if _NOT_ITS_FAULT.search(said):
        return ""
    own = text_at(item, "metadata.name")
    quoted = [(value, path) for path, value in _values(mapping_at(item, "spec"), "spec") if _is_in(value, said)]
    longest = max((len(value) for value, _ in quoted if value != own), default=0)
    paths = [path for value, path in quoted if len(value) == longest and value != own]
    return paths[0] if len(paths) == 1 else ""


def _is_in(value: str, said: str) -> bool:
    told = value.removeprefix("./").rstrip("/")
    return len(told) >= _SHORTEST and re.search(rf"(?<![\w.-]){re.escape(told)}(?![\w-])", said) is not None


def _values(part: Manifest, path: str) -> Iterator[tuple[str, str]]:
    for key, value in part.items():
        if _OF_OTHERS.search(key):
            continue
        for number, each in enumerate(value if isinstance(value, list) else [value]):
            where = f"{path}.{key}[{number}]" if isinstance(value, list) else f"{path}.{key}"
            if isinstance(each, dict):
                yield from _values(each, where)
            elif isinstance(each, str):
                yield where, each

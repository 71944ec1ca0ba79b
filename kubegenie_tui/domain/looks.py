"""What namespaces use, a quarter of an hour at a time: one look tells little of what runs at night or on Sundays."""

from collections import Counter
from collections.abc import Mapping

import msgspec

QUARTER = 900
"""Seconds that one look stands for."""
Used = Mapping[str, int]
"""Millicores by namespace."""


class Look(msgspec.Struct, frozen=True):
    """What was seen in one quarter of an hour."""

    at: float
    """When it began, seconds since the epoch."""
    used: Used
    """The most that was seen in it."""


def quarter_of(at: float) -> int:
    """When the quarter of an hour began that a moment is in; seconds since the epoch."""
    return int(at) // QUARTER * QUARTER


def by_namespace(usage: Mapping[str, tuple[int, int]]) -> dict[str, int]:
    """Millicores by namespace, of millicores and bytes by `namespace/name`."""
    used: Counter[str] = Counter()
    for key, (cpu, _) in usage.items():
        used[key.partition("/")[0]] += cpu
    return dict(used)


def most_of(one: Used, other: Used) -> dict[str, int]:
    """The more of both, for each namespace."""
    return {name: max(one.get(name, 0), other.get(name, 0)) for name in one.keys() | other.keys()}

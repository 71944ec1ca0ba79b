"""Near misses: the name that was probably meant."""

import re
from collections.abc import Iterable

_JOINTS = re.compile(r"[-_.]")
_DIGITS = re.compile(r"\d+")
_SHORT = 4
"""Letters of a part that another letter makes another word of: `api`, `app`."""
_ADDRESS = {"url", "uri"}
"""Two short words for one thing."""
_MOST_NEAR = 5
_SHORTEST_WORD = 4
"""Letters by which a word that is shortened is known still."""


def nearest(wanted: str, names: Iterable[str], tolerance: float = 0.2) -> str:
    """The name that is a slip away from `wanted`, or the only one that is a shorter or longer form of it; else empty.

    `tolerance`: the part of the letters that may be wrong.
    """
    known = [name for name in dict.fromkeys(names) if name and name != wanted]
    slips = max(1, int(len(wanted) * tolerance))
    close = sorted((distance(wanted.lower(), name.lower(), slips), name) for name in known)
    if close and close[0][0] <= slips:
        return close[0][1]
    parts = set(_JOINTS.split(wanted.lower()))
    related = [name for name in known if _is_form(parts, set(_JOINTS.split(name.lower())))]
    related = related or [name for name in known if _is_shortened(wanted.lower(), name.lower())]
    return related[0] if len(related) == 1 else ""


def is_slip(wanted: str, name: str, tolerance: float = 0.2) -> bool:
    """Whether `wanted` is `name` mistyped for certain.

    Another number, another short part (`zone-b` for `zone-a`, `api` for `app`) or a part more or less may be meant.
    """
    slips = max(1, int(len(wanted) * tolerance))
    if not name or _DIGITS.findall(wanted) != _DIGITS.findall(name):
        return False
    if distance(wanted.lower(), name.lower(), slips) > slips:
        return False
    parts, others = (_JOINTS.split(each.lower()) for each in (wanted, name))
    if len(parts) != len(others):
        return not _is_form(set(parts), set(others))
    return not any(_is_another_word(a, b) for a, b in zip(parts, others, strict=True))


def _is_another_word(one: str, other: str) -> bool:
    """Whether a short part has another letter in place of one of its own, and not its own mixed up."""
    return len(one) == len(other) <= _SHORT and set(one) != set(other) and {one, other} != _ADDRESS


def near_names(wanted: str, names: Iterable[str]) -> list[str]:
    """Names that may have been meant, the nearest first: that contain it, or are a slip away."""
    slips = max(1, len(wanted) // 5)
    scored = {
        name: distance(wanted, name, slips) if wanted not in name else 0
        for name in names
        if wanted in name or abs(len(name) - len(wanted)) <= slips
    }
    close = sorted((score, near) for near, score in scored.items() if score <= slips)
    return [near for _, near in close[:_MOST_NEAR]]


def _is_shortened(one: str, other: str) -> bool:
    """Whether two names differ in words that one of them shortens alone: `backup-creds` of `backup-credentials`."""
    parts, others = _JOINTS.split(one), _JOINTS.split(other)
    return len(parts) == len(others) and all(a == b or _begins(a, b) for a, b in zip(parts, others, strict=True))


def _begins(one: str, other: str) -> bool:
    short, long = sorted((one.removesuffix("s"), other.removesuffix("s")), key=len)
    return len(short) >= _SHORTEST_WORD and long.startswith(short)


def _is_form(one: set[str], other: set[str]) -> bool:
    return one <= other or other <= one


def distance(one: str, other: str, most: int) -> int:
    """Insertions, deletions, changes and swaps of neighbours between two words; above `most` only that it is more.

    Source: optimal string alignment, https://en.wikipedia.org/wiki/Damerau-Levenshtein_distance.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before, last = [0] * (len(other) + 1), list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return last[-1]


def did_you_mean(near: str) -> str:
    """A half sentence to append."""
    return f'; there is "{near}"' if near else ""

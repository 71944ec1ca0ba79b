"""Versions of Kubernetes in their order, and which may follow one: control planes go one minor version at a time."""

import re

from kubegenie_tui.domain.errors import SpecRefused


def numbers(version: str) -> tuple[int, ...]:
    """`v1.34.2` as (1, 34, 2), to compare."""
    return tuple(int(each) for each in re.findall(r"\d+", version))


def follows(now: str, wanted: str) -> bool:
    """Whether a control plane can be brought from one version to another in one go."""
    here, there = numbers(now), numbers(wanted)
    return there > here and there[0] == here[0] and there[1] <= here[1] + 1


def require_following(now: str, wanted: str, *, of: str) -> None:
    """Raise when an upgrade would be refused; the version that is there already is none of our business.

    Args:
        now: what there is.
        wanted: another.
        of: who is asked for it, in the plural, such as `clouds`.

    Raises:
        SpecRefused: it is older, or too far ahead.
    """
    if wanted != now and not follows(now, wanted):
        back = numbers(wanted) <= numbers(now)
        why = "there is no way back to an older version" if back else f"{of} go one minor version at a time"
        raise SpecRefused(f"{wanted} does not follow {now}", why, "choose the next", field="version")

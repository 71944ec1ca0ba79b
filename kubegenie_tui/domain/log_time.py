"""Moments as people type them when they look into a log: `15m` ago, `14:30`, `2026-11-25T14:30`."""

import re
from datetime import datetime, timedelta

from kubegenie_tui.domain.errors import UsageError

_AGO = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_OF_DAY = re.compile(r"(\d\d?):(\d\d)(?::(\d\d))?")


def seconds_of(text: str) -> int | None:
    """`90s`, `1h30m`, `2d` in seconds; None for anything else."""
    match = _AGO.fullmatch(text)
    if match is None or not text:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def moment(text: str, now: float) -> float:
    """Seconds since the epoch of what was typed: so long ago, a time of day (the last one there was), a date and time.

    Args:
        text: as typed; without a zone it is local time.
        now: seconds since the epoch.

    Raises:
        UsageError: it is none of these.
    """
    ago = seconds_of(text)
    if ago is not None:
        return now - ago
    try:
        if match := _OF_DAY.fullmatch(text):
            return _of_day([int(part or 0) for part in match.groups()], now)
        return datetime.fromisoformat(text).astimezone().timestamp()
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{text} is not a time", "", "write 15m, 14:30 or 2026-11-25T14:30") from error


def _of_day(parts: list[int], now: float) -> float:
    today = datetime.fromtimestamp(now).astimezone()
    at = today.replace(hour=parts[0], minute=parts[1], second=parts[2], microsecond=0)
    return (at if at <= today else at - timedelta(days=1)).timestamp()

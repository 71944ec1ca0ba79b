"""Text that stays what it is within Markdown, whatever a cluster or a model put into it."""

import re
from datetime import UTC, datetime

from kubegenie_tui.domain.text import plain, plain_lines


def words(text: str) -> str:
    """Text that stays text within Markdown, on one line."""
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", plain(text))


def inline(text: str) -> str:
    """Text as code within a line."""
    safe = plain(text)
    ticks = "`" * (_longest_run(safe) + 1)
    pad = " " if safe.startswith("`") or safe.endswith("`") else ""
    return f"{ticks}{pad}{safe}{pad}{ticks}"


def fenced(text: str) -> str:
    """Text as a block of its own, line by line."""
    safe = plain_lines(text).strip("\n")
    fence = "`" * max(3, _longest_run(safe) + 1)
    return f"{fence}text\n{safe}\n{fence}"


def utc(at: float) -> str:
    """`2026-11-27 14:30:00 UTC`, of seconds since the epoch."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)

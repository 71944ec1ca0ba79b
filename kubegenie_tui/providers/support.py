"""How long providers support versions of Kubernetes: a data file of a certain day, which also says who says so."""

import tomllib
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_suffix(".toml")


@cache
def support_dates() -> dict[str, Any]:
    """By provider: `source`, `as_of`, `standard_until` by version, and for some `extended_until` and `charged`."""
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def supported(provider: str) -> list[tuple[str, date]]:
    """Versions in standard support, the newest first, each with its last day; none where the file knows none."""
    today = datetime.now(UTC).date()
    known: dict[str, date] = support_dates().get(provider, {}).get("standard_until", {})
    still = [(version, until) for version, until in known.items() if until >= today]
    return sorted(still, key=lambda each: each[1], reverse=True)

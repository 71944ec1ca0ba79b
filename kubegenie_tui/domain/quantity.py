"""Kubernetes quantities and durations: read and written as kubectl does."""

import re
from datetime import UTC, datetime

_SUFFIX = {
    "n": 1e-9, "u": 1e-6, "m": 1e-3, "": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
    "Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40, "Pi": 2.0**50, "Ei": 2.0**60,
}  # fmt: skip
_QUANTITY = re.compile(r"^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([KMGTPE]i|[numkMGTPE])?)$")


def parse_quantity(text: str) -> float:
    """The value of a quantity such as `100m`, `1.5Gi`, `2e3`; unit as it stands (cores, bytes).

    Raises:
        ValueError: not a quantity.

    Source: k8s.io/apimachinery/pkg/api/resource, the grammar at type Quantity.
    """
    match = _QUANTITY.match(text.strip())
    if match is None:
        raise ValueError(f"not a quantity: {text!r}")
    number, exponent, suffix = match.groups()
    return float(number + exponent) if exponent else float(number) * _SUFFIX[suffix or ""]


def millicores(text: str) -> int:
    """A cpu quantity in thousandths of a core, rounded up as the scheduler does."""
    value = parse_quantity(text) * 1000
    return int(value) if value == int(value) else int(value) + 1


def format_cpu(milli: float) -> str:
    """Millicores as `120m`, from 10 cores on as `12`."""
    return f"{milli:.0f}m" if milli < 10_000 else f"{milli / 1000:.0f}"


def format_bytes(value: float) -> str:
    """Bytes as `210Mi`, `1.1Gi`: at most four characters and the unit."""
    for unit in ("", "Ki", "Mi"):
        if value < 1024:
            return f"{value:.0f}{unit}"
        value /= 1024
    for unit in ("Gi", "Ti"):
        if value < 1024:
            return f"{value:.1f}{unit}"
        value /= 1024
    return f"{value:.1f}Pi"


def parse_time(text: str) -> int:
    """An RFC 3339 timestamp of the API as seconds since the epoch; 0 for an empty or odd one."""
    try:
        return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) if text else 0
    except ValueError:
        return 0


def format_age(seconds: float) -> str:
    """Time passed, as kubectl writes it: `45s`, `3m20s`, `41m`, `2h5m`, `41h`, `3d4h`, `9d`, `1y20d`.

    Source: k8s.io/apimachinery/pkg/util/duration.HumanDuration.
    """
    s = int(seconds)
    if s < -1:
        return "<invalid>"
    s = max(s, 0)
    m, h, d = s // 60, s // 3600, s // 86400
    for limit, text in (
        (120, f"{s}s"),
        (600, _two(m, "m", s % 60, "s")),
        (10_800, f"{m}m"),
        (28_800, _two(h, "h", m % 60, "m")),
        (172_800, f"{h}h"),
        (691_200, _two(d, "d", h % 24, "h")),
        (63_072_000, f"{d}d"),
        (252_288_000, _two(d // 365, "y", d % 365, "d")),
    ):
        if s < limit:
            return text
    return f"{d // 365}y"


def _two(big: int, big_unit: str, small: int, small_unit: str) -> str:
    return f"{big}{big_unit}{small}{small_unit}" if small else f"{big}{big_unit}"


def format_dollars(amount: float) -> str:
    """`$1.24`; small amounts with the digits that count, `$0.0031`."""
    return f"${amount:.2f}" if amount >= 0.01 or not amount else f"${amount:.4f}"

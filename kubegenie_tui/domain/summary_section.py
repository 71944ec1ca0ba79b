"""What a summary is made of: sections of labelled values, each with the health it tells."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, scalar_text, text_at
from kubegenie_tui.domain.quantity import format_age, parse_time
from kubegenie_tui.domain.text import plain

LONGEST_VALUE = 600
"""Characters of one value; the YAML has the rest."""


class Field(msgspec.Struct, frozen=True):
    """One line of a summary."""

    label: str
    value: str
    """Safe text on one line; the view wraps it."""
    health: Health = Health.OK


class Section(msgspec.Struct, frozen=True):
    """Lines that belong together."""

    title: str
    """Empty for the first section, which needs none."""
    rows: tuple[Field, ...]


class Summary(msgspec.Struct, frozen=True):
    """An object as `kubectl describe` would tell it, as data."""

    status: Field | None
    """How it is in a word, for the title; None for what has no state."""
    sections: tuple[Section, ...]


def field(label: str, value: str, health: Health = Health.OK) -> Field | None:
    """A line, or nothing when there is nothing to say."""
    if not value:
        return None
    return Field(plain(label), cut(plain(value), LONGEST_VALUE), health)


def section(title: str, *rows: Field | None) -> Section:
    """A section of the lines that say something."""
    return Section(title, tuple(row for row in rows if row is not None))


def cut(text: str, width: int) -> str:
    """At most `width` characters, saying how many more there are."""
    return text if len(text) <= width else f"{text[:width].rstrip()}… (+{len(text) - width:,} characters)"


def age(stamp: str, now: float) -> str:
    """`3d4h` since an API timestamp, empty for none."""
    then = parse_time(stamp)
    return format_age(now - then) if then else ""


def when(stamp: str, now: float) -> str:
    """An API timestamp as `3d ago · 2026-11-22 14:22:08` in local time, empty for none."""
    then = parse_time(stamp)
    if not then:
        return ""
    local = datetime.fromtimestamp(then, UTC).astimezone()
    passed = now - then
    distance = f"{format_age(passed)} ago" if passed >= -1 else f"in {format_age(-passed)}"
    return f"{distance} · {local:%Y-%m-%d %H:%M:%S}"


def pairs(mapping: Manifest, between: str = "=") -> str:
    """`a=1, b=2` of a mapping of scalars."""
    return ", ".join(f"{plain(str(key))}{between}{scalar_text(value)}" for key, value in mapping.items())


def joined(parts: Iterable[str], between: str = ", ") -> str:
    """The parts that are not empty, joined."""
    return between.join(part for part in parts if part)


def counted(number: int, singular: str, plural: str = "") -> str:
    """`1 pod`, `3 pods`."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def conditions(manifest: Manifest, now: float, path: str = "status.conditions") -> Section:
    """The conditions, those that are not as they should be with reason and message."""
    return section("Conditions", *(_condition(item, now) for item in mappings_at(manifest, path)))


def _condition(condition: Manifest, now: float) -> Field | None:
    status, health = text_at(condition, "status"), condition_health(condition)
    since = age(text_at(condition, "lastTransitionTime"), now)
    reason, message = text_at(condition, "reason"), text_at(condition, "message")
    why = joined((reason, message), ": ") if health not in (Health.OK, Health.IDLE) else reason
    return field(text_at(condition, "type"), joined((status, since and f"for {since}", why), " · "), health)


_BAD_WHEN_TRUE = (
    "Pressure",
    "Failure",
    "Failed",
    "Unavailable",
    "Degraded",
    "Stalled",
    "DisruptionTarget",
    "Target",
    "Limited",
)
_QUIET_REASONS = frozenset({"PodCompleted", "Completed", "Succeeded"})
_MAY_BE_FALSE = frozenset(
    {"ScalingLimited", "Suspended", "Complete", "SuccessCriteriaMet", "PodReadyToStartContainers"}
)


def condition_health(condition: Manifest) -> Health:
    """Whether a condition is as it should be: most want True, those named for a trouble want False."""
    kind, status = text_at(condition, "type"), text_at(condition, "status")
    if status == "Unknown":
        return Health.UNKNOWN
    if text_at(condition, "reason") in _QUIET_REASONS:
        return Health.IDLE if status == "False" else Health.OK
    if kind.endswith(_BAD_WHEN_TRUE):
        return Health.WARN if status == "True" and kind != "ScalingLimited" else Health.OK
    return Health.WARN if status == "False" and kind not in _MAY_BE_FALSE else Health.OK


def resources(amounts: Manifest) -> str:
    """`cpu 100m · memory 128Mi` of a resource list."""
    return pairs(amounts, " ").replace(", ", " · ")


def selector(manifest: Manifest, path: str) -> str:
    """A label selector as kubectl takes it."""
    found = mapping_at(manifest, path)
    labels = found.get("matchLabels", {} if "matchExpressions" in found else found)
    expressions = (_expression(item) for item in mappings_at(found, "matchExpressions"))
    return joined((pairs(labels) if isinstance(labels, dict) else "", *expressions), ",").replace(", ", ",")


def _expression(expression: Manifest) -> str:
    key, operator = text_at(expression, "key"), text_at(expression, "operator")
    values = joined(scalar_text(value) for value in _as_list(expression.get("values"))).replace(", ", ",")
    if operator in ("Exists", "DoesNotExist"):
        return key if operator == "Exists" else f"!{key}"
    return f"{key} {'in' if operator == 'In' else 'notin'} ({values})"


def _as_list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()

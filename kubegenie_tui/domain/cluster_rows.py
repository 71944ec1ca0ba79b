"""The list of clusters as table rows, so that it sorts, filters and draws like any other table."""

from collections.abc import Collection

from kubegenie_tui.domain.cluster import ClusterStatus, Reach
from kubegenie_tui.domain.errors import CredentialError, KubeconfigError
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.row import Column, Measure, Row
from kubegenie_tui.domain.text import plain

CLUSTER_COLUMNS = (
    Column("STATE", Measure.STATUS, priority=0, width=13),
    Column("VERSION", priority=1, width=8),
    Column("NODES", Measure.RATIO, priority=1),
    Column("PODS", Measure.RATIO, priority=1, width=7),
    Column("LATENCY", Measure.RATIO, priority=1),
    Column("SOURCE", priority=1),
    Column("GROUPS", priority=1, width=8),
    Column("LABELS", priority=1, width=8),
    Column("SERVER", priority=2),
    Column("USER", priority=2),
    Column("MESSAGE", priority=0, width=15),
)
UNVERIFIED = "no certificate is checked: whoever is on the way can read along"
NOT_SHOWN = frozenset({"NAMESPACE", "AGE"})
"""Columns of every table that mean nothing for clusters."""


def columns_not_shown(statuses: Collection[ClusterStatus]) -> frozenset[str]:
    """Columns that say nothing about any of these."""
    said = [status.traits for status in statuses]
    empty = {"USER": not any(status.identity for status in statuses)}
    empty |= {"GROUPS": not any(each.groups for each in said), "LABELS": not any(each.labels for each in said)}
    return NOT_SHOWN | {title for title, nothing in empty.items() if nothing}


def cluster_row(status: ClusterStatus, version: int) -> Row:
    """One cluster; `version` tells changes apart."""
    traits = status.traits
    cells = (
        _state(status),
        status.version or None,
        _ratio(status.nodes_ready, status.nodes),
        _ratio(status.pods_running, status.pods),
        latency_text(status),
        _source(status),
        " ".join(traits.groups) or None,
        " ".join(f"{key}={value}" for key, value in traits.labels.items()) or None,
        status.server,
        plain(status.identity) or None,
        _message(status) or None,
    )
    return Row(status.name, "", status.name, 0, str(version), cells, _health(status), traits.labels)


def latency_text(status: ClusterStatus) -> str | None:
    """The round trip in words, None when it is not known."""
    return f"{status.latency_ms:.0f} ms" if status.latency_ms is not None else None


def _source(status: ClusterStatus) -> str:
    care = "read-only" if status.read_only else "protected" if status.protected else ""
    return ", ".join(word for word in (status.source, status.origin, care) if word)


def _state(status: ClusterStatus) -> str:
    if status.reach is Reach.READY and status.unverified:
        return "unverified"
    if status.reach is Reach.READY and status.problems:
        return f"{status.problems} problem{'s' if status.problems > 1 else ''}"
    if status.reach is Reach.READY and status.concerns:
        return "critical" if status.concerns[0].health is Health.BAD else "warning"
    return status.reach.value


def _health(status: ClusterStatus) -> Health:
    if status.reach is not Reach.READY:
        return status.reach.health
    if status.unverified:
        return Health.BAD
    return max((each.health for each in status.concerns), default=Health.WARN if status.problems else Health.OK)


def _ratio(part: int | None, whole: int | None) -> str | None:
    if whole is None:
        return None
    return f"{part}/{whole}" if part is not None else f"{whole}"


def _message(status: ClusterStatus) -> str:
    if status.error is None:
        unverified = UNVERIFIED if status.unverified else ""
        told = (unverified, *(each.text for each in status.concerns), status.traits.notes)
        return " · ".join(text for text in told if text)
    if isinstance(status.error, KubeconfigError | CredentialError):
        return str(status.error)
    return " · ".join(text for text in (status.error.why or status.error.what, status.error.next_step) if text)

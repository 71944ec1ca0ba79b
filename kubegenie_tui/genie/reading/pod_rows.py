"""Pods by their rows: which are unwell, and as much of a pod as its row tells."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.domain.row import Row
from kubegenie_tui.genie.reading.rows import RowSet

_RECENT_RESTART_SECONDS = 24 * 3600


def troubled_pods(rows: RowSet) -> list[Row]:
    """Where something is or was wrong, the worst first."""
    return sorted((row for row in rows.rows.values() if is_troubled(rows, row)), key=_worst_first)


def pods_of_rows(rows: RowSet, whole: Mapping[str, Manifest]) -> list[Manifest]:
    """A pod for each row: whole where it is here by its uid."""
    return [whole.get(row.uid) or _from_row(rows, row) for row in rows.rows.values()]


def is_troubled(rows: RowSet, row: Row) -> bool:
    """Whether a pod is unwell, or was restarted lately."""
    if row.health >= Health.PROGRESSING or row.health is Health.PAUSED or row.terminating:
        return True
    cells = {column.title: cell for column, cell in zip(rows.columns, row.cells, strict=False)}
    restarted = cells.get("LAST RESTART")
    recent = isinstance(restarted, int | float) and time.time() - restarted < _RECENT_RESTART_SECONDS
    return bool(cells.get("RESTARTS")) and bool(recent)


def _worst_first(row: Row) -> tuple[int, str, str]:
    return -row.health, row.namespace, row.name


def spread(rows: Sequence[Row], most: int) -> list[Row]:
    """At most so many: the first three of each owner before the others."""
    seen: Counter[str] = Counter()
    first: list[Row] = []
    others: list[Row] = []
    for row in rows:
        owner = row.owner_uid or row.uid
        seen[owner] += 1
        (first if seen[owner] <= 3 else others).append(row)
    return [*first, *others][:most]


def _from_row(rows: RowSet, row: Row) -> Manifest:
    """As much of a pod as its row tells."""
    kind, _, owner = row.owner.partition("/")
    owners = [{"uid": row.owner_uid, "kind": kind, "name": owner, "controller": True}] if row.owner_uid else []
    metadata: dict[str, Any] = {"name": row.name, "namespace": row.namespace, "uid": row.uid, "labels": row.labels}
    ready = "True" if row.health is Health.OK else "False"
    phase = {Health.OK: "Running", Health.IDLE: "Succeeded"}.get(row.health, "Unknown")
    status: dict[str, Any] = {"phase": phase, "conditions": [{"type": "Ready", "status": ready}]}
    cells = {column.title: cell for column, cell in zip(rows.columns, row.cells, strict=False)}
    spec = {"nodeName": str(cells.get("NODE") or "")}
    if row.created and not cells.get("RESTARTS"):
        status["startTime"] = datetime.fromtimestamp(row.created, UTC).isoformat()
    return {"kind": "Pod", "metadata": {**metadata, "ownerReferences": owners}, "spec": spec, "status": status}

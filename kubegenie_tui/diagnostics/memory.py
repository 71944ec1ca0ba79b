"""Containers killed for using more memory than they may."""

import msgspec

from kubegenie_tui.diagnostics.build import container_finding, fact, state_fact
from kubegenie_tui.diagnostics.pods import Container, Workload, container_field
from kubegenie_tui.diagnostics.snapshot import Snapshot
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.manifest import text_at
from kubegenie_tui.domain.quantity import parse_time

_RECENT_SECONDS = 6 * 3600
_DAY_SECONDS = 24 * 3600
_AGAIN = 2
"""Restarts from which on a kill of the last day is no single one."""


def _raise(workload: Workload) -> str:
    """How much it needs only a person can tell."""
    how = "" if workload.kind == "pods" else f" (say to how much: set memory limit of {workload.ref.name} to …)"
    return f"raise the memory limit{how}, or find out why the program uses so much"


def explain(snapshot: Snapshot, workload: Workload, container: Container) -> Finding | None:
    """A container whose last end was OOMKilled, now or in the last day; a single one of hours ago is a notice."""
    ended = container.ended
    if text_at(ended, "reason") != "OOMKilled":
        return None
    ended_at = parse_time(text_at(ended, "finishedAt"))
    age = snapshot.now - ended_at if snapshot.now and ended_at and not container.crashing else 0
    if age > _DAY_SECONDS:
        return None
    found = _finding(snapshot, workload, container)
    is_single = age > _RECENT_SECONDS and container.restarts < _AGAIN
    return msgspec.structs.replace(found, severity=Severity.NOTICE) if is_single else found


def _finding(snapshot: Snapshot, workload: Workload, container: Container) -> Finding:
    limit = text_at(container.spec, "resources.limits.memory")
    field = container_field(workload, container, "resources.limits.memory")
    evidence = [state_fact(container, "lastState.terminated", f"OOMKilled, exit code {container.exit_code}")]
    if limit:
        evidence.append(fact(workload.kind, workload.manifest, field, limit))
    evidence.append(state_fact(container, "restartCount", container.restarts))
    return container_finding(
        snapshot, workload, container,
        rule="out-of-memory",
        title=f"container {container.name} is killed for lack of memory",
        cause=f"it used more than its memory limit of {limit}" if limit else "the node ran out of memory",
        field=field,
        evidence=evidence,
        confidence=0.97,
        next_steps=[
            _raise(workload),
            "compare with its use now: which pods use the most memory?",
        ],
    )  # fmt: skip

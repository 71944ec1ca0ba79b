"""Jobs that others wait for, and that will not complete."""

import re

import msgspec

from kubegenie_tui.diagnostics import remedies
from kubegenie_tui.diagnostics.build import container_finding, fact
from kubegenie_tui.diagnostics.clues import telling_line
from kubegenie_tui.diagnostics.pods import Container, Workload, maker_of
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding
from kubegenie_tui.domain.manifest import Manifest, mapping_at, number_at

_JOB = re.compile(r"\bjobs?(?:\.batch)?[/ ]+[\"']?(?P<name>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)", re.IGNORECASE)
"""As `kubectl wait job/migrate` names it, and scripts of their own."""
_AWAITED = (
    r"(?:wait\w*|needs?|needed|requires?d?|pending|behind|outdated|out of date|old(?:er)?|missing|unapplied|expect\w*"
    r"|not (?:yet )?(?:been )?(?:applied|done|finished|ready|run))"
)
_PREPARED = r"(?:migrat(?:e|ed|ions?)|schema|seed(?:ed)?|bootstrap(?:ped)?)"
_UNPREPARED = re.compile(
    rf"\b{_AWAITED}\b[^\n]{{0,80}}\b{_PREPARED}\b|\b{_PREPARED}\b[^\n]{{0,80}}\b{_AWAITED}\b"
    r"|\b(?:relation|table|column) [\"'`][^\"'`]+[\"'`] (?:does not|doesn't) exist|\bno such table\b",
    re.IGNORECASE,
)
"""What programs say of a database that nobody has prepared: Rails, Django, Flyway, PostgreSQL, MySQL, SQLite."""


def _stopped_job(snapshot: Snapshot, container: Container, said: str) -> Manifest | None:
    """A job that will not complete: the one that is named, or the only one where nobody has prepared a database."""
    space, owner = ref_of("pods", container.pod).namespace, snapshot.owner_of(container.pod)
    others = [job for job in snapshot.within("jobs.batch", space) if owner is None or job is not owner[1]]
    stopped = [job for job in others if _is_stopped(job)]
    names = {match["name"] for match in _JOB.finditer(said)}
    named = next((job for job in stopped if ref_of("jobs.batch", job).name in names), None)
    is_unprepared = _UNPREPARED.search(telling_line(said.splitlines()))
    return named or (stopped[0] if len(stopped) == 1 and is_unprepared else None)


def _is_stopped(job: Manifest) -> bool:
    if number_at(job, "status.succeeded"):
        return False
    return _is_failing(job) or mapping_at(job, "spec").get("suspend") is True


def _is_failing(job: Manifest) -> bool:
    return remedies.is_failed(job) or remedies.keeps_failing(job)


def explain(
    snapshot: Snapshot, workload: Workload, container: Container, said: str, evidence: list[Evidence]
) -> Finding | None:
    """The job that a container waits for, by its command or its log, where that has failed or is suspended."""
    job = _stopped_job(snapshot, container, said)
    if job is None:
        return None
    is_suspended = not _is_failing(job)
    root, word = ref_of("jobs.batch", job), "init container" if container.init else "container"
    what = "is suspended" if is_suspended else "has failed"
    proof = ("spec.suspend", "true") if is_suspended else ("status.conditions[Failed]", "True")
    found = container_finding(
        snapshot, workload, container,
        rule="init-waits" if container.init else "dependency-down",
        title=f"{word} {container.name} waits for job {root.name}, which {what}",
        cause=f"job {root.name} {'makes no pods' if is_suspended else 'will not complete any more'}",
        root=root if is_suspended else maker_of(snapshot, job).ref,
        field="spec.suspend" if is_suspended else "spec.template.spec.containers",
        evidence=[*evidence, fact("jobs.batch", job, *proof)],
        confidence=0.85,
        next_steps=["resume the job" if is_suspended else f"find out why: why did job {root.name} fail?"],
    )  # fmt: skip
    remedy = remedies.unsuspend(snapshot, root, job) if is_suspended else None
    return msgspec.structs.replace(found, remedy=remedy)

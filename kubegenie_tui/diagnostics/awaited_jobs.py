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

_JOBS, _CRON_JOBS = "jobs.batch", "cronjobs.batch"
_JOB = re.compile(r"\b(?:cron)?jobs?(?:\.batch)?[/ ]+[\"']?(?P<name>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)", re.IGNORECASE)
"""As `kubectl wait job/migrate` names it, and scripts of their own; `producer=cronjob/export`."""
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


def explain(
    snapshot: Snapshot, workload: Workload, container: Container, said: str, evidence: list[Evidence]
) -> Finding | None:
    """The job that a container waits for, by its command or its log, where that has failed or is suspended."""
    stopped = _stopped(snapshot, container, said)
    if stopped is None:
        return None
    kind, item = stopped
    is_suspended = not _is_failing(item)
    root, word = ref_of(kind, item), "init container" if container.init else "container"
    noun, what = kind.removesuffix("s.batch"), "is suspended" if is_suspended else "has failed"
    proof = ("spec.suspend", "true") if is_suspended else ("status.conditions[Failed]", "True")
    does_nothing = f"makes no {'jobs' if kind == _CRON_JOBS else 'pods'}"
    found = container_finding(
        snapshot, workload, container,
        rule="init-waits" if container.init else "dependency-down",
        title=f"{word} {container.name} waits for {noun} {root.name}, which {what}",
        cause=f"{noun} {root.name} {does_nothing if is_suspended else 'will not complete any more'}",
        root=root if is_suspended else maker_of(snapshot, item).ref,
        field="spec.suspend" if is_suspended else "spec.template.spec.containers",
        evidence=[*evidence, fact(kind, item, *proof)],
        confidence=0.85,
        next_steps=[f"resume the {noun}" if is_suspended else f"find out why: why did job {root.name} fail?"],
    )  # fmt: skip
    remedy = remedies.unsuspend(snapshot, root, item) if is_suspended else None
    return msgspec.structs.replace(found, remedy=remedy)


def _stopped(snapshot: Snapshot, container: Container, said: str) -> tuple[str, Manifest] | None:
    """A job that does not do its work: the one that is named, or the only one where nobody has prepared a database."""
    space, owner = ref_of("pods", container.pod).namespace, snapshot.owner_of(container.pod)
    others = [job for job in snapshot.within(_JOBS, space) if owner is None or job is not owner[1]]
    failed = [(_JOBS, job) for job in others if _is_stopped(job)]
    resting = [(_CRON_JOBS, each) for each in snapshot.within(_CRON_JOBS, space) if _is_suspended(each)]
    names = {match["name"] for match in _JOB.finditer(said)}
    for kind, item in (*failed, *resting):
        if {ref_of(kind, item).name, maker_of(snapshot, item).ref.name} & names:
            return kind, item
    is_unprepared = _UNPREPARED.search(telling_line(said.splitlines()))
    return failed[0] if len(failed) == 1 and is_unprepared else None


def _is_stopped(job: Manifest) -> bool:
    return not number_at(job, "status.succeeded") and (_is_failing(job) or _is_suspended(job))


def _is_failing(job: Manifest) -> bool:
    return remedies.is_failed(job) or remedies.keeps_failing(job)


def _is_suspended(job: Manifest) -> bool:
    return mapping_at(job, "spec").get("suspend") is True

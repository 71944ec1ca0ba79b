"""CronJobs that make no jobs, or none that is ever done: a day that never comes, a deadline that is over too soon."""

from collections.abc import Iterator

from kubegenie_tui.diagnostics import replaced_runs
from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, number_at, text_at

CRON_JOBS = "cronjobs.batch"
_LOOKS_EVERY = 10
"""Seconds between two looks of the CronJob controller; a shorter deadline may pass between them.

Source: Kubernetes' documentation, CronJob, "Deadline for delayed Job start".
"""
_LONGEST = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
"""Days of the months that have fewer than 31."""
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_FIELDS = 5


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Those that are not suspended."""
    for item in snapshot.all(CRON_JOBS):
        if mapping_at(item, "spec").get("suspend") is True:
            continue
        deadline = number_at(item, "spec.startingDeadlineSeconds")
        if deadline is not None and deadline < _LOOKS_EVERY:
            why = f"jobs may start {deadline} s late at most, and the controller looks every {_LOOKS_EVERY} s"
            yield _finding(item, "cronjob-deadline", "misses its times", why, "spec.startingDeadlineSeconds")
        elif never_due(text_at(item, "spec.schedule")):
            why = f"none of the months that its schedule names has such a day: {text_at(item, 'spec.schedule')}"
            yield _finding(item, "cronjob-never-due", "is never due", why, "spec.schedule")
        elif (found := replaced_runs.explain(snapshot, item)) is not None:
            yield found


def _finding(item: Manifest, rule: str, what: str, why: str, field: str) -> Finding:
    ref = ref_of(CRON_JOBS, item)
    evidence = (fact(CRON_JOBS, item, field),)
    step = ("correct the schedule" if field == "spec.schedule" else "give it a minute or more",)
    title = f"cronjob {ref.name} {what}"
    return Finding(rule, Severity.WARNING, title, why, ref, field, evidence, (ref,), 0.95, step)


def never_due(schedule: str) -> bool:
    """Whether the days of the month that a schedule names are in none of its months.

    A schedule that also names days of the week is due on those.
    """
    fields = schedule.split()
    if len(fields) != _FIELDS or fields[4] not in ("*", "?"):
        return False
    days, months = _least(fields[2]), _all_of(fields[3])
    return days is not None and bool(months) and all(days > _LONGEST.get(month, 31) for month in months)


def _least(field: str) -> int | None:
    """The smallest number of a field; None where it allows any or is not understood."""
    firsts = [part.partition("-")[0] for part in field.split(",")]
    numbers = [int(first) for first in firsts if first.isdigit()]
    return min(numbers) if len(numbers) == len(firsts) else None


def _all_of(field: str) -> list[int]:
    """The months of a field; none where it is not understood."""
    if field in ("*", "?"):
        return list(range(1, 13))
    found: list[int] = []
    for part in field.lower().split(","):
        ends = [
            _MONTHS.index(end) + 1 if end in _MONTHS else int(end) if end.isdigit() else 0 for end in part.split("-")
        ]
        if not all(ends):
            return []
        found += range(ends[0], ends[-1] + 1)
    return found

"""CronJobs that replace each run by the next before it is done: none ever completes."""

import re

from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at
from kubegenie_tui.domain.quantity import parse_time

_KIND, _POLICY = "cronjobs.batch", "spec.concurrencyPolicy"
_EVERY = re.compile(r"\*(?:/(?P<step>\d{1,2}))?(?: \*){4}")
"""A schedule of so many minutes; of any other it is not told here how far its times are apart."""
_LEAST_RUNS = 2


def explain(snapshot: Snapshot, item: Manifest) -> Finding | None:
    """One that was due more than once, has a run under way, and none that was ever done."""
    every = _EVERY.fullmatch(" ".join(text_at(item, "spec.schedule").split()))
    if every is None or text_at(item, _POLICY) != "Replace" or not mappings_at(item, "status.active"):
        return None
    minutes = int(every["step"] or 1)
    made, last = (parse_time(text_at(item, path)) for path in ("metadata.creationTimestamp", "status.lastScheduleTime"))
    runs = int((last - made) // (60 * max(minutes, 1))) + 1
    jobs = [job for kind, job in snapshot.owned_by(item) if kind == "jobs.batch"]
    if runs < _LEAST_RUNS or text_at(item, "status.lastSuccessfulTime") or any(_is_done(job) for job in jobs):
        return None
    ref, how_often = ref_of(_KIND, item), "every minute" if minutes == 1 else f"every {minutes} minutes"
    why = f"{how_often} a new run takes the place of the one before, and of {runs} or so none was ever done"
    evidence = (
        fact(_KIND, item, _POLICY), fact(_KIND, item, "spec.schedule"),
        fact(_KIND, item, "status.lastSuccessfulTime", "none"),
    )  # fmt: skip
    steps = ("let it run less often than a run takes", "or set concurrencyPolicy to Forbid: a run is then waited for")
    title = f"cronjob {ref.name} ends each run before it is done"
    return Finding("cronjob-replaces", Severity.WARNING, title, why, ref, _POLICY, evidence, (ref,), 0.85, steps)


def _is_done(job: Manifest) -> bool:
    """Whether it ended by itself, well or not."""
    return any(text_at(each, "status") == "True" for each in mappings_at(job, "status.conditions"))

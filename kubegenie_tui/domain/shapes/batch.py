"""Jobs and cron jobs as a table shows them."""

from sys import intern

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.quantity import format_age
from kubegenie_tui.domain.row import Column, Measure, Row
from kubegenie_tui.domain.shapes.base import Condition, Meta, Part, age_cell, condition, joined, row_of, seconds, shape


class _Container(Part, frozen=True):
    name: str = ""
    image: str = ""


class _PodSpec(Part, frozen=True):
    containers: list[_Container] | None = None


class _Template(Part, frozen=True):
    spec: _PodSpec = _PodSpec()


class _JobSpec(Part, frozen=True):
    parallelism: int | None = None
    completions: int | None = None
    suspend: bool | None = None
    template: _Template = _Template()


class _JobStatus(Part, frozen=True):
    conditions: list[Condition] | None = None
    start_time: str | None = None
    completion_time: str | None = None
    active: int = 0
    succeeded: int = 0
    failed: int = 0


class _Job(Part, frozen=True):
    metadata: Meta
    spec: _JobSpec = _JobSpec()
    status: _JobStatus = _JobStatus()


class _JobTemplate(Part, frozen=True):
    spec: _JobSpec = _JobSpec()


class _CronJobSpec(Part, frozen=True):
    schedule: str = ""
    time_zone: str | None = None
    suspend: bool | None = None
    job_template: _JobTemplate = _JobTemplate()


class _Active(Part, frozen=True):
    name: str = ""


class _CronJobStatus(Part, frozen=True):
    active: list[_Active] | None = None
    last_schedule_time: str | None = None
    last_successful_time: str | None = None


class _CronJob(Part, frozen=True):
    metadata: Meta
    spec: _CronJobSpec = _CronJobSpec()
    status: _CronJobStatus = _CronJobStatus()


def _job(job: _Job) -> Row:
    word = _job_word(job)
    containers = job.spec.template.spec.containers or []
    cells = (
        _completions(job),
        word,
        _duration(job.status),
        job.status.active,
        job.status.failed,
        joined([container.name for container in containers]),
        joined([container.image for container in containers]),
    )
    return row_of(job.metadata, cells, _job_health(job, word))


def _job_word(job: _Job) -> str:
    """As kubectl's STATUS. Source: printJob in k8s.io/kubernetes/pkg/printers/internalversion."""
    for word in ("Complete", "Failed"):
        if _is_true(job, word):
            return word
    if job.metadata.deletion_timestamp is not None:
        return "Terminating"
    return next(
        (word for word in ("Suspended", "FailureTarget", "SuccessCriteriaMet") if _is_true(job, word)), "Running"
    )


def _is_true(job: _Job, kind: str) -> bool:
    found = condition(job.status.conditions, kind)
    return found is not None and found.status == "True"


def _job_health(job: _Job, word: str) -> Health:
    if word in ("Failed", "FailureTarget"):
        return Health.BAD
    if word == "Running":
        return Health.WARN if job.status.failed else Health.PROGRESSING
    return {"Complete": Health.IDLE, "Suspended": Health.PAUSED}.get(word, Health.PROGRESSING)


def _completions(job: _Job) -> str:
    """`1/3`, or `0/1 of 4` for a work queue of four parallel pods."""
    if job.spec.completions is not None:
        return f"{job.status.succeeded}/{job.spec.completions}"
    parallelism = job.spec.parallelism or 0
    return f"{job.status.succeeded}/1 of {parallelism}" if parallelism > 1 else f"{job.status.succeeded}/1"


def _duration(status: _JobStatus) -> str | None:
    """How long a finished job took; None while it runs, as it would not stay true."""
    if not status.start_time or not status.completion_time:
        return None
    return format_age(seconds(status.completion_time) - seconds(status.start_time))


def _cron_job(cron_job: _CronJob) -> Row:
    spec, status = cron_job.spec, cron_job.status
    containers = spec.job_template.spec.template.spec.containers or []
    cells = (
        intern(spec.schedule),
        "True" if spec.suspend else "False",
        len(status.active or ()),
        age_cell(status.last_schedule_time),
        age_cell(status.last_successful_time),
        intern(spec.time_zone or ""),
        joined([container.name for container in containers]),
        joined([container.image for container in containers]),
    )
    return row_of(cron_job.metadata, cells, Health.PAUSED if spec.suspend else Health.OK)


_WIDE = (Column("CONTAINERS", priority=9), Column("IMAGES", priority=9))

JOBS = shape(
    _Job,
    _job,
    Column("COMPLETIONS", Measure.RATIO, 0),
    Column("STATUS", Measure.STATUS, 0),
    Column("DURATION", Measure.TEXT, 1),
    Column("ACTIVE", Measure.COUNT, 2),
    Column("FAILED", Measure.COUNT, 1),
    *_WIDE,
)
CRON_JOBS = shape(
    _CronJob,
    _cron_job,
    Column("SCHEDULE", Measure.TEXT, 0),
    Column("SUSPEND", Measure.STATUS, 0),
    Column("ACTIVE", Measure.COUNT, 1),
    Column("LAST SCHEDULE", Measure.AGE, 1),
    Column("LAST SUCCESS", Measure.AGE, 2),
    Column("TIMEZONE", Measure.TEXT, 9),
    *_WIDE,
)

"""CronJobs and Jobs: hold, go on, run now, run again."""

from collections.abc import Mapping
from typing import Any

from kubegenie_tui.changes.operations.operation import Operation, Request, Right, Targets, of_kinds
from kubegenie_tui.changes.operations.target import Target, called
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at, value_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan, Step, Verb

LONGEST_NAME = 63
"""Characters of a Job's name: its pods carry it as a label."""
BY_HAND = {"cronjob.kubernetes.io/instantiate": "manual"}
"""What kubectl notes on a Job that it makes of a CronJob."""
_OF_THE_CONTROLLER = frozenset(
    {"controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name"}
)
"""Labels that the server gives to the pods of each Job anew."""


def suspend_steps(targets: Targets, *, suspended: bool) -> list[Step]:
    """Hold, or let go on; those that are so already are left out."""
    return [target.patch({"spec": {"suspend": suspended}}) for target in targets if _suspended(target) is not suspended]


def _suspended(target: Target) -> bool:
    return value_at(target.manifest, "spec.suspend") is True


def trigger_step(cron_job: Target, token: str) -> Step:
    """A Job of the CronJob's template, now, whatever its schedule says."""
    template = mapping_at(cron_job.manifest, "spec.jobTemplate")
    owner = {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "name": cron_job.name,
        "uid": text_at(cron_job.manifest, "metadata.uid"),
    }
    metadata = {
        "labels": mapping_at(template, "metadata.labels"),
        "annotations": mapping_at(template, "metadata.annotations") | BY_HAND,
        "ownerReferences": [owner],
    }
    return _new_job(cron_job, f"manual-{token}", metadata, mapping_at(template, "spec"))


def retry_step(job: Target, token: str) -> Step:
    """The same Job once more under another name; the first stays as it is.

    Raises:
        UsageError: it still runs.
    """
    ended = {text_at(each, "type") for each in mappings_at(job.manifest, "status.conditions") if _is_true(each)}
    if not ended & {"Complete", "Failed"}:
        raise UsageError(f"{job.words} has not ended", next_step="delete it first, or wait for its end")
    spec = {key: value for key, value in mapping_at(job.manifest, "spec").items() if key not in ("selector", "suspend")}
    spec.pop("manualSelector", None)
    spec["template"] = _template_again(mapping_at(spec, "template"))
    metadata = {"labels": _own(mapping_at(job.manifest, "metadata.labels"))}
    return _new_job(job, f"retry-{token}", metadata, spec)


def _template_again(template: Manifest) -> Manifest:
    metadata = mapping_at(template, "metadata")
    return {**template, "metadata": {**metadata, "labels": _own(mapping_at(metadata, "labels"))}}


def _own(labels: Mapping[str, Any]) -> Manifest:
    return {key: value for key, value in labels.items() if key not in _OF_THE_CONTROLLER}


def _is_true(condition: Manifest) -> bool:
    return text_at(condition, "status") == "True"


def _new_job(origin: Target, ending: str, metadata: Manifest, spec: Manifest) -> Step:
    name = f"{origin.name[: LONGEST_NAME - len(ending) - 1].rstrip('-.')}-{ending}"
    body = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name, "namespace": origin.namespace, **metadata},
        "spec": spec,
    }
    return Step(Verb.CREATE, ObjectRef("jobs.batch", name, origin.namespace, origin.cluster), body, wait=False)


async def _suspend(request: Request) -> Plan:
    return request.plan(f"Suspend {called(request.targets)}", suspend_steps(request.targets, suspended=True))


async def _unsuspend(request: Request) -> Plan:
    return request.plan(f"Resume {called(request.targets)}", suspend_steps(request.targets, suspended=False))


async def _trigger(request: Request) -> Plan:
    return request.plan(
        f"Run {called(request.targets)} now", [trigger_step(each, request.token) for each in request.targets]
    )


async def _retry(request: Request) -> Plan:
    return request.plan(
        f"Run {called(request.targets)} again", [retry_step(each, request.token) for each in request.targets]
    )


_SUSPENDABLE = of_kinds("cronjobs.batch", "jobs.batch")
SUSPEND = Operation("suspend", "suspend", _SUSPENDABLE, _suspend)
UNSUSPEND = Operation("unsuspend", "resume after a suspension", _SUSPENDABLE, _unsuspend)
TRIGGER = Operation(
    "trigger", "run now", of_kinds("cronjobs.batch"), _trigger, needs=Right("create", kind_id="jobs.batch")
)
RETRY = Operation("retry", "run again", of_kinds("jobs.batch"), _retry, needs=Right("create"))

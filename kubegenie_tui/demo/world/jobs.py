"""Jobs and CronJobs: runs that end, and the clock that starts them."""

from typing import TYPE_CHECKING

from kubegenie_tui.demo.state.objects import (
    Object,
    controller_of,
    meta,
    name_of,
    namespace_of,
    owner_reference,
    timestamp,
)
from kubegenie_tui.demo.world.pods import pods_of, ready
from kubegenie_tui.demo.world.replicas import create_pod
from kubegenie_tui.domain.quantity import parse_time

if TYPE_CHECKING:
    from kubegenie_tui.demo.world.world import World


def reconcile_job(world: "World", namespace: str, name: str) -> None:
    """Run a Job's pods until it is complete or has failed too often."""
    job = world.cluster.get("jobs.batch", name, namespace)
    if job is None or meta(job).get("deletionTimestamp") or job["spec"].get("suspend"):
        return
    if any(each["status"] == "True" for each in (job.get("status") or {}).get("conditions") or ()):
        return
    phases = [(pod.get("status") or {}).get("phase") for pod in pods_of(world, job)]
    done, failed = phases.count("Succeeded"), phases.count("Failed")
    wanted, active = job["spec"].get("completions", 1), len(phases) - phases.count("Succeeded") - phases.count("Failed")
    status = {**(job.get("status") or {})}
    status.setdefault("startTime", world.cluster.clock.stamp())
    if done >= wanted:
        status = _ended(
            world, job, status, "Complete", "CompletionsReached", "Reached expected number of succeeded pods"
        )
        world.recorder.record(job, "Completed", "Job completed", component="job-controller")
    elif failed > job["spec"].get("backoffLimit", 6):
        message = "Job has reached the specified backoff limit"
        status = _ended(world, job, status, "Failed", "BackoffLimitExceeded", message)
        world.recorder.record(job, "BackoffLimitExceeded", message, component="job-controller", kind="Warning")
        active = 0
    elif active < min(job["spec"].get("parallelism", 1), wanted - done):
        create_pod(world, job, f"{name}-{world.cluster.suffix()}", labels=_labels(job))
        active += 1
    counts = {"active": active, "succeeded": done, "failed": failed, "ready": sum(map(ready, pods_of(world, job)))}
    status = {key: value for key, value in status.items() if key not in counts}
    world.cluster.set_status(
        job, {**status, **{key: value for key, value in counts.items() if value or key == "ready"}}
    )


def _labels(job: Object) -> dict[str, str]:
    uid = meta(job)["uid"]
    names = ("batch.kubernetes.io/job-name", "job-name")
    return {**dict.fromkeys(names, name_of(job)), "batch.kubernetes.io/controller-uid": uid, "controller-uid": uid}


def _ended(world: "World", job: Object, status: Object, kind: str, reason: str, message: str) -> Object:
    now = world.cluster.clock.stamp()
    common = {"status": "True", "lastProbeTime": now, "lastTransitionTime": now, "reason": reason, "message": message}
    first = "SuccessCriteriaMet" if kind == "Complete" else "FailureTarget"
    ended = {**status, "conditions": [{"type": first, **common}, {"type": kind, **common}]}
    return {**ended, "completionTime": now} if kind == "Complete" else ended


def reconcile_cron(world: "World", namespace: str, name: str) -> None:
    """Start a CronJob's next run when it is due, and forget old ones."""
    cron = world.cluster.get("cronjobs.batch", name, namespace)
    if cron is None or meta(cron).get("deletionTimestamp"):
        return
    now, period = world.cluster.clock.now(), period_of(cron["spec"]["schedule"])
    due = now - now % period
    last = parse_time((cron.get("status") or {}).get("lastScheduleTime") or "")
    jobs = [job for job in world.cluster.list("jobs.batch", namespace) if _owned(job, cron)]
    if not cron["spec"].get("suspend") and due > max(last, parse_time(meta(cron)["creationTimestamp"])):
        last = int(due)
        if now - due < 120 and not (_running(jobs) and cron["spec"].get("concurrencyPolicy") == "Forbid"):
            jobs.append(_start(world, cron, due))
    _forget_old(world, cron, jobs)
    active = [
        {"apiVersion": "batch/v1", "kind": "Job", "name": name_of(job), "namespace": namespace}
        for job in _running(jobs)
    ]
    status = {**({"active": active} if active else {}), **({"lastScheduleTime": timestamp(last)} if last else {})}
    if succeeded := [
        job["status"]["completionTime"] for job in jobs if (job.get("status") or {}).get("completionTime")
    ]:
        status["lastSuccessfulTime"] = max(succeeded)
    elif kept := (cron.get("status") or {}).get("lastSuccessfulTime"):
        status["lastSuccessfulTime"] = kept
    world.cluster.set_status(cron, status)
    following = max(due + period, world.recorder.present - 3 * period)
    world.at(following - following % period, "cronjobs.batch", namespace, name)


def period_of(schedule: str) -> int:
    """Seconds between runs; of cron's language what the demo uses: `*/N`, a minute, an hour, or a day."""
    minute, hour, *_ = schedule.split()
    if minute.startswith("*/"):
        return int(minute[2:]) * 60
    if minute == "*":
        return 60
    if hour.startswith("*/"):
        return int(hour[2:]) * 3600
    return 3600 if hour == "*" else 86_400


def _start(world: "World", cron: Object, due: float) -> Object:
    template = cron["spec"]["jobTemplate"]
    name = f"{name_of(cron)}-{int(due) // 60}"
    spec = {
        **{"parallelism": 1, "completions": 1, "backoffLimit": 6, "completionMode": "NonIndexed", "suspend": False},
        **template["spec"],
    }
    job = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": name,
            "namespace": namespace_of(cron),
            "labels": meta(spec["template"]).get("labels") or {},
            "ownerReferences": [owner_reference(cron)],
        },
        "spec": spec,
        "status": {},
    }
    world.recorder.record(cron, "SuccessfulCreate", f"Created job {name}", component="cronjob-controller")
    known = world.cluster.get("jobs.batch", name, namespace_of(cron))
    return known or world.cluster.create(job, manager="kube-controller-manager")


def _owned(job: Object, cron: Object) -> bool:
    return bool((controller_of(job) or {}).get("uid") == meta(cron)["uid"])


def _running(jobs: list[Object]) -> list[Object]:
    return [job for job in jobs if not (job.get("status") or {}).get("conditions")]


def _forget_old(world: "World", cron: Object, jobs: list[Object]) -> None:
    for kind, field, default in (
        ("Complete", "successfulJobsHistoryLimit", 3),
        ("Failed", "failedJobsHistoryLimit", 1),
    ):
        ended = [
            job for job in jobs if any(c["type"] == kind for c in (job.get("status") or {}).get("conditions") or ())
        ]
        for job in sorted(ended, key=name_of)[: max(len(ended) - cron["spec"].get(field, default), 0)]:
            world.cluster.forget(job)
            jobs.remove(job)

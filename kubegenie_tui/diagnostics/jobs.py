"""Jobs that failed, and the CronJobs that make them."""

from collections.abc import Iterator

from kubegenie_tui.diagnostics.build import fact, log_fact, pods_of, state_fact
from kubegenie_tui.diagnostics.clues import read_clue, telling_line
from kubegenie_tui.diagnostics.crashes import log_key
from kubegenie_tui.diagnostics.pods import Container, Workload, containers_of, workload_of
from kubegenie_tui.diagnostics.remedies import suspend
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at

_REASONS = {
    "BackoffLimitExceeded": "its pods failed as often as it allows",
    "DeadlineExceeded": "it took longer than its deadline",
    "PodFailurePolicy": "a pod failed in a way that its failure policy does not forgive",
}


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """The newest failed job of each owner, and suspended CronJobs."""
    newest: dict[str, Manifest] = {}
    for job in snapshot.all("jobs.batch"):
        owner = snapshot.owner_of(job)
        key = text_at(owner[1] if owner else job, "metadata.uid")
        if key not in newest or _created(job) > _created(newest[key]):
            newest[key] = job
    for job in newest.values():
        failed = _failed(job)
        if failed is not None:
            yield _explain(snapshot, job, failed)
    for cron_job in snapshot.all("cronjobs.batch"):
        if mapping_at(cron_job, "spec").get("suspend") is True:
            ref = ref_of("cronjobs.batch", cron_job)
            evidence = (fact("cronjobs.batch", cron_job, "spec.suspend", "true"),)
            title, why = f"cronjob {ref.name} makes no jobs", "it is suspended"
            step = ("resume it when it shall run again",)
            yield Finding(
                "cronjob-suspended", Severity.NOTICE, title, why, ref, "spec.suspend", evidence, (ref,), 1.0, step
            )


def _created(job: Manifest) -> str:
    return text_at(job, "metadata.creationTimestamp")


def _failed(job: Manifest) -> Manifest | None:
    conditions = mappings_at(job, "status.conditions")
    return next((c for c in conditions if c.get("type") == "Failed" and c.get("status") == "True"), None)


def _explain(snapshot: Snapshot, job: Manifest, failed: Manifest) -> Finding:
    ref, reason = ref_of("jobs.batch", job), text_at(failed, "reason")
    field = "status.conditions[Failed]"
    evidence = [fact("jobs.batch", job, field, f"{reason}: {text_at(failed, 'message')}")]
    why = _REASONS.get(reason, text_at(failed, "message") or reason)
    broken = _failed_container(snapshot, job)
    if broken is not None:
        facts, said = _words_of(snapshot, broken)
        evidence += facts
        why += f": exit code {broken.exit_code}" + (f', "{said}"' if said else "")
    owner = _owner(snapshot, job)
    steps = ("read the log of its pod", "run it again when the cause is mended")
    affected = tuple(dict.fromkeys((ref, owner.ref)))
    title = f"job {ref.name} failed"
    path = f"{owner.spec_path}.containers" if owner.kind != "pods" else ""
    remedy = suspend(snapshot, owner)
    return Finding(
        "job-failed", Severity.WARNING, title, why, owner.ref, path, tuple(evidence), affected, 0.8, steps, remedy
    )


def _owner(snapshot: Snapshot, job: Manifest) -> Workload:
    return workload_of(
        snapshot, {"metadata": {"ownerReferences": [{"uid": job["metadata"]["uid"], "controller": True}]}}
    )


def _failed_container(snapshot: Snapshot, job: Manifest) -> Container | None:
    for pod in sorted(pods_of(snapshot, job), key=_created, reverse=True):
        for container in containers_of(pod):
            if container.exit_code:
                return container
    return None


def _words_of(snapshot: Snapshot, container: Container) -> tuple[list[Evidence], str]:
    lines = snapshot.logs.get(log_key(container), [])
    clue = read_clue(lines)
    said = clue.line if clue else telling_line(lines)
    facts = [
        state_fact(
            container, "state.terminated", f"{text_at(container.ended, 'reason')}, exit code {container.exit_code}"
        )
    ]
    return facts + ([log_fact(container, said)] if said else []), said

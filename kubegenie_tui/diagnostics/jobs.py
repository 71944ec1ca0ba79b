"""Jobs that failed, and the CronJobs that make them."""

from collections.abc import Iterator

import msgspec

from kubegenie_tui.diagnostics.build import fact, log_fact, pods_of, state_fact
from kubegenie_tui.diagnostics.clues import read_clue, telling_line
from kubegenie_tui.diagnostics.crashes import by_log, log_key, source_of
from kubegenie_tui.diagnostics.pods import Container, Workload, containers_of, maker_of
from kubegenie_tui.diagnostics.remedies import keeps_failing, suspend, unsuspend
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, number_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef

_REASONS = {
    "BackoffLimitExceeded": "its pods failed as often as it allows",
    "DeadlineExceeded": "it took longer than its deadline",
    "PodFailurePolicy": "a pod failed in a way that its failure policy does not forgive",
}
_FAILED = ("Failed", "FailureTarget")
"""The second is set first, and stays alone until the last of its pods has ended."""


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """The newest failed job of each owner, and suspended ones."""
    newest: dict[str, Manifest] = {}
    for job in filter(_has_outcome, snapshot.all("jobs.batch")):
        owner = snapshot.owner_of(job)
        key = text_at(owner[1] if owner else job, "metadata.uid")
        if key not in newest or _created(job) > _created(newest[key]):
            newest[key] = job
    for job in newest.values():
        failed = _failed(job)
        if failed is not None:
            yield _explain(snapshot, job, failed)
    yield from _suspended(snapshot)


def _suspended(snapshot: Snapshot) -> Iterator[Finding]:
    for kind, what in (("cronjobs.batch", "makes no jobs"), ("jobs.batch", "makes no pods")):
        for item in snapshot.all(kind):
            if mapping_at(item, "spec").get("suspend") is True:
                yield _held(snapshot, kind, item, what)
            elif kind == "jobs.batch" and number_at(item, "spec.parallelism") == 0 and not _has_outcome(item):
                yield _held(snapshot, kind, item, what, "spec.parallelism")


def _held(snapshot: Snapshot, kind: str, item: Manifest, what: str, field: str = "spec.suspend") -> Finding:
    ref, word, is_told = ref_of(kind, item), kind.removesuffix("s.batch"), field == "spec.suspend"
    why, how = ("it is suspended", "resume it") if is_told else ("it runs 0 pods at a time", "raise spec.parallelism")
    return Finding(
        f"{word}-suspended", Severity.NOTICE, f"{word} {ref.name} {what}", why, ref, field, (fact(kind, item, field),),
        (ref,), 1.0, (f"{how}; whether it is held on purpose is yours to judge",),
        unsuspend(snapshot, ref, item) if is_told else None,
    )  # fmt: skip


def _created(job: Manifest) -> str:
    return text_at(job, "metadata.creationTimestamp")


def _failed(job: Manifest) -> Manifest | None:
    conditions = mappings_at(job, "status.conditions")
    ended = next((c for c in conditions if c.get("type") in _FAILED and c.get("status") == "True"), None)
    if ended is None and keeps_failing(job) and not number_at(job, "status.succeeded"):
        times = number_at(job, "status.failed")
        return {"reason": "Retried", "message": f"{times} of its pods have failed, and it tries on"}
    return ended


def _has_outcome(job: Manifest) -> bool:
    """Whether it tells how it goes; the next job of a CronJob may not yet, as after its first failed pod."""
    return keeps_failing(job) or bool(number_at(job, "status.succeeded")) or bool(mappings_at(job, "status.conditions"))


def _explain(snapshot: Snapshot, job: Manifest, failed: Manifest) -> Finding:
    ref, reason = ref_of("jobs.batch", job), text_at(failed, "reason")
    field = "status.failed" if reason == "Retried" else "status.conditions[Failed]"
    evidence = [fact("jobs.batch", job, field, f"{reason}: {text_at(failed, 'message')}")]
    why = _REASONS.get(reason, text_at(failed, "message") or reason)
    broken = _failed_container(snapshot, job)
    if broken is not None:
        facts, said = _words_of(snapshot, broken)
        evidence += facts
        why += f": exit code {broken.exit_code}" + (f', "{said}"' if said else "")
    owner = maker_of(snapshot, job)
    steps: tuple[str, ...] = ("read the log of its pod", "run it again when the cause is mended")
    affected = tuple(dict.fromkeys((ref, owner.ref)))
    title = f"job {ref.name} {'keeps failing' if reason == 'Retried' else 'failed'}"
    if broken is not None and (elsewhere := _elsewhere(snapshot, owner, broken, evidence)) is not None:
        whole = tuple(dict.fromkeys((*affected, *elsewhere.affected)))
        return msgspec.structs.replace(elsewhere, severity=Severity.WARNING, affected=whole)
    root, path = _place(snapshot, owner, broken, reason)
    remedy = suspend(snapshot, owner)
    steps += ("or suspend it until then; whether its runs may be missed is yours to judge",) if remedy else ()
    return Finding(
        "job-failed", Severity.WARNING, title, why, root, path, tuple(evidence), affected, 0.8, steps, remedy
    )


def _elsewhere(snapshot: Snapshot, owner: Workload, container: Container, evidence: list[Evidence]) -> Finding | None:
    """What its log points at, when that is another object, and still so."""
    lines = snapshot.logs.get(log_key(container), [])
    found = by_log(snapshot, owner, container, lines, read_clue(lines), evidence)
    return found if found is not None and found.root != owner.ref else None


def _place(snapshot: Snapshot, owner: Workload, container: Container | None, reason: str) -> tuple[ObjectRef, str]:
    """The object and the field to change: where the file was written that the log complains of, else the job."""
    lines = snapshot.logs.get(log_key(container), []) if container else []
    if container is not None and (source := source_of(snapshot, owner, container, lines)) is not None:
        return source.ref, source.field
    return owner.ref, _field(owner, reason)


def _field(owner: Workload, reason: str) -> str:
    """What to change: the deadline that was missed, else the containers."""
    if reason == "DeadlineExceeded":
        return f"{owner.spec_path.removesuffix('.template.spec')}.activeDeadlineSeconds"
    return f"{owner.spec_path}.containers" if owner.kind != "pods" else ""


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

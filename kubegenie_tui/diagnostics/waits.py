"""Init containers that wait for something that does not come, and hold their pod back."""

import re

import msgspec

from kubegenie_tui.diagnostics import dependencies, remedies
from kubegenie_tui.diagnostics.build import container_finding, fact, log_fact, state_fact
from kubegenie_tui.diagnostics.clues import Clue, telling_line
from kubegenie_tui.diagnostics.crashes import log_key
from kubegenie_tui.diagnostics.jobs import FAILS_AGAIN, maker_of
from kubegenie_tui.diagnostics.pods import Container, Workload, container_field
from kubegenie_tui.diagnostics.remedies import is_failed
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.diagnostics.sources import plain_values
from kubegenie_tui.domain.finding import Evidence, Finding
from kubegenie_tui.domain.manifest import Manifest, mapping_at, number_at, text_at
from kubegenie_tui.domain.quantity import format_age, parse_time

_PATIENCE_SECONDS = 20
"""After this a wait for what certainly is not there is told of."""
_LONG_SECONDS = 600
"""After this any wait is."""
_ENDLESS = re.compile(r"(?:(?:ba)?sh -c )?(?:sleep (?:inf(?:inity)?|\d{5,}|\d+d)|tail -f /dev/null)")
_ENDLESS_SECONDS = 180
"""After this one is whose command does not end by itself."""
_VARIABLE = re.compile(r"\$[({]?(?P<name>[A-Za-z_][A-Za-z0-9_]*)[)}]?")
_HOST = r"(?P<host>[a-z][a-z0-9.-]*[a-z0-9])"
_JOB = re.compile(r"\bjobs?(?:\.batch)?[/ ]+[\"']?(?P<name>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)", re.IGNORECASE)
"""As `kubectl wait job/migrate` names it, and scripts of their own."""
_ASKS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:nslookup|getent hosts|host|ping(?: -\w+(?: \d+)?)*|dig(?: \+short)?) +{_HOST}",
        rf"\bnc +(?:-\w+ +(?:\d+ +)?)*{_HOST} +(?P<port>\d+)",
        rf"(?:https?|tcp|amqp|redis|postgres(?:ql)?)://(?:[^@/\s]*@)?{_HOST}(?::(?P<port>\d+))?",
        rf"(?:pg_isready|redis-cli|mysqladmin|mysql|psql|mongosh?)\b.*? (?:-h ?|--host[= ]){_HOST}"
        r"(?:.*? -p ?(?P<port>\d+))?",
        rf"(?<![\w.@/-]){_HOST}:(?P<port>\d{{2,5}})\b",
    )
)
"""How scripts wait for a host: https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#examples."""


def explain(snapshot: Snapshot, workload: Workload, container: Container) -> Finding | None:
    """An init container that has been running for long, and what it waits for."""
    started = parse_time(text_at(container.status, "state.running.startedAt"))
    if not container.init or container.sidecar or not started or snapshot.now - started < _PATIENCE_SECONDS:
        return None
    since = format_age(snapshot.now - started)
    line = telling_line(snapshot.logs.get(log_key(container), []))
    evidence = [state_fact(container, "state.running.startedAt", f"for {since}")]
    evidence += [log_fact(container, line)] if line else []
    command = container_field(workload, container, "command")
    script = _script(snapshot, container)
    asked = next((match for pattern in _ASKS if (match := pattern.search(script))), None)
    if asked is not None:
        clue = Clue("host", line, asked["host"], int(asked.groupdict().get("port") or 0))
        says = fact(workload.kind, workload.manifest, command, script)
        found = dependencies.explain(snapshot, workload, container, clue, [*evidence, says])
        if found is not None:
            return msgspec.structs.replace(found, title=found.title.replace(" crashes: ", " waits: "))
    if (found := for_stopped_job(snapshot, workload, container, f"{script} {line}", evidence)) is not None:
        return found
    is_endless = _ENDLESS.fullmatch(script) is not None
    if snapshot.now - started < (_ENDLESS_SECONDS if is_endless else _LONG_SECONDS):
        return None
    why = f"it holds the pod back{f'; its last words: {line}' if line else ''}"
    return container_finding(
        snapshot, workload, container,
        rule="init-waits",
        title=f"init container {container.name} has been running for {since}",
        cause=f"{why}; `{script}` does not end by itself" if is_endless else why,
        field=command,
        evidence=evidence,
        confidence=0.9 if is_endless else 0.6,
        next_steps=[f"read its log: logs of {workload.ref.name}"],
    )  # fmt: skip


def _stopped_job(snapshot: Snapshot, container: Container, said: str) -> tuple[Manifest, bool] | None:
    """A job that its command or its log names, and that does not complete; True where it is only suspended."""
    space = ref_of("pods", container.pod).namespace
    for match in _JOB.finditer(said):
        job = snapshot.get("jobs.batch", space, match["name"])
        if job is None or number_at(job, "status.succeeded"):
            continue
        is_failing = is_failed(job) or (number_at(job, "status.failed") or 0) >= FAILS_AGAIN
        if is_failing or mapping_at(job, "spec").get("suspend") is True:
            return job, not is_failing
    return None


def for_stopped_job(
    snapshot: Snapshot, workload: Workload, container: Container, said: str, evidence: list[Evidence]
) -> Finding | None:
    """The job that a container waits for, by its command or its log, where that has failed or is suspended."""
    stopped = _stopped_job(snapshot, container, said)
    if stopped is None:
        return None
    job, is_suspended = stopped
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


def _script(snapshot: Snapshot, container: Container) -> str:
    """Its command, with the values of the variables that it names."""
    words = " ".join(str(part) for key in ("command", "args") for part in container.spec.get(key) or [])
    values = plain_values(snapshot, container)
    return _VARIABLE.sub(lambda found: values.get(found["name"], found[0]), words)

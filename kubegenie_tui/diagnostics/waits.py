"""Init containers that wait for something that does not come, and hold their pod back."""

import re

import msgspec

from kubegenie_tui.diagnostics import awaited_jobs, dependencies
from kubegenie_tui.diagnostics.build import container_finding, fact, log_fact, state_fact
from kubegenie_tui.diagnostics.clues import Clue, telling_line
from kubegenie_tui.diagnostics.crashes import log_key
from kubegenie_tui.diagnostics.pods import Container, Workload, container_field
from kubegenie_tui.diagnostics.snapshot import Snapshot
from kubegenie_tui.diagnostics.sources import plain_values
from kubegenie_tui.domain.finding import Finding
from kubegenie_tui.domain.manifest import text_at
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
    if (found := awaited_jobs.explain(snapshot, workload, container, f"{script} {line}", evidence)) is not None:
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


def _script(snapshot: Snapshot, container: Container) -> str:
    """Its command, with the values of the variables that it names."""
    words = " ".join(str(part) for key in ("command", "args") for part in container.spec.get(key) or [])
    values = plain_values(snapshot, container)
    return _VARIABLE.sub(lambda found: values.get(found["name"], found[0]), words)

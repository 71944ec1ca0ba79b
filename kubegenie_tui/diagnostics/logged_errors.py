"""Programs that are ready and log the same error again and again: nothing that is surely wrong."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from kubegenie_tui.diagnostics.build import container_finding, log_fact
from kubegenie_tui.diagnostics.clues import message_of, read_clue
from kubegenie_tui.diagnostics.pods import Container, containers_of, workload_of
from kubegenie_tui.diagnostics.probes import borne_out
from kubegenie_tui.diagnostics.snapshot import Snapshot
from kubegenie_tui.domain.finding import Finding, Severity

RULE = "errors-logged"
"""It says nothing new where a fault of the same workload is known."""
_AGAIN = 3
"""So many lines alike are no accident."""
_LOUD_LEVELS = frozenset(
    {"error", "err", "fatal", "panic", "dpanic", "critical", "crit", "alert", "emerg", "emergency", "severe"}
)
_LOUD_NUMBER = 50
"""From this level on the JSON logs of Node.js (pino, bunyan) tell of errors."""
_LEVEL_KEYS = ("level", "severity", "lvl", "loglevel", "log.level")
_LEVEL = re.compile(r"\b(?:level|severity|lvl)=\"?(?P<level>\w+)", re.IGNORECASE)
_KLOG = re.compile(r"^(?P<level>[IWEF])\d{4} \d\d:\d\d:\d\d")
_CALM = re.compile(
    r"\b(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING)\b|\[(?i:trace|debug|info|notice|warn|warning)\]"
    r"|^\s*(?i:trace|debug|info|notice|warn|warning):"
)
_LOUD = re.compile(
    r"(?:\b(?:ERROR|FATAL|PANIC|CRITICAL|SEVERE|EMERG)\b|\[(?:error|fatal|panic|crit|alert|emerg)\]"
    r"|^\s*(?i:error|fatal(?: error)?|panic|uncaught exception):|\b[A-Z]\w+(?:Error|Exception):)"
    r"(?!\s*[=:]?\s*(?:0|null|nil|none|false)\b)"
)
_MISSED = frozenset({"certificate", "host", "refused", "timeout", "rbac"})
"""What a log may point at that the cluster bears out; not a login: a server says so too of whom it refuses."""
_VARYING = re.compile(r"\S*\d\S*|\b[0-9a-f]{6,}\b", re.IGNORECASE)
"""Times, numbers and ids: what differs between lines that say the same."""


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Of what was heard; where only its namespace is asked about, what the cluster bears out."""
    for heard in snapshot.heard:
        said = repeated_error(heard.lines)
        container = next((each for each in containers_of(heard.pod) if each.name == heard.container), None)
        if said is not None and container is not None:
            found = _borne_out(snapshot, container, said[0])
            if found is not None or heard.asked:
                yield found or _finding(snapshot, container, *said)


def repeated_error(lines: Sequence[str]) -> tuple[str, int] | None:
    """The message of an error that is logged again and again, as it was logged last, and how often."""
    messages = [message_of(line).strip() for line in lines if is_error(line)]
    alike = Counter(_shape(message) for message in messages)
    shape, times = alike.most_common(1)[0] if alike else ("", 0)
    if times < _AGAIN:
        return None
    return next(message for message in reversed(messages) if _shape(message) == shape), times


def is_error(line: str) -> bool:
    """Whether a line is logged as an error: by its level, or by its words where it tells none."""
    told = _level(line)
    if isinstance(told, int):
        return told >= _LOUD_NUMBER
    if told:
        return told.lower() in _LOUD_LEVELS
    loud, calm = _LOUD.search(line), _CALM.search(line)
    return loud is not None and (calm is None or loud.start() < calm.start())


def _level(line: str) -> str | int:
    try:
        fields = json.loads(line) if line.lstrip().startswith("{") else None
    except ValueError:
        fields = None
    if isinstance(fields, dict):
        told = next((fields[key] for key in _LEVEL_KEYS if key in fields), "")
        return told if isinstance(told, int) else str(told)
    if match := _KLOG.search(line):
        return "error" if match["level"] in "EF" else "info"
    match = _LEVEL.search(line)
    return match["level"] if match else ""


def _shape(message: str) -> str:
    return _VARYING.sub("#", message)


def _borne_out(snapshot: Snapshot, container: Container, line: str) -> Finding | None:
    """What the program misses, where the line names it and it is so."""
    workload, clue = workload_of(snapshot, container.pod), read_clue([line])
    if clue is None or clue.about not in _MISSED:
        return None
    found = borne_out(snapshot, workload, container, clue, [log_fact(container, line)])
    if found is None:
        return None
    title = found.title.replace(" crashes: ", " is ready, and logs errors: ")
    return msgspec.structs.replace(found, title=title, severity=Severity.NOTICE)


def _finding(snapshot: Snapshot, container: Container, line: str, times: int) -> Finding:
    workload = workload_of(snapshot, container.pod)
    evidence = [log_fact(container, line)]
    pod = evidence[0].ref.name
    found = container_finding(
        snapshot, workload, container,
        rule=RULE,
        title=f"container {container.name} is ready, and logs the same error again and again",
        cause=f'it said "{line}" {times} times in the last quarter of an hour',
        evidence=evidence,
        confidence=0.5,
        next_steps=[f"read its log: show me the logs of {pod}"],
    )  # fmt: skip
    return msgspec.structs.replace(found, severity=Severity.NOTICE)

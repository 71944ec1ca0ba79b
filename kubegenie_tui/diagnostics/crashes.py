"""Containers that keep ending: what the exit code says, what the log says, and what lies behind it."""

from collections.abc import Sequence

import msgspec

from kubegenie_tui.diagnostics import (
    awaited_jobs,
    broken_files,
    dependencies,
    evictions,
    expansions,
    hidden_programs,
    line_breaks,
    own_certificates,
    recurrence,
    rights,
    served_certificates,
    service_links,
    sources,
    tokens,
    unmade,
    unset_variables,
)
from kubegenie_tui.diagnostics.build import container_finding, log_fact, state_fact
from kubegenie_tui.diagnostics.clues import Clue, alarming_lines, read_clue, telling_line
from kubegenie_tui.diagnostics.configuration import missing_reference
from kubegenie_tui.diagnostics.pods import NO_START, Container, Workload, container_field, containers_of
from kubegenie_tui.diagnostics.references import is_unmet
from kubegenie_tui.diagnostics.snapshot import LogKey, Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding, Severity
from kubegenie_tui.domain.manifest import text_at
from kubegenie_tui.domain.quantity import parse_time

EXIT_CODES = {
    1: "the program ended with an error",
    2: "the program was called wrongly or ended with an error",
    126: "the command cannot be executed",
    127: "the command does not exist in the image",
    128: "the container could not be started",
    134: "the program aborted (SIGABRT)",
    137: "it was killed (SIGKILL)",
    139: "the program crashed (SIGSEGV)",
    143: "it was asked to stop (SIGTERM)",
}
_NOT_FOUND = 127
_TRIAL_SECONDS = 60
"""How long a container must run after a crash before it counts as well again."""
_NO_START = NO_START | {"StartError", "ContainerCannotRun"}
_YOUNG_SECONDS = 180
"""Before this a pod may have been made ahead of what it needs, and come up at its next start."""


def explain(snapshot: Snapshot, workload: Workload, container: Container) -> Finding | None:
    """A container that keeps crashing."""
    if not _keeps_ending(snapshot, container):
        return None
    if (lost := _lost_file(snapshot, workload, container)) is not None:
        return lost
    if text_at(container.ended, "reason") in _NO_START or container.waiting in _NO_START:
        return _cannot_start(snapshot, workload, container)
    told = telling_sibling(snapshot, container)
    lines = snapshot.logs.get(log_key(told), [])
    clue = read_clue(lines)
    evidence = _end_facts(told, clue.line if clue else telling_line(lines))
    if (found := by_log(snapshot, workload, container, lines, clue, evidence)) is not None:
        return found
    found = _unexplained(snapshot, workload, container, lines, evidence)
    return _softened(found) if clue and _may_come_up(snapshot, container, clue) else found


def by_log(
    snapshot: Snapshot, workload: Workload, container: Container, lines: Sequence[str], clue: Clue | None,
    evidence: list[Evidence],
) -> Finding | None:  # fmt: skip
    """What the log of a container that ended, and its clue, point at, as far as the cluster bears it out."""
    if (unread := _misread(snapshot, workload, container, lines, evidence)) is not None:
        return unread
    found = behind(snapshot, workload, container, clue, evidence) if clue is not None else None
    return found or _by_its_words(snapshot, workload, container, lines, evidence)


def source_of(
    snapshot: Snapshot, workload: Workload, container: Container, lines: Sequence[str]
) -> sources.Source | None:
    """Where the file or the variable was written that the log complains of."""
    found = sources.of_complaint(snapshot, workload, container, telling_line(lines))
    return found or sources.of_file_in(snapshot, container, alarming_lines(lines))


def _misread(
    snapshot: Snapshot, workload: Workload, container: Container, lines: Sequence[str], evidence: list[Evidence]
) -> Finding | None:
    """A variable that has another value than was meant, as the program quotes it, or a program that is hidden."""
    linked = service_links.explain(snapshot, workload, container, telling_line(lines), evidence)
    linked = linked or expansions.explain(snapshot, workload, container, lines, evidence)
    return linked or hidden_programs.explain(snapshot, workload, container, lines, evidence)


def _by_its_words(
    snapshot: Snapshot, workload: Workload, container: Container, lines: Sequence[str], evidence: list[Evidence]
) -> Finding | None:
    """A file that it cannot read, rights of a cloud, a certificate that is over, a pod that is held, a failed job."""
    found = broken_files.explain(snapshot, workload, container, lines, evidence)
    found = found or unmade.rights(snapshot, workload, container, lines, evidence)
    found = found or own_certificates.explain(snapshot, workload, container, lines, evidence)
    found = found or evictions.explain(snapshot, workload, container, lines, evidence)
    return found or awaited_jobs.explain(snapshot, workload, container, telling_line(lines), evidence)


def _may_come_up(snapshot: Snapshot, container: Container, clue: Clue) -> bool:
    """Whether it missed a service that is ready by now: it is young, or has not been started since."""
    if clue.about not in ("host", "refused"):
        return False
    up_since = dependencies.up_since(snapshot, ref_of("pods", container.pod).namespace, clue)
    age = snapshot.now - parse_time(text_at(container.pod, "metadata.creationTimestamp"))
    waits = bool(container.waiting) and 0 < parse_time(text_at(container.ended, "finishedAt")) < up_since
    return bool(up_since) and (age < _YOUNG_SECONDS or waits)


def _softened(found: Finding) -> Finding:
    why = f"{found.cause}; what it calls is ready now, so that its next start may do"
    return msgspec.structs.replace(found, severity=Severity.NOTICE, cause=why)


def _keeps_ending(snapshot: Snapshot, container: Container) -> bool:
    is_first = container.init and not container.sidecar
    if container.crashing or (is_first and container.exit_code) or _is_between_runs(snapshot, container):
        return True
    return recurrence.interval(snapshot, container) > 0


def _is_between_runs(snapshot: Snapshot, container: Container) -> bool:
    """Whether it has just been started again after an end that should not be: between two of them it looks well."""
    started = parse_time(text_at(container.status, "state.running.startedAt"))
    if started and snapshot.now - started >= _TRIAL_SECONDS:
        return False
    return bool(started) if container.exit_code else container.exit_code == 0 and _ended_early(container)


def _ended_early(container: Container) -> bool:
    """Whether it was done at once, though it is to run for ever."""
    began, ended = (parse_time(text_at(container.ended, field)) for field in ("startedAt", "finishedAt"))
    is_early = began is not None and ended is not None and ended - began < _TRIAL_SECONDS
    return is_early and recurrence.runs_for_ever(container)


def telling_sibling(snapshot: Snapshot, container: Container) -> Container:
    """The container whose log was read: this one, or the same one of another pod of its owner that crashes too."""
    owner = snapshot.owner_of(container.pod)
    if owner is None or log_key(container) in snapshot.logs:
        return container
    pods = [item for kind, item in snapshot.owned_by(owner[1]) if kind == "pods"]
    same = (each for pod in pods for each in containers_of(pod) if each.name == container.name)
    return next((each for each in same if log_key(each) in snapshot.logs), container)


def _lost_file(snapshot: Snapshot, workload: Workload, container: Container) -> Finding | None:
    """A single file that is mounted and that its ConfigMap or Secret does not hold: an empty directory is there."""
    namespace = ref_of("pods", container.pod).namespace
    for reference in sources.single_files(container):
        if is_unmet(snapshot, namespace, reference) and snapshot.get(reference.kind, namespace, reference.name):
            return missing_reference(snapshot, workload, container, reference, _end_facts(container, "")[0])
    return None


def log_key(container: Container) -> LogKey:
    """Where the container's log is kept in a snapshot."""
    ref = ref_of("pods", container.pod)
    return ref.namespace, ref.name, container.name


def _end_facts(container: Container, line: str) -> list[Evidence]:
    reason = text_at(container.ended, "reason") or container.waiting
    evidence = [state_fact(container, "lastState.terminated", f"{reason}, exit code {container.exit_code}")]
    evidence += [state_fact(container, "restartCount", container.restarts)] if container.restarts else []
    return evidence + ([log_fact(container, line)] if line else [])


def _cannot_start(snapshot: Snapshot, workload: Workload, container: Container) -> Finding:
    said = text_at(container.ended, "message") or container.message
    command = " ".join(str(part) for key in ("command", "args") for part in container.spec.get(key) or [])
    missing = "executable file not found" in said or "no such file or directory" in said
    program = next((str(part) for part in container.spec.get("command") or []), "")
    over = hidden_programs.mounted_over(container, program) if missing else ""
    return container_finding(
        snapshot, workload, container,
        rule="command-not-found" if missing else "container-cannot-start",
        title=f"container {container.name} cannot be started",
        cause=(f"the image has no such command: {command}" if missing and command else said)
        + (f"; the volume {over} is mounted over it" if over else ""),
        field=container_field(workload, container, f"volumeMounts[{over}].mountPath" if over else "command"),
        evidence=[state_fact(container, "lastState.terminated.message", said)],
        confidence=0.95,
        next_steps=["correct the command, or remove it to use the image's own"],
    )  # fmt: skip


def behind(
    snapshot: Snapshot, workload: Workload, container: Container, clue: Clue, evidence: list[Evidence]
) -> Finding | None:
    """What a line of the log points at, as far as the cluster bears it out."""
    if clue.about == "variable":
        return unset_variables.explain(snapshot, workload, container, clue, evidence)
    if clue.about == "rbac" and (found := rights.explain(snapshot, workload, container, clue.line, evidence)):
        return found
    if clue.about == "file" and (found := tokens.explain(snapshot, workload, container, clue.line, evidence)):
        return found
    if clue.about == "file" and container.exit_code == _NOT_FOUND:
        return _no_such_command(snapshot, workload, container, clue, evidence)
    if clue.about == "certificate":
        return served_certificates.explain(snapshot, workload, container, clue, evidence)
    if clue.about in ("host", "refused", "timeout"):
        return dependencies.explain(snapshot, workload, container, clue, evidence)
    if clue.about in _PLAIN_CAUSES:
        rule, cause, field, step = _PLAIN_CAUSES[clue.about]
        found = container_finding(
            snapshot, workload, container,
            rule=rule,
            title=f"container {container.name} crashes: {cause.format(name=clue.name or 'a file')}",
            cause=clue.line,
            field=container_field(workload, container, field) if field else "",
            evidence=evidence,
            confidence=0.75,
            next_steps=[step],
        )  # fmt: skip
        return _at(found, _source(snapshot, container, clue))
    return None


def _no_such_command(
    snapshot: Snapshot, workload: Workload, container: Container, clue: Clue, evidence: list[Evidence]
) -> Finding:
    """What a shell says of a program that it is to start."""
    field = next(
        (key for key in ("args", "command") if clue.name and clue.name in str(container.spec.get(key))), "command"
    )
    return container_finding(
        snapshot, workload, container,
        rule="command-not-found",
        title=f"container {container.name} crashes: its shell does not find {clue.name or 'a command'}",
        cause=clue.line,
        field=container_field(workload, container, field),
        evidence=evidence,
        confidence=0.85,
        next_steps=["correct the command, or use an image that has it"],
    )  # fmt: skip


def _source(snapshot: Snapshot, container: Container, clue: Clue) -> sources.Source | None:
    """The Secret with the credentials that are refused, or the ConfigMap that lacks a file."""
    if clue.about == "login":
        return sources.of_login(snapshot, container)
    missing = sources.of_file(snapshot, container, clue.line) if clue.about == "file" else None
    return missing if missing and not missing.is_there else None


def _at(found: Finding, source: sources.Source | None) -> Finding:
    """A finding whose root is where what the program complains of was written."""
    if source is None:
        return found
    affected = tuple(dict.fromkeys((*found.affected, source.ref)))
    return msgspec.structs.replace(found, root=source.ref, field=source.field, affected=affected)


_PLAIN_CAUSES = {
    "rbac": ("not-allowed", "its service account may not use {name}", "", "give its service account a role for that"),
    "login": ("login-refused", "a server refuses its credentials", "env", "compare the credentials on both sides"),
    "read-only": (
        "read-only-filesystem",
        "it writes to a read-only file system",
        "securityContext.readOnlyRootFilesystem",
        "mount an emptyDir where it writes, or allow writing to the root file system",
    ),
    "disk": ("no-space-left", "there is no space left", "volumeMounts", "enlarge the volume or clean it up"),
    "permission": (
        "permission-denied",
        "it has no permission for {name}",
        "securityContext",
        "set runAsUser or fsGroup so that it may",
    ),
    "port": ("port-in-use", "its port is already in use", "ports", "give the two programs different ports"),
    "file": ("file-missing", "{name} is missing", "volumeMounts", "mount the file, or correct its path"),
}
"""By what the log points at: rule, cause, the container's field, next step."""


def _unexplained(
    snapshot: Snapshot, workload: Workload, container: Container, lines: Sequence[str], evidence: list[Evidence]
) -> Finding:
    says = telling_line(lines)
    if not container.exit_code:
        return _ends_at_once(snapshot, workload, container, evidence)
    code = container.exit_code
    pod = text_at(container.pod, "metadata.name")
    found = container_finding(
        snapshot, workload, container,
        rule="crash-loop",
        title=f"container {container.name} {'keeps crashing' if container.restarts else 'failed'} (exit code {code})",
        cause=_meaning(code) + recurrence.words(snapshot, container) + (f'; it says "{says}"' if says else ""),
        field=container_field(workload, container, "command"),
        evidence=evidence,
        confidence=0.6,
        next_steps=[f"read its log: show me the previous logs of {pod}"],
    )  # fmt: skip
    if (broken := line_breaks.source_of(snapshot, container, says)) is not None:
        why = f"{found.cause}; {broken.field} of {broken.ref} ends in a line break"
        found = msgspec.structs.replace(found, cause=why, next_steps=("take the line break away: `printf %s`",))
        return _at(found, broken)
    if (found_at := source_of(snapshot, workload, container, lines)) is not None:
        return _at(found, found_at)
    return expansions.surely_wrong(snapshot, workload, container, evidence) or found


def _meaning(code: int) -> str:
    return EXIT_CODES.get(code, f"the program ended with exit code {code}")


def _ends_at_once(snapshot: Snapshot, workload: Workload, container: Container, evidence: list[Evidence]) -> Finding:
    often = recurrence.words(snapshot, container)
    found = container_finding(
        snapshot, workload, container,
        rule="exits-at-once",
        title=f"container {container.name} ends {'again and again' if often else 'at once'} and is started again",
        cause=f"its program ends without an error (exit code 0): there is nothing that keeps running{often}",
        field=container_field(workload, container, "command"),
        evidence=evidence,
        confidence=0.85,
        next_steps=["give it a command that keeps running, or make it a Job"],
    )  # fmt: skip
    is_meant = recurrence.is_renewal(snapshot, container)
    return msgspec.structs.replace(found, severity=Severity.NOTICE) if is_meant else found

"""Containers that run but fail a probe."""

import re

import msgspec

from kubegenie_tui.diagnostics import awaited_jobs, corrections
from kubegenie_tui.diagnostics.build import container_finding, event_fact, fact, last_event, log_fact
from kubegenie_tui.diagnostics.clues import Clue, alarming_line, read_clue
from kubegenie_tui.diagnostics.crashes import behind, log_key, telling_sibling
from kubegenie_tui.diagnostics.pods import Container, Workload, container_field
from kubegenie_tui.diagnostics.selectors import selected_pods
from kubegenie_tui.diagnostics.snapshot import Snapshot, event_time
from kubegenie_tui.domain.finding import Evidence, Finding, Remedy, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, number_at, text_at
from kubegenie_tui.domain.quantity import parse_time

_KINDS = {"Readiness": "readinessProbe", "Liveness": "livenessProbe", "Startup": "startupProbe"}
_RECENT_SECONDS = 3600
_TRIAL_SECONDS = 120
"""After an end by itself a container that is not ready yet has another trouble than its probe."""
_KILLED = (137, 143)
"""Exit codes of what was killed, by SIGKILL and SIGTERM."""
_KILLING = ("Startup", "Liveness")
_STARTING_SECONDS = 60
"""Before this a container that does not answer may still be starting."""
_SLOW = (
    "it is killed before it listens: it needs longer to start than the probe allows",
    "initialDelaySeconds",
    "give it a startupProbe that lasts as long as its start, or raise initialDelaySeconds",
)
_OTHER_SCHEME = (
    ("server gave HTTP response to HTTPS client", "HTTP"),
    ("malformed HTTP response", "HTTPS"),
    ("HTTP request to an HTTPS server", "HTTPS"),
)
_ANSWERS = "the program answers"
"""A status by which it calls itself unwell: that is so, and not why."""
_DECLARES = "the container declares"
_LISTENS = re.compile(
    r"\b(?:listen|listening|serving|running|started|server)\b[^\n]{0,60}?(?:\bports?\b[^\d\n]{1,8}|:)(\d{2,5})\b(?![.:])",
    re.I,
)
_ASIDE = re.compile(r"metric|health|admin|debug|pprof|manage|profil", re.I)
"""Words beside ports that programs open besides their own."""
_MISSED = ("certificate", "host", "refused", "timeout", "rbac", "login")
"""What a program may miss that runs on without it."""
_EFFECT = {
    "readinessProbe": "it gets no traffic",
    "livenessProbe": "the kubelet kills it again and again",
    "startupProbe": "the kubelet kills it before it has started",
}


def explain(snapshot: Snapshot, workload: Workload, container: Container) -> Finding | None:
    """A container that is not ready, or is restarted, and whose newest Unhealthy event names a probe."""
    if (container.init and not container.sidecar) or (container.ready and not container.restarts):
        return None
    event = _telling_event(snapshot, container)
    if event is None:
        return None
    said = text_at(event, "message")
    probe_name = next((field for word, field in _KINDS.items() if said.startswith(word)), "")
    probe = mapping_at(container.spec, probe_name)
    if not probe or not _accounts_for_it(container, probe_name, snapshot.now):
        return None
    field = container_field(workload, container, probe_name)
    is_late = probe_name != "readinessProbe" and _is_killed_early(said, probe, container)
    elsewhere = _listens_elsewhere(snapshot, said, probe, container)
    is_late = is_late and elsewhere is None
    cause, at, step = elsewhere or (_SLOW if is_late else _cause(said, probe, container))
    evidence = [event_fact(event), fact(workload.kind, workload.manifest, field, describe_probe(probe))]
    teller = telling_sibling(snapshot, container)
    line = "" if _asks_in_vain(at, cause) else alarming_line(snapshot.logs.get(log_key(teller), []))
    evidence += [log_fact(teller, line)] if line else []
    found = (None if is_late else _behind(snapshot, workload, container, evidence, line)) or container_finding(
        snapshot, workload, container,
        rule=f"{_KINDS_WORD[probe_name]}-probe-fails",
        title=f"container {container.name} fails its {_KINDS_WORD[probe_name]} probe, so {_EFFECT[probe_name]}",
        cause=cause + (f'; its log says "{line}"' if line else ""),
        field=f"{field}.{at}" if at else field,
        evidence=evidence,
        confidence=0.6 if cause.startswith(_ANSWERS) else 0.9,
        next_steps=[step, f"read its log: show me the logs of {text_at(container.pod, 'metadata.name')}"],
    )  # fmt: skip
    found = msgspec.structs.replace(found, remedy=_of_port(workload, container, probe_name, cause) or found.remedy)
    starts = probe_name != "livenessProbe" and _is_starting(snapshot, container, said, probe_name)
    return msgspec.structs.replace(found, severity=Severity.NOTICE) if starts else found


def _of_port(workload: Workload, container: Container, probe_name: str, cause: str) -> Remedy | None:
    """The one port that the container declares, where the probe still asks another one."""
    declared = [number_at(each, "containerPort") for each in mappings_at(container.spec, "ports")]
    now = next(
        (each for each in mappings_at(workload.pod_spec, container.list_name) if each.get("name") == container.name), {}
    )
    if _DECLARES not in cause or len(declared) != 1 or not declared[0]:
        return None
    if any(now.get(field) != container.spec.get(field) for field in (probe_name, "ports")):
        return None
    return corrections.of_probe(workload, container.list_name, container.name, probe_name, declared[0])


def _asks_in_vain(at: str, cause: str) -> bool:
    """Whether the probe asks for what is not there, whatever the program says."""
    return at == "httpGet.path" or _DECLARES in cause


def _behind(
    snapshot: Snapshot, workload: Workload, container: Container, evidence: list[Evidence], line: str
) -> Finding | None:
    """What the program misses, as far as its log names it and the cluster bears it out."""
    lines = snapshot.logs.get(log_key(telling_sibling(snapshot, container)), [])
    if (job := awaited_jobs.explain(snapshot, workload, container, "\n".join(lines), evidence)) is not None:
        return job
    clue = read_clue(lines) if line else None
    found = borne_out(snapshot, workload, container, clue, evidence) if clue and clue.about in _MISSED else None
    if found is None:
        return None
    return msgspec.structs.replace(found, title=found.title.replace(" crashes: ", " does not get ready: "))


def borne_out(
    snapshot: Snapshot, workload: Workload, container: Container, clue: Clue, evidence: list[Evidence]
) -> Finding | None:
    """What a program misses that runs on without it; in the words of a crash."""
    found = behind(snapshot, workload, container, clue, evidence)
    return None if found is None or _is_itself(snapshot, found, container) else found


def _is_itself(snapshot: Snapshot, found: Finding, container: Container) -> bool:
    """Whether it waits for a service of its own, as members of a group do for one another."""
    service = snapshot.get("services", found.root.namespace, found.root.name) if found.root.kind == "services" else None
    own = text_at(container.pod, "metadata.uid")
    return service is not None and own in [text_at(pod, "metadata.uid") for pod in selected_pods(snapshot, service)]


def _telling_event(snapshot: Snapshot, container: Container) -> Manifest | None:
    """The newest failure of a probe of it; of what was killed that of a probe which kills."""
    if container.exit_code in _KILLED:
        killing = [_last_failure(snapshot, container, f"{word} probe") for word in _KILLING]
        ended = parse_time(text_at(container.ended, "finishedAt"))
        for event in filter(None, killing):
            if abs(ended - parse_time(event_time(event))) < _TRIAL_SECONDS:
                return event
    return _last_failure(snapshot, container)


def _last_failure(snapshot: Snapshot, container: Container, about: str = "") -> Manifest | None:
    """The kubelet says in the event which container it means."""
    whose = ("", f"spec.{container.list_name}{{{container.name}}}")
    return last_event(snapshot, container.pod, "Unhealthy", about=about, fields=whose)


def _is_killed_early(said: str, probe: Manifest, container: Container) -> bool:
    """Whether it is killed while it starts: its port is the right one, and it did not live to open it."""
    began, ended = (parse_time(text_at(container.ended, field)) for field in ("startedAt", "finishedAt"))
    lived_short = bool(began and ended) and ended - began < _TRIAL_SECONDS
    return lived_short and "connection refused" in said and _asks_its_port(probe, container)


def _listens_elsewhere(
    snapshot: Snapshot, said: str, probe: Manifest, container: Container
) -> tuple[str, str, str] | None:
    """The one port that the program says it listens on, where the probe asks another one in vain."""
    lines = [
        line for line in snapshot.logs.get(log_key(telling_sibling(snapshot, container)), []) if not _ASIDE.search(line)
    ]
    heard = {int(port) for line in lines for port in _LISTENS.findall(line)}
    handler = next((name for name in ("httpGet", "tcpSocket", "grpc") if mapping_at(probe, name)), "")
    declared = {
        text_at(each, "name"): number_at(each, "containerPort") for each in mappings_at(container.spec, "ports")
    }
    asked = number_at(probe, f"{handler}.port") or declared.get(text_at(probe, f"{handler}.port"))
    if "connection refused" not in said or len(heard) != 1 or not asked or asked in heard:
        return None
    [port] = heard
    why = f"the program listens on port {port}, and the probe asks {asked}"
    return why, f"{handler}.port", f"let the probe ask port {port}, or let the program listen on {asked}"


def _is_starting(snapshot: Snapshot, container: Container, said: str, probe_name: str) -> bool:
    """Whether it may only need more time: it was started just now, and does not answer yet.

    A startup probe tells itself how long that may last.
    """
    probe = mapping_at(container.spec, probe_name)
    started = parse_time(text_at(container.status, "state.running.startedAt"))
    delay, period, tries = (
        number_at(probe, field) or usual
        for field, usual in (("initialDelaySeconds", 0), ("periodSeconds", 10), ("failureThreshold", 3))
    )
    patience = delay + period * tries if probe_name == "startupProbe" else _STARTING_SECONDS
    is_young = bool(started) and snapshot.now - started < patience and not container.restarts
    return is_young and ("statuscode: 5" in said or ("connection refused" in said and _asks_its_port(probe, container)))


def _asks_its_port(probe: Manifest, container: Container) -> bool:
    """Whether the probe asks a port that the container declares."""
    asked = {text_at(probe, f"{handler}.port") for handler in ("httpGet", "tcpSocket", "grpc")} - {""}
    declared = mappings_at(container.spec, "ports")
    return bool(asked & {text_at(port, key) for port in declared for key in ("containerPort", "name")})


def _accounts_for_it(container: Container, probe_name: str, now: float) -> bool:
    """A failing readiness probe makes a running container unready; the others have it killed, now or lately."""
    ended_at = parse_time(text_at(container.ended, "finishedAt"))
    by_itself = container.exit_code not in (None, 0, *_KILLED)
    if probe_name == "readinessProbe":
        just_ended = by_itself and bool(ended_at) and now - ended_at < _TRIAL_SECONDS
        return not container.ready and not container.crashing and not just_ended
    if container.ready and now and ended_at and now - ended_at > _RECENT_SECONDS:
        return False
    return not by_itself


_KINDS_WORD = {field: word.lower() for word, field in _KINDS.items()}


def describe_probe(probe: Manifest) -> str:
    """`http /healthz on port 8080`."""
    http = mapping_at(probe, "httpGet")
    if http:
        return f"http {text_at(http, 'path') or '/'} on port {text_at(http, 'port')}"
    if mapping_at(probe, "tcpSocket"):
        return f"tcp port {text_at(probe, 'tcpSocket.port')}"
    if mapping_at(probe, "grpc"):
        return f"grpc port {text_at(probe, 'grpc.port')}"
    return "command " + " ".join(str(part) for part in mapping_at(probe, "exec").get("command") or [])


def _cause(said: str, probe: Manifest, container: Container) -> tuple[str, str, str]:
    """Why it fails, the field of the probe to change, and what to do."""
    handler = next((name for name in ("httpGet", "tcpSocket", "grpc") if mapping_at(probe, name)), "exec")
    port = text_at(probe, f"{handler}.port")
    ports = [text_at(declared, "containerPort") for declared in mappings_at(container.spec, "ports")]
    names = [text_at(declared, "name") for declared in mappings_at(container.spec, "ports")]
    if "couldn't find port" in said:
        has = ", ".join(each for each in names if each)
        why = f"no port of the container is called {port}{f'; it has {has}' if has else ''}"
        return why, f"{handler}.port", f"let the probe ask port {(*filter(None, names), *ports, 'by its number')[0]}"
    if (scheme := next((right for words, right in _OTHER_SCHEME if words in said), "")) and handler == "httpGet":
        why = f"the program speaks {scheme} on port {port}, and the probe does not"
        return why, "httpGet.scheme", f"let the probe use the scheme {scheme}"
    if "connection refused" in said or "failed to connect service" in said:
        if port and ports and port not in (*ports, *names):
            why = f"the probe asks port {port}, {_DECLARES} {', '.join(ports)}"
            return why, f"{handler}.port", f"let the probe ask port {ports[0]}"
        return f"nothing listens on port {port} in the container", f"{handler}.port", "let the probe ask the right port"
    status = re.search(r"statuscode: (\d+)", said)
    if status and status[1] == "404":
        path = text_at(probe, "httpGet.path") or "/"
        return f"the program has no path {path} (404)", "httpGet.path", "let the probe ask a path that exists"
    if status:
        return f"{_ANSWERS} {status[1]}", "", "find out in its log why it calls itself unhealthy"
    if re.search(r"deadline exceeded|timeout", said, re.IGNORECASE):
        return (
            "the program does not answer in time",
            "timeoutSeconds",
            "raise timeoutSeconds, or find out why it is slow",
        )
    if handler == "exec":
        return "the probe's command fails", "exec.command", "run the command in the container to see why"
    return "the probe fails: " + said, "", "read the container's log"

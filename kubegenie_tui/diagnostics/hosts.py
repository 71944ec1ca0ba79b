"""Hosts that workloads are told to call, and that the cluster does not have: told before a program fails on them."""

import re
from collections.abc import Iterator

from kubegenie_tui.diagnostics import addresses
from kubegenie_tui.diagnostics.build import fact, pods_of
from kubegenie_tui.diagnostics.calls import Call, calls, service_of
from kubegenie_tui.diagnostics.corrections import is_alone
from kubegenie_tui.diagnostics.logged_errors import is_error
from kubegenie_tui.diagnostics.pods import containers_of, is_over, is_ready
from kubegenie_tui.diagnostics.remedies import is_failed
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.diagnostics.unmade import unwell_maker
from kubegenie_tui.domain.finding import Finding, Remedy, Severity
from kubegenie_tui.domain.manifest import Manifest, mappings_at, number_at, text_at
from kubegenie_tui.domain.nearness import did_you_mean, is_slip, nearest

_TELEMETRY = re.compile(
    r"OTEL|OTLP|OPENTELEMETRY|LOKI|FLUENT|LOGSTASH|JAEGER|ZIPKIN|TEMPO\b|SENTRY|STATSD|TRACING|TELEMETRY|PYROSCOPE"
    r"|PUSHGATEWAY|\bDD_|DATADOG|NEW_RELIC",
    re.IGNORECASE,
)
"""Where programs send what they tell of themselves: they run without, and charts set it for clusters that have none."""


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Services that do not exist, and ports that a service does not have."""
    for call in calls(snapshot):
        meant = service_of(snapshot, call.namespace, call.host)
        if meant is None:
            continue
        service = snapshot.get("services", meant.namespace, meant.name)
        if snapshot.is_missing("services", meant.namespace, meant.name):
            if _TELEMETRY.search(f"{call.says.field} {call.host}") and _gets_along(snapshot, call):
                continue
            if unwell_maker(snapshot, meant.namespace, meant.name) is not None:
                continue
            yield _unknown(snapshot, call, meant.namespace, meant.name)
        elif service is not None and (found := _wrong_port(snapshot, call, service)) is not None:
            yield found


def _unknown(snapshot: Snapshot, call: Call, namespace: str, name: str) -> Finding:
    """A notice where a bare word may be no host's name at all, or nothing suffers and no slip is to be seen."""
    names = snapshot.names("services", namespace)
    near = nearest(name, names)
    is_calm = call.is_plain or _gets_along(snapshot, call)
    severity = (
        Severity.NOTICE if is_calm and not (near and (call.is_plain or is_slip(name, near))) else Severity.WARNING
    )
    why = f'there is no service "{name}" in namespace {namespace}{did_you_mean(near)}'
    title = f"{call.workload.word} is told to call the host {call.host}, which does not exist"
    step = f"let it use {near}" if near else f"create the service {name}, or correct the host's name"
    affected = tuple(dict.fromkeys((call.workload.ref, call.says.ref)))
    where = (snapshot, call.workload, call.says.ref, call.says.field)
    remedy = addresses.of_host(*where, (name, near)) if is_alone(name, near, names) else None
    return Finding(
        "unknown-host", severity, title, why, call.says.ref, call.says.field, (call.says,), affected,
        0.8 if near else 0.6, _and_restart(call, step, remedy), remedy,
    )  # fmt: skip


def _gets_along(snapshot: Snapshot, call: Call) -> bool:
    """Whether a workload is well without what it is told to call: all ready, and no error in a log names the host."""
    kind, item = call.workload.kind, call.workload.manifest
    if kind == "cronjobs.batch":
        jobs = [each for of, each in snapshot.owned_by(item) if of == "jobs.batch"]
        return not any(is_failed(each) for each in jobs)
    pods = [pod for pod in pods_of(snapshot, item) if not is_over(pod)]
    wanted = number_at(item, "status.desiredNumberScheduled" if kind == "daemonsets.apps" else "spec.replicas")
    if any(not is_ready(pod) or any(each.crashing for each in containers_of(pod)) for pod in pods):
        return False
    whose = {ref_of("pods", pod) for pod in pods}
    lines = (line for each in snapshot.heard if ref_of("pods", each.pod) in whose for line in each.lines)
    return (bool(pods) or wanted == 0) and not any(call.host in line and is_error(line) for line in lines)


def _wrong_port(snapshot: Snapshot, call: Call, service: Manifest) -> Finding | None:
    """A port that the service does not forward; one without an address of its own forwards none, and needs none."""
    ports = [number_at(port, "port") or 0 for port in mappings_at(service, "spec.ports")]
    has_address = text_at(service, "spec.clusterIP") not in ("", "None")
    if not has_address or not ports or not call.port or call.port in ports:
        return None
    ref, has = ref_of("services", service), ", ".join(map(str, ports))
    title = f"{call.workload.word} is told to call port {call.port} of service {ref.name}, which has none such"
    affected = tuple(dict.fromkeys((call.workload.ref, call.says.ref)))
    where = (snapshot, call.workload, call.says.ref, call.says.field)
    remedy = addresses.of_port(*where, (call.host, call.port), ports)
    steps = _and_restart(call, f"let it use port {ports[0]}", remedy)
    return Finding(
        "wrong-port", Severity.WARNING, title, f"the service listens on {has}", call.says.ref, call.says.field,
        (call.says, fact("services", service, "spec.ports", has)), affected, 0.75, steps, remedy,
    )  # fmt: skip


def _and_restart(call: Call, step: str, remedy: Remedy | None) -> tuple[str, ...]:
    """Variables are read when a program starts: another ConfigMap alone changes nothing for one that runs."""
    is_config = remedy is not None and remedy.ref != call.workload.ref
    return (step, f"then restart {call.workload.ref.name}, which reads it when it starts") if is_config else (step,)

"""What runs pods, in words: deployments, replica sets, stateful sets, daemon sets, jobs, cron jobs, autoscalers."""

from collections.abc import Iterator

import msgspec

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import REVISION, Manifest, mapping_at, mappings_at, number_at, text_at
from kubegenie_tui.domain.quantity import format_age, parse_time
from kubegenie_tui.domain.shapes.pods import PODS
from kubegenie_tui.domain.summary_container import template_sections, volume_rows
from kubegenie_tui.domain.summary_section import Field, Section, age, counted, field, joined, section, selector, when

MOST_PODS = 20
"""Pods that are listed one by one."""


def deployment(manifest: Manifest, related: list[Manifest], now: float) -> Iterator[Section]:
    """Replicas, rollout, pods and template."""
    spec, status = mapping_at(manifest, "spec"), mapping_at(manifest, "status")
    wanted = _wanted(spec)
    yield section(
        "",
        _replicas(status, wanted),
        field("Up to date", _of(number_at(status, "updatedReplicas"), wanted)),
        field("Paused", "yes, changes are not rolled out", Health.PAUSED) if spec.get("paused") is True else None,
        field("Strategy", _strategy(mapping_at(spec, "strategy"))),
        field("Revision", _annotation(manifest, REVISION)),
        field("Selector", selector(spec, "selector")),
    )
    yield from _pods_and_template(spec, related, now)


def replica_set(manifest: Manifest, related: list[Manifest], now: float) -> Iterator[Section]:
    """Replicas, pods and template."""
    spec, status = mapping_at(manifest, "spec"), mapping_at(manifest, "status")
    yield section("", _replicas(status, _wanted(spec)), field("Selector", selector(spec, "selector")))
    yield from _pods_and_template(spec, related, now)


def stateful_set(manifest: Manifest, related: list[Manifest], now: float) -> Iterator[Section]:
    """Replicas, update strategy, claims, pods and template."""
    spec, status = mapping_at(manifest, "spec"), mapping_at(manifest, "status")
    wanted = _wanted(spec)
    yield section(
        "",
        _replicas(status, wanted),
        field("Up to date", _of(number_at(status, "updatedReplicas"), wanted)),
        field("Service", text_at(spec, "serviceName")),
        field("Strategy", joined((text_at(spec, "updateStrategy.type"), _from_ordinal(spec)))),
        field("Pod management", text_at(spec, "podManagementPolicy")),
        field("Selector", selector(spec, "selector")),
    )
    yield section("Volume claims", *(_claim_template(claim) for claim in mappings_at(spec, "volumeClaimTemplates")))
    yield from _pods_and_template(spec, related, now)


def daemon_set(manifest: Manifest, related: list[Manifest], now: float) -> Iterator[Section]:
    """Nodes that should run it, pods and template."""
    spec, status = mapping_at(manifest, "spec"), mapping_at(manifest, "status")
    wanted, ready = number_at(status, "desiredNumberScheduled") or 0, number_at(status, "numberReady") or 0
    misplaced = number_at(status, "numberMisscheduled") or 0
    yield section(
        "",
        field("Ready", f"{ready} of {counted(wanted, 'node')}", Health.OK if ready >= wanted else Health.WARN),
        field("Up to date", _of(number_at(status, "updatedNumberScheduled"), wanted)),
        field("Misplaced", counted(misplaced, "pod"), Health.WARN) if misplaced else None,
        field("Strategy", text_at(spec, "updateStrategy.type")),
        field("Selector", selector(spec, "selector")),
    )
    yield from _pods_and_template(spec, related, now)


def job(manifest: Manifest, related: list[Manifest], now: float) -> Iterator[Section]:
    """Completions, duration, pods and template."""
    spec, status = mapping_at(manifest, "spec"), mapping_at(manifest, "status")
    failed = number_at(status, "failed") or 0
    started, ended = text_at(status, "startTime"), text_at(status, "completionTime")
    seconds = (parse_time(ended) or now) - parse_time(started)
    limit = number_at(spec, "backoffLimit")
    yield section(
        "",
        field("Succeeded", f"{number_at(status, 'succeeded') or 0} of {number_at(spec, 'completions') or 1}"),
        field(
            "Failed",
            joined((counted(failed, "pod"), f"of {limit} retries" if limit is not None else ""), ", "),
            Health.WARN,
        )
        if failed
        else None,
        field("Active", str(number_at(status, "active") or "")),
        field("Parallelism", text_at(spec, "parallelism")),
        field("Suspended", "yes", Health.PAUSED) if spec.get("suspend") is True else None,
        field("Started", when(started, now)),
        field("Duration", format_age(seconds)) if started else None,
        field("Deadline", text_at(spec, "activeDeadlineSeconds") and f"{text_at(spec, 'activeDeadlineSeconds')}s"),
    )
    yield from _pods_and_template(spec, related, now)


def cron_job(manifest: Manifest, related: list[Manifest], now: float) -> Iterator[Section]:
    """When it runs and when it ran."""
    spec, status = mapping_at(manifest, "spec"), mapping_at(manifest, "status")
    suspended = spec.get("suspend") is True
    yield section(
        "",
        field("Schedule", joined((text_at(spec, "schedule"), text_at(spec, "timeZone")), " ")),
        field("Suspended", "yes, no new jobs are started", Health.PAUSED) if suspended else None,
        field("Last run", when(text_at(status, "lastScheduleTime"), now)),
        field("Last success", when(text_at(status, "lastSuccessfulTime"), now)),
        field("Running now", joined(text_at(active, "name") for active in mappings_at(status, "active"))),
        field("Concurrency", text_at(spec, "concurrencyPolicy")),
        field("Deadline", text_at(spec, "startingDeadlineSeconds") and f"{text_at(spec, 'startingDeadlineSeconds')}s"),
    )
    yield from template_sections(mapping_at(spec, "jobTemplate.spec.template"))


def autoscaler(manifest: Manifest, related: list[Manifest], now: float) -> Iterator[Section]:
    """What it scales, within which bounds, by which figures."""
    spec, status = mapping_at(manifest, "spec"), mapping_at(manifest, "status")
    current, wanted = number_at(status, "currentReplicas") or 0, number_at(status, "desiredReplicas") or 0
    most = number_at(spec, "maxReplicas") or 0
    target = mapping_at(spec, "scaleTargetRef")
    yield section(
        "",
        field("Scales", joined((text_at(target, "kind"), text_at(target, "name")), "/")),
        field("Bounds", f"{number_at(spec, 'minReplicas') or 1} to {counted(most, 'replica')}"),
        field("Replicas", f"{current} now, {wanted} wanted", Health.WARN if wanted >= most > 0 else Health.OK),
        field("Last scaled", when(text_at(status, "lastScaleTime"), now)),
    )
    now_at = {
        _metric_name(metric): _metric_value(metric, "current") for metric in mappings_at(status, "currentMetrics")
    }
    yield section("Metrics", *(_metric(metric, now_at) for metric in mappings_at(spec, "metrics")))


def pod_row(pod: Manifest, now: float) -> Field | None:
    """A pod in one line: status, ready containers, restarts, age and node."""
    try:
        row = PODS.decode(msgspec.json.encode(pod))
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None
    ready, status, restarts, node = row.cells[:4]
    words = (
        str(status),
        f"{ready} ready",
        f"{restarts} restarts" if restarts else "",
        _age_of(pod, now),
        str(node or ""),
    )
    return field(row.name, joined(words, " · "), row.health)


def _age_of(pod: Manifest, now: float) -> str:
    return age(text_at(pod, "metadata.creationTimestamp"), now)


def _pods_and_template(spec: Manifest, related: list[Manifest], now: float) -> Iterator[Section]:
    rows = sorted(
        (row for row in (pod_row(pod, now) for pod in related) if row), key=lambda row: (-row.health, row.label)
    )
    more = field("", f"and {counted(len(rows) - MOST_PODS, 'more pod')}") if len(rows) > MOST_PODS else None
    yield section(f"Pods ({len(rows)})", *rows[:MOST_PODS], more)
    template = mapping_at(spec, "template")
    yield from template_sections(template)
    yield section("Volumes", *volume_rows(mapping_at(template, "spec")))


def _wanted(spec: Manifest) -> int:
    replicas = number_at(spec, "replicas")
    return 1 if replicas is None else replicas


def _replicas(status: Manifest, wanted: int) -> Field | None:
    ready = number_at(status, "readyReplicas") or 0
    return field("Ready", _of(ready, wanted), Health.OK if ready >= wanted else Health.WARN)


def _of(some: int | None, wanted: int) -> str:
    return f"{some or 0:,} of {counted(wanted, 'replica')}"


def _from_ordinal(spec: Manifest) -> str:
    partition = number_at(spec, "updateStrategy.rollingUpdate.partition")
    return f"from ordinal {partition} on" if partition else ""


def _strategy(strategy: Manifest) -> str:
    surge, unavailable = text_at(strategy, "rollingUpdate.maxSurge"), text_at(strategy, "rollingUpdate.maxUnavailable")
    bounds = (surge and f"at most {surge} more", unavailable and f"at most {unavailable} fewer")
    return joined((text_at(strategy, "type"), *bounds))


def _annotation(manifest: Manifest, name: str) -> str:
    return text_at({"value": mapping_at(manifest, "metadata.annotations").get(name)}, "value")


def _claim_template(claim: Manifest) -> Field | None:
    size, cls = text_at(claim, "spec.resources.requests.storage"), text_at(claim, "spec.storageClassName")
    return field(text_at(claim, "metadata.name"), joined((size, cls and f"class {cls}")))


def _metric_name(metric: Manifest) -> str:
    source = _metric_source(metric)
    return text_at(source, "name") or text_at(source, "metric.name")


def _metric_source(metric: Manifest) -> Manifest:
    kind = text_at(metric, "type")
    return mapping_at(metric, kind[:1].lower() + kind[1:])


def _metric_value(metric: Manifest, key: str) -> str:
    amount = mapping_at(_metric_source(metric), key)
    percent = text_at(amount, "averageUtilization")
    return f"{percent}%" if percent else text_at(amount, "averageValue") or text_at(amount, "value")


def _metric(metric: Manifest, now_at: dict[str, str]) -> Field | None:
    name = _metric_name(metric)
    return field(name, f"{now_at.get(name) or 'unknown'} of {_metric_value(metric, 'target')}")

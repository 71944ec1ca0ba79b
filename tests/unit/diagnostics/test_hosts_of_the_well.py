"""Hosts that are not there, and that a workload which is well is told to call: who gets along without is not warned."""

import pytest

from kubegenie_tui.domain.finding import Severity
from tests.unit.diagnostics.scene import RUNNING, Object, Scene, container, crashed, named, owned, service_of, status

UNREADY = status(running={"startedAt": "2025-11-25T19:00:00Z"})


def told(variable: str, value: str, state: Object = RUNNING, *services: str) -> Scene:
    spec = {"containers": [container(env=[{"name": variable, "value": value}])]}
    return Scene(state=state, spec=spec).add("services", *map(service_of, services))


def severity(scene: Scene) -> Severity | None:
    """Of what is found about the host; None where nothing is."""
    found = [each.severity for each in scene.findings() if each.rule == "unknown-host"]
    return found[0] if found else None


TELEMETRY = (
    ("LOG_URL", "http://loki:3100"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317"),
    ("JAEGER_AGENT_HOST", "agent"),
    ("ZIPKIN_URL", "http://traces:9411/api/v2/spans"),
    ("STATSD_ADDR", "metrics:8125"),
    ("SENTRY_URL", "http://errors:9000"),
)


@pytest.mark.parametrize(("variable", "value"), TELEMETRY)
def test_where_telemetry_goes_does_not_matter_to_who_is_well(variable: str, value: str) -> None:
    assert severity(told(variable, value)) is None
    assert severity(told(variable, value, UNREADY)) in (Severity.WARNING, Severity.NOTICE)


def test_who_is_ready_without_what_it_calls_is_not_warned() -> None:
    assert severity(told("AUDIT_URL", "http://audit:8080")) is Severity.NOTICE
    assert severity(told("AUDIT_URL", "http://audit:8080", UNREADY)) is Severity.WARNING
    assert severity(told("AUDIT_URL", "http://audit:8080", crashed(1))) is Severity.WARNING
    quiet, loud = (told("AUDIT_URL", "http://audit:8080") for _ in range(2))
    quiet.heard = ["INFO audit is off"]
    loud.heard = ["ERROR post http://audit:8080: no such host"]
    assert [severity(quiet), severity(loud)] == [Severity.NOTICE, Severity.WARNING]


def test_a_slip_is_a_warning_all_the_same() -> None:
    assert severity(told("CACHE_URL", "redis://cahce:6379", RUNNING, "cache")) is Severity.WARNING
    assert severity(told("CACHE_URL", "redis://cache-read:6379", RUNNING, "cache")) is Severity.NOTICE


def test_what_has_no_pods_is_warned_only_where_it_is_to_have_some() -> None:
    scene = told("AUDIT_URL", "http://audit:8080")
    scene.objects["pods"] = []
    assert severity(scene) is Severity.WARNING
    scene.deployment["spec"]["replicas"] = 0
    assert severity(scene) is Severity.NOTICE


@pytest.mark.parametrize(("state", "loud"), [("Complete", Severity.NOTICE), ("Failed", Severity.WARNING)])
def test_a_cronjob_is_well_as_long_as_its_jobs_are(state: str, loud: Severity) -> None:
    env = [{"name": "AUDIT_URL", "value": "http://audit:8080"}]
    template = {"spec": {"template": {"spec": {"containers": [container(env=env)]}}}}
    cron = named("report", "CronJob", spec={"schedule": "0 3 * * *", "jobTemplate": template})
    job = owned(named("report-1", "Job", spec={}, status={"conditions": [{"type": state, "status": "True"}]}), cron)
    scene = Scene().add("cronjobs.batch", cron).add("jobs.batch", job).add("services")
    assert severity(scene) is loud

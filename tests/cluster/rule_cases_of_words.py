"""Faults that only the log of a container tells which runs and does not get ready, and their healthy controls."""

from typing import Any

from tests.cluster.faults import Object, deployment, manifest, probe, service
from tests.cluster.rule_parts import APP, PORTS, Case


def _asked(line: str, status: str, **how: Any) -> Object:
    notes = {"sim/log": line, "sim/log-rate": "1/m", "sim/http-status": status}
    return deployment("app", "example.com/app:1.0", annotations=notes, readinessProbe=probe(), ports=PORTS, **how)


def _waiting(line: str) -> Object:
    first = {"name": "wait", "image": "busybox:1.36", "command": ["sh", "-c", f"j=job; echo {line}; sleep 86400"]}
    return deployment("app", pod={"initContainers": [first]})


def _migrate(code: int) -> Object:
    run = {"name": "run", "image": "busybox:1.36", "command": ["sh", "-c", f"exit {code}"]}
    template = {"spec": {"restartPolicy": "Never", "containers": [run]}}
    return manifest("batch/v1", "Job", "migrate", spec={"backoffLimit": 0, "template": template})


NO_HOST = "ERROR dial tcp: lookup redis-cahce on 10.96.0.10:53: no such host"
CACHE = (deployment("redis-cache", ports=[{"containerPort": 6379}]), service("redis-cache", 6379))
WORDS: dict[str, Case] = {
    "unready-for-a-host": Case(
        APP, (*CACHE, _asked(NO_HOST, "503", env=[{"name": "CACHE", "value": "redis-cahce:6379"}])),
        (*CACHE, _asked("INFO connected", "200", env=[{"name": "CACHE", "value": "redis-cache:6379"}])),
        rule="unknown-host",
    ),
    "unready-with-words": Case(
        APP, (_asked("ERROR the cache is cold", "503"),), (_asked("ERROR the cache was cold", "200"),),
        rule="readiness-probe-fails",
    ),
    "waiting-for-a-job": Case(
        "jobs.batch migrate", (_migrate(2), _waiting("waiting for $j/migrate")), (_migrate(0), deployment("app")),
        rule="job-failed",
    ),
}  # fmt: skip
SAID = {"unready-for-a-host": "no such host", "unready-with-words": "the cache is cold"}
"""What stands in the evidence, of the log."""
WAITING = "deployments.apps app"
"""Who waits for a job that only its log names."""

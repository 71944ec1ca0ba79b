"""Custom resources that are done once, or say in words of their own how they are, and their healthy controls."""

from typing import Any

from kubegenie_tui.domain.kind import Kind
from tests.cluster.faults import Object, manifest
from tests.cluster.rule_parts import LONG_AGO, Case

OF_RUNS = (
    Kind("tekton.dev", "v1", "pipelineruns", "PipelineRun"),
    Kind("velero.io", "v1", "backups", "Backup"),
    Kind("kafka.strimzi.io", "v1", "kafkas", "Kafka"),
    Kind("ceph.rook.io", "v1", "cephclusters", "CephCluster"),
)
NIGHTLY = {"velero.io/schedule-name": "nightly"}


def _told(name: str, state: str, reason: str = "Told", message: str = "") -> Object:
    return {"type": name, "status": state, "reason": reason, "message": message, "lastTransitionTime": LONG_AGO}


def _run(name: str, state: str, ended: str) -> Object:
    status = {"conditions": [_told("Succeeded", state, "Failed", "the tests failed")], "completionTime": ended}
    made = manifest("tekton.dev/v1", "PipelineRun", name, spec={"pipelineRef": {"name": "build"}}, status=status)
    made["metadata"]["labels"] = {"tekton.dev/pipeline": "build"}
    return made


def _backup(name: str, phase: str, **status: Any) -> Object:
    made = manifest("velero.io/v1", "Backup", name, spec={}, status={"phase": phase, **status})
    made["metadata"]["labels"] = NIGHTLY
    return made


def _kafka(*conditions: Object, **metadata: Any) -> Object:
    made = manifest("kafka.strimzi.io/v1", "Kafka", "events", spec={}, status={"conditions": list(conditions)})
    made["metadata"] |= metadata
    return made


def _storage(health: str) -> Object:
    return manifest("ceph.rook.io/v1", "CephCluster", "disks", spec={}, status={"ceph": {"health": health}})


RUNS: dict[str, Case] = {
    "a-run-that-failed": Case(
        "pipelineruns.tekton.dev build-2",
        (_run("build-1", "True", "2026-01-01T00:00:00Z"), _run("build-2", "False", "2126-01-02T00:00:00Z")),
        (_run("build-1", "False", "2026-01-01T00:00:00Z"), _run("build-2", "True", "2126-01-02T00:00:00Z")),
        rule="condition-false",
    ),
    "a-backup-in-part": Case(
        "backups.velero.io nightly-1", (_backup("nightly-1", "PartiallyFailed", failureReason="one volume"),),
        (_backup("nightly-1", "Completed"),), rule="condition-false",
    ),
    "kafka-not-ready": Case(
        "kafkas.kafka.strimzi.io events", (_kafka(_told("NotReady", "True", "TimeoutException", "no broker")),),
        (_kafka(_told("NotReady", "True"), annotations={"strimzi.io/pause-reconciliation": "true"}, name="held"),
         _kafka(_told("Ready", "True"), name="well")), rule="condition-false",
    ),
    "storage-in-error": Case(
        "cephclusters.ceph.rook.io disks", (_storage("HEALTH_ERR"),), (_storage("HEALTH_WARN"),),
        rule="condition-false",
    ),
}  # fmt: skip

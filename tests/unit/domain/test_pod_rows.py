"""How well a pod is called: its containers count, and that it is called ready where its containers are."""

import json
from typing import Any

import pytest

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.shapes.pods import PODS

OLD = "2025-01-01T00:00:00Z"


def health(*conditions: tuple[str, str], gates: int = 0) -> Health:
    told = [{"type": kind, "status": status, "lastTransitionTime": OLD} for kind, status in conditions]
    running: dict[str, Any] = {"ready": True, "restartCount": 0, "state": {"running": {"startedAt": OLD}}}
    spec = {"containers": [{"name": "app", "image": "web:1"}], "readinessGates": [{"conditionType": "open"}] * gates}
    status = {"phase": "Running", "conditions": told, "containerStatuses": [running]}
    metadata = {"name": "web", "namespace": "shop", "uid": "1", "creationTimestamp": OLD}
    return PODS.decode(json.dumps({"metadata": metadata, "spec": spec, "status": status}).encode()).health


@pytest.mark.parametrize(
    "conditions", [(), (("Ready", "True"),), (("Ready", "True"), ("DisruptionTarget", "False"))],
    ids=["says nothing", "ready", "beside another"],
)  # fmt: skip
def test_a_pod_whose_containers_run_is_well(conditions: tuple[tuple[str, str], ...]) -> None:
    assert health(*conditions) is Health.OK


@pytest.mark.parametrize("status", ["False", "Unknown"])
def test_a_pod_whose_node_is_lost_is_not_well_though_its_containers_were(status: str) -> None:
    assert health(("ContainersReady", "True"), ("Ready", status)) > Health.OK


def test_a_pod_with_a_readiness_gate_is_well_once_it_is_called_ready() -> None:
    assert health(("Ready", "True"), gates=1) is Health.OK
    assert health(gates=1) > Health.OK

from typing import Any

import pytest

from kubegenie_tui.domain.custom.pausing import is_paused, pause_of, pause_patch
from kubegenie_tui.domain.custom.reconciling import reconcile_state
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.kind import Kind

GEARS = Kind("parts.example", "v1", "gears", "Gear")
FLUX = Kind("kustomize.toolkit.fluxcd.io", "v1", "kustomizations", "Kustomization")
VICTORIA = Kind("operator.victoriametrics.com", "v1beta1", "vmclusters", "VMCluster")
MARIADB = Kind("k8s.mariadb.com", "v1alpha1", "mariadbs", "MariaDB")
AGENTS = Kind("monitoring.coreos.com", "v1alpha1", "prometheusagents", "PrometheusAgent")
CLUSTER = Kind("cluster.x-k8s.io", "v1beta2", "clusters", "Cluster")
MACHINES = Kind("cluster.x-k8s.io", "v1beta2", "machines", "Machine")
BUCKETS = Kind("s3.aws.upbound.io", "v1", "buckets", "Bucket", categories=("crossplane", "managed"))


def condition(type_: str, status: str, reason: str = "", message: str = "", **more: Any) -> dict[str, Any]:
    return {"type": type_, "status": status, "reason": reason, "message": message, **more}


def thing(*conditions: dict[str, Any], generation: int = 1, **status: Any) -> dict[str, Any]:
    return {"metadata": {"generation": generation}, "status": {"conditions": list(conditions), **status}}


UP = condition("Ready", "True")


@pytest.mark.parametrize(
    ("manifest", "health", "words"),
    [
        (thing(condition("Ready", "True")), Health.OK, "Ready is True"),
        (thing(condition("Ready", "False", "Failed", "no")), Health.BAD, "Ready is False: no"),
        (thing(condition("Ready", "False", "Creating")), Health.PROGRESSING, "Ready is False: Creating"),
        (thing(condition("Ready", "Unknown", "New")), Health.PROGRESSING, "Ready is Unknown: New"),
        (
            thing(condition("Ready", "True"), condition("Synced", "False", "ReconcileError", "denied")),
            Health.BAD,
            "Synced is False: denied",
        ),
        (thing(UP, condition("Stalled", "True", "", "stuck")), Health.BAD, "Stalled is True: stuck"),
        (thing(UP, condition("Reconciling", "True", "Busy")), Health.PROGRESSING, "Reconciling is True: Busy"),
        (thing(condition("Drained", "False")), Health.UNKNOWN, "its operator tells nothing of it"),
        (thing(phase="Failed"), Health.BAD, "Failed"),
        (thing(health={"status": "Progressing"}), Health.PROGRESSING, "Progressing"),
        ({}, Health.UNKNOWN, "its operator tells nothing of it"),
    ],
)  # fmt: skip
def test_the_worst_of_it(manifest: dict[str, Any], health: Health, words: str) -> None:
    state = reconcile_state(GEARS, manifest)
    assert (state.health, state.words) == (health, words)
    assert state.ready is (health in (Health.OK, Health.UNKNOWN))


@pytest.mark.parametrize(
    ("manifest", "health", "words"),
    [
        # KEDA: what scales nothing just now is well
        (thing(UP, condition("Active", "False", "ScalerNotActive")), Health.OK, "Ready is True"),
        # OLM and Argo Rollouts: progress that has arrived
        (
            thing(condition("Installed", "True"), condition("Progressing", "True", "Succeeded")),
            Health.OK,
            "Installed is True",
        ),
        (
            thing(condition("Available", "True"), condition("Progressing", "True", "NewReplicaSetAvailable")),
            Health.OK,
            "Available is True",
        ),
        (
            thing(condition("Available", "True"), condition("Progressing", "True", "ReplicaSetUpdated")),
            Health.PROGRESSING,
            "Progressing is True: ReplicaSetUpdated",
        ),
        # Strimzi
        (thing(condition("NotReady", "True", "Fault", "no listener")), Health.BAD, "NotReady is True: no listener"),
        # Argo CD: conditions without a status; health in a word, with why
        (thing(condition("ComparisonError", "", "", "no repo")), Health.BAD, "ComparisonError: no repo"),
        (thing(health={"status": "Degraded", "message": "no pods"}), Health.BAD, "Degraded: no pods"),
        # Cluster API
        (
            thing(condition("BootstrapReady", "False", "WaitingForControlPlane")),
            Health.PROGRESSING,
            "BootstrapReady is False: WaitingForControlPlane",
        ),
        (thing(UP, condition("BootstrapReady", "False", "Broken")), Health.OK, "Ready is True"),
        (thing(UP, condition("NodeHealthy", "False", "", "no disk")), Health.WARN, "NodeHealthy is False: no disk"),
        (
            thing(condition("Available", "True"), condition("RollingOut", "True", "", "1 of 3")),
            Health.PROGRESSING,
            "RollingOut is True: 1 of 3",
        ),
        # Gateway API: a route by what each parent says of it
        (
            {"status": {"parents": [{"conditions": [condition("Accepted", "False", "NotAllowed", "no listener")]}]}},
            Health.BAD,
            "Accepted is False: no listener",
        ),
        # Velero, Rook, Elastic
        (thing(phase="PartiallyFailed"), Health.BAD, "PartiallyFailed"),
        (thing(ceph={"health": "HEALTH_ERR"}), Health.BAD, "HEALTH_ERR"),
        (thing(condition("Succeeded", "False", "Cancelled", "stopped")), Health.IDLE, "Succeeded is False: stopped"),
    ],
)
def test_the_words_of_well_known_operators(manifest: dict[str, Any], health: Health, words: str) -> None:
    state = reconcile_state(GEARS, manifest)
    assert (state.health, state.words) == (health, words)
    assert state.ready is (health in (Health.OK, Health.IDLE))


def test_a_change_that_was_not_seen_yet() -> None:
    late = reconcile_state(GEARS, thing(condition("Ready", "True", observedGeneration=2), generation=3))
    assert late.behind
    assert (late.health, late.words) == (Health.PROGRESSING, "change 3 is not seen yet, 2 was")
    assert not reconcile_state(GEARS, thing(generation=3, observedGeneration=3)).behind
    assert reconcile_state(GEARS, thing(generation=3)).observed is None


def test_what_is_paused_is_not_waited_for() -> None:
    state = reconcile_state(FLUX, {"spec": {"suspend": True}, **thing(condition("Ready", "True"))})
    assert (state.health, state.words, state.ready) == (Health.PAUSED, "paused; Ready is True", True)


@pytest.mark.parametrize(
    ("kind", "patch", "back"),
    [
        (FLUX, {"spec": {"suspend": True}}, {"spec": {"suspend": False}}),
        (CLUSTER, {"spec": {"paused": True}}, {"spec": {"paused": False}}),
        (VICTORIA, {"spec": {"paused": True}}, {"spec": {"paused": False}}),
        (MARIADB, {"spec": {"suspend": True}}, {"spec": {"suspend": False}}),
        (AGENTS, {"spec": {"paused": True}}, {"spec": {"paused": False}}),
        (
            MACHINES,
            {"metadata": {"annotations": {"cluster.x-k8s.io/paused": "true"}}},
            {"metadata": {"annotations": {"cluster.x-k8s.io/paused": None}}},
        ),
        (
            BUCKETS,
            {"metadata": {"annotations": {"crossplane.io/paused": "true"}}},
            {"metadata": {"annotations": {"crossplane.io/paused": None}}},
        ),
    ],
)
def test_how_each_is_paused(kind: Kind, patch: dict[str, Any], back: dict[str, Any]) -> None:
    pause = pause_of(kind)
    assert pause is not None
    assert pause_patch(pause, paused=True) == patch
    assert pause_patch(pause, paused=False) == back
    assert is_paused(patch, pause)
    assert not is_paused({}, pause)


def test_cluster_api_asks_only_whether_the_annotation_is_there() -> None:
    pause = pause_of(MACHINES)
    assert pause is not None
    assert is_paused({"metadata": {"annotations": {"cluster.x-k8s.io/paused": ""}}}, pause)


@pytest.mark.parametrize(
    "kind",
    [
        GEARS,
        Kind("apps", "v1", "deployments", "Deployment"),
        Kind("cert-manager.io", "v1", "certificates", "Certificate"),
        Kind("s3.aws.upbound.io", "v1", "things", "ProviderConfig"),
    ],
)  # fmt: skip
def test_kinds_that_cannot_be(kind: Kind) -> None:
    assert pause_of(kind) is None

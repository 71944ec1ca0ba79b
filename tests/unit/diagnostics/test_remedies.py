"""Faults that an operation ends for certain, and the near misses that are left to a person."""

from typing import Any

import pytest

from kubegenie_tui.diagnostics.diagnose import diagnose
from kubegenie_tui.diagnostics.snapshot import Snapshot
from kubegenie_tui.domain.finding import Remedy
from tests.unit.diagnostics.scene import Object, Scene, container, crashed, named, owned, service_of

REVISION = "deployment.kubernetes.io/revision"


def replica_set(deployment: Object, revision: int, ready: int) -> Object:
    made = named(f"web-{revision}", "ReplicaSet", metadata={"annotations": {REVISION: str(revision)}})
    return owned({**made, "status": {"readyReplicas": ready}}, deployment)


def rollout(*ready: int, fails: int = -1, ended: str = "Error", **spec: Any) -> Snapshot:
    """A deployment with ready pods by revision, oldest first, and a crashing pod of one revision."""
    template = {"spec": {"containers": [container()]}}
    deployment = named("web", "Deployment", spec={"replicas": 3, "template": template, **spec})
    sets = [replica_set(deployment, number, count) for number, count in enumerate(ready, 1)]
    pod = named("web-x", "Pod", spec=template["spec"], status={"containerStatuses": [crashed(1, ended)]})
    owned(pod, sets[fails])
    return Snapshot({"deployments.apps": [deployment], "replicasets.apps": sets, "pods": [pod]})


def remedies(snapshot: Snapshot) -> list[Remedy]:
    return [finding.remedy for finding in diagnose(snapshot).findings if finding.remedy is not None]


def test_a_release_that_fails_while_the_one_before_serves_is_rolled_back() -> None:
    [remedy] = remedies(rollout(0, 2, 0))
    assert (remedy.operation, remedy.ref.name, remedy.given) == ("rollback", "web", {"revision": "2"})


@pytest.mark.parametrize(
    "snapshot",
    [
        rollout(0),
        rollout(0, 0),
        rollout(2, 1),
        rollout(2, 0, fails=0),
    ],
    ids=["the first release", "nothing serves", "the newest serves too", "an old pod crashes"],
)
def test_where_going_back_would_not_surely_help_nothing_is_offered(snapshot: Snapshot) -> None:
    assert remedies(snapshot) == []


def test_a_paused_rollout_is_resumed_and_not_rolled_back() -> None:
    assert [remedy.operation for remedy in remedies(rollout(2, 0, paused=True))] == ["resume"]


def cron_job(failed: int, **spec: Any) -> Snapshot:
    made = named("backup", "CronJob", spec={"jobTemplate": {"spec": {"template": {"spec": {}}}}, **spec})
    condition = {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "as often as allowed"}
    jobs = [owned(named(f"backup-{n}", "Job", status={"conditions": [condition]}), made) for n in range(failed)]
    return Snapshot({"cronjobs.batch": [made], "jobs.batch": jobs, "pods": []})


def test_a_cron_job_whose_jobs_fail_one_after_the_other_can_be_held() -> None:
    [remedy] = remedies(cron_job(2))
    assert (remedy.operation, remedy.ref.kind, remedy.ref.name) == ("suspend", "cronjobs.batch", "backup")


def test_one_failed_job_or_a_cron_job_that_is_held_already_is_left_alone() -> None:
    assert remedies(cron_job(1)) == []
    assert remedies(cron_job(3, suspend=True)) == []


def test_how_much_memory_is_enough_is_left_to_a_person() -> None:
    [finding] = diagnose(rollout(0, ended="OOMKilled")).findings
    assert finding.remedy is None
    assert "say to how much: set memory limit of web to …" in finding.next_steps[0]


def crowded(*scalers: Object, ready: int = 2, updated: int = 3) -> Snapshot:
    """A deployment of which one pod finds no room."""
    template = {"spec": {"containers": [container(resources={"requests": {"cpu": "4"}})]}}
    status = {"replicas": 3, "updatedReplicas": updated, "readyReplicas": ready}
    deployment = named("web", "Deployment", spec={"replicas": 3, "template": template}, status=status)
    pods_of = owned(named("web-1", "ReplicaSet"), deployment)
    said = {"type": "PodScheduled", "status": "False", "message": "0/2 nodes are available: 2 Insufficient cpu."}
    pod = named("web-x", "Pod", spec=template["spec"], status={"phase": "Pending", "conditions": [said]})
    return Snapshot(
        {
            "deployments.apps": [deployment],
            "replicasets.apps": [pods_of],
            "pods": [owned(pod, pods_of)],
            "horizontalpodautoscalers.autoscaling": scalers,
        }
    )


def test_replicas_that_find_no_room_can_be_given_up() -> None:
    [remedy] = remedies(crowded())
    assert (remedy.operation, remedy.ref.name, remedy.given) == ("scale", "web", {"replicas": "2"})


def test_while_nothing_runs_or_a_rollout_or_an_autoscaler_is_at_work_replicas_stay() -> None:
    scaler = named("web", "HorizontalPodAutoscaler", spec={"scaleTargetRef": {"kind": "Deployment", "name": "web"}})
    for snapshot in (crowded(ready=0), crowded(updated=1), crowded(scaler)):
        assert [remedy for remedy in remedies(snapshot) if remedy.operation == "scale"] == []


def served(made: Object, **port: Any) -> Snapshot:
    return (
        Scene(spec={"containers": [container(ports=[{"containerPort": 8080, **port}])]})
        .add("services", made)
        .snapshot()
    )


def needing(address: str, value: str) -> Snapshot:
    """A program whose variable names a host that is not there; a service like it is."""
    spec = {"containers": [container(env=[{"name": "REDIS_URL", "value": value}])]}
    scene = Scene(state=crashed(1), spec=spec).add("services", service_of("redis-cache", 6379))
    return scene.log(f"dial tcp: lookup {address}: no such host").snapshot()


def test_a_misspelt_selector_is_patched() -> None:
    [remedy] = remedies(served(service_of("web", 80, 8080, app="wbe")))
    assert (remedy.operation, remedy.patch) == ("patch", {"spec": {"selector": {"app": "web"}}})


def test_a_misspelt_key_of_a_selector_goes_away() -> None:
    [remedy] = remedies(served(service_of("web", 80, 8080, ap="web")))
    assert remedy.patch == {"spec": {"selector": {"ap": None, "app": "web"}}}


def test_a_port_that_pods_do_not_have_becomes_the_one_they_have() -> None:
    [remedy] = remedies(served(service_of("web", 80, 9090)))
    assert remedy.patch == {"spec": {"ports": [{"port": 80, "targetPort": 8080}]}}


def test_the_host_in_a_variable_becomes_the_service_that_is_there() -> None:
    found = remedies(needing("redis-cahce", "redis://redis-cahce:6379/0"))
    assert [(each.operation, each.given["pairs"]) for each in found] == [
        ("env", "REDIS_URL=redis://redis-cache:6379/0 container=app")
    ]


def test_a_host_that_no_variable_names_is_left_to_a_person() -> None:
    assert remedies(needing("redis-cahce", "redis://elsewhere:6379/0")) == []

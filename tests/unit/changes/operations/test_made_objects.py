"""Operations that make something: Jobs, Services, autoscalers, containers, and the state of an earlier revision."""

from typing import Any

import pytest

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.plan import PatchType, Verb
from tests.ui.played_cluster import PlayedCluster
from tests.unit.changes.operations.wishes import plan_of, pod, target, workload

POD_SPEC = {"containers": [{"name": "dump", "image": "pg:1"}], "restartPolicy": "Never"}
CRON_JOB = target(
    "cronjobs",
    "backup",
    spec={
        "jobTemplate": {
            "metadata": {"labels": {"app": "backup"}},
            "spec": {"backoffLimit": 2, "template": {"spec": POD_SPEC}},
        }
    },
)


def job(name: str = "load", **status: Any) -> Any:
    labels = {"app": "load", "batch.kubernetes.io/job-name": name, "controller-uid": "1"}
    spec = {
        "selector": {"matchLabels": {"controller-uid": "1"}},
        "template": {"metadata": {"labels": labels}, "spec": POD_SPEC},
    }
    return target("jobs", name, metadata={"labels": labels}, spec=spec, status=status)


async def test_a_cron_job_runs_now_as_kubectl_would_make_it() -> None:
    (step,) = (await plan_of("trigger", [CRON_JOB])).steps
    metadata = step.body["metadata"]
    assert (step.verb, str(step.ref)) == (Verb.CREATE, "jobs.batch shop/backup-manual-ab12")
    assert metadata["annotations"] == {"cronjob.kubernetes.io/instantiate": "manual"}
    assert metadata["ownerReferences"] == [
        {"apiVersion": "batch/v1", "kind": "CronJob", "name": "backup", "uid": "uid-backup"}
    ]
    assert step.body["spec"] == {"backoffLimit": 2, "template": {"spec": POD_SPEC}}


async def test_a_job_runs_again_under_another_name() -> None:
    failed = job("a" * 63, conditions=[{"type": "Failed", "status": "True"}])
    (step,) = (await plan_of("retry", [failed])).steps
    assert len(step.ref.name) == 63
    assert step.ref.name.endswith("-retry-ab12")
    assert step.body["spec"] == {"template": {"metadata": {"labels": {"app": "load"}}, "spec": POD_SPEC}}
    assert step.body["metadata"]["labels"] == {"app": "load"}
    with pytest.raises(UsageError, match="job shop/load has not ended"):
        await plan_of("retry", [job(active=1)])


async def test_a_service_leads_to_the_pods_of_a_workload() -> None:
    plan = await plan_of("expose", [workload()])
    (step,) = plan.steps
    assert plan.title == "Expose deployment shop/web as service web on port 80"
    assert step.body["spec"] == {
        "selector": {"app": "web"},
        "ports": [{"port": 80, "targetPort": 80, "protocol": "TCP"}],
        "type": "ClusterIP",
    }
    (step,) = (await plan_of("expose 8080 --target-port=http --name=front --type=NodePort", [workload()])).steps
    assert (step.ref.name, step.body["spec"]["ports"][0]["targetPort"]) == ("front", "http")
    (step,) = (await plan_of("expose 80", [pod()])).steps
    assert step.body["spec"]["selector"] == {"app": "web"}


async def test_what_no_service_can_select_is_told() -> None:
    by_expression = workload(selector={"matchExpressions": [{"key": "app", "operator": "Exists"}]})
    with pytest.raises(UsageError, match="selects by expressions"):
        await plan_of("expose 80", [by_expression])
    with pytest.raises(UsageError, match="has no labels"):
        await plan_of("expose 80", [pod(metadata={"labels": {}})])


async def test_a_service_does_not_select_by_where_a_pod_happens_to_be() -> None:
    zone = {"topology.kubernetes.io/zone": "a", "topology.kubernetes.io/region": "eu"}
    (step,) = (await plan_of("expose 80", [pod(metadata={"labels": {"app": "web", **zone}})])).steps
    assert step.body["spec"]["selector"] == {"app": "web"}
    with pytest.raises(UsageError, match="no labels"):
        await plan_of("expose 80", [pod(metadata={"labels": zone})])


async def test_an_autoscaler_between_two_bounds() -> None:
    (step,) = (await plan_of("autoscale 2 6 70", [workload()])).steps
    spec = step.body["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"]) == (2, 6)
    assert spec["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    assert spec["metrics"][0]["resource"]["target"]["averageUtilization"] == 70
    with pytest.raises(UsageError, match="At most 1 is less than at least 2"):
        await plan_of("autoscale 2 1", [workload()])


async def test_a_debug_container_stands_beside_the_first_one() -> None:
    (step,) = (await plan_of("debug", [pod()])).steps
    (container,) = step.body["spec"]["ephemeralContainers"]
    assert (step.patch, step.subresource) == (PatchType.STRATEGIC, "ephemeralcontainers")
    assert (container["name"], container["image"], container["targetContainerName"]) == (
        "debug-ab12",
        "busybox:1.37",
        "app",
    )
    with pytest.raises(UsageError, match="has ended"):
        await plan_of("debug", [pod(phase="Succeeded")])


def replica_set(revision: int, image: str, owner: str = "uid-web") -> dict[str, Any]:
    template = {
        "metadata": {"labels": {"app": "web", "pod-template-hash": f"h{revision}"}},
        "spec": {"containers": [{"name": "app", "image": image}]},
    }
    return {
        "metadata": {
            "name": f"web-{revision}",
            "annotations": {"deployment.kubernetes.io/revision": str(revision)},
            "ownerReferences": [{"uid": owner}],
            "creationTimestamp": "2025-11-25T12:40:00Z",
        },
        "spec": {"template": template},
    }


def rolled_out(**spec: Any) -> Any:
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "app", "image": "web:3"}]}}
    return workload(template=template, **spec)


def kept() -> PlayedCluster:
    cluster = PlayedCluster()
    cluster.lists["replicasets.apps"] = [
        replica_set(1, "web:1"),
        replica_set(3, "web:3"),
        replica_set(2, "web:2"),
        replica_set(9, "other:1", owner="uid-other"),
    ]
    return cluster


async def test_a_deployment_goes_back_to_an_earlier_revision() -> None:
    plan = await plan_of("rollback", [rolled_out()], kept())
    assert plan.title == "Roll deployment shop/web back to revision 2"
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "app", "image": "web:2"}]}}
    assert plan.steps[0].body == {"spec": {"template": {"$patch": "replace", **template}}}
    assert (await plan_of("rollback 1", [rolled_out()], kept())).title.endswith("revision 1")
    with pytest.raises(UsageError, match='Back to: there is no "3" · choose from 2: web:2'):
        await plan_of("rollback 3", [rolled_out()], kept())
    with pytest.raises(UsageError, match="is paused"):
        await plan_of("rollback 1", [rolled_out(paused=True)], kept())
    with pytest.raises(UsageError, match="has no earlier revision"):
        await plan_of("rollback", [rolled_out()], PlayedCluster())


async def test_a_stateful_set_goes_back_by_its_controller_revisions() -> None:
    old = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "app", "image": "web:1"}]}}
    cluster = PlayedCluster()
    cluster.lists["controllerrevisions.apps"] = [
        {
            "metadata": {"name": "web-a", "ownerReferences": [{"uid": "uid-web"}]},
            "revision": 1,
            "data": {"spec": {"template": {"$patch": "replace", **old}}},
        }
    ]
    (step,) = (await plan_of("rollback 1", [workload("statefulsets")], cluster)).steps
    assert step.body == {"spec": {"template": {"$patch": "replace", **old}}}

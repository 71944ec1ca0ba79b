"""What somebody's setting holds back or takes away: a project that refuses, a run that replaces, a paused rollout."""

from typing import Any

import pytest

from kubegenie_tui.diagnostics.app_projects import APPLICATIONS, PROJECTS
from kubegenie_tui.diagnostics.schedules import CRON_JOBS
from kubegenie_tui.domain.finding import Severity
from tests.unit.diagnostics.cases import Fault, NearMiss, check_fault, check_near_miss
from tests.unit.diagnostics.scene import RUNNING, Object, Scene, container, crashed, named, owned, service_of

SERVER = "https://kubernetes.default.svc"
DESTINATION = (
    "application destination server '{server}' and namespace '{space}' do not match any of the allowed destinations"
    " in project 'shop'"
)
SOURCE = "application repo https://git.example.com/web is not permitted in project 'shop'"


def refused(said: str, space: str = "shop", allowed: str = "staging", project: str = "shop") -> Scene:
    condition = {"type": "InvalidSpecError", "status": "", "message": said}
    spec = {"destination": {"server": SERVER, "namespace": space}, "source": {"repoURL": "https://git.example.com/web"}}
    application = named("web", "Application", spec=spec, status={"conditions": [condition]})
    allows = {
        "destinations": [{"server": SERVER, "namespace": allowed}],
        "sourceRepos": ["https://git.example.com/api"],
    }
    return Scene().add(APPLICATIONS, application).add(PROJECTS, named(project, "AppProject", "argocd", spec=allows))


def elsewhere(space: str, allowed: str = "staging", project: str = "shop") -> Scene:
    return refused(DESTINATION.format(server=SERVER, space=space), space, allowed, project)


def replacing(
    made: str = "2025-11-25T19:40:00Z", schedule: str = "* * * * *", policy: str = "Replace", **status: Any
) -> Scene:
    told = {"active": [{"name": "export-1"}], "lastScheduleTime": "2025-11-25T19:46:00Z"} | status
    spec = {"schedule": schedule, "concurrencyPolicy": policy}
    item = named("export", "CronJob", metadata={"creationTimestamp": made}, spec=spec, status=told)
    return Scene().add(CRON_JOBS, item).add("jobs.batch", owned(named("export-1", "Job", status={}), item))


def failing(scene: Scene) -> Scene:
    [job] = scene.objects["jobs.batch"]
    job["status"] = {"conditions": [{"type": "Failed", "status": "True"}]}
    return scene


def paused(*services: Object, state: Object = RUNNING) -> Scene:
    """A well deployment whose newest template no pod has yet."""
    scene = Scene(state=state)
    template = {"metadata": {"labels": {"app": "web", "version": "2"}}, "spec": {"containers": [container()]}}
    scene.deployment["spec"] |= {"paused": True, "template": template}
    scene.deployment["status"] = {"readyReplicas": 1, "replicas": 1}
    return scene.add("services", *services)


def calling(scene: Scene) -> Scene:
    """Beside it a workload that crashes, for nobody answers it."""
    caller = Scene(state=crashed(1), spec={"containers": [container(env=[{"name": "URL", "value": "http://web:80"}])]})
    for kind in ("deployments.apps", "replicasets.apps", "pods"):
        for item in caller.objects[kind]:
            was, item["metadata"]["uid"] = item["metadata"]["uid"], f"caller/{item['metadata']['uid']}"
            item["metadata"]["name"] = item["metadata"]["name"].replace("web", "front")
            item["metadata"]["labels"] = {"app": "front"}
            for reference in item["metadata"].get("ownerReferences", ()):
                reference["uid"] = f"caller/{reference['uid']}"
            assert was
        scene.add(kind, *caller.objects[kind])
    scene.logs["shop", "front-5d4-abcde", "app"] = ["dial tcp web:80: connect: connection refused"]
    return scene


NEW = service_of("web", app="web", version="2")
FAULTS: tuple[Fault, ...] = (
    (lambda: elsewhere("shop"), "condition-false", f"{PROJECTS} shop", "do not match any"),
    (lambda: refused(SOURCE), "condition-false", f"{PROJECTS} shop", "not permitted"),
    (lambda: elsewhere("stagin"), "condition-false", f"{APPLICATIONS} web", "do not match any"),
    (lambda: elsewhere("shop", project="other"), "condition-false", f"{APPLICATIONS} web", "do not match any"),
    (replacing, "cronjob-replaces", f"{CRON_JOBS} export", "every minute"),
    (lambda: replacing(schedule="*/2 * * * *"), "cronjob-replaces", f"{CRON_JOBS} export", "every 2 minutes"),
    (lambda: paused(NEW), "rollout-paused", "deployments.apps web", "service web selects those alone"),
)
NEAR_MISSES: tuple[NearMiss, ...] = (
    (lambda: replacing(made="2025-11-25T19:45:30Z"), "cronjob-replaces"),
    (lambda: replacing(schedule="*/5 * * * *", made="2025-11-25T19:44:00Z"), "cronjob-replaces"),
    (lambda: replacing(schedule="0 3 * * *"), "cronjob-replaces"),
    (lambda: replacing(policy="Allow"), "cronjob-replaces"),
    (lambda: replacing(lastSuccessfulTime="2025-11-25T19:43:00Z"), "cronjob-replaces"),
    (lambda: replacing(active=[]), "cronjob-replaces"),
    (lambda: failing(replacing()), "cronjob-replaces"),
)


@pytest.mark.parametrize(("scene", "rule", "root", "words"), FAULTS)
def test_the_fault_is_found_at_its_root(scene: Any, rule: str, root: str, words: str) -> None:
    check_fault(scene(), rule, root, words)


@pytest.mark.parametrize(("scene", "rule"), NEAR_MISSES)
def test_what_is_well_is_left_alone(scene: Any, rule: str) -> None:
    check_near_miss(scene(), rule)


def test_what_is_to_be_changed_is_named() -> None:
    fields = {elsewhere(space).findings()[0].field for space in ("shop", "stagin")}
    assert fields == {"spec.destinations", "spec.destination.namespace"}
    assert refused(SOURCE).findings()[0].field == "spec.sourceRepos"


def test_a_paused_rollout_that_nothing_waits_for_is_worth_a_notice() -> None:
    [found] = paused(service_of("web", app="web")).findings()
    assert found.severity is Severity.NOTICE
    [found] = paused(NEW).findings()
    assert found.severity is Severity.WARNING
    assert found.remedy is not None


def test_who_calls_a_service_that_waits_for_a_paused_rollout_suffers_from_it() -> None:
    [found] = calling(paused(NEW)).findings()
    assert (found.rule, found.root.name) == ("rollout-paused", "web")
    assert "deployments.apps front" in {f"{ref.kind} {ref.name}" for ref in found.affected}


def test_of_two_budgets_the_wider_one_is_to_be_changed() -> None:
    def budget(name: str, labels: dict[str, str], made: str) -> Object:
        spec = {"selector": {"matchLabels": labels}}
        status = {"expectedPods": 1, "disruptionsAllowed": 1}
        return named(name, "PodDisruptionBudget", metadata={"creationTimestamp": made}, spec=spec, status=status)

    both = (
        budget("all", {"app": "web"}, "2025-11-25T18:00:00Z"),
        budget("one", {"app": "web", "part": "api"}, "2025-11-25T19:00:00Z"),
    )
    scene = Scene(template_labels={"app": "web", "part": "api"})
    scene.add("pods", named("lone", "Pod", metadata={"labels": {"app": "web"}}, status=scene.pod["status"]))
    [found] = scene.add("poddisruptionbudgets.policy", *both).findings()
    assert (found.rule, found.root.name) == ("budgets-overlap", "all")

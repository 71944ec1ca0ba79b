"""Operations on what runs pods: each typed line, and the very requests that its plan would make."""

from typing import Any

import pytest

from kubegenie_tui.changes.operations.target import Target
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.plan import PatchType, Verb
from tests.unit.changes.operations.wishes import plan_of, pod, target, without_subresource, workload

CRON_JOB = target(
    "cronjobs",
    "backup",
    spec={"jobTemplate": {"spec": {"template": {"spec": {"containers": [{"name": "dump", "image": "pg:1"}]}}}}},
)


def of_template(group: str, *containers: Any) -> Any:
    return {"spec": {"template": {"spec": {group: list(containers)}}}}


MERGED = [
    ("scale 5", workload(), "Scale deployment shop/web from 3 to 5", "scale", {"spec": {"replicas": 5}}),
    ("scale 0", workload("statefulsets"), "Scale statefulset shop/web from 3 to 0", "scale", {"spec": {"replicas": 0}}),
    (
        "restart",
        workload("daemonsets"),
        "Restart daemonset shop/web",
        "",
        {
            "spec": {
                "template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "2025-11-25T19:46:40Z"}}}
            }
        },
    ),
    ("pause", workload(), "Pause the rollout of deployment shop/web", "", {"spec": {"paused": True}}),
    ("resume", workload(paused=True), "Resume the rollout of deployment shop/web", "", {"spec": {"paused": False}}),
    ("suspend", CRON_JOB, "Suspend cronjob shop/backup", "", {"spec": {"suspend": True}}),
    (
        "unsuspend",
        target("jobs", "load", spec={"suspend": True}),
        "Resume job shop/load",
        "",
        {"spec": {"suspend": False}},
    ),
    (
        "label tier=front team-",
        workload(),
        "Label deployment shop/web with tier=front team-",
        "",
        {"metadata": {"labels": {"tier": "front", "team": None}}},
    ),
    (
        'annotate example.com/note="by hand" old-',
        workload(),
        "Annotate deployment shop/web: example.com/note, old",
        "",
        {"metadata": {"annotations": {"example.com/note": "by hand", "old": None}}},
    ),
]


@pytest.mark.parametrize(("line", "chosen", "title", "subresource", "body"), MERGED, ids=lambda each: str(each)[:24])
async def test_a_change_in_part(line: str, chosen: Target, title: str, subresource: str, body: Any) -> None:
    plan = await plan_of(line, [chosen])
    (step,) = plan.steps
    assert (plan.title, plan.cluster, plan.asked_by) == (title, "prod-eu", "person")
    assert (step.verb, step.patch, step.subresource, step.body) == (Verb.PATCH, PatchType.MERGE, subresource, body)
    assert step.ref == chosen.ref


RESOURCES = {"requests": {"cpu": "250m"}, "limits": {"memory": "1Gi"}}
PATCHED = [
    ("image app=web:2", workload(), of_template("containers", {"name": "app", "image": "web:2"}), ""),
    ("image migrate=m:2", workload(), of_template("initContainers", {"name": "migrate", "image": "m:2"}), ""),
    ("image web:2", pod(), {"spec": {"containers": [{"name": "app", "image": "web:2"}]}}, ""),
    (
        "image dump=pg:2",
        CRON_JOB,
        {"spec": {"jobTemplate": of_template("containers", {"name": "dump", "image": "pg:2"})}},
        "",
    ),
    (
        "resources --cpu-request=250m --memory-limit=1Gi --container=app",
        workload(),
        of_template("containers", {"name": "app", "resources": RESOURCES}),
        "",
    ),
    (
        "resources 250m --memory-limit=1Gi",
        pod(),
        {"spec": {"containers": [{"name": "app", "resources": RESOURCES}]}},
        "resize",
    ),
    (
        'env LOG=debug "MOTTO=two words" container=app',
        workload(),
        of_template(
            "containers",
            {"name": "app", "env": [{"name": "LOG", "value": "debug"}, {"name": "MOTTO", "value": "two words"}]},
        ),
        "",
    ),
    (
        "resources --cpu-request=none",
        workload(),
        of_template("containers", {"name": "app", "resources": {"requests": {"cpu": None}}}),
        "",
    ),
]


@pytest.mark.parametrize(("line", "chosen", "body", "subresource"), PATCHED, ids=lambda each: str(each)[:24])
async def test_a_change_of_containers(line: str, chosen: Target, body: Any, subresource: str) -> None:
    (step,) = (await plan_of(line, [chosen])).steps
    assert (step.verb, step.patch, step.subresource, step.body) == (Verb.PATCH, PatchType.STRATEGIC, subresource, body)


SENSELESS = [
    ("scale 3", pod(), "A Pod cannot do that: scale"),
    ("scale 3", workload("daemonsets"), "A DaemonSet cannot do that"),
    ("scale three", workload(), "Replicas takes a whole number"),
    ("scale -- -1", workload(), "scale has no --"),
    ("scale 1 2", workload(), 'scale does not take "2"'),
    ("restart", workload(paused=True), "deployment shop/web is paused"),
    ("pause", workload(paused=True), "there is nothing to do"),
    ("image side=web:2", workload(), 'deployment shop/web has no container "side" · it has app'),
    ("image web,2", workload(), '"web,2" is no image · write it as in a manifest: repository:tag'),
    ("image --side=web:2", workload(), "image has no --side"),
    ("scale 3", workload(), "there are 3 replicas already · say another number, such as 4"),
    ("annotate just-words", workload(), "neither key=value nor key-"),
    ("image app=", workload(), "app is needed"),
    ("image app=web:1", workload(), "there is nothing to do"),
    ("resources", without_subresource(pod(), "resize"), "A Pod cannot do that"),
    ("resources --cpu-request=lots", workload(), '"lots" is no quantity'),
    ("env LOG", workload(), '"LOG" is neither NAME=value nor NAME-'),
    ("env 1LOG=a", workload(), '"1LOG" cannot be a variable'),
    ("env LOG=a container=side", workload(), 'deployment shop/web has no container "side" · it has app, proxy'),
    ("env LOG-", workload(), "there is nothing to do"),
    ("env LOG=a", pod(), "A Pod cannot do that: set environment"),
    ("label tier", workload(), '"tier" is neither key=value nor key-'),
    ("label tier=a/b", workload(), "cannot be the value of a label"),
    ("label =a", workload(), '"" cannot be a key'),
    ("delete Sideways", workload(), 'What it owns: there is no "Sideways" · choose from as its kind does, Background'),
    ("pauze", workload(), "did you mean pause"),
]


@pytest.mark.parametrize(("line", "chosen", "said"), SENSELESS, ids=lambda each: str(each)[:24])
async def test_a_wish_without_sense_says_why(line: str, chosen: Target, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        await plan_of(line, [chosen])


async def test_many_are_one_plan_and_what_is_so_already_is_left_out() -> None:
    plan = await plan_of("scale 5", [workload(name=name) for name in ("web", "api", "cart")])
    assert plan.title == "Scale 3 deployments to 5"
    assert [step.ref.name for step in plan.steps] == ["web", "api", "cart"]
    plan = await plan_of("pause", [workload(name="web"), workload(name="api", paused=True)])
    assert [step.ref.name for step in plan.steps] == ["web"]
    with pytest.raises(UsageError, match="One at a time: roll back"):
        await plan_of("rollback 1", [workload(name="web"), workload(name="api")])


async def test_deleting_says_how() -> None:
    plan = await plan_of("delete", [workload()])
    (step,) = plan.steps
    assert (plan.title, step.verb, step.propagation, step.grace) == (
        "Delete deployment shop/web",
        Verb.DELETE,
        "",
        None,
    )
    (step,) = (await plan_of("delete foreground", [workload()])).steps
    assert step.propagation == "Foreground"
    (step,) = (await plan_of("rm --grace=0", [pod()])).steps
    assert step.grace == 0

from typing import Any

import pytest

from kubegenie_tui.changes.impact import impact_of
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Step, StepPreview, Verb
from tests.unit.changes.test_impact import Around, Object, named, said, workload

BARE = {"name": "c", "image": "web:1"}


def quota(scopes: Object | None = None, /, **hard_and_used: str) -> Object:
    """`requests__cpu="4 3"`: 3 of 4 are used."""
    pairs = {name.replace("__", ".").replace("_of_", "/"): text.split() for name, text in hard_and_used.items()}
    hard, used = ({name: pair[at] for name, pair in pairs.items()} for at in (0, 1))
    return named("team", spec=scopes or {}, status={"hard": hard, "used": used})


def change(kind: str, before: Object | None, after: Object | None, **step: Any) -> StepPreview:
    name = (after or before or {})["metadata"]["name"]
    return StepPreview(Step(Verb.APPLY, ObjectRef(kind, name, "shop"), **step), before, after, ())


async def told(around: Around, *steps: StepPreview) -> list[str]:
    return [line for line in said(await impact_of(steps, around)) if "quota" in line or "limit range" in line]


def claim(size: str = "10Gi", storage_class: str = "fast") -> Object:
    return named("data", spec={"storageClassName": storage_class, "resources": {"requests": {"storage": size}}})


def service(kind: str, ports: int = 2, **spec: Any) -> Object:
    return named("web", spec={"type": kind, "ports": [{"port": 80 + each} for each in range(ports)], **spec})


SCALED = change("deployments.apps", workload(3), workload(5))
BY_NODE = "fast.storageclass.storage.k8s.io/requests.storage"


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (quota(pods="10 8"), "OK fits into quota team: pods 8 of 10 used, 10 with this"),
        (quota(pods="10 9"), "BAD quota team has no room: pods 9 of 10 used, 11 with this"),
        (quota(count_of_pods="10 9"), "BAD quota team has no room: count/pods 9 of 10 used, 11 with this"),
        (quota(requests__cpu="4 3"), "OK fits into quota team: requests.cpu 3 of 4 used, 4 with this"),
        (quota(requests__cpu="4 3100m"), "BAD quota team has no room: requests.cpu 3100m of 4 used, 4100m with this"),
        (quota(memory="8Gi 7Gi"), "BAD quota team has no room: memory 7Gi of 8Gi used, 9.0Gi with this"),
        (quota(limits__cpu="1 0"), "BAD quota team refuses the pods of web: limits.cpu has to be told for c"),
    ],
)
async def test_more_pods(held: Object, words: str) -> None:
    assert await told(Around(resourcequotas=[held]), SCALED) == [words]


async def test_what_a_quota_does_not_count_and_what_becomes_less() -> None:
    around = Around(resourcequotas=[quota(services="1 1", requests__cpu="4 4")])
    assert await told(around, change("deployments.apps", workload(3), workload(2))) == []
    assert await told(Around(resourcequotas=[quota(services="1 1")]), SCALED) == []


@pytest.mark.parametrize(
    ("kind", "made", "held", "words"),
    [
        ("configmaps", named("a"), quota(configmaps="5 5"), "configmaps 5 of 5 used, 6 with this"),
        ("secrets", named("a"), quota(count_of_secrets="5 5"), "count/secrets 5 of 5 used, 6 with this"),
        ("gears.a.example", named("a"), quota(**{"count_of_gears.a.example": "1 1"}), "count/gears.a.example 1 of 1"),
        ("services", service("ClusterIP"), quota(services="2 2"), "services 2 of 2 used, 3 with this"),
        ("services", service("LoadBalancer"), quota(services__loadbalancers="0 0"), "services.loadbalancers 0 of 0"),
        ("services", service("LoadBalancer"), quota(services__nodeports="3 2"), "services.nodeports 2 of 3 used, 4"),
        ("services", service("NodePort", 1), quota(services__nodeports="2 2"), "services.nodeports 2 of 2 used, 3"),
        ("persistentvolumeclaims", claim(), quota(persistentvolumeclaims="1 1"), "persistentvolumeclaims 1 of 1"),
        ("persistentvolumeclaims", claim(), quota(requests__storage="15Gi 8Gi"), "8Gi of 15Gi used, 18.0Gi with"),
        ("persistentvolumeclaims", claim(), quota(**{BY_NODE: "15Gi 8Gi"}), f"{BY_NODE} 8Gi of 15Gi used, 18.0Gi with"),
        ("deployments.apps", workload(3), quota(requests__cpu="1 0"), "requests.cpu 0 of 1 used, 1500m with this"),
        ("deployments.apps", workload(3), quota(**{"count_of_replicasets.apps": "1 1"}), "count/replicasets.apps 1"),
        ("jobs.batch", workload(parallelism=4), quota(pods="3 0"), "pods 0 of 3 used, 4 with this"),
        ("jobs.batch", workload(parallelism=4, completions=2), quota(pods="1 0"), "pods 0 of 1 used, 2 with this"),
        ("pods", named("a", spec={"containers": [BARE]}), quota(pods="1 1"), "pods 1 of 1 used, 2 with this"),
    ],
)
async def test_what_is_made(kind: str, made: Object, held: Object, words: str) -> None:
    [line] = await told(Around(resourcequotas=[held]), change(kind, None, made))
    assert line.startswith("BAD quota team has no room: ")
    assert words in line
    roomy = dict.fromkeys(held["status"]["hard"], "1Ti")
    [line] = await told(
        Around(resourcequotas=[named("team", status={**held["status"], "hard": roomy})]), change(kind, None, made)
    )
    assert line.startswith("OK fits into quota team: ")


async def test_a_service_that_needs_no_ports_on_nodes() -> None:
    made = service("LoadBalancer", allocateLoadBalancerNodePorts=False)
    around = Around(resourcequotas=[quota(services__nodeports="0 0")])
    assert await told(around, change("services", None, made)) == []


async def test_what_is_made_counts_together_and_what_goes_makes_room() -> None:
    around = Around(resourcequotas=[quota(configmaps="3 2")])
    one, two = (change("configmaps", None, named(name)) for name in ("a", "b"))
    gone = change("configmaps", named("c"), None)
    assert await told(around, one) == ["OK fits into quota team: configmaps 2 of 3 used, 3 with this"]
    assert await told(around, one, two) == ["BAD quota team has no room: configmaps 2 of 3 used, 4 with this"]
    assert await told(around, gone, one, two) == ["OK fits into quota team: configmaps 2 of 3 used, 3 with this"]


def sized(cpu: str, **spec: Any) -> Object:
    found = workload(4, **spec)
    found["spec"]["template"]["spec"]["containers"] = [{**BARE, "resources": {"requests": {"cpu": cpu}}}]
    return found


async def test_larger_pods_and_those_that_come_before_the_others_go() -> None:
    recreate: Object = {"strategy": {"type": "Recreate"}}
    around = Around(resourcequotas=[quota(requests__cpu="8 4")])
    larger = change("deployments.apps", sized("1", **recreate), sized("2", **recreate))
    assert await told(around, larger) == ["OK fits into quota team: requests.cpu 4 of 8 used, 8 with this"]
    [line] = await told(around, change("deployments.apps", sized("1", **recreate), sized("3", **recreate)))
    assert line == "BAD quota team has no room: requests.cpu 4 of 8 used, 12 with this"
    surge: Object = {"strategy": {"rollingUpdate": {"maxSurge": 1}}}
    fits, ahead = await told(around, change("deployments.apps", sized("1", **surge), sized("2", **surge)))
    assert fits.startswith("WARN quota team has no room for the pods ahead of those they replace: requests.cpu")
    assert fits.endswith("10 then")
    assert ahead.startswith("OK fits")


async def test_claims_of_a_stateful_set_that_are_there_already() -> None:
    templates: Object = {"volumeClaimTemplates": [named("data", spec={"resources": {"requests": {"storage": "5Gi"}}})]}
    before, after = workload(1, **templates), workload(3, **templates)
    held = quota(**{"std.storageclass.storage.k8s.io/requests.storage": "9Gi 5Gi"})
    default = named("std", metadata={"annotations": {"storageclass.kubernetes.io/is-default-class": "true"}})
    around = Around(resourcequotas=[held], storageclasses=[default], persistentvolumeclaims=[named("data-web-0")])
    [line] = await told(around, change("statefulsets.apps", before, after))
    assert line.endswith("requests.storage 5Gi of 9Gi used, 15.0Gi with this")
    there = [named(f"data-web-{each}") for each in range(3)]
    around = Around(resourcequotas=[held], storageclasses=[default], persistentvolumeclaims=there)
    assert await told(around, change("statefulsets.apps", before, after)) == []


def of_class(operator: str, *values: str) -> Object:
    expression = {"scopeName": "PriorityClass", "operator": operator, "values": list(values)}
    return {"scopeSelector": {"matchExpressions": [expression]}}


@pytest.mark.parametrize(
    ("scopes", "is_meant"),
    [
        ({"scopes": ["NotBestEffort"]}, True),
        ({"scopes": ["BestEffort"]}, False),
        ({"scopes": ["NotTerminating"]}, True),
        ({"scopes": ["Terminating", "NotBestEffort"]}, False),
        (of_class("In", "high"), True),
        (of_class("In", "low"), False),
        (of_class("NotIn", "high"), False),
        (of_class("Exists"), True),
        ({"scopes": ["CrossNamespacePodAffinity"]}, False),
    ],
)
async def test_a_quota_for_some_pods_only(scopes: Object, is_meant: bool) -> None:
    before, after = workload(1), workload(2)
    for each in (before, after):
        each["spec"]["template"]["spec"]["priorityClassName"] = "high"
    around = Around(resourcequotas=[quota(scopes, pods="1 1")])
    assert bool(await told(around, change("deployments.apps", before, after))) is is_meant
    assert await told(around, change("configmaps", None, named("a"))) == []


async def test_a_quota_of_which_nothing_is_known() -> None:
    around = Around(resourcequotas=[quota({"scopes": ["Moonlit"]}, pods="1 1")])
    assert await told(around, SCALED) == ["UNKNOWN quota team is for a part of what is there; that is not counted here"]


async def test_pods_of_a_new_daemon_set_are_not_counted_and_said_so() -> None:
    around = Around(resourcequotas=[quota(pods="1 1")])
    [line] = await told(around, change("daemonsets.apps", None, workload(None)))
    assert line == "UNKNOWN quota team: pods of web are not counted, one runs on each node"


def limit_range(kind: str, **item: Object) -> Object:
    return named("sizes", spec={"limits": [{"type": kind, **item}]})


async def test_defaults_of_a_limit_range_count() -> None:
    ranges = [limit_range("Container", default={"cpu": "1"}, defaultRequest={"cpu": "250m"})]
    held = quota(limits__cpu="6 3", requests__cpu="1 1")
    lines = await told(Around(resourcequotas=[held], limitranges=ranges), SCALED)
    assert lines == [
        "BAD quota team has no room: requests.cpu 1 of 1 used, 2 with this",
        "OK fits into quota team: limits.cpu 3 of 6 used, 5 with this",
    ]


@pytest.mark.parametrize(
    ("held", "why"),
    [
        (limit_range("Container", min={"cpu": "1"}), "container c has less cpu than 1"),
        (limit_range("Container", min={"storage": "1"}), "container c requests no storage, at least 1 is asked for"),
        (limit_range("Container", max={"cpu": "2"}), "container c has no limit of cpu, at most 2 is allowed"),
        (
            limit_range("Container", max={"cpu": "400m"}, default={"cpu": "500m"}),
            "container c has more cpu than 400m",
        ),
        (
            limit_range("Container", default={"cpu": "100m"}),
            "container c requests more cpu than the limit of 100m that it is given",
        ),
        (limit_range("Pod", min={"memory": "2Gi"}), "a pod has less memory than 2Gi"),
        (
            limit_range("Container", maxLimitRequestRatio={"cpu": "2"}, default={"cpu": "2"}),
            "container c has a limit of cpu more than 2 times its request",
        ),
    ],
)
async def test_what_a_limit_range_refuses(held: Object, why: str) -> None:
    around = Around(limitranges=[held])
    assert await told(around, SCALED) == [f"BAD limit range sizes refuses what web makes: {why}"]
    assert await told(around, change("deployments.apps", workload(3), workload(2))) == []


async def test_claims_that_a_limit_range_refuses() -> None:
    templates: Object = {"volumeClaimTemplates": [named("data", spec={"resources": {"requests": {"storage": "5Gi"}}})]}
    around = Around(limitranges=[limit_range("PersistentVolumeClaim", max={"storage": "1Gi"})])
    [line] = await told(around, change("statefulsets.apps", None, workload(1, **templates)))
    assert line.endswith("claim data has more storage than 1Gi")

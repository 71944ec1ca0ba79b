from typing import Any

import msgspec
import pytest

from kubegenie_tui.changes.tier import tier_of
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan, Step, StepPreview, Tier, Verb

Object = dict[str, Any]


def workload(replicas: int = 3, image: str = "web:1", **metadata: Any) -> Object:
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": image}]}}
    return {
        "kind": "Deployment",
        "metadata": {"name": "web", **metadata},
        "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": "web"}}, "template": template},
    }


def changed(field: str, value: Any) -> Object:
    after = workload()
    after["spec"][field] = value
    return after


def seen(
    kind: str = "deployments.apps", namespace: str = "shop", verb: Verb = Verb.PATCH, after: Object | None = None,
    *, before: Object | None = None, **step: Any,
) -> StepPreview:  # fmt: skip
    return StepPreview(Step(verb, ObjectRef(kind, "web", namespace), **step), before or workload(), after, ())


def cron_job(image: str, **spec: Any) -> Object:
    return {"kind": "CronJob", "spec": {"jobTemplate": {"spec": {"template": pod(image)}}, **spec}}


def pod(image: str) -> Object:
    return {"spec": {"containers": [{"name": "web", "image": image}]}}


def node(*taints: Object) -> Object:
    return {"kind": "Node", "spec": {"taints": list(taints)}}


def volume(policy: str) -> Object:
    return {"kind": "PersistentVolume", "spec": {"persistentVolumeReclaimPolicy": policy}}


def job(active: int = 0, **spec: Any) -> Object:
    return {"kind": "Job", "spec": {"parallelism": 3, **spec}, "status": {"active": active}}


def rolled(strategy: Object, replicas: int = 3) -> StepPreview:
    """A restart of a workload with a strategy of its own."""
    before, after = (
        {**each, "spec": {**each["spec"], **strategy, "replicas": replicas}} for each in (workload(), RESTART)
    )
    return seen(before=before, after=after)


def claim(size: str, **metadata: Any) -> Object:
    spec = {"resources": {"requests": {"storage": size}}}
    return {"kind": "PersistentVolumeClaim", "metadata": metadata, "spec": spec}


def judge(*steps: StepPreview, cluster: str = "dev", protected: tuple[str, ...] = ()) -> tuple[Tier, tuple[str, ...]]:
    return tier_of(Plan("t", cluster, tuple(step.step for step in steps)), steps, protected)


RESTART = msgspec.json.decode(msgspec.json.encode(workload()))
RESTART["spec"]["template"]["metadata"]["annotations"] = {"kubectl.kubernetes.io/restartedAt": "now"}

OLD: Object = {"key": "old", "effect": "NoSchedule"}
OUT: Object = {"key": "out", "value": "soon", "effect": "NoExecute"}
W1, W2, W3 = Tier.REVERSIBLE, Tier.DISRUPTIVE, Tier.DESTRUCTIVE


@pytest.mark.parametrize(
    ("step", "tier"),
    [
        (seen(after=workload(6)), W1),
        (seen(after=workload(1)), W1),
        (seen(after=workload(labels={"a": "b"})), W1),
        (seen(after=RESTART), W1),
        (seen("nodes", "", after=workload()), W1),
        (seen(after=workload(0)), W2),
        (seen(after=workload(image="web:2")), W2),
        (seen("cronjobs.batch", before=cron_job("web:1"), after=cron_job("web:2")), W2),
        (seen("cronjobs.batch", before=cron_job("web:1"), after=cron_job("web:1", suspend=True)), W1),
        (seen("jobs.batch", before=job(2), after=job(2, suspend=True)), W2),
        (seen("jobs.batch", before=job(), after=job(suspend=True)), W1),
        (seen("jobs.batch", before=job(3), after=job(3, parallelism=2)), W2),
        (seen("jobs.batch", before=job(1), after=job(1, parallelism=2)), W1),
        (seen("jobs.batch", before=job(suspend=True), after=job()), W1),
        (seen("pods", before=pod("web:1"), after=pod("web:2")), W2),
        (seen(after=changed("selector", {"matchLabels": {"app": "other"}})), W2),
        (seen("nodes", "", before=node(OLD), after=node(OLD, OUT)), W2),
        (seen("nodes", "", Verb.APPLY, before=node(OUT), after=node({**OUT, "value": "now"})), W2),
        (seen("nodes", "", before=node(OUT), after=node(OUT, OLD)), W1),
        (seen("nodes", "", before=node(OUT), after=node({**OUT, "timeAdded": "2026-11-01T00:00:00Z"})), W1),
        (seen("nodes", "", before=node(OUT), after=node()), W1),
        (seen("persistentvolumeclaims", before=claim("1Gi"), after=claim("2Gi")), W2),
        (seen("persistentvolumeclaims", before=claim("1Gi"), after=claim("1Gi", labels={"a": "b"})), W1),
        (seen("pods", verb=Verb.DELETE), W2),
        (seen("deployments.apps", verb=Verb.DELETE), W2),
        (seen("pods", verb=Verb.CREATE, subresource="eviction"), W2),
        (seen("networkpolicies.networking.k8s.io", after=workload()), W2),
        (seen("ciliumnetworkpolicies.cilium.io", after=workload()), W2),
        (seen("networkpolicies.crd.projectcalico.org", after=workload()), W2),
        (seen("networkpolicies.projectcalico.org", after=workload()), W2),
        (seen("ciliumclusterwidenetworkpolicies.cilium.io", "", after=workload()), W3),
        (seen("globalnetworkpolicies.crd.projectcalico.org", "", after=workload()), W3),
        (seen("globalnetworkpolicies.projectcalico.org", "", after=workload()), W3),
        (seen("adminnetworkpolicies.policy.networking.k8s.io", "", after=workload()), W3),
        (seen("networkpolicies.crd.antrea.io", after=workload()), W2),
        (seen("clusternetworkpolicies.crd.antrea.io", "", after=workload()), W3),
        (seen("ippools.crd.antrea.io", after=workload(labels={"a": "b"})), W1),
        (seen("authorizationpolicies.security.istio.io", after=workload()), W2),
        (seen("peerauthentications.security.istio.io", after=workload()), W2),
        (seen("requestauthentications.security.istio.io", after=workload()), W2),
        (seen("virtualservices.networking.istio.io", after=workload(labels={"a": "b"})), W1),
        (seen("servers.policy.linkerd.io", after=workload()), W2),
        (seen("authorizationpolicies.policy.linkerd.io", after=workload()), W2),
        (seen("serverauthorizations.policy.linkerd.io", after=workload()), W2),
        (seen("roles.rbac.authorization.k8s.io", after=workload()), W2),
        (seen("namespaces", "", Verb.DELETE), W3),
        (seen("persistentvolumeclaims", verb=Verb.DELETE), W3),
        (seen("persistentvolumes", "", Verb.DELETE), W3),
        (seen("customresourcedefinitions.apiextensions.k8s.io", "", Verb.DELETE), W3),
        (seen("nodes", "", Verb.DELETE), W3),
        (seen("secrets", after=workload()), W3),
        (seen("pods", verb=Verb.DELETE, grace=0), W3),
        (seen("pods", verb=Verb.CREATE, subresource="eviction", grace=0), W3),
        (seen("pods", verb=Verb.CREATE, subresource="eviction", grace=30), W2),
        (seen("persistentvolumes", "", before=volume("Retain"), after=volume("Delete")), W3),
        (seen(after=workload(finalizers=["a"])), W3),
        (seen(namespace="kube-system", after=workload(4)), W3),
        (seen("clusterroles.rbac.authorization.k8s.io", "", after=workload()), W3),
        (seen(verb=Verb.APPLY, after=workload(4), force=True), W3),
        (seen("pods", after=workload(), subresource="ephemeralcontainers"), W2),
    ],
)
def test_a_step_has_its_tier_and_a_reason(step: StepPreview, tier: Tier) -> None:
    found, reasons = judge(step)
    assert found is tier
    assert reasons or tier is W1


@pytest.mark.parametrize(
    "group",
    [
        "cilium.io",
        "crd.projectcalico.org",
        "policy.networking.k8s.io",
        "crd.antrea.io",
        "security.istio.io",
        "policy.linkerd.io",
    ],
)
def test_policies_of_the_network_decide_who_reaches_what(group: str) -> None:
    (place,) = judge(seen(f"networkpolicies.{group}", after=workload(labels={"a": "b"})))[1]
    assert place == "networkpolicies decide who may reach what"


HPA = "horizontalpodautoscalers.autoscaling"


def replicas(number: int, field: str = "replicas") -> Object:
    return {"spec": {field: number}}


@pytest.mark.parametrize(
    ("kind", "before", "after", "tier"),
    [
        ("deployments.apps", replicas(3), replicas(30), W1),
        ("deployments.apps", replicas(3), replicas(31), W2),
        ("statefulsets.apps", replicas(20), replicas(70), W1),
        ("statefulsets.apps", replicas(20), replicas(71), W2),
        ("deployments.apps", replicas(0), replicas(50), W1),
        ("deployments.apps", replicas(0), replicas(51), W2),
        ("deployments.apps", None, replicas(50), W1),
        ("deployments.apps", None, replicas(51), W2),
        ("deployments.apps", replicas(900), replicas(3), W1),
        (HPA, replicas(5, "maxReplicas"), replicas(51, "maxReplicas"), W2),
        (HPA, None, replicas(900, "maxReplicas"), W2),
        (HPA, None, replicas(9, "maxReplicas"), W1),
        ("jobs.batch", replicas(2, "parallelism"), replicas(80, "parallelism"), W2),
    ],
)
def test_a_jump_in_how_many_there_are_is_disruptive(
    kind: str, before: Object | None, after: Object, tier: Tier
) -> None:
    verb = Verb.CREATE if before is None else Verb.PATCH
    found, reasons = judge(StepPreview(Step(verb, ObjectRef(kind, "web", "shop")), before, after, ()))
    assert found is tier
    assert ("at once" in " ".join(reasons)) is (tier is W2)


def test_a_jump_says_from_what_to_what() -> None:
    assert judge(seen(after=workload(900))) == (W2, ("it goes from 3 to 900 replicas at once",))


RECREATE: Object = {"strategy": {"type": "Recreate"}}


@pytest.mark.parametrize(
    ("strategy", "replicas", "tier", "why"),
    [
        ({}, 3, W1, "it replaces pods one after the other"),
        (RECREATE, 3, W2, "it stops every pod before it starts others"),
        (RECREATE, 0, W1, "it replaces pods one after the other"),
        ({"updateStrategy": {"type": "OnDelete"}}, 3, W1, "its pods stay as they are until they are deleted"),
    ],
)
def test_what_becomes_of_pods_follows_the_strategy(strategy: Object, replicas: int, tier: Tier, why: str) -> None:
    assert judge(rolled(strategy, replicas)) == (tier, (why,))


def test_a_volume_that_is_no_longer_kept_says_so() -> None:
    why = "its data go with its claim from then on"
    assert why in judge(seen("persistentvolumes", "", before=volume("Retain"), after=volume("Delete")))[1]
    assert why not in judge(seen("persistentvolumes", "", before=volume("Delete"), after=volume("Retain")))[1]


def test_more_than_five_objects_are_destructive() -> None:
    assert judge(*[seen(after=workload(6))] * 5)[0] is W1
    assert judge(*[seen(after=workload(6))] * 6) == (W3, ("6 objects at once",))


def test_what_an_apply_finds_as_it_is_written_carries_no_weight() -> None:
    same = seen("secrets", verb=Verb.APPLY, after=workload(resourceVersion="9"))
    assert judge(same) == (W1, ())
    assert judge(*[same] * 6, seen("pods", verb=Verb.DELETE))[0] is W2
    assert judge(seen("secrets", verb=Verb.APPLY, after=workload(4)))[0] is W3
    assert judge(seen("secrets", verb=Verb.APPLY, after=workload(), force=True))[0] is W3


def test_a_protected_cluster_is_one_tier_up() -> None:
    step = seen(after=workload(6))
    assert judge(step, cluster="prod-eu", protected=("prod-*",)) == (W2, ("prod-eu is protected",))
    assert judge(seen("pods", verb=Verb.DELETE), cluster="prod-eu", protected=("prod-*",))[0] is W3
    assert judge(step, cluster="dev", protected=("prod-*",))[0] is W1


def test_what_disrupts_without_the_steps_telling() -> None:
    step = seen(after=workload(6))
    plan = Plan("t", "dev", (step.step,), disrupts="it drains a node")
    assert tier_of(plan, [step], ()) == (W2, ("it drains a node",))


def test_what_destroys_without_the_steps_telling() -> None:
    step = seen("pods", verb=Verb.CREATE, subresource="eviction")
    plan = Plan("t", "dev", (step.step,), disrupts="it evicts a pod", destroys="it empties a node")
    assert tier_of(plan, [step], ()) == (W3, ("it empties a node", "it evicts a pod"))


@pytest.mark.parametrize(
    ("kind", "verb", "tier"),
    [
        ("namespaces", Verb.CREATE, W1),
        ("namespaces", Verb.APPLY, W1),
        ("clusterrolebindings.rbac.authorization.k8s.io", Verb.CREATE, W3),
        ("storageclasses.storage.k8s.io", Verb.APPLY, W3),
    ],
)
def test_what_is_new_for_the_whole_cluster(kind: str, verb: Verb, tier: Tier) -> None:
    step = Step(verb, ObjectRef(kind, "web", ""))
    assert judge(StepPreview(step, None, {"kind": "Any"}, ()))[0] is tier


def test_a_doubt_makes_a_plan_one_tier_more_careful_and_two_make_two() -> None:
    step = seen(after=workload(6))
    doubted = Plan("t", "prod-eu", (step.step,), raised="a log gave orders")
    assert tier_of(doubted, [step], ()) == (W2, ("a log gave orders",))
    assert tier_of(doubted, [step], ("prod-*",)) == (W3, ("prod-eu is protected", "a log gave orders"))
    deletion = seen("secrets", verb=Verb.DELETE)
    assert tier_of(doubted, [deletion], ())[0] is W3

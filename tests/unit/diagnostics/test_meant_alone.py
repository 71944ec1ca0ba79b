"""Where one alone can be meant, who names another is wrong; what keeps a pod, and where volumes may be made."""

from typing import Any

import pytest

from kubegenie_tui.domain.finding import Severity
from tests.unit.diagnostics.scene import Object, Scene, container, named, owned, running_pod, status, waiting
from tests.unit.diagnostics.scene import node as a_node

PULLS = "kubernetes.io/dockerconfigjson"
BUDGETS, CLASSES = "poddisruptionbudgets.policy", "storageclasses.storage.k8s.io"
TRIGGERS, SCALED = "triggerauthentications.keda.sh", "scaledobjects.keda.sh"
ZONE = "topology.kubernetes.io/zone"


def pulling(*secrets: str, by: str = "template", given: tuple[str, ...] = ("regcred",)) -> Scene:
    """A pod without its image, whose template or service account names a pull secret that is not there."""
    said = "pull access denied, repository does not exist or may require authorization"
    named_by: Object = {"imagePullSecrets": [{"name": name} for name in given]}
    spec = {"containers": [container()], "serviceAccountName": "web"}
    scene = Scene(state=waiting("ErrImagePull", said), spec=spec)
    scene.pod["spec"] = {**spec, **named_by}
    scene.deployment["spec"]["template"]["spec"] = {**spec, **(named_by if by == "template" else {})}
    scene.add("serviceaccounts", named("web", "ServiceAccount", **(named_by if by == "account" else {})))
    return scene.add("secrets", *(named(name, "Secret", type=PULLS) for name in secrets))


@pytest.mark.parametrize(
    ("scene", "root", "field"),
    [
        (pulling("hub", by="account"), "serviceaccounts shop/web", "imagePullSecrets"),
        (pulling("hub"), "deployments.apps shop/web", "spec.template.spec.imagePullSecrets"),
        (pulling("hub", "mirror"), "secrets shop/regcred", ""),
        (pulling(), "secrets shop/regcred", ""),
        (pulling("hub", given=("hub", "regcred")), "secrets shop/regcred", ""),
    ],
)
def test_the_only_pull_secret_is_meant_by_who_names_one_that_is_not_there(scene: Scene, root: str, field: str) -> None:
    [found] = scene.findings()
    assert (str(found.root), found.field) == (root, field)


def triggered(*keys: str) -> Scene:
    target = {"secretTargetRef": [{"parameter": "host", "name": "queue", "key": "host"}]}
    asks: Object = {"scaleTargetRef": {"name": "web"}, "triggers": [{"authenticationRef": {"name": "queue"}}]}
    scene = Scene().add(TRIGGERS, named("queue", "TriggerAuthentication", spec=target))
    bad = {"type": "Ready", "status": "False", "message": "cannot make the autoscaler"}
    scene.add(SCALED, named("web", "ScaledObject", spec=asks, status={"conditions": [bad]}))
    return scene.add("secrets", named("queue", "Secret", data=dict.fromkeys(keys, "eA==")))


def test_the_only_key_of_a_secret_is_meant_by_a_custom_resource() -> None:
    found = triggered("URI").findings()[0]
    assert (found.root.kind, found.field) == (TRIGGERS, "spec.secretTargetRef[0].key")
    assert 'there is "URI"' in found.cause
    assert triggered("URI", "USER").findings()[0].root.kind == "secrets"


EVICTS = (
    'error when evicting pods/"store-1" -n "shop" (will retry after 5s): '
    "Cannot evict pod as it would violate the pod's disruption budget."
)


def draining(line: str = EVICTS, allowed: int = 0) -> Scene:
    """A job that drains a node has failed; a budget is about the pod that it names."""
    bad = {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "too often"}
    job = named("drain", "Job", spec={"template": {"spec": {"containers": [container("drain")]}}})
    job["status"] = {"conditions": [bad], "failed": 1}
    ended = {"containerStatuses": [status("drain", terminated={"exitCode": 1, "reason": "Error"})], "phase": "Failed"}
    pod = owned(named("drain-x", "Pod", spec={"containers": [container("drain")]}, status=ended), job)
    told = {"expectedPods": 2, "currentHealthy": 2, "disruptionsAllowed": allowed}
    spec = {"selector": {"matchLabels": {"app": "store-1"}}, "maxUnavailable": 0}
    scene = Scene().add("jobs.batch", job).add("pods", pod, running_pod("store-1"))
    scene.add(BUDGETS, named("store", "PodDisruptionBudget", spec=spec, status=told))
    scene.logs["shop", "drain-x", "drain"] = [line, "error: unable to drain node"]
    return scene


def test_a_drain_that_a_budget_holds_up_leads_to_the_budget() -> None:
    [found] = draining().findings()
    assert (found.rule, str(found.root), found.field) == (
        "budget-blocks",
        f"{BUDGETS} shop/store",
        "spec.maxUnavailable",
    )
    assert found.severity is Severity.WARNING
    assert "drain" in {ref.name for ref in found.affected}
    assert draining(allowed=1).rules() == ["job-failed"]
    assert draining("error when evicting pods: connection refused").rules() == ["job-failed", "budget-blocks"]


def bound_to(*zones: str, **storage: Any) -> Scene:
    """A pod waits for a claim of a class that allows some places; the node is in zone a."""
    said = "0/1 nodes are available: 1 node(s) didn't find available persistent volumes to bind."
    spec = {"containers": [container()], "volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}]}
    unbound = {"type": "PodScheduled", "status": "False", "message": said}
    scene = Scene(state=waiting(""), spec=spec, pod_status={"phase": "Pending", "conditions": [unbound]})
    scene.objects["nodes"] = [a_node(metadata={"labels": {ZONE: "a"}})]
    terms = [{"matchLabelExpressions": [{"key": ZONE, "values": list(zones)}]}] if zones else []
    scene.add(CLASSES, named("fast", "StorageClass", "", provisioner="x", allowedTopologies=terms, **storage))
    claim = named("data", "PersistentVolumeClaim", spec={"storageClassName": "fast"}, status={"phase": "Pending"})
    return scene.add("persistentvolumeclaims", claim)


def test_a_class_whose_volumes_no_node_may_have_is_to_blame() -> None:
    [found] = bound_to("eu-1a", "eu-1b").findings()
    assert (str(found.root), found.field) == (f"{CLASSES} fast", "allowedTopologies")
    assert f"nodes have {ZONE}=a" in found.cause
    for scene in (bound_to("a", "eu-1b"), bound_to()):
        assert [each.root.kind for each in scene.findings()] == ["persistentvolumeclaims"]

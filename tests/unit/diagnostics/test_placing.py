"""Rules about pods that are never made, never placed, or never get their volume."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.diagnostics.cases import Fault, NearMiss, check_fault, check_near_miss
from tests.unit.diagnostics.scene import Object, Scene, container, event, named, node, running_pod, waiting

WEB = "deployments.apps web"
CLAIM = "persistentvolumeclaims data"


def pending(said: str, *, spec: Object | None = None) -> Scene:
    """A pod that the scheduler says this of."""
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": said}
    status = {"phase": "Pending", "conditions": [condition], "containerStatuses": []}
    return Scene(state=waiting(""), spec=spec, pod_status=status)


def mixed(taint: str, count: int, lack: str = "1 Insufficient cpu") -> Scene:
    """A pod for which one node has no cpu left, or what it lacks, and some have a taint."""
    tainted = f"{count} node(s) had untolerated taint {{{taint}: true}}"
    said = f"0/{count + 1} nodes are available: {lack}, {tainted}."
    scene = pending(said, spec=asking(cpu="1"))
    spec = {"taints": [{"key": taint, "value": "true", "effect": "NoSchedule"}]}
    return scene.add("nodes", *(node(f"tainted-{number}", spec=spec) for number in range(count)))


def asking(**requests: str) -> Object:
    return {"containers": [container(resources={"requests": requests})]}


def selecting(**labels: str) -> Scene:
    said = "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector."
    scene = pending(said, spec={"nodeSelector": labels} if labels else None)
    scene.objects["nodes"] = [node(metadata={"labels": {"disk": "ssd", "zone": "a"}})]
    return scene


def cordoned() -> Scene:
    taint = "node.kubernetes.io/unschedulable: "
    scene = pending(f"0/1 nodes are available: 1 node(s) had untolerated taint {{{taint}}}.")
    scene.objects["nodes"] = [node(spec={"unschedulable": True})]
    return scene


def claiming(claim: Object | None, said: str = "pod has unbound immediate PersistentVolumeClaims.") -> Scene:
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    scene = pending(said, spec={"volumes": volumes})
    return scene.add("persistentvolumeclaims", *([claim] if claim else []))


def claim(phase: str = "Pending", **spec: Any) -> Object:
    return named("data", "PersistentVolumeClaim", spec=spec, status={"phase": phase})


def storage_class(name: str = "fast", *, default: bool = False) -> Object:
    notes = {"storageclass.kubernetes.io/is-default-class": "true"} if default else {}
    return named(name, "StorageClass", "", metadata={"annotations": notes})


def of_class(wanted: str, *classes: Object) -> Scene:
    scene = Scene().add("persistentvolumeclaims", claim(**({"storageClassName": wanted} if wanted else {})))
    return scene.add("storageclasses.storage.k8s.io", *classes)


def not_provisioned() -> Scene:
    scene = of_class("fast", storage_class())
    about = scene.objects["persistentvolumeclaims"][0]
    return scene.event("ProvisioningFailed", "no topology key found on CSINode", about)


def refused(said: str, *, has: int = 0) -> Scene:
    """A ReplicaSet whose pods the API server refuses, in an event; it has so many pods all the same."""
    scene = Scene()
    scene.objects["pods"] = []
    scene.replica_set["status"] = {"replicas": has}
    return scene.event("FailedCreate", f'Error creating: pods "web-5d4-" is forbidden: {said}', scene.replica_set)


def above_limit(**resources: Any) -> Scene:
    """A request above the limit that a pod has."""
    where = 'spec.containers[0].resources.requests: Invalid value: "256Mi"'
    scene = refused(f"{where}: must be less than or equal to memory limit of 128Mi")
    scene.deployment["spec"]["template"]["spec"]["containers"] = [container(resources=resources)]
    return scene


def over_quota() -> Scene:
    said = "exceeded quota: small, requested: limits.memory=1Gi, used: limits.memory=3Gi, limited: limits.memory=4Gi"
    quota = named("small", "ResourceQuota", status={"used": {"limits.memory": "3Gi"}})
    return refused(said).add("resourcequotas", quota)


def failing_webhook() -> Scene:
    said = (
        'Internal error occurred: failed calling webhook "check.policy.io": failed to call webhook: Post '
        '"https://policy.guard.svc:443/validate?timeout=10s": no endpoints available for service "policy"'
    )
    return refused(said)


def replica_failure() -> Scene:
    scene = Scene()
    scene.objects["pods"] = []
    said = 'pods "web-5d4-x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true'
    condition = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": said}
    scene.replica_set["status"] = {"replicas": 0, "conditions": [condition]}
    return scene


SHORT_OF_MEMORY = "0/1 nodes are available: 1 Insufficient memory. preemption: 0/1 nodes are available: 1 No victims."
CONTROL_PLANE = "node-role.kubernetes.io/control-plane"
FAULTS: list[Fault] = [
    (lambda: pending("0/1 nodes are available: 1 node(s) didn't match pod affinity rules."), "pod-affinity", WEB,
     "must share a node"),
    (lambda: pending(SHORT_OF_MEMORY, spec=asking(memory="64Gi")), "request-too-large", WEB,
     "no node has more than 16.0Gi"),
    (lambda: pending(SHORT_OF_MEMORY, spec=asking(memory="4Gi")), "insufficient-memory", WEB, "4.0Gi memory left"),
    (lambda: mixed("gpu", 4), "untolerated-taint", WEB, "gpu: true"),
    (lambda: mixed(CONTROL_PLANE, 3), "insufficient-cpu", WEB, "no node has"),
    (lambda: mixed("gpu", 4, "1 node(s) didn't match pod anti-affinity rules"), "anti-affinity", WEB, "already runs"),
    (lambda: mixed("gpu", 4, "1 node(s) didn't have free ports for the requested pod ports"), "host-port-taken", WEB,
     "taken on every node"),
    (lambda: mixed("gpu", 4, "1 node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod "
                             "access mode already in-use by another pod"), "claim-in-use", WEB, "one pod alone"),
    (lambda: mixed("gpu", 4, "1 node(s) had volume node affinity conflict"), "untolerated-taint", WEB, "gpu: true"),
    (cordoned, "node-cordoned", "nodes node-1", "cordoned: node-1"),
    (lambda: selecting(disk="sdd"), "node-selector", WEB, "nodes have disk=ssd"),
    (lambda: selecting(gpu="yes"), "node-selector", WEB, "no node has a label gpu"),
    (lambda: selecting(disk="ssd", zone="a"), "node-selector", WEB, "no node has all of disk=ssd, zone=a"),
    (selecting, "node-affinity", WEB, "no node satisfies"),
    (lambda: pending("0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules."), "anti-affinity", WEB,
     "anti-affinity"),
    (lambda: pending("0/2 nodes are available: 2 node(s) had volume node affinity conflict."), "volume-elsewhere", WEB,
     "another zone"),
    (lambda: pending("0/2 nodes are available: 2 node(s) didn't match pod topology spread constraints."),
     "topology-spread", WEB, "too uneven"),
    (lambda: pending("0/2 nodes are available: 2 node(s) didn't have free ports for the requested pod ports."),
     "host-port-taken", WEB, "host port"),
    (lambda: pending("0/1 nodes are available: 1 Too many pods."), "too-many-pods", WEB, "as many pods as they may"),
    (lambda: pending("Scheduling is blocked due to non-empty scheduling gates",
                     spec={"schedulingGates": [{"name": "quota/approved"}]}), "scheduling-gated", WEB,
     "quota/approved"),
    (lambda: pending("the scheduler speaks in riddles"), "unschedulable", WEB, "riddles"),
    (lambda: claiming(None, 'persistentvolumeclaim "data" not found'), "missing-claim", CLAIM,
     "not found"),
    (lambda: claiming(claim(volumeName="x")), "claim-unbound", CLAIM, "is not bound"),
    (lambda: of_class("fats", storage_class()), "missing-storage-class", CLAIM, 'there is "fast"'),
    (lambda: of_class("", storage_class()), "no-default-storage-class", CLAIM, "there are fast"),
    (lambda: Scene().add("persistentvolumeclaims", claim("Lost", volumeName="pv-1")), "claim-lost",
     CLAIM, "gone"),
    (not_provisioned, "provisioning-failed", CLAIM, "no topology key"),
    (over_quota, "quota-exceeded", "resourcequotas small", "in use limits.memory=3Gi"),
    (lambda: refused("failed quota: small: must specify limits.cpu,limits.memory"), "quota-needs-resources", WEB,
     "wants every container to say limits.cpu,limits.memory"),
    (lambda: refused('error looking up service account shop/robot: serviceaccount "robot" not found'),
     "missing-service-account", "serviceaccounts robot", 'no service account "robot"'),
    (replica_failure, "pod-security", WEB, "runAsNonRoot != true"),
    (lambda: refused("maximum memory usage per Container is 1Gi, but limit is 2Gi"), "limit-range", WEB, "1Gi"),
    (lambda: refused('admission webhook "check.policy.io" denied the request: no owner label'), "webhook-denied", WEB,
     "no owner label"),
    (failing_webhook, "webhook-down", "services policy", "no endpoints available"),
    (lambda: above_limit(requests={"memory": "256Mi"}), "limit-range", WEB, "a LimitRange gives it one of 128Mi"),
    (lambda: above_limit(requests={"memory": "256Mi"}, limits={"memory": "128Mi"}), "pod-refused", WEB, "256Mi"),
    (lambda: above_limit(), "pod-refused", WEB, "256Mi"),
    (lambda: refused("unknown reasons"), "pod-refused", WEB, "unknown reasons"),
]  # fmt: skip


def bound_elsewhere() -> Scene:
    """Waiting for its first consumer is how some classes work."""
    return of_class("fast", storage_class())


def scheduled() -> Scene:
    scene = Scene()
    scene.pod["status"]["conditions"].append({"type": "PodScheduled", "status": "True"})
    return scene.event("FailedScheduling", SHORT_OF_MEMORY)


def unread_classes() -> Scene:
    """Storage classes may not be listed: nothing is known of them."""
    return Scene().add("persistentvolumeclaims", claim(storageClassName="fats"))


def near_account() -> Scene:
    scene = refused('error looking up service account shop/robt: serviceaccount "robt" not found')
    return scene.add("serviceaccounts", named("robot", "ServiceAccount"))


NEAR_MISSES: list[NearMiss] = [
    (scheduled, "insufficient-memory"),
    (lambda: pending(SHORT_OF_MEMORY, spec=asking(memory="16Gi")), "request-too-large"),
    (lambda: mixed("gpu", 4), "insufficient-cpu"),
    (lambda: mixed(CONTROL_PLANE, 3), "untolerated-taint"),
    (lambda: refused("exceeded quota: small, requested: pods=1, used: pods=4, limited: pods=4", has=1),
     "quota-exceeded"),
    (bound_elsewhere, "provisioning-failed"),
    (bound_elsewhere, "missing-storage-class"),
    (lambda: of_class("", storage_class(default=True)), "no-default-storage-class"),
    (unread_classes, "missing-storage-class"),
    (unread_classes, "no-default-storage-class"),
    (lambda: Scene().add("persistentvolumeclaims", claim("Bound")), "claim-lost"),
]  # fmt: skip


@pytest.mark.parametrize(("scene", "rule", "root", "cause"), FAULTS)
def test_the_fault_is_found_at_its_root(scene: Callable[[], Scene], rule: str, root: str, cause: str) -> None:
    check_fault(scene(), rule, root, cause)


@pytest.mark.parametrize(("scene", "rule"), NEAR_MISSES)
def test_a_near_miss_is_none(scene: Callable[[], Scene], rule: str) -> None:
    check_near_miss(scene(), rule)


def test_a_misspelt_service_account_is_mended_in_the_workload() -> None:
    check_fault(near_account(), "missing-service-account", WEB, 'there is "robot"')


def test_an_unbound_claim_is_followed_to_why_it_is_unbound() -> None:
    scene = claiming(claim(storageClassName="fats")).add("storageclasses.storage.k8s.io", storage_class())
    [found] = scene.findings()
    assert found.rule == "missing-storage-class"
    assert {"web", "data"} <= {ref.name for ref in found.affected}


def from_template(*names: str, template: str = "data", wanted: str = "fats") -> Scene:
    """Claims of a StatefulSet db with one template."""
    claims = [
        named(name, "PersistentVolumeClaim", spec={"storageClassName": wanted}, status={"phase": "Pending"})
        for name in names
    ]
    spec = {"volumeClaimTemplates": [{"metadata": {"name": template}, "spec": {"storageClassName": wanted}}]}
    scene = (
        Scene().add("persistentvolumeclaims", *claims).add("statefulsets.apps", named("db", "StatefulSet", spec=spec))
    )
    return scene.add("storageclasses.storage.k8s.io", storage_class())


def test_claims_of_a_template_are_mended_in_the_stateful_set_that_made_them() -> None:
    [found] = from_template("data-db-0", "data-db-1").findings()
    assert (found.rule, f"{found.root.kind} {found.root.name}") == ("missing-storage-class", "statefulsets.apps db")
    assert found.field == "spec.volumeClaimTemplates[data].spec.storageClassName"
    assert {"data-db-0", "data-db-1"} <= {ref.name for ref in found.affected}


@pytest.mark.parametrize("name", ["data-db", "data-dbs-0", "old-data-db-0", "data-db-x"])
def test_a_claim_that_no_template_made_is_mended_itself(name: str) -> None:
    [found] = [each for each in from_template(name).findings() if each.rule == "missing-storage-class"]
    assert found.root.name == name


def test_a_webhook_that_is_down_is_followed_to_what_broke_its_service() -> None:
    labels = {"app": "policy"}
    broken = named(
        "policy-0", "Pod", "guard", metadata={"labels": labels}, spec={"containers": [container("app", "policy:no")]},
        status={"containerStatuses": [waiting("ImagePullBackOff", "policy:no: not found")]},
    )  # fmt: skip
    service = named("policy", "Service", "guard", spec={"selector": labels, "ports": [{"port": 443}]})
    [found] = failing_webhook().add("services", service).add("pods", broken).findings()
    assert (found.rule, found.root.name) == ("image-not-found", "policy-0")
    assert "web" in {ref.name for ref in found.affected}


def test_some_pods_that_still_work_make_it_a_warning() -> None:
    scene = pending(SHORT_OF_MEMORY, spec=asking(memory="4Gi"))
    [critical] = scene.findings()
    twin = running_pod("web-5d4-well")
    twin["metadata"]["ownerReferences"] = scene.pod["metadata"]["ownerReferences"]
    [warning] = scene.add("pods", twin).findings()
    assert warning.severity < critical.severity


def test_an_event_about_the_scheduler_of_another_pod_changes_nothing() -> None:
    scene = Scene().add("events", event(named("other", "Pod"), "FailedScheduling", SHORT_OF_MEMORY))
    assert scene.rules() == []

from typing import Any

import pytest

from kubegenie_tui.changes.reversal import reversal_of
from kubegenie_tui.changes.three_way import set_back
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Step, StepPreview, Verb
from kubegenie_tui.domain.yaml_text import LAST_APPLIED

Object = dict[str, Any]
SERVERS = {
    "uid": "u-1",
    "resourceVersion": "7",
    "generation": 2,
    "creationTimestamp": "2026-11-01T00:00:00Z",
    "managedFields": [{"manager": "kubectl"}],
}


def deployment(replicas: int = 3, image: str = "web:1", labels: Object | None = None, **metadata: Any) -> Object:
    containers = [{"name": "web", "image": image}, {"name": "proxy", "image": "envoy:1"}]
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "shop", "labels": labels or {"app": "web"}, **SERVERS, **metadata},
        "spec": {"replicas": replicas, "template": {"metadata": {}, "spec": {"containers": containers}}},
        "status": {"replicas": replicas},
    }


def thing(kind: str, spec: Object | None = None, **metadata: Any) -> Object:
    return {
        "apiVersion": "v1",
        "kind": kind,
        "metadata": {"name": "web", "namespace": "shop", **SERVERS, **metadata},
        **({"spec": spec} if spec is not None else {}),
    }


def done(kind: str, verb: Verb, before: Object | None, after: Object | None, **step: Any) -> tuple[Step | None, str]:
    back = reversal_of(StepPreview(Step(verb, ObjectRef(kind, "web", "shop"), **step), before, after, ()), after)
    return back.step, back.why


def restarted(at: str) -> Object:
    made = deployment()
    made["spec"]["template"]["metadata"] = {"annotations": {"kubectl.kubernetes.io/restartedAt": at}}
    return made


SCALE = {"kind": "Scale", "metadata": {"name": "web", "uid": "u-1"}, "spec": {"replicas": 6}}
CONTAINERS = deployment()["spec"]["template"]["spec"]["containers"]
CHANGES: list[tuple[str, str, Object, Object, Object, str]] = [
    ("scale", "deployments.apps", deployment(3), deployment(6), {"spec": {"replicas": 3}}, ""),
    ("scale by its subresource", "deployments.apps", deployment(3), SCALE, {"spec": {"replicas": 3}}, "scale"),
    (
        "label",
        "deployments.apps",
        deployment(labels={"app": "web", "tier": "a"}),
        deployment(labels={"app": "web", "tier": "b", "new": "c"}),
        {"metadata": {"labels": {"tier": "a", "new": None}}},
        "",
    ),
    (
        "label taken off",
        "deployments.apps",
        deployment(labels={"app": "web", "tier": "a"}),
        deployment(labels={"app": "web"}),
        {"metadata": {"labels": {"tier": "a"}}},
        "",
    ),
    (
        "annotate",
        "deployments.apps",
        deployment(),
        deployment(annotations={"note": "x"}),
        {"metadata": {"annotations": None}},
        "",
    ),
    (
        "image",
        "deployments.apps",
        deployment(),
        deployment(image="web:2"),
        {"spec": {"template": {"spec": {"containers": CONTAINERS}}}},
        "",
    ),
    (
        "restart",
        "deployments.apps",
        deployment(),
        restarted("now"),
        {"spec": {"template": {"metadata": {"annotations": None}}}},
        "",
    ),
    (
        "cordon",
        "nodes",
        thing("Node", {}),
        thing("Node", {"unschedulable": True}),
        {"spec": {"unschedulable": None}},
        "",
    ),
    (
        "suspend",
        "cronjobs.batch",
        thing("CronJob", {"suspend": False}),
        thing("CronJob", {"suspend": True}),
        {"spec": {"suspend": False}},
        "",
    ),
    (
        "status",
        "things.example.com",
        {**thing("Thing", {}), "status": {"phase": "a"}},
        {**thing("Thing", {"ignored": 1}), "status": {"phase": "b"}},
        {"status": {"phase": "a"}},
        "status",
    ),
    (
        "label of a Secret",
        "secrets",
        thing("Secret"),
        thing("Secret", labels={"a": "b"}),
        {"metadata": {"labels": None}},
        "",
    ),
]


@pytest.mark.parametrize(
    ("kind", "before", "after", "body", "subresource"),
    [each[1:] for each in CHANGES],
    ids=[each[0] for each in CHANGES],
)
@pytest.mark.parametrize("verb", [Verb.PATCH, Verb.APPLY, Verb.REPLACE])
def test_a_change_is_taken_back_field_by_field(
    kind: str, before: Object, after: Object, body: Object, subresource: str, verb: Verb
) -> None:
    step, why = done(kind, verb, before, after, subresource=subresource)
    assert why == ""
    assert step is not None
    assert (step.verb, step.body, step.subresource, step.uid) == (Verb.PATCH, body, subresource, "u-1")


def test_what_is_created_is_deleted_by_its_uid() -> None:
    made = thing("ConfigMap", name="web-x7k2p")
    step, _ = done("configmaps", Verb.CREATE, None, made)
    assert step is not None
    assert (step.verb, step.ref.name, step.uid, step.propagation) == (Verb.DELETE, "web-x7k2p", "u-1", "Background")


def test_an_apply_that_made_the_object_is_a_creation() -> None:
    step, _ = done("configmaps", Verb.APPLY, None, thing("ConfigMap"))
    assert step is not None
    assert (step.verb, step.uid) == (Verb.DELETE, "u-1")


def test_a_deletion_is_taken_back_without_what_the_server_set() -> None:
    owned = [{"kind": "Shop", "name": "s", "uid": "o"}]
    step, _ = done("deployments.apps", Verb.DELETE, deployment(ownerReferences=owned), None)
    assert step is not None
    assert step.verb is Verb.CREATE
    assert step.body["metadata"] == {
        "name": "web", "namespace": "shop", "labels": {"app": "web"}, "ownerReferences": owned,
    }  # fmt: skip
    assert step.body["spec"] == deployment()["spec"]
    assert "status" not in step.body


def test_a_pod_of_nobody_is_made_again_on_any_node() -> None:
    spec = {"nodeName": "n1", "containers": [{"name": "a"}], "ephemeralContainers": [{"name": "debug"}]}
    step, _ = done("pods", Verb.DELETE, thing("Pod", spec), None)
    assert step is not None
    assert step.body["spec"] == {"containers": [{"name": "a"}]}


OWNED = [{"kind": "ReplicaSet", "name": "web-6d", "uid": "r", "controller": True}]
CLAIMS = "persistentvolumeclaims"


def claim_of(size: str) -> Object:
    return thing("PersistentVolumeClaim", {"resources": {"requests": {"storage": size}}})


ENDED = thing("Pod", {}, ownerReferences=[{"kind": "Job", "name": "once", "controller": True}])
ENDED["status"] = {"phase": "Failed"}
NO_WAY: list[tuple[str, str, Verb, Object | None, Object | None, str, str]] = [
    (
        "a pod of a ReplicaSet",
        "pods",
        Verb.DELETE,
        thing("Pod", {}, ownerReferences=OWNED),
        None,
        "",
        "ReplicaSet web-6d",
    ),
    ("a pod that ended", "pods", Verb.DELETE, ENDED, None, "", "would run again"),
    ("a namespace", "namespaces", Verb.DELETE, thing("Namespace"), None, "", "what was in the namespace"),
    ("a claim", "persistentvolumeclaims", Verb.DELETE, thing("PersistentVolumeClaim"), None, "", "data"),
    ("a volume", "persistentvolumes", Verb.DELETE, thing("PersistentVolume"), None, "", "data"),
    ("a Secret", "secrets", Verb.DELETE, thing("Secret"), None, "", "values of a Secret"),
    ("a Job", "jobs.batch", Verb.DELETE, thing("Job"), None, "", "runs again"),
    (
        "what goes already",
        "services",
        Verb.DELETE,
        thing("Service", deletionTimestamp="x"),
        None,
        "",
        "deleted already",
    ),
    ("an eviction", "pods", Verb.CREATE, thing("Pod"), {"kind": "Status"}, "eviction", "evicted pod"),
    (
        "an approval",
        "csr.x",
        Verb.REPLACE,
        thing("CSR", {}),
        thing("CSR", {"a": 1}),
        "approval",
        "cannot be taken back",
    ),
    ("a token", "serviceaccounts", Verb.CREATE, thing("ServiceAccount"), {"kind": "TokenRequest"}, "token", "token"),
    ("a review", "tokenreviews", Verb.CREATE, None, {"kind": "TokenReview", "metadata": {}}, "", "nothing that stays"),
    ("a larger claim", CLAIMS, Verb.PATCH, claim_of("1Gi"), claim_of("2Gi"), "", "cannot shrink"),
    ("nothing", "deployments.apps", Verb.PATCH, deployment(), deployment(resourceVersion="8"), "", "changed nothing"),
    ("a scale of unknown size", "things.x", Verb.PATCH, thing("Thing", {}), SCALE, "scale", "is not known"),
    (
        "a debug container",
        "pods",
        Verb.PATCH,
        thing("Pod", {"containers": []}),
        thing("Pod", {"containers": [], "ephemeralContainers": [{"name": "debug"}]}),
        "ephemeralcontainers",
        "debug container",
    ),
    (
        "a value of a Secret",
        "secrets",
        Verb.PATCH,
        {**thing("Secret"), "data": {"password": "b2xk"}},
        {**thing("Secret", labels={"a": "b"}), "data": {"password": "bmV3"}},
        "",
        "values of a Secret",
    ),
]


@pytest.mark.parametrize(
    ("kind", "verb", "before", "after", "subresource", "why"),
    [each[1:] for each in NO_WAY],
    ids=[each[0] for each in NO_WAY],
)
def test_what_cannot_be_taken_back_says_why(
    kind: str, verb: Verb, before: Object | None, after: Object | None, subresource: str, why: str
) -> None:
    step, said = done(kind, verb, before, after, subresource=subresource)
    assert step is None
    assert why in said


def test_before_it_is_done_the_dry_run_stands_for_the_answer() -> None:
    step = Step(Verb.PATCH, ObjectRef("deployments.apps", "web", "shop"))
    assert reversal_of(StepPreview(step, deployment(3), deployment(6), ()), None).step is not None
    new = Step(Verb.CREATE, ObjectRef("configmaps", "web", "new"))
    assert reversal_of(StepPreview(new, None, {"metadata": {"name": "web"}}, ()), None).step is not None


@pytest.mark.parametrize(
    "annotations",
    [({}, {LAST_APPLIED: "bmV3"}), ({LAST_APPLIED: "b2xk"}, {LAST_APPLIED: "bmV3"}), ({LAST_APPLIED: "b2xk"}, {})],
)
def test_no_value_of_a_secret_is_in_what_is_kept(annotations: tuple[Object, Object]) -> None:
    old, new = annotations
    before = {**thing("Secret", annotations=old), "data": {"password": "b2xk"}}
    after = {**thing("Secret", annotations=new, labels={"a": "b"}), "data": {"password": "b2xk"}}
    step = Step(Verb.APPLY, ref_of_secret(), after)
    kept = reversal_of(StepPreview(step, before, after, ()), after)
    assert kept.step is not None
    assert kept.step.body == {"metadata": {"labels": None}}
    assert "b2xk" not in repr(kept)
    assert "bmV3" not in repr(kept)


def test_a_note_on_a_secret_is_taken_back_beside_what_kubectl_keeps() -> None:
    before = thing("Secret", annotations={LAST_APPLIED: "b2xk"})
    after = thing("Secret", annotations={LAST_APPLIED: "b2xk", "note": "x"})
    kept = reversal_of(StepPreview(Step(Verb.PATCH, ref_of_secret(), {}), before, after, ()), after)
    assert set_back(after, kept.changes)[0] == before


def ref_of_secret() -> ObjectRef:
    return ObjectRef("secrets", "web", "shop")


def test_what_a_controller_notes_meanwhile_is_nobodys_change() -> None:
    before = deployment()
    after = deployment(image="web:2", annotations={"deployment.kubernetes.io/revision": "1"})
    reversal = reversal_of(
        StepPreview(Step(Verb.PATCH, ObjectRef("deployments.apps", "web", "shop")), before, after, ()), after
    )
    live = deployment(image="web:2", annotations={"deployment.kubernetes.io/revision": "2"})
    restored, conflicts = set_back(live, reversal.changes)
    assert not conflicts
    assert restored["spec"] == before["spec"]


def test_an_install_plan_that_was_approved_is_carried_out() -> None:
    plan = {"approval": "Manual", "clusterServiceVersionNames": ["gears.v2"]}
    before, after = (thing("InstallPlan", {**plan, "approved": approved}) for approved in (False, True))
    step, why = done("installplans.operators.coreos.com", Verb.PATCH, before, after)
    assert (step, why) == (None, "OLM installs what is approved, whatever becomes of the approval")

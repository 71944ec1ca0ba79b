from typing import Any

import pytest

from kubegenie_tui.changes.managers import managers_of, who_changed
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Step, StepPreview, Verb


def of(**metadata: Any) -> list[tuple[Health, str]]:
    step = Step(Verb.PATCH, ObjectRef("deployments.apps", "web", "shop"))
    return [(note.health, note.text) for note in managers_of([StepPreview(step, {"metadata": metadata}, {}, ())])]


@pytest.mark.parametrize(
    ("metadata", "who"),
    [
        ({"labels": {"kustomize.toolkit.fluxcd.io/name": "apps"}}, "Flux kustomization apps"),
        (
            {"annotations": {"argocd.argoproj.io/tracking-id": "shop:apps/Deployment:shop/web"}},
            "Argo CD application shop",
        ),
        ({"annotations": {"meta.helm.sh/release-name": "web"}}, "Helm release web"),
        ({"ownerReferences": [{"kind": "ReplicaSet", "name": "web-5d4", "controller": True}]}, "ReplicaSet web-5d4"),
    ],
)
def test_who_manages_an_object_is_named(metadata: dict[str, Any], who: str) -> None:
    assert of(**metadata) == [(Health.WARN, f"managed by {who}: it may set this back")]


def test_an_owner_that_does_not_control_manages_nothing() -> None:
    assert [health for health, _ in of(ownerReferences=[{"kind": "Node", "name": "n"}])] == [Health.OK]
    assert [health for health, _ in of(labels={"app": "web"})] == [Health.OK]


def entry(manager: str, second: int, *fields: str, subresource: str = "") -> dict[str, Any]:
    found = {
        "manager": manager,
        "operation": "Update",
        "apiVersion": "v1",
        "time": f"2026-01-01T00:00:{second:02}Z",
        "fieldsV1": {"f:data": {f"f:{field}": {} for field in fields}},
    }
    return found | ({"subresource": subresource} if subresource else {})


KUBECTL, HELM = entry("kubectl", 1, "a", "b"), entry("helm", 2, "c")


@pytest.mark.parametrize(
    ("entries", "who"),
    [
        ([KUBECTL, HELM, entry("argocd", 3, "d")], "argocd"),
        ([entry("kubectl", 3, "a", "b", "d"), HELM], "kubectl"),
        ([entry("kubectl", 1, "a"), entry("helm", 3, "b", "c")], "helm"),
        ([entry("kubectl", 3, "a"), HELM, entry("kubelet", 9, "x", subresource="status")], "kubectl"),
        ([entry("kubectl", 3, "d"), HELM, entry("controller", 3, "x", subresource="status")], "kubectl"),
        ([entry("kubectl", 1, "a", "b", "d"), HELM], "kubectl"),
        ([KUBECTL], "helm"),
        ([KUBECTL, HELM], ""),
        ([], "helm"),
    ],
    ids=[
        "new",
        "again",
        "took a field",
        "status after it",
        "status with it",
        "same second",
        "left",
        "none",
        "all gone",
    ],
)
def test_who_changed_an_object_is_named(entries: list[dict[str, Any]], who: str) -> None:
    before = {"metadata": {"managedFields": [KUBECTL, HELM]}}
    assert who_changed(before, {"metadata": {"managedFields": entries}}) == who


def test_many_managers_of_one_kind_are_counted() -> None:
    def owned(kind: str, name: str) -> StepPreview:
        owner = {"kind": kind, "name": name, "controller": True}
        step = Step(Verb.DELETE, ObjectRef("pods", name, "shop", "prod"))
        return StepPreview(step, {"metadata": {"ownerReferences": [owner]}}, {}, ())

    steps = [owned("ReplicaSet", f"web-{number}") for number in range(7)]
    steps += [owned("ReplicaSet", "web-0"), owned("DaemonSet", "proxy")]
    assert [note.text for note in managers_of(steps)] == [
        "managed by 7 ReplicaSets: they may set this back",
        "managed by DaemonSet proxy: it may set this back",
    ]

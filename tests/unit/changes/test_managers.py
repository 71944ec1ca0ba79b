from typing import Any

import pytest

from kubegenie_tui.changes.managers import managers_of
from kubegenie_tui.domain.conversation import ObjectRef
from kubegenie_tui.domain.health import Health
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

"""Who loses fields to a change is told, by the server's own account of them."""

from typing import Any

import pytest

from kubegenie_tui.changes.field_owners import field_owners
from kubegenie_tui.changes.managers import managers_of
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Step, StepPreview, Verb

REPLICAS: dict[str, Any] = {"f:spec": {"f:replicas": {}}}
IMAGE: dict[str, Any] = {"f:spec": {"f:containers": {'k:{"name":"app"}': {".": {}, "f:image": {}, "f:name": {}}}}}
WITHOUT_IMAGE: dict[str, Any] = {"f:spec": {"f:containers": {'k:{"name":"app"}': {".": {}, "f:name": {}}}}}


def entry(manager: str, fields: dict[str, Any], operation: str = "Update", subresource: str = "") -> dict[str, Any]:
    return {"manager": manager, "operation": operation, "subresource": subresource, "fieldsV1": fields}


def step(before: list[dict[str, Any]] | None, after: list[dict[str, Any]] | None) -> StepPreview:
    old, new = (None if each is None else {"metadata": {"managedFields": each}} for each in (before, after))
    return StepPreview(Step(Verb.PATCH, ObjectRef("deployments.apps", "web", "shop", "prod")), old, new, ())


def told(*steps: StepPreview) -> list[tuple[Health, str]]:
    return [(note.health, note.text) for note in field_owners(steps)]


OURS = entry("kubegenie", REPLICAS)


@pytest.mark.parametrize(
    ("before", "after", "notes"),
    [
        ([entry("kubectl-edit", REPLICAS)], [OURS], [(Health.OK, "spec.replicas last set by kubectl-edit")]),
        (
            [entry("argocd-controller", IMAGE, "Apply")],
            [entry("argocd-controller", WITHOUT_IMAGE, "Apply"), OURS],
            [(Health.WARN, "argocd-controller applies spec.containers[app].image: it may set this back")],
        ),
        ([OURS], [entry("kubegenie", IMAGE)], []),
        ([entry("kubelet", REPLICAS, subresource="status")], [OURS], []),
        ([entry("helm", IMAGE)], [entry("helm", IMAGE), OURS], []),
        ([entry("helm", IMAGE)], None, []),
        (None, [OURS], []),
    ],
    ids=["updated", "applied", "our own", "status", "kept", "deleted", "made"],
)
def test_who_loses_fields_is_named(before: Any, after: Any, notes: list[tuple[Health, str]]) -> None:
    assert told(step(before, after)) == notes


def test_many_fields_of_one_manager_are_counted() -> None:
    many: dict[str, Any] = {"f:data": {f"f:{letter}": {} for letter in "abcd"}}
    steps = [step([entry("helm", many)], [OURS]), step([entry("helm", REPLICAS)], [OURS])]
    assert told(*steps) == [(Health.OK, "data.a, data.b and 3 more last set by helm")]


def test_sets_and_what_is_no_field_are_told_as_they_are() -> None:
    fields: dict[str, Any] = {"f:metadata": {"f:finalizers": {".": {}, 'v:"keep"': {}, "k:{": {}, "v:\x1b[31m": {}}}}
    ((_, text),) = told(step([entry("helm", fields)], [OURS]))
    assert text.startswith("metadata.finalizers[keep], metadata.finalizers[{] and 1 more")
    assert "\x1b" not in text


def test_who_applies_a_field_manages_the_object() -> None:
    nobody = "not managed by Helm, Argo CD, Flux or an operator"
    applied = step([entry("argocd", REPLICAS, "Apply")], [OURS])
    assert nobody not in [note.text for note in managers_of([applied])]
    updated = step([entry("kubectl-edit", REPLICAS)], [OURS])
    assert nobody in [note.text for note in managers_of([updated])]

"""A single field of an object, by its name or its path, is set by a patch."""

from typing import Any

import pytest

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.genie.wishes.reader import WishReader
from kubegenie_tui.genie.wishes.wish import Wish
from tests.unit.genie.wishes.corpus import WORLD


def read(text: str) -> Wish | None:
    return WishReader(WORLD, Focus()).read(text)


@pytest.mark.parametrize(
    ("text", "ref", "patch"),
    [
        ("change the schedule of reindex to '0 3 * * *'", "cronjobs.batch reindex", {"schedule": "0 3 * * *"}),
        ("set concurrencyPolicy to Forbid on cronjob reindex", "cronjobs.batch reindex",
         {"concurrencyPolicy": "Forbid"}),
        ("increase max replicas of hpa cart to 20", "horizontalpodautoscalers.autoscaling cart", {"maxReplicas": 20}),
        ("set spec.paused to true on deployment catalog", "deployments.apps catalog", {"paused": True}),
        ("set terminationGracePeriodSeconds=60 on deployment catalog", "deployments.apps catalog",
         {"template": {"spec": {"terminationGracePeriodSeconds": 60}}}),
        ("the minReadySeconds of deploy catalog should be 10", "deployments.apps catalog", {"minReadySeconds": 10}),
        ("grow pvc scratch in team-a to 20Gi", "persistentvolumeclaims scratch",
         {"resources": {"requests": {"storage": "20Gi"}}}),
    ],
)  # fmt: skip
def test_a_field_is_set_where_the_kind_has_it(text: str, ref: str, patch: dict[str, Any]) -> None:
    wish = read(text)
    assert wish is not None
    assert [(step.verb, f"{step.ref.kind} {step.ref.name}", step.body) for step in wish.steps] == [
        ("patch", ref, {"spec": patch})
    ]


@pytest.mark.parametrize(
    "text",
    [
        "don't change the schedule of reindex to '0 3 * * *'",
        "how do I change the schedule of reindex to '0 3 * * *'?",
        "should I set maxReplicas of hpa cart to 20?",
        "I set maxReplicas of hpa cart to 20",
        "if you set maxReplicas of hpa cart to 20, what happens?",
        "set maxReplicas of deployment catalog to 20",
        "set spec.template.spec.containers.image to x on deployment catalog",
        "set status.replicas to 3 on deployment catalog",
    ],
)
def test_nothing_is_changed_that_was_not_wished_for_or_that_cannot_be(text: str) -> None:
    wish = read(text)
    assert wish is None or not wish.steps

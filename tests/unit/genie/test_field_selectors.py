"""What a sentence says by paths of fields narrows the look-up."""

import pytest

from kubegenie_tui.genie.offline.field_selectors import Fields, take_fields
from kubegenie_tui.genie.offline.words import Said


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("kubectl get pods -A --field-selector=status.phase=Pending", Fields(status="pending")),
        ("pods --field-selector spec.nodeName=worker-3,status.phase=Failed", Fields(status="failed", node="worker-3")),
        ("get events --field-selector type=Warning", Fields(warnings=True)),
        ("svc where spec.type == LoadBalancer", Fields(type="loadbalancer")),
        ("cronjobs with .spec.suspend=true in shop", Fields(status="suspended")),
        ("nodes whose spec.unschedulable=true", Fields(status="cordoned")),
        ("cronjobs with .spec.suspend=false", Fields()),
        ("pods with app=web", Fields()),
    ],
)
def test_paths_of_fields_say_what_they_say(text: str, fields: Fields) -> None:
    assert take_fields(Said(text)) == fields

import pytest

from kubegenie_tui.changes.operations.applying import apply_plan
from kubegenie_tui.changes.operations.templates import TEMPLATES, template
from kubegenie_tui.domain.errors import UsageError
from tests.ui.played_cluster import PlayedCluster


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_is_an_object_of_its_kind_in_the_namespace(name: str) -> None:
    (step,) = apply_plan(PlayedCluster(), template(name, "shop"), "the template").steps
    assert step.body["kind"].lower() == name
    assert step.ref.namespace == ("" if name == "namespace" else "shop")
    assert apply_plan(PlayedCluster(), template(name), "the template").steps[0].body["kind"] == step.body["kind"]


def test_a_template_that_there_is_not() -> None:
    with pytest.raises(UsageError, match="did you mean deployment"):
        template("Deploymnet")
    with pytest.raises(UsageError, match="there are deployment, statefulset"):
        template("zzz")

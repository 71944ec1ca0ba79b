import pytest

from kubegenie_tui.domain.drill import place_behind
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.place import Place
from kubegenie_tui.domain.row import Row

ROW = Row("1", "shop", "web", 0, "1", ())


def kind(kind_id: str) -> Kind:
    plural, _, group = kind_id.partition(".")
    return Kind(group, "v1", plural, plural)


@pytest.mark.parametrize(
    ("kind_id", "place"),
    [
        ("namespaces", Place("pods", "web")),
        ("nodes", Place("pods", "", "NODE:^web$")),
        ("cronjobs.batch", Place("jobs.batch", "shop", "^web-")),
        ("customresourcedefinitions.apiextensions.k8s.io", Place("web")),
        ("pods", None),
        ("deployments.apps", None),
    ],
)
def test_what_is_behind_a_row(kind_id: str, place: Place | None) -> None:
    assert place_behind(kind(kind_id), ROW) == place


def test_a_workload_leads_to_the_pods_it_selects() -> None:
    deployment = {"spec": {"selector": {"matchLabels": {"tier": "front", "app": "web"}}}}
    assert place_behind(kind("deployments.apps"), ROW, deployment) == Place("pods", "shop", "app=web tier=front")


def test_a_service_leads_to_the_pods_it_selects() -> None:
    assert place_behind(kind("services"), ROW, {"spec": {"selector": {"app": "web"}}}) == Place(
        "pods", "shop", "app=web"
    )


def test_a_service_without_a_selector_leads_nowhere() -> None:
    assert place_behind(kind("services"), ROW, {"spec": {}}) is None

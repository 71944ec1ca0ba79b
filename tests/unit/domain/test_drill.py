import pytest

from kubegenie_tui.domain.drill import place_behind
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.place import Place
from kubegenie_tui.domain.row import Row
from kubegenie_tui.domain.row_filter import RowFilter

ROW = Row("1", "shop", "web", 0, "1", ())


def kind(kind_id: str) -> Kind:
    plural, _, group = kind_id.partition(".")
    return Kind(group, "v1", plural, plural)


@pytest.mark.parametrize(
    ("kind_id", "place"),
    [
        ("namespaces", Place("pods", "web")),
        ("nodes", Place("pods", "", "NODE:^web$")),
        ("cronjobs.batch", Place("jobs.batch", "shop", "OWNER:^CronJob/web$")),
        ("customresourcedefinitions.apiextensions.k8s.io", Place("web")),
        ("pods", None),
        ("deployments.apps", None),
    ],
)
def test_what_is_behind_a_row(kind_id: str, place: Place | None) -> None:
    assert place_behind(kind(kind_id), ROW) == place


def test_a_cron_job_leads_to_its_own_jobs_and_not_to_those_of_a_longer_name() -> None:
    place = place_behind(kind("cronjobs.batch"), ROW)
    assert place
    shown = RowFilter(place.filter)
    own = Row("2", "shop", "by-hand", 0, "1", (), owner="CronJob/web")
    others = Row("3", "shop", "web-cache-29413", 0, "1", (), owner="CronJob/web-cache")
    assert shown(own)
    assert not shown(others)
    assert not shown(Row("4", "shop", "web-alone", 0, "1", ()))


def test_a_workload_leads_to_the_pods_it_selects() -> None:
    deployment = {"spec": {"selector": {"matchLabels": {"tier": "front", "app": "web"}}}}
    assert place_behind(kind("deployments.apps"), ROW, deployment) == Place("pods", "shop", "app=web tier=front")


def test_a_service_leads_to_the_pods_it_selects() -> None:
    assert place_behind(kind("services"), ROW, {"spec": {"selector": {"app": "web"}}}) == Place(
        "pods", "shop", "app=web"
    )


def test_a_service_without_a_selector_leads_nowhere() -> None:
    assert place_behind(kind("services"), ROW, {"spec": {}}) is None

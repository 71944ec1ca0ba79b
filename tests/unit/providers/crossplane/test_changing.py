"""What a change sets in a cluster, what is refused, and when Crossplane has seen it."""

from typing import Any

import pytest

from kubegenie_tui.domain.creation import Bounds, Change, WorkKind
from kubegenie_tui.domain.errors import SpecRefused
from kubegenie_tui.domain.tracing import Part, Said, Traced
from kubegenie_tui.providers.crossplane.changing import has, parameters_after
from kubegenie_tui.providers.crossplane.state import how_changed

FOUND: dict[str, Any] = {"spec": {"parameters": {"version": "1.34", "minNodes": 1, "maxNodes": 4}}}
WELL = Traced(Part("kubegenie.io", "KubernetesCluster", "shop"), True, Said("True"), Said("True"))


def scaled(count: int, pool: str = "default") -> Change:
    return Change(WorkKind.SCALE, pool=pool, count=count)


@pytest.mark.parametrize(("count", "most"), [(2, 4), (4, 4), (7, 7)])
def test_the_most_nodes_grow_with_the_least(count: int, most: int) -> None:
    assert parameters_after(FOUND, scaled(count)) == {"minNodes": count, "maxNodes": most}


def test_bounds_are_set_as_they_are_asked_for() -> None:
    asked = Change(WorkKind.SCALE, pool="default", bounds=Bounds(1, 2))
    assert parameters_after(FOUND, asked) == {"minNodes": 1, "maxNodes": 2}


@pytest.mark.parametrize("version", ["1.35", "1.35.2", "1.34.1", "v1.35"])
def test_a_version_that_follows_is_set_as_it_was_typed(version: str) -> None:
    assert parameters_after(FOUND, Change(WorkKind.UPGRADE, version=version)) == {"version": version}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (Change(WorkKind.UPGRADE, version="1.36"), "version"),
        (Change(WorkKind.UPGRADE, version="2.0"), "version"),
        (Change(WorkKind.UPGRADE, version="1.33"), "version"),
        (Change(WorkKind.UPGRADE, version="newest"), "version"),
        (scaled(3, "gpu"), "pool"),
        (scaled(0), "count"),
        (Change(WorkKind.SCALE, pool="default", bounds=Bounds(0, 2)), "least"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(change: Change, field: str) -> None:
    with pytest.raises(SpecRefused) as told:
        parameters_after(FOUND, change)
    assert told.value.field == field


def test_what_is_asked_for_already_is_known() -> None:
    assert has(FOUND, {"minNodes": 1, "maxNodes": 4})
    assert not has(FOUND, {"version": "1.35"})


@pytest.mark.parametrize(("ready", "synced", "done"), [(3, 3, True), (2, 3, False), (3, 2, False), (None, None, True)])
def test_it_is_done_when_both_are_told_of_what_is_asked_for_now(
    ready: int | None, synced: int | None, done: bool
) -> None:
    conditions = [{"type": "Ready", "observedGeneration": ready}, {"type": "Synced", "observedGeneration": synced}]
    composite = {"metadata": {"generation": 3}, "status": {"conditions": conditions}}
    assert how_changed(composite, WELL).done is done

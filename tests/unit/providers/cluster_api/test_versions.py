"""Cluster API where only v1beta1 is served, and what a Cluster says of itself there and in v1beta2."""

from typing import Any

import pytest

from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.providers.cluster_api.asked import cluster_asked
from kubegenie_tui.providers.cluster_api.cluster_api_spec import ClusterApiSpec
from kubegenie_tui.providers.cluster_api.state import how_changed, how_far

OLD = Kind("cluster.x-k8s.io", "v1beta1", "clusters", "Cluster")


def cluster(said: dict[str, str], seen: int = 1) -> dict[str, Any]:
    conditions = [{"type": name, "status": status, "message": f"{name} waits"} for name, status in said.items()]
    return {
        "apiVersion": "cluster.x-k8s.io/v1beta1",
        "metadata": {"generation": 1},
        "status": {"phase": "Provisioned", "conditions": conditions, "observedGeneration": seen},
    }


def test_a_class_is_a_name_in_the_old_version() -> None:
    spec = ClusterApiSpec.model_validate({"name": "shop", "cluster_class": "quick", "version": "1.30.1"})
    asked = cluster_asked(spec, OLD, "team", "kg1", {})
    assert asked["apiVersion"] == "cluster.x-k8s.io/v1beta1"
    assert asked["spec"]["topology"]["class"] == "quick"
    assert asked["metadata"]["labels"] == {"kubegenie-work": "kg1"}


@pytest.mark.parametrize(
    ("said", "done"),
    [
        ({"InfrastructureReady": "True", "ControlPlaneReady": "True"}, True),
        ({"InfrastructureReady": "True", "ControlPlaneReady": "False"}, False),
        ({"ControlPlaneReady": "True"}, False),
        ({"InfrastructureReady": "True", "ControlPlaneAvailable": "True"}, False),
        ({"InfrastructureReady": "True", "ControlPlaneAvailable": "True", "WorkersAvailable": "True"}, True),
        ({}, False),
    ],
)
def test_it_is_up_when_all_that_its_version_knows_holds(said: dict[str, str], done: bool) -> None:
    assert how_far(cluster(said), workers=True).done is done


def test_what_it_says_in_the_new_words_counts_before_the_old() -> None:
    found = cluster({"InfrastructureReady": "True", "ControlPlaneReady": "True"})
    new = [{"type": "InfrastructureReady", "status": "False", "message": "no subnet"}]
    found["status"]["v1beta2"] = {"conditions": new}
    assert "InfrastructureReady: no subnet" in how_far(found, workers=False).phase


def test_a_change_is_not_done_before_it_was_seen_and_has_settled() -> None:
    well = {"InfrastructureReady": "True", "ControlPlaneAvailable": "True", "WorkersAvailable": "True"}
    assert not how_changed(cluster(well, seen=0), workers=True).done
    assert not how_changed(cluster({**well, "RollingOut": "True"}), workers=True).done
    assert not how_changed(cluster({**well, "TopologyReconciled": "False"}), workers=True).done
    assert how_changed(cluster({**well, "RollingOut": "False", "TopologyReconciled": "True"}), workers=True).done

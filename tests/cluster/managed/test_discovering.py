"""Clusters that Cluster API and Crossplane run for others: found, registered and opened from the list of clusters."""

from pathlib import Path

import pytest

from tests.cluster.managed.cluster_api_player import CLUSTERS, ClusterApiPlayer
from tests.cluster.managed.test_wizard import reach
from tests.control_plane import ControlPlane
from tests.ui.test_discover_clouds import found, registered_and_opened
from tests.ui.wizarding import listed

pytestmark = pytest.mark.cluster


async def test_of_cluster_api(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, managing: ControlPlane, place: str, cluster_api: ClusterApiPlayer
) -> None:
    theirs = {
        "apiVersion": "cluster.x-k8s.io/v1beta2",
        "kind": "Cluster",
        "metadata": {"name": "old"},
        "spec": {"topology": {"classRef": {"name": "quick"}, "version": "v1.34.2"}},
    }
    cluster_api.create(CLUSTERS, theirs)
    async with listed(tmp_path, monkeypatch, "a phrase") as demo:
        await demo.until(lambda: phases(cluster_api) == ["Provisioned"])
        await found(demo, "cluster-api", reach(managing, place), "1 found", "old", place, "v1.34.2", "Provisioned")
        await registered_and_opened(demo, "old", "namespaces")


def phases(player: ClusterApiPlayer) -> list[str]:
    return [each.get("status", {}).get("phase", "") for each in player.all(CLUSTERS)]

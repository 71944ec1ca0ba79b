"""Clusters that Cluster API and Crossplane run for others: found, registered and opened from the list of clusters."""

from pathlib import Path
from typing import Any

import pytest
from kubernetes.client.exceptions import ApiException

from kubegenie_tui.providers.crossplane.asked import cluster_asked, composition_asked, definition_asked
from kubegenie_tui.providers.crossplane.crossplane_config import CrossplaneConfig
from kubegenie_tui.providers.crossplane.crossplane_spec import CrossplaneSpec
from tests.cluster.keyboard import until
from tests.cluster.managed.cluster_api_player import CLUSTERS, ClusterApiPlayer
from tests.cluster.managed.composing import SPECS
from tests.cluster.managed.conftest import FUNCTION
from tests.cluster.managed.crossplane_player import DEFINITIONS, EXTENSIONS, XRS, CrossplanePlayer
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


@pytest.mark.parametrize("cloud", SPECS)
async def test_of_crossplane(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    managing: ControlPlane,
    account: str,
    google: CrossplanePlayer,
    cloud: str,
) -> None:
    spec, crossplane = SPECS[cloud], google
    composition = composition_asked(cloud, FUNCTION[2], "theirs")
    for version, plural, body in (("v2", DEFINITIONS, definition_asked("theirs")), ("v1", "compositions", composition)):
        crossplane.custom.create_cluster_custom_object(EXTENSIONS, version, plural, body)
    config = {**reach(managing, account), "provider_config": account}
    theirs = cluster_asked(CrossplaneSpec.model_validate(spec), CrossplaneConfig.model_validate(config), "theirs")

    def is_composed() -> bool:
        try:
            crossplane.create(XRS, theirs)
        except ApiException as error:
            if error.status not in (403, 404):
                raise
            return False  # its kind is not served yet, or the one before is still being removed
        return True

    await until(is_composed)
    await until(lambda: [ready(each) for each in crossplane.all(XRS)] == [True])
    async with listed(tmp_path, monkeypatch, "a phrase") as demo:
        await found(demo, "crossplane", config, "1 found", "shop", spec["region"], "Ready True · Synced True")
        await registered_and_opened(demo, "shop", "namespaces")


def ready(xr: dict[str, Any]) -> bool:
    said = {each["type"]: each["status"] for each in xr.get("status", {}).get("conditions", [])}
    return (said.get("Ready"), said.get("Synced")) == ("True", "True")

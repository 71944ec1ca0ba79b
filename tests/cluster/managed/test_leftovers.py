"""What a cluster made by itself is told before it is removed, by the cluster: whoever composed it does not know."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client

from kubegenie_tui.domain.creation import WorkState
from kubegenie_tui.store.store import Store
from tests.cluster.managed import test_cluster_api, test_crossplane
from tests.cluster.managed.cluster_api_player import ClusterApiPlayer
from tests.cluster.managed.crossplane_player import CrossplanePlayer
from tests.cluster.managed.managing import making
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster


@pytest.fixture
def left(managing_api: client.ApiClient, place: str) -> Iterator[set[str]]:
    """A load balancer and a disk, one without an address, and a directory of a node; the lines about the first two."""
    core = client.CoreV1Api(managing_api)
    ports = [{"port": 80}]
    for name in ("web", "waiting"):
        core.create_namespaced_service(
            place, {"metadata": {"name": name}, "spec": {"type": "LoadBalancer", "ports": ports}}
        )
    status = {"loadBalancer": {"ingress": [{"ip": "203.0.113.9"}]}}
    core.patch_namespaced_service_status("web", place, {"status": status})
    disk = {
        "csi": {"driver": "ebs.csi.aws.com", "volumeHandle": "vol-1"},
        "claimRef": {"namespace": place, "name": "data"},
    }
    volumes: dict[str, dict[str, Any]] = {f"{place}-disk": disk, f"{place}-dir": {"hostPath": {"path": "/data"}}}
    for name, source in volumes.items():
        spec = {"capacity": {"storage": "10Gi"}, "accessModes": ["ReadWriteOnce"], **source}
        core.create_persistent_volume({"metadata": {"name": name}, "spec": spec})
    yield {
        f"load balancer 203.0.113.9, of the Service {place}/web, whose price is not known",
        f"volume {place}-disk, 10Gi, of the claim {place}/data, whose price is not known",
    }
    for name in volumes:
        core.delete_persistent_volume(name)


async def test_of_cluster_api(
    managing: ControlPlane,
    managing_api: client.ApiClient,
    place: str,
    cluster_api: ClusterApiPlayer,
    left: set[str],
    store: Store,
    tmp_path: Path,
) -> None:
    async with making(managing, "cluster-api", place, tmp_path / "site", store) as work:
        done = await work.made(**test_cluster_api.SPEC)
        assert done.state is WorkState.DONE, done.message
        told = {each for each in (await work.works.review_removal(done)).leaves if place in each}
        assert told == left
        body = {"stringData": {"value": "no kubeconfig"}}
        client.CoreV1Api(managing_api).patch_namespaced_secret("shop-kubeconfig", place, body)
        [line, *_] = (await work.works.review_removal(done)).leaves
        assert line.startswith("load balancers and volumes could not be looked up: ")
        assert (await work.removed(done)).state is WorkState.REMOVED


async def test_of_crossplane(
    managing: ControlPlane,
    place: str,
    account: str,
    crossplane: CrossplanePlayer,
    left: set[str],
    store: Store,
    tmp_path: Path,
) -> None:
    async with making(managing, "crossplane", place, tmp_path / "site", store, provider_config=account) as work:
        done = await work.made(**test_crossplane.SPEC)
        assert done.state is WorkState.DONE, done.message
        assert left <= set((await work.works.review_removal(done)).leaves)
        assert (await work.removed(done)).state is WorkState.REMOVED

"""The command line makes clusters by Cluster API and Crossplane and removes them, without a terminal."""

import time
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client

from kubegenie_tui.providers.crossplane.asked import cluster_asked, definition_asked
from kubegenie_tui.providers.crossplane.crossplane_config import CrossplaneConfig
from kubegenie_tui.providers.crossplane.crossplane_spec import CrossplaneSpec
from kubegenie_tui.providers.managing_config import ManagingConfig
from tests.clouds.command_line import PATIENCE, CommandLine, command_line
from tests.clouds.declared import declare_ours
from tests.clouds.turn import PRICED, Cloud, Turn
from tests.cluster.managed.cluster_api_player import CLASSES, CLUSTERS, ClusterApiPlayer, class_asked
from tests.cluster.managed.crossplane_player import DEFINITIONS, EXTENSIONS, XRS, CrossplanePlayer
from tests.cluster.managed.inventories import of_cluster_api, of_crossplane, on_record
from tests.cluster.managed.limited import Limited
from tests.cluster.managed.playing import BEAT_SECONDS, Player
from tests.cluster.managed.quotas import Quota
from tests.cluster.managed.test_cluster_api import SPEC as CLUSTER_API
from tests.cluster.managed.test_crossplane import SPEC as CROSSPLANE
from tests.cluster.managed.test_wizard_crossplane import COMPOSITION, EVERYWHERE, RIGHTS, SHARED, is_made
from tests.control_plane import ControlPlane

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]  # a good dozen of processes, one after the other
XR = "kubernetesclusters.kubegenie.io"


@pytest.fixture
async def shell(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CommandLine]:
    async with command_line(tmp_path, monkeypatch, declare_ours(tmp_path / "site")) as shell:
        yield shell


def turn_of(
    shell: CommandLine, player: Player, plane: ControlPlane, cluster: dict[str, Any], held: str, **other: Any
) -> Turn:
    """A cluster that is made of other kinds; until it is let go, one of those does not come about."""

    def lay() -> str:
        ports, name = [{"port": 80}], {"name": "web"}
        service = {"metadata": name, "spec": {"type": "LoadBalancer", "ports": ports}}
        player.core.create_namespaced_service(player.namespace, service)
        status = {"loadBalancer": {"ingress": [{"ip": "203.0.113.9"}]}}
        player.core.patch_namespaced_service_status("web", player.namespace, {"status": status})
        return f"load balancer 203.0.113.9, of the Service {player.namespace}/web, whose price is not known"

    config = {"kubeconfig": str(plane.kubeconfig), "context": plane.name, "namespace": player.namespace}
    cloud = Cloud(
        config=config | other.pop("config", {}),
        cluster=cluster,
        on_record=on_record,
        hold=lambda: player.broken.update({held: "still coming"}),
        let_go=player.broken.clear,
        held="still coming",
        lay=lay,
        reads=("get", "namespaces"),
        row=player.namespace,
        **other,
    )
    return Turn(shell, cloud)


@pytest.fixture
def cluster_api_turn(shell: CommandLine, cluster_api: ClusterApiPlayer, managing: ControlPlane) -> Turn:
    calls = ("Cluster cluster.x-k8s.io/v1beta2",)
    of = {"inventory": partial(of_cluster_api, cluster_api), "calls": calls, "cost": "unpriced, what it costs is not"}
    return turn_of(shell, cluster_api, managing, CLUSTER_API, "WorkersAvailable", provider="cluster-api", **of)


@pytest.fixture
def crossplane_turn(shell: CommandLine, crossplane: CrossplanePlayer, account: str, managing: ControlPlane) -> Turn:
    calls = ("KubernetesCluster kubegenie.io/v1alpha1",)
    of = {"inventory": partial(of_crossplane, crossplane), "calls": calls, "cost": PRICED}
    config = {"provider_config": account}
    return turn_of(shell, crossplane, managing, CROSSPLANE, "NodePool", provider="crossplane", config=config, **of)


async def test_a_whole_turn_of_cluster_api(cluster_api_turn: Turn) -> None:
    await cluster_api_turn.whole()


async def test_a_whole_turn_of_crossplane(crossplane_turn: Turn) -> None:
    await crossplane_turn.whole()


async def test_cluster_api_is_refused_before_anything_is_made(
    cluster_api_turn: Turn,
    cluster_api: ClusterApiPlayer,
    managing: ControlPlane,
    managing_api: client.ApiClient,
    place: str,
    tmp_path: Path,
) -> None:
    turn, kind = cluster_api_turn, "clusters.cluster.x-k8s.io"
    turn.cloud.config["kubeconfig"] = str(tmp_path / "none")
    turn.describe()
    await turn.refused_at_once(f"No kubeconfig was found · looked for {tmp_path / 'none'}")
    person = Limited(managing, managing_api, place, tmp_path)
    person.may({kind: "get list patch delete", "clusterclasses.cluster.x-k8s.io": "get list", "secrets": "get"})
    turn.cloud.config["kubeconfig"] = str(person.kubeconfig)
    turn.describe()
    await turn.refused_at_once(f"kubegenie: Not allowed to create {kind}", person.name)
    person.may_too("create", kind)
    quota = Quota(cluster_api, kind)
    quota.leave(0)
    await turn.refused_at_once(f"A quota of the namespace has no room for {kind}", "have the quota raised")
    quota.leave(1)
    theirs = {
        "apiVersion": "cluster.x-k8s.io/v1beta2",
        "kind": "Cluster",
        "metadata": {"name": "shop"},
        "spec": {"topology": {"classRef": {"name": "quick"}, "version": "v1.34.2"}},
    }
    assert not turn.cloud.inventory()
    cluster_api.create(CLUSTERS, theirs)
    await turn.refused_at_once("cluster.name: There is a Cluster shop already")


async def test_crossplane_is_refused_before_and_while_it_is_made(
    crossplane_turn: Turn,
    crossplane: CrossplanePlayer,
    managing: ControlPlane,
    managing_api: client.ApiClient,
    account: str,
    tmp_path: Path,
) -> None:
    turn, refused = crossplane_turn, f"Not allowed to create {COMPOSITION}"
    turn.cloud.config["kubeconfig"] = str(tmp_path / "none")
    turn.describe()
    await turn.refused_at_once(f"No kubeconfig was found · looked for {tmp_path / 'none'}")
    person = Limited(managing, managing_api, account, tmp_path)
    person.may({**RIGHTS, **EVERYWHERE, f"*/{COMPOSITION}": "get delete"})
    turn.cloud.config["kubeconfig"] = str(person.kubeconfig)
    turn.describe()
    await turn.refused_at_once(f"kubegenie: {refused}", person.name)
    person.may_too("create", f"*/{COMPOSITION}")
    quota = Quota(crossplane, XR)
    quota.leave(0)
    await turn.refused_in_a_step(f"A quota of the namespace has no room for {XR}", "have the quota raised")
    assert turn.cloud.inventory() == SHARED
    await turn.cleaned_up()


def make_theirs(crossplane: CrossplanePlayer, cluster: dict[str, Any]) -> None:
    """What others made, by way of their own definition; returns once it is there."""
    crossplane.custom.create_cluster_custom_object(EXTENSIONS, "v2", DEFINITIONS, definition_asked("theirs"))
    config = CrossplaneConfig.model_validate({"namespace": crossplane.namespace})
    theirs = cluster_asked(CrossplaneSpec.model_validate(cluster), config, "theirs")
    deadline = time.monotonic() + PATIENCE
    while not is_made(crossplane, theirs):
        assert time.monotonic() < deadline
        time.sleep(BEAT_SECONDS)


async def test_crossplane_is_refused_a_name(crossplane_turn: Turn, crossplane: CrossplanePlayer) -> None:
    make_theirs(crossplane, crossplane_turn.cloud.cluster)
    await crossplane_turn.refused_at_once("cluster.name: There is a KubernetesCluster shop already")
    assert "KubernetesCluster shop" in crossplane_turn.cloud.inventory()
    crossplane.delete(XRS, "shop")


async def test_the_example_of_cluster_api_is_planned(cluster_api_turn: Turn, cluster_api: ClusterApiPlayer) -> None:
    theirs = class_asked()
    theirs["metadata"]["name"] = "quick-start"
    theirs["spec"]["workers"]["machineDeployments"][0]["class"] = "default-worker"
    cluster_api.create(CLASSES, theirs)
    told = await cluster_api_turn.example("create-cluster-api.md", ManagingConfig)
    assert [each["key"] for each in told["steps"]] == ["cluster"]


async def test_the_example_of_crossplane_is_planned(crossplane_turn: Turn) -> None:
    told = await crossplane_turn.example("create-crossplane.md", CrossplaneConfig)
    assert [each["key"] for each in told["steps"]] == ["definition", "composition/gcp", "cluster"]

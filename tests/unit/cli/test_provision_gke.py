"""The command line makes a cluster of Google's and removes it: from a file, by processes, without a terminal."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from google.cloud.container_v1 import Cluster

from kubegenie_tui.providers.gcp.gke_config import GkeConfig
from kubegenie_tui.providers.gcp.identity import PERMISSIONS
from tests.clouds.api_front import api_server
from tests.clouds.command_line import CommandLine, command_line
from tests.clouds.declared import declare_ours
from tests.clouds.gke import DENIED, NO_QUOTA, Gke
from tests.clouds.gke_inventory import inventory, on_record
from tests.clouds.google_key import key_of
from tests.clouds.turn import Cloud, Turn
from tests.unit.kube.loopback import serve

ZONE = "europe-west1-b"
CLUSTER = {
    "name": "shop",
    "region": ZONE,
    "pools": [{"name": "first"}, {"name": "second", "size": "n2-standard-2", "count": 1}],
}


@pytest.fixture
async def shell(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CommandLine]:
    async with command_line(tmp_path, monkeypatch, declare_ours(tmp_path / "site")) as shell:
        yield shell


@pytest.fixture
def google() -> Gke:
    """A project in which we may do everything, and in which no cluster left anything behind."""
    cloud = Gke()
    cloud.permitted, cloud.token = set(PERMISSIONS), "token-of-google"
    cloud.compute = {"aggregated/forwardingRules": [], "aggregated/disks": []}
    return cloud


@pytest.fixture
async def turn(shell: CommandLine, google: Gke) -> AsyncIterator[Turn]:
    def hold() -> None:
        google.project.polls = 10**9

    def let_go() -> None:
        google.project.polls = 2
        for each in google.project.under:
            each.polls = 2

    def lay() -> str:
        google.compute["aggregated/disks"] = [
            {"name": "pvc-1", "sizeGb": "20", "labels": {"goog-k8s-cluster-name": "shop"}}
        ]
        return "pvc-1"

    async with serve(google.answer) as url:
        config = {"project": "shop-1234", "endpoint": url, "compute_endpoint": url, "projects_endpoint": url}
        calls = ("container:CreateCluster", "container:CreateNodePool")
        cloud = Cloud("gke", config, CLUSTER, lambda: inventory(google), on_record, calls, hold, let_go, "RUNNING", lay)
        yield Turn(shell, cloud)


@pytest.mark.timeout(300)  # a good dozen of processes, one after the other
async def test_a_whole_turn(turn: Turn, google: Gke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = key_of(f"{turn.cloud.config['endpoint']}/token", tmp_path)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key))
    async with api_server(tmp_path / "ca") as front:
        front.takes = lambda token: token == google.token
        google.project.endpoint, google.project.authority = front.host, front.authority
        await turn.whole()


async def test_nobody_is_known_there(turn: Turn, tmp_path: Path) -> None:
    turn.cloud.config = {"project": "shop-1234", "credentials_file": str(tmp_path / "none.json")}
    turn.describe()
    await turn.refused_at_once(
        f"kubegenie: {tmp_path / 'none.json'} cannot be read · No such file or directory · gcloud auth"
    )


async def test_a_name_is_taken(turn: Turn, google: Gke) -> None:
    theirs = google.project.clusters[f"{ZONE}/shop"] = Cluster(name="shop", location=ZONE, status="RUNNING")
    await turn.refused_at_once("cluster.name: There is a cluster shop already")
    assert google.project.clusters == {f"{ZONE}/shop": theirs}


async def test_a_permission_and_then_quota_is_missing(turn: Turn, google: Gke) -> None:
    google.permitted = set(PERMISSIONS) - {"container.clusters.create"}
    google.faults = {"create_cluster": [DENIED], "create_node_pool": [NO_QUOTA]}
    work = await turn.refused_in_a_step(DENIED.message, "roles/container.admin")
    assert not inventory(google)
    said = await turn.shell.provision("plan")
    assert "✖ permission missing: container.clusters.create" in said.out
    work = await turn.refused_in_a_step("Insufficient regional quota", "ask Google for more quota")
    assert inventory(google) == {"shop", "shop/first"}
    assert work.step("cluster").attempts == 2
    await turn.cleaned_up()


async def test_the_example_of_the_guide_is_planned(turn: Turn) -> None:
    told = await turn.example("create-gke.md", GkeConfig)
    assert [each["key"] for each in told["steps"]] == ["cluster", "pool/batch"]

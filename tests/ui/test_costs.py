"""The costs of a demo cluster on machines that have a price, and plans for what could be saved."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from kubegenie_tui.screens.costs import CostsScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.plan import PlanScreen
from kubegenie_tui.screens.plan_dialog import Phase
from tests.ui.on_demo import OnDemo, app_on_demo

STAGING: dict[str, Any] = {"context": "staging", "namespace": "shop", "without": ("prod-eu", "edge-paris")}
LABELS = {"topology.kubernetes.io/region": "us-east-1", "node.kubernetes.io/instance-type": "m5.xlarge"}
VOLUME: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "PersistentVolume",
    "metadata": {"name": "pv-forgotten"},
    "spec": {
        "capacity": {"storage": "10000Gi"},
        "accessModes": ["ReadWriteOnce"],
        "persistentVolumeReclaimPolicy": "Retain",
        "csi": {"driver": "ebs.csi.aws.com", "volumeHandle": "vol-1"},
    },
    "status": {"phase": "Released"},
}


@asynccontextmanager
async def costs(tmp_path: Path) -> AsyncIterator[OnDemo]:
    """The bill of a cluster whose nodes are machines of AWS, with a volume that nobody holds."""
    async with app_on_demo(tmp_path, **STAGING) as demo:
        cluster = of(demo)
        for node in list(cluster.list("nodes")):
            meta = {**node["metadata"], "labels": {**node["metadata"]["labels"], **LABELS}}
            spec = {**node["spec"], "providerID": f"aws:///us-east-1a/{meta['name']}"}
            cluster.replace({**node, "metadata": meta, "spec": spec})
        cluster.set_status(cluster.create(VOLUME), VOLUME["status"])
        await demo.until(lambda: demo.names)
        await demo.command("costs")
        await demo.until(lambda: isinstance(demo.app.screen, CostsScreen))
        await demo.until_shown("a month")
        yield demo


def of(demo: OnDemo) -> Any:
    assert demo.server is not None
    return demo.server.worlds["staging"].cluster


async def shown(demo: OnDemo, words: str) -> None:
    """The advice with these words."""
    await demo.pilot.press("home")
    for _ in range(10):
        if words in demo.text():
            break
        await demo.pilot.press("down")
    await demo.until_shown(words)


async def chosen(demo: OnDemo, words: str) -> None:
    """The advice with these words, and its plan."""
    await shown(demo, words)
    await demo.pilot.press("enter")
    await demo.until(lambda: isinstance(demo.app.screen, PlanScreen) and demo.app.screen.phase is Phase.DECIDING)


async def test_the_bill_names_prices_their_day_and_what_could_be_saved(tmp_path: Path) -> None:
    async with costs(tmp_path) as demo:
        text = demo.text()
        assert "4 x m5.xlarge" in text
        assert "control plane (eks)" in text
        assert "prices of 20" in text
        assert "Volume pv-forgotten is held by no claim" in text
        assert "10,000 GB, phase Released, reclaim policy Retain" in text
        await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen))


async def test_a_volume_that_nobody_holds_goes_by_a_plan_that_wants_its_name(tmp_path: Path) -> None:
    async with costs(tmp_path) as demo:
        await chosen(demo, "phase Released, reclaim policy Retain")
        await demo.until_shown("W3 destructive")
        assert of(demo).get("persistentvolumes", "pv-forgotten") is not None
        await demo.pilot.press(*"pv-forgotten", "enter")
        await demo.until(lambda: of(demo).get("persistentvolumes", "pv-forgotten") is None)


async def test_emptying_spare_nodes_begins_with_a_plan(tmp_path: Path) -> None:
    async with costs(tmp_path) as demo:
        await chosen(demo, "packed to 90% they find room on")
        await demo.until_shown("unschedulable: true")
        await demo.pilot.press("y")
        await demo.until(lambda: any(each["spec"].get("unschedulable") for each in of(demo).list("nodes")))


async def test_what_ends_with_the_whole_cluster_leads_to_where_it_was_made(tmp_path: Path) -> None:
    async with costs(tmp_path) as demo:
        for node in list(of(demo).list("nodes")):
            large = {**node["status"]["allocatable"], "cpu": "400"}
            of(demo).set_status(node, {**node["status"], "allocatable": large})
        await demo.pilot.press("r")
        await demo.until_shown("The cluster does next to nothing")
        await shown(demo, "CPU is used now, on")
        await demo.pilot.press("enter")
        await demo.until_shown('No cluster "staging" was made here')

"""The costs of a demo cluster on machines that have a price, and plans for what could be saved."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from kubegenie_tui.screens.costs import CostsScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from tests.ui.costing import at_the_costs, chosen, shown
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
GOING: dict[str, Any] = {
    **VOLUME,
    "metadata": {"name": "pv-free", "finalizers": ["external-provisioner.volume.kubernetes.io/finalizer"]},
    "spec": {**VOLUME["spec"], "persistentVolumeReclaimPolicy": "Delete"},
    "status": {"phase": "Available"},
}
OF_NO_SHEET: dict[str, Any] = {
    **VOLUME,
    "metadata": {"name": "pv-odd"},
    "spec": {**VOLUME["spec"], "csi": {"driver": "driver.longhorn.io", "volumeHandle": "pvc-1"}},
}
HELD: dict[str, Any] = {**VOLUME, "metadata": {"name": "pv-left"}, "status": {"phase": "Bound"}}
CLAIM: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "PersistentVolumeClaim",
    "metadata": {"name": "left", "namespace": "shop"},
    "spec": {"volumeName": "pv-left", "accessModes": ["ReadWriteOnce"]},
}
REMOVED = "aws ec2 delete-volume --volume-id vol-1 --region us-east-1"


@asynccontextmanager
async def costs(tmp_path: Path, size: tuple[int, int] = (160, 45)) -> AsyncIterator[OnDemo]:
    """The bill of a cluster whose nodes are machines of AWS, with a volume that nobody holds."""
    async with app_on_demo(tmp_path, size, **STAGING) as demo:
        cluster = of(demo)
        for node in list(cluster.list("nodes")):
            meta = {**node["metadata"], "labels": {**node["metadata"]["labels"], **LABELS}}
            spec = {**node["spec"], "providerID": f"aws:///us-east-1a/{meta['name']}"}
            cluster.replace({**node, "metadata": meta, "spec": spec})
        for volume in (VOLUME, GOING, HELD):
            cluster.set_status(cluster.create(volume), volume["status"])
        cluster.create(CLAIM)
        await demo.until(lambda: demo.names)
        await at_the_costs(demo)
        yield demo


def of(demo: OnDemo) -> Any:
    assert demo.server is not None
    return demo.server.worlds["staging"].cluster


def is_going(found: Any) -> bool:
    """Gone, or held until its disk is."""
    return found is None or "deletionTimestamp" in found["metadata"]


async def test_the_bill_names_prices_their_day_and_what_could_be_saved(tmp_path: Path) -> None:
    async with costs(tmp_path) as demo:
        for words in (
            "4 x m5.xlarge",
            "control plane (eks)",
            "prices of 20",
            "Volume pv-forgotten is held by no claim",
        ):
            await demo.until_shown(words)
        text = demo.text()
        await shown(demo, "10,000 GB, phase Released, reclaim policy Retain")
        words = " ".join(text.replace("│", " ").split())
        assert "none is called a spot candidate: kubegenie costs refresh eks --region us-east-1" in words
        await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen))


async def test_why_a_saving_is_not_known_is_told(tmp_path: Path) -> None:
    said = "A ? stands where nothing tells what would be saved"
    async with costs(tmp_path) as demo:
        assert said not in demo.text()
        await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen))
        of(demo).set_status(of(demo).create(OF_NO_SHEET), OF_NO_SHEET["status"])
        await demo.command("costs")
        await demo.until_shown("?  Volume pv-odd is held by no claim")
        await demo.until_shown(said)


async def test_a_volume_that_nobody_holds_goes_by_a_plan_that_wants_its_name(tmp_path: Path) -> None:
    async with costs(tmp_path) as demo:
        await chosen(demo, "phase Available, reclaim policy Delete")
        await demo.until_shown("W3 destructive")
        assert "deletionTimestamp" not in of(demo).get("persistentvolumes", "pv-free")["metadata"]
        await demo.pilot.press(*"pv-free", "enter")
        await demo.until(lambda: is_going(of(demo).get("persistentvolumes", "pv-free")))


async def test_a_volume_whose_disk_stays_goes_by_a_plan_that_tells_what_removes_the_disk(tmp_path: Path) -> None:
    left = f"it leaves the disk vol-1 (ebs.csi.aws.com), which is paid for until it is removed there: {REMOVED}"
    async with costs(tmp_path) as demo:
        await shown(demo, "phase Released, reclaim policy Retain")
        for words in (left, "the disk is not removed from here: a cluster has no credentials of its cloud"):
            assert words in " ".join(demo.text().replace("│", " ").split())
        await chosen(demo, "phase Released, reclaim policy Retain")
        await demo.until_shown("W3 destructive")
        await demo.until(lambda: left in " ".join(demo.text().replace("│", " ").split()))
        await demo.pilot.press(*"pv-forgotten", "enter")
        await demo.until(lambda: is_going(of(demo).get("persistentvolumes", "pv-forgotten")))
        await demo.until_shown("Done in ")
        changes = await demo.app.services.changes()
        plans = {each.plan for each in await changes.audit.entries()}
        disk = "the disk vol-1 (ebs.csi.aws.com)"
        assert plans == {f"Save: Volume pv-forgotten is held by no claim, and would leave {disk}"}


async def test_what_stays_behind_a_claim_is_told_with_its_plan(tmp_path: Path) -> None:
    async with costs(tmp_path) as demo:
        await chosen(demo, "Volume pv-left stays with the disk vol-1 (ebs.csi.aws.com)")
        await demo.until_shown("Volume pv-left stays with the disk vol-1 (ebs.csi.aws.com)")
        await demo.until_shown("--volume-id vol-1")


async def test_emptying_spare_nodes_begins_with_a_plan(tmp_path: Path) -> None:
    async with costs(tmp_path) as demo:
        await chosen(demo, "packed to 90% they find room on")
        await demo.until_shown("unschedulable: true")
        await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.screen, CostsScreen))
        await demo.until_shown("what would end it")
        await chosen(demo, "packed to 90% they find room on")
        await demo.pilot.press("y")
        await demo.until(lambda: any(each["spec"].get("unschedulable") for each in of(demo).list("nodes")))


async def test_a_smaller_size_is_told_with_its_pool_and_the_old_nodes_are_cordoned_by_a_plan(tmp_path: Path) -> None:
    async with costs(tmp_path) as demo:
        for node in list(of(demo).list("nodes")):
            roomy = {**node["status"]["allocatable"], "cpu": "3920m", "memory": "15Gi"}
            of(demo).set_status(node, {**node["status"], "allocatable": roomy})
        await demo.pilot.press("r")
        await demo.until_shown("4 x m5.xlarge could be m5.large")
        await shown(demo, "not reckoned with: affinity, volumes")
        await demo.until_shown("--instance-types m5.large")
        await demo.pilot.press("enter")
        await demo.asked_to_decide()
        await demo.until_shown("The new pool has to be there first")
        await demo.pilot.press("y")
        await demo.until(lambda: all(each["spec"].get("unschedulable") for each in of(demo).list("nodes")))

"""What a disk costs is what its class asks for, where nothing else tells."""

from typing import Any

import pytest

from kubegenie_tui.domain.manifest import Manifest
from tests.unit.costs.test_bill import billed, node, only, volume

GOOGLE = {"topology.kubernetes.io/region": "europe-west3", "node.kubernetes.io/instance-type": "e2-standard-4"}


def of_google() -> Manifest:
    return {**node("n1", **GOOGLE), "spec": {"providerID": "gce://shop-1/europe-west3-a/n1"}}


def left(driver: str, handle: str, **spec: Any) -> Manifest:
    found = volume("gone", "Released", "old")
    found["spec"] |= {"csi": {"driver": driver, "volumeHandle": handle}, **spec}
    return found


def of_class(name: str, **parameters: str) -> Manifest:
    return {"metadata": {"name": name}, "parameters": parameters}


@pytest.mark.parametrize(
    ("name", "monthly"), [("", 12.0), ("premium-rwo", 20.4), ("standard", 4.8), ("gone", 12.0), ("fast", None)]
)
def test_a_disk_of_google_costs_what_its_class_does(name: str, monthly: float | None) -> None:
    classes = [
        of_class("premium-rwo", type="pd-ssd"), of_class("standard", type="pd-standard"),
        of_class("fast", type="hyperdisk-balanced"),
    ]  # fmt: skip
    disk = left("pd.csi.storage.gke.io", "projects/shop-1/zones/europe-west3-a/disks/d", storageClassName=name)
    found = billed(nodes=[of_google()], volumes=[disk], classes=classes)
    advice = only(found, "unattached-volume")
    assert advice.monthly == (None if monthly is None else pytest.approx(monthly))


def test_a_disk_in_two_zones_has_a_price_of_its_own() -> None:
    disk = left("pd.csi.storage.gke.io", "projects/shop-1/regions/europe-west3/disks/d")
    assert only(billed(nodes=[of_google()], volumes=[disk]), "unattached-volume").monthly is None


def test_a_disk_of_amazon_is_of_the_kind_that_its_class_asks_for() -> None:
    disk = left("ebs.csi.aws.com", "vol-1", storageClassName="old")
    classes = [of_class("old", type="io1")]
    assert only(billed(volumes=[disk]), "unattached-volume").monthly == pytest.approx(8.0)
    assert only(billed(volumes=[disk], classes=classes), "unattached-volume").monthly is None

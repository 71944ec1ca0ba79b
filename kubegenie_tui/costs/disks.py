"""The disk behind a volume: whether it goes when the volume is deleted here, and how it is removed where it lies."""

import shlex

from kubegenie_tui.domain.manifest import Manifest, text_at, texts_at

_TAKE_ALONG = ("external-provisioner.volume.kubernetes.io/finalizer", "kubernetes.io/pv-controller")
"""Finalizers that hold a volume until its disk is gone. Source: PersistentVolume deletion protection finalizer, in
kubernetes.io/docs/concepts/storage/persistent-volumes."""


def goes_along(volume: Manifest) -> bool:
    """Whether the disk is gone once the volume is: only where the policy says so and somebody sees to it."""
    policy = text_at(volume, "spec.persistentVolumeReclaimPolicy")
    return policy == "Delete" and any(each in _TAKE_ALONG for each in texts_at(volume, "metadata.finalizers"))


def disk_of(volume: Manifest) -> str:
    """`the disk vol-1 (ebs.csi.aws.com)`."""
    handle, driver = text_at(volume, "spec.csi.volumeHandle"), text_at(volume, "spec.csi.driver")
    return f"the disk {handle} ({driver})" if handle else "what is behind it"


def how_removed(volume: Manifest, region: str) -> str:
    """How the disk is removed where it lies: a command where its driver is known."""
    handle, driver = text_at(volume, "spec.csi.volumeHandle"), text_at(volume, "spec.csi.driver")
    command = _command(driver, handle, region) if handle else []
    if command:
        return shlex.join(command)
    return f"the tools of {driver}" if driver else "whoever keeps it"


def _command(driver: str, handle: str, region: str) -> list[str]:
    match driver, handle.split("/"):
        case "ebs.csi.aws.com", [volume]:
            return ["aws", "ec2", "delete-volume", "--volume-id", volume, *(["--region", region] if region else [])]
        case "disk.csi.azure.com", ["", "subscriptions", *_]:
            return ["az", "disk", "delete", "--ids", handle]
        case "pd.csi.storage.gke.io", ["projects", project, "zones" | "regions" as kind, place, "disks", name]:
            where = f"--{kind.removesuffix('s')}"
            return ["gcloud", "compute", "disks", "delete", name, where, place, "--project", project]
    return []

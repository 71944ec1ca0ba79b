"""Volumes that are paid for and used by nobody."""

from collections.abc import Iterator

from kubegenie_tui.costs.disks import disk_of, goes_along, how_removed
from kubegenie_tui.costs.world import ENDED, World, key_of
from kubegenie_tui.domain.costs import Advice, monthly
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Step, Verb
from kubegenie_tui.domain.quantity import parse_quantity

CLAIMS, VOLUMES = "persistentvolumeclaims", "persistentvolumes"
CLASSES = "storageclasses.storage.k8s.io"
_DISKS = {
    "ebs.csi.aws.com": "gp3",
    "pd.csi.storage.gke.io": "pd-balanced",
    "disk.csi.azure.com": "StandardSSD_LRS",
}
"""The kind of disk that each driver makes unless its class says otherwise."""
_KINDS = ("type", "skuname", "storageaccounttype")
"""Parameters by which a class says so: those of AWS and Google, and both of Azure, in any case."""


def gigabytes(volume: Manifest) -> float:
    """How large it is, in units of 1024³ bytes, as clouds bill them."""
    return parse_quantity(text_at(volume, "spec.capacity.storage") or "0") / 2**30


def volume_hourly(world: World, volume: Manifest) -> float | None:
    """US dollars an hour; None when the sheet does not know its kind."""
    driver, sheet = text_at(volume, "spec.csi.driver"), world.sheet
    if sheet is None or driver not in _DISKS:
        return None
    if "/regions/" in text_at(volume, "spec.csi.volumeHandle"):
        return None  # in two zones at once, at a price of its own
    said = {key.lower(): str(value) for key, value in _told(world, volume).items()}
    kind = next((said[key] for key in _KINDS if said.get(key)), _DISKS[driver])
    return sheet.volume_hourly(world.region, kind, gigabytes(volume))


def _told(world: World, volume: Manifest) -> Manifest:
    """What the class of a volume asks for, and the volume itself, where it says so."""
    name = text_at(volume, "spec.storageClassName")
    of = next((each for each in world.all(CLASSES) if text_at(each, "metadata.name") == name), {})
    return {**mapping_at(of, "parameters"), **mapping_at(volume, "spec.csi.volumeAttributes")}


def unattached(world: World) -> Iterator[Advice]:
    """Volumes that no claim holds any more, and claims that no pod mounts, nor would if it were started."""
    for volume in world.all(VOLUMES):
        if text_at(volume, "status.phase") in ("Released", "Available"):
            yield _released(world, volume)
    mounted = {each for pod in world.all("pods") for each in _mounts(pod)}
    expected = set(_of_templates(world))
    by_name = {text_at(each, "metadata.name"): each for each in world.all(VOLUMES)}
    for claim in world.all(CLAIMS):
        key = key_of(claim)
        volume = by_name.get(text_at(claim, "spec.volumeName"), {})
        if volume and key not in mounted and not _is_expected(key, expected):
            yield _unmounted(world, claim, volume)


def _released(world: World, volume: Manifest) -> Advice:
    name = text_at(volume, "metadata.name")
    phase, policy = text_at(volume, "status.phase"), text_at(volume, "spec.persistentVolumeReclaimPolicy")
    held = text_at(volume, "spec.claimRef.name")
    of = f", of the claim {text_at(volume, 'spec.claimRef.namespace')}/{held} that is gone" if held else ""
    ref, goes = ObjectRef(VOLUMES, name), goes_along(volume)
    evidence = f"{gigabytes(volume):,.0f} GB, phase {phase}, reclaim policy {policy}{of}"
    disk, how = disk_of(volume), how_removed(volume, world.region)
    stays = f"Deleted here, it leaves {disk}, which is paid for until it is removed there: {how}"
    is_left = not goes and bool(text_at(volume, "spec.csi.volumeHandle"))
    then = "delete the volume: its disk goes with it" if goes else "delete the volume here, and the disk there"
    return Advice(
        "unattached-volume",
        f"Volume {name} is held by no claim" + (f", and would leave {disk}" if is_left else ""),
        ref,
        (evidence,) if goes else (evidence, stays),
        monthly(volume_hourly(world, volume)),
        f"keep a snapshot of what may be needed, then {then}",
        (Step(Verb.DELETE, ref),),
        stays="" if goes else stays,
        not_here="" if goes else "the disk is not removed from here: a cluster has no credentials of its cloud",
    )


def _unmounted(world: World, claim: Manifest, volume: Manifest) -> Advice:
    namespace, name = text_at(claim, "metadata.namespace"), text_at(claim, "metadata.name")
    ref = ObjectRef(CLAIMS, name, namespace)
    stays = _stays(world, volume)
    return Advice(
        "unmounted-claim",
        f"Claim {namespace}/{name} is mounted by no pod",
        ref,
        tuple(filter(None, (_size_of(claim, volume), stays))),
        monthly(volume_hourly(world, volume)),
        "make sure that nothing will need what is on it",
        (Step(Verb.DELETE, ref),),
        stays=stays,
    )


def _size_of(claim: Manifest, volume: Manifest) -> str:
    return f"{gigabytes(volume):,.0f} GB, class {text_at(claim, 'spec.storageClassName') or 'none'}"


def _stays(world: World, volume: Manifest) -> str:
    """What is left of it once the claim is deleted; empty when its policy takes it along."""
    if text_at(volume, "spec.persistentVolumeReclaimPolicy") == "Delete":
        return ""
    name, how = text_at(volume, "metadata.name"), how_removed(volume, world.region)
    return f"Volume {name} stays with {disk_of(volume)}, which is paid for until it is removed: {how}"


def _mounts(pod: Manifest) -> Iterator[str]:
    if text_at(pod, "status.phase") in ENDED:
        return
    namespace = text_at(pod, "metadata.namespace")
    for volume in mappings_at(pod, "spec.volumes"):
        if name := text_at(volume, "persistentVolumeClaim.claimName"):
            yield f"{namespace}/{name}"
        if "ephemeral" in volume:
            yield f"{namespace}/{text_at(pod, 'metadata.name')}-{text_at(volume, 'name')}"


def _of_templates(world: World) -> Iterator[str]:
    """Names of claims that workloads would mount: whole ones, and beginnings of those that StatefulSets number."""
    for each in world.all("statefulsets.apps"):
        namespace = text_at(each, "metadata.namespace")
        for template in mappings_at(each, "spec.volumeClaimTemplates"):
            yield f"{namespace}/{text_at(template, 'metadata.name')}-{text_at(each, 'metadata.name')}-"
    for kind in ("statefulsets.apps", "deployments.apps"):
        for each in world.all(kind):
            yield from _mounts({"metadata": each.get("metadata"), "spec": mapping_at(each, "spec.template.spec")})


def _is_expected(key: str, expected: set[str]) -> bool:
    beginning = key.rstrip("0123456789")
    return key in expected or (beginning != key and beginning in expected)

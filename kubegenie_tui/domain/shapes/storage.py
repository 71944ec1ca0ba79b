"""Persistent volumes and claims as a table shows them."""

from sys import intern

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.row import Column, Measure, Row
from kubegenie_tui.domain.shapes.base import Meta, Part, on_its_way, row_of, seconds, shape

_MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}


def _modes(modes: list[str] | None) -> str:
    """Source: GetAccessModesAsString in k8s.io/kubernetes/pkg/apis/core/v1/helper."""
    given = set(modes or ())
    return intern(",".join(short for mode, short in _MODES.items() if mode in given))


class _ClaimSpec(Part, frozen=True):
    access_modes: list[str] | None = None
    volume_name: str = ""
    storage_class_name: str | None = None
    volume_mode: str = ""


class _ClaimStatus(Part, frozen=True):
    phase: str = ""
    access_modes: list[str] | None = None
    capacity: dict[str, str] | None = None


class _Claim(Part, frozen=True):
    metadata: Meta
    spec: _ClaimSpec = _ClaimSpec()
    status: _ClaimStatus = _ClaimStatus()


def _claim(claim: _Claim) -> Row:
    """Source: printPersistentVolumeClaim in k8s.io/kubernetes/pkg/printers/internalversion."""
    spec, status = claim.spec, claim.status
    bound = spec.volume_name != ""
    word = "Terminating" if claim.metadata.deletion_timestamp is not None else status.phase
    cells = (
        intern(word),
        spec.volume_name,
        (status.capacity or {}).get("storage", "") if bound else "",
        _modes(status.access_modes) if bound else "",
        intern(spec.storage_class_name or ""),
        intern(spec.volume_mode),
    )
    return row_of(claim.metadata, cells, _claim_health(claim, word))


def _claim_health(claim: _Claim, word: str) -> Health:
    if word == "Bound":
        return Health.OK
    if word == "Lost":
        return Health.BAD
    return on_its_way(seconds(claim.metadata.deletion_timestamp or claim.metadata.creation_timestamp))


class _ClaimRef(Part, frozen=True):
    namespace: str = ""
    name: str = ""


class _VolumeSpec(Part, frozen=True):
    capacity: dict[str, str] | None = None
    access_modes: list[str] | None = None
    claim_ref: _ClaimRef | None = None
    persistent_volume_reclaim_policy: str = ""
    storage_class_name: str = ""
    volume_mode: str = ""


class _VolumeStatus(Part, frozen=True):
    phase: str = ""
    reason: str = ""


class _Volume(Part, frozen=True):
    metadata: Meta
    spec: _VolumeSpec = _VolumeSpec()
    status: _VolumeStatus = _VolumeStatus()


_VOLUME_HEALTH = {
    "Bound": Health.OK,
    "Available": Health.IDLE,
    "Released": Health.IDLE,
    "Pending": Health.PROGRESSING,
    "Terminating": Health.PROGRESSING,
    "Failed": Health.BAD,
}


def _volume(volume: _Volume) -> Row:
    spec, ref = volume.spec, volume.spec.claim_ref
    word = "Terminating" if volume.metadata.deletion_timestamp is not None else volume.status.phase
    cells = (
        (spec.capacity or {}).get("storage", ""),
        _modes(spec.access_modes),
        intern(spec.persistent_volume_reclaim_policy),
        intern(word),
        f"{ref.namespace}/{ref.name}" if ref is not None else "",
        intern(spec.storage_class_name),
        intern(volume.status.reason),
        intern(spec.volume_mode),
    )
    return row_of(volume.metadata, cells, _VOLUME_HEALTH.get(word, Health.UNKNOWN))


CLAIMS = shape(
    _Claim,
    _claim,
    Column("STATUS", Measure.STATUS, 0),
    Column("VOLUME", Measure.TEXT, 2),
    Column("CAPACITY", Measure.TEXT, 1),
    Column("ACCESS MODES", Measure.TEXT, 1),
    Column("STORAGECLASS", Measure.TEXT, 1),
    Column("VOLUMEMODE", Measure.TEXT, 9),
    patience=120,
)
VOLUMES = shape(
    _Volume,
    _volume,
    Column("CAPACITY", Measure.TEXT, 0),
    Column("ACCESS MODES", Measure.TEXT, 1),
    Column("RECLAIM POLICY", Measure.TEXT, 2),
    Column("STATUS", Measure.STATUS, 0),
    Column("CLAIM", Measure.TEXT, 1),
    Column("STORAGECLASS", Measure.TEXT, 1),
    Column("REASON", Measure.TEXT, 9),
    Column("VOLUMEMODE", Measure.TEXT, 9),
    patience=120,
)

"""Helm releases as their Secrets keep them: read without helm, bounded, and never with more than a person asks for."""

import base64
import binascii
import zlib
from collections.abc import Iterable
from typing import Any

import msgspec

from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import Manifest, mapping_at, text_at

SECRET_TYPE = "helm.sh/release.v1"  # noqa: S105 - the type of a Secret, not one
SELECTOR = "owner=helm"
BY_SERVER = "ssa"
"""How helm 4 notes in a release that it is made by server-side apply; helm 3 notes nothing."""
LARGEST = 64 * 2**20
"""Bytes a release may have when unpacked; the Secret itself cannot be larger than 1 MiB."""
_GZIP = b"\x1f\x8b"
_HEALTH = {
    "deployed": Health.OK,
    "superseded": Health.IDLE,
    "uninstalled": Health.IDLE,
    "uninstalling": Health.PROGRESSING,
    "pending-install": Health.PROGRESSING,
    "pending-upgrade": Health.PROGRESSING,
    "pending-rollback": Health.PROGRESSING,
    "failed": Health.BAD,
}


class Revision(msgspec.Struct, frozen=True):
    """One revision of a release, as the labels of its Secret tell it."""

    namespace: str
    name: str
    number: int
    status: str
    """`deployed`, `superseded`, `failed`, `pending-upgrade` ..."""
    modified: int
    """Seconds since the epoch; 0 when not told."""
    secret: str
    """Name of the Secret."""
    uid: str

    @property
    def health(self) -> Health:
        """The glyph and colour of its status."""
        return _HEALTH.get(self.status, Health.UNKNOWN)


class Release(msgspec.Struct, frozen=True):
    """What a Secret holds of one revision."""

    chart: str
    """`ingress-nginx-4.11.2`."""
    app_version: str
    description: str
    """What helm says of this revision: `Upgrade complete`."""
    values: Manifest
    """What the person set; the chart's own values are in `defaults`."""
    defaults: Manifest
    manifest: str
    """YAML of all objects, as it was applied."""
    hooks: int
    """How many hooks the chart has; only helm runs them."""
    notes: str
    by_server: bool = False
    """Whether its objects are made by server-side apply, in helm's name."""


def revision_of(metadata: Manifest) -> Revision | None:
    """The revision that a Secret's metadata tells of; None when helm does not own it."""
    labels = mapping_at(metadata, "labels")
    number, modified = text_at(labels, "version"), text_at(labels, "modifiedAt") or text_at(labels, "createdAt")
    if labels.get("owner") != "helm" or not number.isdigit():
        return None
    return Revision(
        text_at(metadata, "namespace"),
        text_at(labels, "name"),
        int(number),
        text_at(labels, "status"),
        int(modified) if modified.isdigit() else 0,
        text_at(metadata, "name"),
        text_at(metadata, "uid"),
    )


def latest(revisions: Iterable[Revision]) -> list[Revision]:
    """The newest revision of each release, by namespace and name."""
    newest: dict[tuple[str, str], Revision] = {}
    for each in revisions:
        key = each.namespace, each.name
        if key not in newest or newest[key].number < each.number:
            newest[key] = each
    return [newest[key] for key in sorted(newest)]


def unpacked_release(secret: Manifest) -> Manifest:
    """What a release's Secret holds, as helm wrote it.

    Source: helm.sh/helm/v3/pkg/storage/driver, `decodeRelease`: base64 of gzip of JSON, in a Secret's base64.

    Raises:
        KubeGenieError: it is not a release, is damaged, or is larger than LARGEST.
    """
    try:
        packed = base64.b64decode(base64.b64decode(mapping_at(secret, "data").get("release", "")))
        found: Manifest = msgspec.json.decode(_unpacked(packed), type=dict[str, Any])
    except (binascii.Error, zlib.error, msgspec.DecodeError, ValueError, TypeError) as error:
        name = text_at(secret, "metadata.name")
        raise KubeGenieError(f"The Secret {name} holds no release that can be read", str(error)) from error
    return found


def read_release(secret: Manifest) -> Release:
    """What a release's Secret holds, as much as a person looks at.

    Raises:
        KubeGenieError: as `unpacked_release`.
    """
    found = unpacked_release(secret)
    chart = mapping_at(found, "chart.metadata")
    hooks = found.get("hooks")
    return Release(
        chart=f"{text_at(chart, 'name')}-{text_at(chart, 'version')}",
        app_version=text_at(chart, "appVersion"),
        description=text_at(found, "info.description"),
        values=mapping_at(found, "config"),
        defaults=mapping_at(found, "chart.values"),
        manifest=str(found.get("manifest") or ""),
        hooks=len(hooks) if isinstance(hooks, list) else 0,
        notes=str(mapping_at(found, "info").get("notes") or ""),
        by_server=found.get("apply_method") == BY_SERVER,
    )


def _unpacked(packed: bytes) -> bytes:
    if not packed.startswith(_GZIP):
        return packed
    unpacker = zlib.decompressobj(wbits=31)
    whole = unpacker.decompress(packed, LARGEST)
    if unpacker.unconsumed_tail:
        raise ValueError(f"it is larger than {LARGEST >> 20} MiB")
    return whole

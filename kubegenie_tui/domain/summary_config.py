"""Config maps, secrets, storage, namespaces, roles in words."""

from collections.abc import Iterator
from typing import Any

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at, texts_at
from kubegenie_tui.domain.quantity import format_bytes
from kubegenie_tui.domain.summary_section import Field, Section, counted, field, joined, section
from kubegenie_tui.domain.text import plain
from kubegenie_tui.domain.yaml_text import hidden

MOST_KEYS = 100
SHORT_VALUE = 80
"""Characters of a config map's value that is shown beside its key."""


def config_map(manifest: Manifest, related: list[Manifest], now: float) -> Iterator[Section]:
    """The keys, their sizes, and values of one short line."""
    rows = [
        *(field(str(key), _value(value)) for key, value in mapping_at(manifest, "data").items()),
        *(
            field(str(key), hidden(value).removeprefix("••• "))
            for key, value in mapping_at(manifest, "binaryData").items()
        ),
    ]
    yield section("", _immutable(manifest))
    yield _keys(rows)


def secret(manifest: Manifest, related: list[Manifest], now: float) -> Iterator[Section]:
    """The keys and their sizes; never a value."""
    yield section("", field("Type", text_at(manifest, "type")), _immutable(manifest))
    yield _keys([field(str(key), hidden(value)) for key, value in mapping_at(manifest, "data").items()])


def claim(manifest: Manifest, related: list[Manifest], now: float) -> Iterator[Section]:
    """A claim: its phase, its volume, what it asks for."""
    phase = text_at(manifest, "status.phase")
    yield section(
        "",
        field("Phase", phase, _CLAIM_HEALTH.get(phase, Health.OK)),
        field("Volume", text_at(manifest, "spec.volumeName")),
        field("Class", text_at(manifest, "spec.storageClassName")),
        field("Requested", text_at(manifest, "spec.resources.requests.storage")),
        field("Capacity", text_at(manifest, "status.capacity.storage")),
        field("Access modes", joined(texts_at(manifest, "spec.accessModes"))),
        field("Volume mode", text_at(manifest, "spec.volumeMode")),
    )


def volume(manifest: Manifest, related: list[Manifest], now: float) -> Iterator[Section]:
    """A volume: its phase, its claim, what is behind it."""
    phase = text_at(manifest, "status.phase")
    owner = (text_at(manifest, "spec.claimRef.namespace"), text_at(manifest, "spec.claimRef.name"))
    yield section(
        "",
        field("Phase", phase, Health.BAD if phase == "Failed" else Health.OK),
        field("Claim", joined(owner, "/")),
        field("Capacity", text_at(manifest, "spec.capacity.storage")),
        field("Class", text_at(manifest, "spec.storageClassName")),
        field("Reclaim policy", text_at(manifest, "spec.persistentVolumeReclaimPolicy")),
        field("Access modes", joined(texts_at(manifest, "spec.accessModes"))),
        field("Driver", text_at(manifest, "spec.csi.driver")),
        field("Reason", joined((text_at(manifest, "status.reason"), text_at(manifest, "status.message")), ": ")),
    )


def namespace(manifest: Manifest, related: list[Manifest], now: float) -> Iterator[Section]:
    """Its phase."""
    phase = text_at(manifest, "status.phase")
    yield section("", field("Phase", phase, Health.WARN if phase == "Terminating" else Health.OK))


def role(manifest: Manifest, related: list[Manifest], now: float) -> Iterator[Section]:
    """What it allows, a rule a line."""
    yield section("Allows", *(_rule(rule) for rule in mappings_at(manifest, "rules")))


def role_binding(manifest: Manifest, related: list[Manifest], now: float) -> Iterator[Section]:
    """Which role is given to whom."""
    role = mapping_at(manifest, "roleRef")
    yield section("", field("Role", joined((text_at(role, "kind"), text_at(role, "name")), "/")))
    yield section("Subjects", *(_subject(subject) for subject in mappings_at(manifest, "subjects")))


_CLAIM_HEALTH = {"Pending": Health.WARN, "Lost": Health.BAD}


def _immutable(manifest: Manifest) -> Field | None:
    return field("Immutable", "yes") if manifest.get("immutable") is True else None


def _keys(rows: list[Field | None]) -> Section:
    more = field("", f"and {counted(len(rows) - MOST_KEYS, 'more key')}") if len(rows) > MOST_KEYS else None
    return section(f"Keys ({len(rows)})", *rows[:MOST_KEYS], more)


def _value(value: Any) -> str:
    text = value if isinstance(value, str) else ""
    if text and len(text) <= SHORT_VALUE and "\n" not in text.strip("\n"):
        return plain(text.strip("\n"))
    return joined((format_bytes(len(text.encode(errors="replace"))), counted(len(text.splitlines()), "line")))


def _rule(rule: Manifest) -> Field | None:
    groups = [group or "core" for group in texts_at(rule, "apiGroups")]
    what = joined((*texts_at(rule, "resources"), *texts_at(rule, "nonResourceURLs")))
    names = joined(texts_at(rule, "resourceNames"))
    verbs = joined(texts_at(rule, "verbs"))
    only = f" named {names}" if names else ""
    inside = f"  ({joined(groups)})" if groups and groups != ["core"] else ""
    return field(verbs, f"{what}{only}{inside}")


def _subject(subject: Manifest) -> Field | None:
    return field(
        text_at(subject, "kind"), joined((text_at(subject, "namespace"), text_at(subject, "name")), "/") or "unnamed"
    )

"""What a CustomResourceDefinition says of itself: versions, what is stored, and how the server took it."""

from collections.abc import Iterator

import msgspec

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at, texts_at

_WANTED = {"Established": "True", "NamesAccepted": "True", "NonStructuralSchema": "False", "Terminating": "False"}
"""What each condition of a definition should be. Source: apiextensions.k8s.io/v1 CustomResourceDefinitionCondition."""


class PrinterColumn(msgspec.Struct, frozen=True):
    """A column that the server prints."""

    name: str
    type: str
    path: str
    """JSON path of what it shows."""
    priority: int = 0
    """Above 0 only in wide tables."""


class Version(msgspec.Struct, frozen=True):
    """One version of the kind."""

    name: str
    served: bool
    storage: bool
    """Whether objects are written to the store in it."""
    deprecated: bool
    warning: str
    """What the server tells whoever uses it; empty for its own words, or when it is not deprecated."""
    columns: tuple[PrinterColumn, ...]

    @property
    def words(self) -> str:
        """`v1 served, stored`."""
        states = [
            "served" if self.served else "not served",
            *(["stored"] if self.storage else []),
            *(["deprecated"] if self.deprecated else []),
        ]
        return f"{self.name} {', '.join(states)}"


class Condition(msgspec.Struct, frozen=True):
    """A condition of any object."""

    type: str
    status: str
    reason: str = ""
    message: str = ""
    since: str = ""
    """When it became so, as the server writes it."""
    health: Health = Health.OK
    told: bool = True
    """Whether it is known to say how the object is."""


class DefinitionFacts(msgspec.Struct, frozen=True):
    """A definition."""

    name: str
    group: str
    kind: str
    scope: str
    """`Namespaced` or `Cluster`."""
    short_names: tuple[str, ...]
    categories: tuple[str, ...]
    versions: tuple[Version, ...]
    stored: tuple[str, ...]
    """Versions in which objects may still be stored."""
    conditions: tuple[Condition, ...]

    @property
    def left_over(self) -> tuple[str, ...]:
        """Stored versions that are defined no more: such objects cannot be read."""
        known = {version.name for version in self.versions}
        return tuple(name for name in self.stored if name not in known)

    @property
    def to_migrate(self) -> tuple[str, ...]:
        """Stored versions other than the one that is written now: they cannot be taken away yet."""
        written = {version.name for version in self.versions if version.storage}
        return tuple(name for name in self.stored if name not in written and name not in self.left_over)

    def faults(self) -> Iterator[str]:
        """What a person should know, the gravest first."""
        yield from (f"{each.type} is {each.status}: {each.message or each.reason}" for each in self.bad_conditions)
        for name in self.left_over:
            yield f"{name} is stored and no longer defined: such objects cannot be read"
        for name in self.to_migrate:
            yield f"{name} may still be stored: write every object once before it is taken away"
        for version in self.versions:
            if version.deprecated and version.served:
                yield f"{version.name} is deprecated{f': {version.warning}' if version.warning else ''}"

    @property
    def bad_conditions(self) -> tuple[Condition, ...]:
        """Conditions that are not as they should be."""
        return tuple(each for each in self.conditions if each.health is not Health.OK)


def definition_facts(definition: Manifest) -> DefinitionFacts:
    """What a definition says."""
    return DefinitionFacts(
        name=text_at(definition, "metadata.name"),
        group=text_at(definition, "spec.group"),
        kind=text_at(definition, "spec.names.kind"),
        scope=text_at(definition, "spec.scope"),
        short_names=tuple(texts_at(definition, "spec.names.shortNames")),
        categories=tuple(texts_at(definition, "spec.names.categories")),
        versions=tuple(_version(each) for each in mappings_at(definition, "spec.versions")),
        stored=tuple(texts_at(definition, "status.storedVersions")),
        conditions=tuple(_conditions(definition)),
    )


def _version(version: Manifest) -> Version:
    columns = (
        PrinterColumn(
            text_at(each, "name"), text_at(each, "type"), text_at(each, "jsonPath"), int(each.get("priority") or 0)
        )
        for each in mappings_at(version, "additionalPrinterColumns")
    )
    return Version(
        text_at(version, "name"),
        served=version.get("served") is True,
        storage=version.get("storage") is True,
        deprecated=version.get("deprecated") is True,
        warning=text_at(version, "deprecationWarning"),
        columns=tuple(columns),
    )


def _conditions(definition: Manifest) -> Iterator[Condition]:
    for each in mappings_at(definition, "status.conditions"):
        type_, status = text_at(each, "type"), text_at(each, "status")
        fits = _WANTED.get(type_, status) == status
        yield Condition(
            type_,
            status,
            text_at(each, "reason"),
            text_at(each, "message"),
            text_at(each, "lastTransitionTime"),
            Health.OK if fits else Health.BAD,
        )

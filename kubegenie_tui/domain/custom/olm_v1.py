"""Operators that version 1 of the Operator Lifecycle Manager installs: ClusterExtensions, and their catalogs.

Sources: olm.operatorframework.io/v1 (ClusterExtension, ClusterCatalog) and
https://operator-framework.github.io/operator-controller/.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from kubegenie_tui.domain.custom.operators import Operator
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, number_at, text_at, texts_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.label_selector import selects

EXTENSIONS = "clusterextensions.olm.operatorframework.io"
CATALOGS = "clustercatalogs.olm.operatorframework.io"
_OWNER_KIND, _OWNER_NAME = "olm.operatorframework.io/owner-kind", "olm.operatorframework.io/owner-name"
_PINNED = re.compile(r"v?\d+\.\d+\.\d+\S*")
_POLICIES = {
    "": "is upgraded along the paths of its catalog (CatalogProvided)",
    "CatalogProvided": "is upgraded along the paths of its catalog (CatalogProvided)",
    "SelfCertified": "is upgraded to any version that fits, also where its catalog has no path there (SelfCertified)",
}
_NO_PATH = re.compile(
    r"error upgrading from currently installed version \"(?P<version>[^\"]+)\": no (?:bundles|package)"
)
_WAYS_OUT = (
    (
        re.compile(r"in multiple catalogs with the same priority"),
        "give one of these catalogs a higher spec.priority, or select one in spec.source.catalog.selector",
    ),
    (
        re.compile(r"pre-authorization failed|is forbidden"),
        "its ServiceAccount lacks rights: give it those that the message names",
    ),
    (
        re.compile(r"upgrade safety"),
        "the new version changes a definition so that objects may break: look at them before"
        " spec.install.preflight.crdUpgradeSafety.enforcement is set to None",
    ),
    (
        re.compile(r"no bundles found for package|no package"),
        "see whether a catalog offers this package, channel and version",
    ),
)
"""What hinders an installation by the words it is told in, and what helps; the first that fits counts."""


def operators_v1(extensions: Iterable[Manifest], catalogs: Iterable[Manifest], cluster: str) -> Iterator[Operator]:
    """One operator for each ClusterExtension."""
    catalogs = list(catalogs)
    for extension in extensions:
        conditions = {text_at(each, "type"): each for each in mappings_at(extension, "status.conditions")}
        health, state = _state(extension, conditions)
        name = text_at(extension, "metadata.name")
        yield Operator(
            name,
            text_at(extension, "spec.namespace"),
            "OLM v1",
            health,
            state,
            ObjectRef(EXTENSIONS, name, "", cluster),
            version=text_at(extension, "status.install.bundle.version"),
            notes=tuple(dict.fromkeys((*_deprecations(conditions), *_hindrances(extension, conditions, catalogs)))),
            facts=tuple(_facts(extension, catalogs)),
        )


def is_of_extension(manifest: Manifest, name: str) -> bool:
    """Whether an object was installed by the ClusterExtension of that name."""
    labels = mapping_at(manifest, "metadata.labels")
    return labels.get(_OWNER_NAME) == name and labels.get(_OWNER_KIND, "ClusterExtension") == "ClusterExtension"


def catalog_notes(catalogs: Iterable[Manifest]) -> Iterator[str]:
    """Catalogs that nothing can be installed from, each with why."""
    for catalog in catalogs:
        if why := _not_served(catalog):
            yield f"catalog {text_at(catalog, 'metadata.name')} {why}"


def _state(extension: Manifest, conditions: Mapping[str, Manifest]) -> tuple[Health, str]:
    installed, progressing = conditions.get("Installed", {}), conditions.get("Progressing", {})
    reason, told = text_at(progressing, "reason"), text_at(progressing, "message") or text_at(installed, "message")
    if reason == "Blocked":
        return Health.BAD, f"Blocked: {told}"
    if text_at(installed, "status") != "True":
        if text_at(installed, "reason") == "Failed":
            return Health.BAD, f"Failed: {told}"
        if reason == "Retrying":
            return Health.BAD, f"not installed, retrying: {told}"
        return Health.PROGRESSING, told or "not installed yet"
    if reason == "Retrying":
        return Health.WARN, f"Retrying: {told}"
    available = conditions.get("Available", {})
    if text_at(available, "status") == "False":
        return Health.WARN, f"not available: {text_at(available, 'message') or text_at(available, 'reason')}"
    if reason == "RollingOut":
        return Health.PROGRESSING, f"rolling out{f': {told}' if told else ''}"
    generation = number_at(extension, "metadata.generation")
    seen = number_at(progressing, "observedGeneration")
    if generation is not None and seen is not None and seen < generation:
        return Health.PROGRESSING, f"change {generation} is not seen yet, {seen} was"
    return Health.OK, "Installed"


def _deprecations(conditions: Mapping[str, Manifest]) -> Iterator[str]:
    """What is deprecated of it; `Deprecated` alone sums up the others."""
    told = [type_ for type_, each in conditions.items() if text_at(each, "status") == "True"]
    parts = [type_ for type_ in told if type_.endswith("Deprecated") and type_ != "Deprecated"]
    for type_ in parts or [each for each in told if each == "Deprecated"]:
        yield text_at(conditions[type_], "message") or type_


def _facts(extension: Manifest, catalogs: list[Manifest]) -> Iterator[str]:
    source = mapping_at(extension, "spec.source.catalog")
    package, channels, version = (
        text_at(source, "packageName"),
        texts_at(source, "channels"),
        text_at(source, "version"),
    )
    if package:
        through = f"channel{'s' if len(channels) > 1 else ''} {', '.join(channels)}" if channels else "any channel"
        yield f"package {package}, {through}, {f'version {version}' if version else 'any version'}"
    if bundle := text_at(extension, "status.install.bundle.name"):
        yield f"installed is the bundle {bundle}"
    if _PINNED.fullmatch(version):
        yield f"stays at version {version}: it names this one alone"
    elif source:
        policy = text_at(source, "upgradeConstraintPolicy")
        yield _POLICIES.get(policy, f"upgrades: {policy}")
    serving = [text_at(each, "metadata.name") for each in _selected(extension, catalogs) if not _not_served(each)]
    if serving:
        yield f"may come from {'catalog' if len(serving) == 1 else 'catalogs'} {', '.join(serving)}"
    if account := text_at(extension, "spec.serviceAccount.name"):
        yield f"is installed with the rights of ServiceAccount {text_at(extension, 'spec.namespace')}/{account}"


def _hindrances(extension: Manifest, conditions: Mapping[str, Manifest], catalogs: list[Manifest]) -> Iterator[str]:
    """What keeps it from being installed or upgraded, as far as it can be told, and what helps."""
    selected = _selected(extension, catalogs)
    if not catalogs:
        yield "there is no catalog that it could come from, or none that may be read"
    elif not selected:
        yield "no catalog has the labels that it asks for"
    for catalog in selected:
        if why := _not_served(catalog):
            yield f"catalog {text_at(catalog, 'metadata.name')} {why}"
    progressing, installed = conditions.get("Progressing", {}), conditions.get("Installed", {})
    if text_at(progressing, "reason") not in ("Retrying", "Blocked") and text_at(installed, "reason") != "Failed":
        return
    told = text_at(progressing, "message") or text_at(installed, "message")
    if found := _NO_PATH.search(told):
        yield from _no_path(extension, found["version"])
    elif way := next((way for pattern, way in _WAYS_OUT if pattern.search(told)), ""):
        yield way


def _no_path(extension: Manifest, version: str) -> Iterator[str]:
    if text_at(extension, "spec.source.catalog.upgradeConstraintPolicy") == "SelfCertified":
        yield f"no catalog offers what it asks for in place of {version}"
        return
    yield (
        f"its catalog has no path from {version} to what it asks for: name a version that is on the path, or set"
        " upgradeConstraintPolicy to SelfCertified, and then see for yourself that the upgrade is safe"
    )


def _selected(extension: Manifest, catalogs: list[Manifest]) -> list[Manifest]:
    """The catalogs that it may come from: all, where it selects none."""
    selector = mapping_at(extension, "spec.source.catalog.selector")
    if not selector:
        return catalogs
    return [each for each in catalogs if selects(selector, mapping_at(each, "metadata.labels"))]


def _not_served(catalog: Manifest) -> str:
    """Why nothing can be installed from a catalog; empty when it can."""
    if text_at(catalog, "spec.availabilityMode") == "Unavailable":
        return "is switched off (availabilityMode Unavailable)"
    conditions = {text_at(each, "type"): each for each in mappings_at(catalog, "status.conditions")}
    serving, progressing = conditions.get("Serving", {}), conditions.get("Progressing", {})
    told = text_at(progressing, "message") or text_at(serving, "message")
    if text_at(serving, "status") != "True":
        return f"is not served{f': {told}' if told else ' yet'}"
    if text_at(progressing, "reason") in ("Retrying", "Blocked"):
        return f"is served as it was, and cannot be fetched anew: {told}"
    return ""

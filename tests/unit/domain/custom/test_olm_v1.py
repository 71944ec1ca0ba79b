"""ClusterExtensions and their catalogs: how they are, where they come from, and what hinders them."""

from typing import Any

import pytest

from kubegenie_tui.domain.custom.olm_v1 import catalog_notes, is_of_extension, operators_v1
from kubegenie_tui.domain.custom.operators import Operator
from kubegenie_tui.domain.health import Health

DONE = {"Installed": ("True", "Succeeded", ""), "Progressing": ("True", "Succeeded", "")}


def conditions(told: dict[str, tuple[str, str, str]]) -> list[dict[str, Any]]:
    return [
        {"type": type_, "status": status, "reason": reason, "message": message, "observedGeneration": 2}
        for type_, (status, reason, message) in told.items()
    ]


def extension(told: dict[str, tuple[str, str, str]], generation: int = 2, **catalog: Any) -> dict[str, Any]:
    source = {"sourceType": "Catalog", "catalog": {"packageName": "gears", **catalog}}
    status = {"conditions": conditions(told), "install": {"bundle": {"name": "gears.v0.9.1", "version": "0.9.1"}}}
    spec = {"namespace": "ops", "serviceAccount": {"name": "installer"}, "source": source}
    return {"metadata": {"name": "maker", "generation": generation}, "spec": spec, "status": status}


def catalog(name: str, serving: str = "True", mode: str = "Available", **told: tuple[str, str, str]) -> dict[str, Any]:
    status = {"conditions": conditions({"Serving": (serving, "", ""), **told})}
    labels = {"olm.operatorframework.io/metadata.name": name}
    return {"metadata": {"name": name, "labels": labels}, "spec": {"availabilityMode": mode}, "status": status}


def found(told: dict[str, tuple[str, str, str]], *catalogs: dict[str, Any], **more: Any) -> Operator:
    (operator,) = operators_v1([extension(told, **more)], catalogs or [catalog("hub")], "prod")
    return operator


@pytest.mark.parametrize(
    ("told", "health", "state"),
    [
        (DONE, Health.OK, "Installed"),
        (
            {**DONE, "Progressing": ("True", "Retrying", "no bundle matches")},
            Health.WARN,
            "Retrying: no bundle matches",
        ),
        ({**DONE, "Progressing": ("True", "RollingOut", "1 of 2")}, Health.PROGRESSING, "rolling out: 1 of 2"),
        ({**DONE, "Available": ("False", "ProbeFailure", "no pod")}, Health.WARN, "not available: no pod"),
        (
            {"Installed": ("False", "Absent", ""), "Progressing": ("False", "Blocked", "no catalog")},
            Health.BAD,
            "Blocked: no catalog",
        ),
        (
            {"Installed": ("False", "Failed", ""), "Progressing": ("True", "Retrying", "denied")},
            Health.BAD,
            "Failed: denied",
        ),
        (
            {"Installed": ("False", "Absent", ""), "Progressing": ("True", "Retrying", "no package")},
            Health.BAD,
            "not installed, retrying: no package",
        ),
        (
            {"Installed": ("False", "Absent", ""), "Progressing": ("True", "Succeeded", "")},
            Health.PROGRESSING,
            "not installed yet",
        ),
    ],
)
def test_how_it_is(told: dict[str, tuple[str, str, str]], health: Health, state: str) -> None:
    assert (found(told).health, found(told).state) == (health, state)


def test_a_change_that_was_not_seen_yet() -> None:
    assert (found(DONE, generation=3).health, found(DONE, generation=3).state) == (
        Health.PROGRESSING,
        "change 3 is not seen yet, 2 was",
    )


def test_where_it_comes_from_and_how_it_is_upgraded() -> None:
    own = {"matchLabels": {"olm.operatorframework.io/metadata.name": "own"}}
    told = found(DONE, catalog("hub"), catalog("own"), channels=["stable", "fast"], version=">=0.9 <2", selector=own)
    assert (told.version, told.facts) == (
        "0.9.1",
        (
            "package gears, channels stable, fast, version >=0.9 <2",
            "installed is the bundle gears.v0.9.1",
            "is upgraded along the paths of its catalog (CatalogProvided)",
            "may come from catalog own",
            "is installed with the rights of ServiceAccount ops/installer",
        ),
    )
    assert told.notes == ()
    free = found(DONE, catalog("hub"), catalog("own"), upgradeConstraintPolicy="SelfCertified")
    assert free.facts[0] == "package gears, any channel, any version"
    assert free.facts[2].startswith("is upgraded to any version that fits")
    assert free.facts[3] == "may come from catalogs hub, own"
    assert "stays at version 0.9.1: it names this one alone" in found(DONE, version="0.9.1").facts


def test_what_is_deprecated_of_it_is_told_once() -> None:
    both = {
        "Deprecated": ("True", "Deprecated", "use wheels"),
        "PackageDeprecated": ("True", "Deprecated", "use wheels"),
    }
    assert found({**DONE, **both}).notes == ("use wheels",)
    assert found({**DONE, "Deprecated": ("True", "Deprecated", "it is old")}).notes == ("it is old",)
    assert found({**DONE, "ChannelDeprecated": ("False", "NotDeprecated", "")}).notes == ()


UPGRADE = (
    'error upgrading from currently installed version "0.9.1": no bundles found for package "gears" matching "2.0.0"'
)


@pytest.mark.parametrize(
    ("message", "policy", "words"),
    [
        (UPGRADE, "CatalogProvided", "has no path from 0.9.1 to what it asks for"),
        (UPGRADE, "SelfCertified", "no catalog offers what it asks for in place of 0.9.1"),
        ('no bundles found for package "gears" in channels [fast]', "", "see whether a catalog offers this package"),
        (
            'found bundles for package "gears" in multiple catalogs with the same priority [hub own]',
            "",
            "higher spec.priority",
        ),
        ("pre-authorization failed: service account requires the following permissions", "", "lacks rights"),
        ('validating CRD upgrade safety for CRD "gears": 1 error', "", "crdUpgradeSafety.enforcement"),
    ],
)
def test_what_hinders_it_comes_with_what_helps(message: str, policy: str, words: str) -> None:
    told = {**DONE, "Progressing": ("True", "Retrying", message)}
    (note,) = found(told, **({"upgradeConstraintPolicy": policy} if policy else {})).notes
    assert words in note


def test_catalogs_that_it_cannot_come_from() -> None:
    away = catalog("hub", "False", Progressing=("True", "Retrying", "image not found"))
    old = catalog("own", Progressing=("True", "Retrying", "unauthorized"))
    off = catalog("spare", "False", mode="Unavailable")
    wanted = [
        "catalog hub is not served: image not found",
        "catalog own is served as it was, and cannot be fetched anew: unauthorized",
        "catalog spare is switched off (availabilityMode Unavailable)",
    ]
    assert list(catalog_notes([away, old, off, catalog("well")])) == wanted
    assert list(found(DONE, away, old, off).notes) == wanted
    assert next(operators_v1([extension(DONE)], [], "prod")).notes == (
        "there is no catalog that it could come from, or none that may be read",
    )
    lost = {"matchLabels": {"team": "none"}}
    assert found(DONE, selector=lost).notes == ("no catalog has the labels that it asks for",)


def test_what_it_installed_has_its_name() -> None:
    labels = {"olm.operatorframework.io/owner-kind": "ClusterExtension", "olm.operatorframework.io/owner-name": "maker"}
    assert is_of_extension({"metadata": {"labels": labels}}, "maker")
    assert not is_of_extension({"metadata": {"labels": labels}}, "other")
    assert not is_of_extension({"metadata": {"name": "maker"}}, "maker")
    other = {**labels, "olm.operatorframework.io/owner-kind": "ClusterCatalog"}
    assert not is_of_extension({"metadata": {"labels": other}}, "maker")

"""What Operator Lifecycle Manager says of catalogs, subscriptions and installations, in its versions 0 and 1.

Sources: https://olm.operatorframework.io/docs/ and https://operator-framework.github.io/operator-controller/.
"""

from collections.abc import Iterator
from math import inf

import msgspec

from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.quantity import parse_time

EXTENSIONS, CLUSTER_CATALOGS = "clusterextensions.olm.operatorframework.io", "clustercatalogs.olm.operatorframework.io"
CATALOGS, SUBSCRIPTIONS = "catalogsources.operators.coreos.com", "subscriptions.operators.coreos.com"
_GROUPS, _PLANS = "operatorgroups.operators.coreos.com", "installplans.operators.coreos.com"
_VERSIONS = "clusterserviceversions.operators.coreos.com"
GOOD_WHEN_TRUE = {"Installed": EXTENSIONS, "Serving": CLUSTER_CATALOGS}
"""Conditions that are a fault when they are false, each of its kind alone: elsewhere they may mean other things."""
_PACKAGES = frozenset(f"{word}.pkg.crossplane.io" for word in ("providers", "configurations", "functions"))
_UNPACKS = "UnpackingPackage"
"""What Crossplane says of a package that it fetches, or cannot fetch: then there is a message.

Source: https://docs.crossplane.io/latest/packages/providers/.
"""
_STUCK = frozenset({"Retrying", "Blocked"})
"""Reasons of Progressing that tell of an error."""
_ON_PURPOSE = "UserSpecifiedUnavailable"
_INSTALLS = frozenset({"Pending", "InstallReady", "Installing"})
_CONNECTS = {"CONNECTING": Severity.WARNING, "IDLE": Severity.NOTICE}
_LAST_STATE = "status.connectionState.lastObservedState"
_PATIENCE_SECONDS = 600


def age_of(snapshot: Snapshot, since: str) -> float:
    """Seconds from a time to now; endless where no time is told."""
    at = parse_time(since)
    return snapshot.now - at if at else inf


def is_copy(item: Manifest) -> bool:
    """Whether it only shows in this namespace what another one is told of."""
    return text_at(item, "status.reason") == "Copied" or "olm.copiedFrom" in mapping_at(item, "metadata.labels")


def is_unwell(kind: str, condition: Manifest) -> bool:
    """Whether a condition of a catalog or an extension of version 1, or of a package, tells of a fault."""
    name, reason = text_at(condition, "type"), text_at(condition, "reason")
    if is_not_unpacked(condition):
        return kind in _PACKAGES
    if GOOD_WHEN_TRUE.get(name) == kind:
        return text_at(condition, "status") == "False" and reason != _ON_PURPOSE
    return name == "Progressing" and reason in _STUCK and kind in (EXTENSIONS, CLUSTER_CATALOGS)


def is_not_unpacked(condition: Manifest) -> bool:
    """Whether a package cannot be fetched."""
    is_open = text_at(condition, "type") == "Installed" and text_at(condition, "status") == "False"
    return is_open and text_at(condition, "reason") == _UNPACKS and bool(text_at(condition, "message"))


def state(snapshot: Snapshot, kind: str, item: Manifest) -> Manifest | None:
    """A phase that lasts too long or waits for a person, as a condition."""
    if kind == _VERSIONS:
        return _of_version(snapshot, item)
    if kind == _PLANS and text_at(item, "status.phase") == "RequiresApproval":
        return _of_plan(snapshot, item)
    return _of_catalog(snapshot, item) if kind == CATALOGS else None


def _of_version(snapshot: Snapshot, item: Manifest) -> Manifest | None:
    phase, made = text_at(item, "status.phase"), text_at(item, "metadata.creationTimestamp")
    since = text_at(item, "status.lastTransitionTime") or text_at(item, "status.lastUpdateTime") or made
    if phase not in _INSTALLS or age_of(snapshot, since) < _PATIENCE_SECONDS:
        return None
    lacks = [each for each in mappings_at(item, "status.requirementStatus") if "Not" in text_at(each, "status")]
    told = [f"{text_at(each, 'kind')} {text_at(each, 'name')} is {text_at(each, 'status')}" for each in lacks[:3]]
    message = "; ".join(filter(None, (text_at(item, "status.message"), *told))) or f"it stays {phase}"
    return _state(phase, text_at(item, "status.reason"), message, "status.phase")


def _of_plan(snapshot: Snapshot, item: Manifest) -> Manifest | None:
    """The plan that a subscription has now: those before it stay as they are."""
    ref = ref_of(_PLANS, item)
    current = {text_at(each, "status.installPlanRef.name") for each in snapshot.within(SUBSCRIPTIONS, ref.namespace)}
    if current - {""} and ref.name not in current:
        return None
    names = ", ".join(str(name) for name in item.get("spec", {}).get("clusterServiceVersionNames") or ())
    why = f"it waits for a person to approve it{f', to install {names}' if names else ''}"
    return _state("RequiresApproval", "", why, "spec.approved") | {
        "level": Severity.NOTICE,
        "step": "see what it installs, then approve it",
    }


def _of_catalog(snapshot: Snapshot, item: Manifest) -> Manifest | None:
    now, made = text_at(item, _LAST_STATE), text_at(item, "metadata.creationTimestamp")
    since = text_at(item, "status.connectionState.lastConnect") or made
    if now in _CONNECTS and age_of(snapshot, since) >= _PATIENCE_SECONDS:
        return _state(now, "", f"its connection stays {now}", _LAST_STATE) | {"level": _CONNECTS[now]}
    return None


def _state(name: str, reason: str, message: str, field: str) -> Manifest:
    return {"type": name, "status": "True", "reason": reason, "message": message, "field": field}


def at_catalog(item: Manifest, found: Finding) -> Finding:
    """A subscription's complaint about its catalogs, told at the first of them that is unwell."""
    unwell = [each for each in mappings_at(item, "status.catalogHealth") if each.get("healthy") is False]
    names = [mapping_at(each, "catalogSourceRef") for each in unwell]
    if "CatalogSourcesUnhealthy" not in found.field or not names or not text_at(names[0], "name"):
        return found
    space = text_at(names[0], "namespace") or found.root.namespace
    root = ObjectRef(CATALOGS, text_at(names[0], "name"), space)
    affected = tuple(dict.fromkeys((*found.affected, root)))
    return msgspec.structs.replace(found, root=root, field=_LAST_STATE, affected=affected, confidence=0.75)


def groups(snapshot: Snapshot) -> Iterator[Finding]:
    """Namespaces with several OperatorGroups: OLM then installs nothing there.

    Source: Operator Lifecycle Manager's documentation, "OperatorGroup membership".
    """
    for space in {ref_of(_GROUPS, each).namespace for each in snapshot.all(_GROUPS)}:
        found = sorted(snapshot.within(_GROUPS, space), key=lambda each: text_at(each, "metadata.creationTimestamp"))
        if len(found) > 1:
            ref, names = ref_of(_GROUPS, found[-1]), ", ".join(ref_of(_GROUPS, each).name for each in found)
            evidence = tuple(fact(_GROUPS, each, "metadata.name") for each in found)
            yield Finding(
                "several-operator-groups", Severity.WARNING, f"namespace {space} has several OperatorGroups", names,
                ref, "metadata.name", evidence, (ref,), 0.95, ("leave one of them",),
            )  # fmt: skip

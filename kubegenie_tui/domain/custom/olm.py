"""Operators that version 0 of the Operator Lifecycle Manager installs, by their ClusterServiceVersions.

Source: operators.coreos.com/v1alpha1 (CatalogSource, ClusterServiceVersion, InstallPlan, Subscription).
"""

from collections.abc import Collection, Iterable, Iterator

from kubegenie_tui.domain.custom.operators import Operator
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at, texts_at, value_at
from kubegenie_tui.domain.object_ref import ObjectRef

VERSIONS = "clusterserviceversions.operators.coreos.com"
SUBSCRIPTIONS = "subscriptions.operators.coreos.com"
PLANS = "installplans.operators.coreos.com"
CATALOGS = "catalogsources.operators.coreos.com"
_PHASES = {
    "Succeeded": Health.OK,
    "Failed": Health.BAD,
    "Pending": Health.PROGRESSING,
    "InstallReady": Health.PROGRESSING,
    "Installing": Health.PROGRESSING,
    "Replacing": Health.PROGRESSING,
    "Deleting": Health.PROGRESSING,
}
_COPIED = "olm.copiedFrom"
_APPROVALS = {"Automatic": "installed by themselves", "Manual": "installed after a yes"}
_ILL = frozenset({"ResolutionFailed", "InstallPlanFailed", "BundleUnpackFailed", "CatalogSourcesUnhealthy"})
"""Conditions of a subscription that are True when something hinders it."""
_AWAY = frozenset({"TRANSIENT_FAILURE", "SHUTDOWN"})
"""States of a connection to a catalog that fails."""


def operators_v0(
    versions: Iterable[Manifest], subscriptions: Iterable[Manifest], plans: Iterable[Manifest], cluster: str
) -> Iterator[Operator]:
    """One operator for each version that is installed, and for each subscription that has installed none."""
    subscriptions, plans = list(subscriptions), list(plans)
    installed = set()
    for version in versions:
        if _is_copy(version):
            continue
        name, namespace = (text_at(version, f"metadata.{key}") for key in ("name", "namespace"))
        installed.add((namespace, name))
        phase = text_at(version, "status.phase")
        message = text_at(version, "status.message")
        health = _PHASES.get(phase, Health.UNKNOWN)
        own = [each for each in subscriptions if _installed(each) == (namespace, name)]
        failing = [words for each in own for words in _failing(each)]
        workloads = _workloads(version, namespace, cluster)
        yield Operator(
            text_at(version, "spec.displayName") or name,
            namespace,
            "OLM v0",
            max(health, Health.WARN) if failing else health,
            _words(phase, message, failing),
            ObjectRef(VERSIONS, name, namespace, cluster),
            next(iter(workloads), None),
            others=workloads[1:],
            version=text_at(version, "spec.version"),
            notes=(*failing, *(note for each in own for note in _notes(each, plans))),
            facts=tuple(_followed(each) for each in own),
            approval=next((ref for each in own for ref in _approvals(each, plans, cluster)), None),
        )
    for subscription in subscriptions:
        if _installed(subscription) not in installed:
            yield _not_installed(subscription, plans, cluster)


def owned_kinds(version: Manifest) -> list[str]:
    """Kind ids that a ClusterServiceVersion looks after."""
    return [text_at(each, "name") for each in mappings_at(version, "spec.customresourcedefinitions.owned")]


def waiting_plans(plans: Iterable[Manifest]) -> list[Manifest]:
    """Install plans that wait for a person's yes."""
    return [
        plan
        for plan in plans
        if text_at(plan, "spec.approval") == "Manual" and value_at(plan, "spec.approved") is not True
    ]


def catalog_notes(catalogs: Iterable[Manifest]) -> Iterator[str]:
    """Catalogs that cannot be reached."""
    for catalog in catalogs:
        state = text_at(catalog, "status.connectionState.lastObservedState")
        told = text_at(catalog, "status.message")
        if state in _AWAY:
            where = f"{text_at(catalog, 'metadata.namespace')}/{text_at(catalog, 'metadata.name')}"
            yield f"catalog {where} cannot be reached ({state}){f': {told}' if told else ''}"


def _is_copy(version: Manifest) -> bool:
    labels = value_at(version, "metadata.labels") or {}
    return _COPIED in labels or text_at(version, "status.reason") == "Copied"


def _installed(subscription: Manifest) -> tuple[str, str]:
    return text_at(subscription, "metadata.namespace"), text_at(subscription, "status.installedCSV")


def _workloads(version: Manifest, namespace: str, cluster: str) -> tuple[ObjectRef, ...]:
    deployments = mappings_at(version, "spec.install.spec.deployments")
    return tuple(ObjectRef("deployments.apps", text_at(each, "name"), namespace, cluster) for each in deployments)


def _words(phase: str, message: str, failing: list[str]) -> str:
    if phase == "Succeeded":
        return f"{phase}; {failing[0]}" if failing else phase
    return f"{phase}: {message}" if message else phase


def _not_installed(subscription: Manifest, plans: list[Manifest], cluster: str) -> Operator:
    name, namespace = (text_at(subscription, f"metadata.{key}") for key in ("name", "namespace"))
    failing = list(_failing(subscription))
    notes = (*failing, *_notes(subscription, plans))
    state = f"not installed: {text_at(subscription, 'status.state') or 'nothing was resolved yet'}"
    health = Health.BAD if failing else Health.WARN if notes else Health.PROGRESSING
    ref = ObjectRef(SUBSCRIPTIONS, name, namespace, cluster)
    return Operator(
        text_at(subscription, "spec.name") or name,
        namespace,
        "OLM v0",
        health,
        state,
        ref,
        notes=notes,
        facts=(_followed(subscription),),
        approval=next(_approvals(subscription, plans, cluster), None),
    )


def _followed(subscription: Manifest) -> str:
    """What a subscription follows."""
    channel, catalog = text_at(subscription, "spec.channel"), text_at(subscription, "spec.source")
    approval = text_at(subscription, "spec.installPlanApproval") or "Automatic"
    through = f"channel {channel}" if channel else "its default channel"
    return f"follows {through} of {catalog or 'a catalog'}; upgrades are {_APPROVALS.get(approval, approval)}"


def _failing(subscription: Manifest) -> Iterator[str]:
    """What hinders a subscription, in the words of its conditions, and the catalogs that are not well."""
    for each in mappings_at(subscription, "status.conditions"):
        if text_at(each, "status") == "True" and text_at(each, "type") in _ILL:
            yield text_at(each, "message") or text_at(each, "reason") or text_at(each, "type")
    for each in mappings_at(subscription, "status.catalogHealth"):
        if each.get("healthy") is False:
            source = mapping_at(each, "catalogSourceRef")
            yield f"catalog {text_at(source, 'namespace')}/{text_at(source, 'name')} is not healthy"


def _approvals(subscription: Manifest, plans: list[Manifest], cluster: str) -> Iterator[ObjectRef]:
    """The install plans of a subscription that wait for a yes."""
    for plan in waiting_plans(_plans_of(subscription, plans)):
        yield ObjectRef(PLANS, text_at(plan, "metadata.name"), text_at(plan, "metadata.namespace"), cluster)


def _notes(subscription: Manifest, plans: list[Manifest]) -> Iterator[str]:
    """What waits for a person, or goes wrong, in what a subscription follows."""
    is_installed = bool(text_at(subscription, "status.installedCSV"))
    if is_installed and text_at(subscription, "status.state") == "UpgradePending":
        yield f"an upgrade to {text_at(subscription, 'status.currentCSV')} is there"
    for plan in _plans_of(subscription, plans):
        names = texts_at(plan, "spec.clusterServiceVersionNames")
        if waiting_plans([plan]):
            yield f"install plan {text_at(plan, 'metadata.name')} waits to be approved: {', '.join(names)}"
        elif text_at(plan, "status.phase") == "Failed" and _is_current(plan, names, subscription):
            yield f"install plan {text_at(plan, 'metadata.name')} has failed"


def _plans_of(subscription: Manifest, plans: list[Manifest]) -> list[Manifest]:
    namespace = text_at(subscription, "metadata.namespace")
    here = (plan for plan in plans if text_at(plan, "metadata.namespace") == namespace)
    return [plan for plan in here if _is_for(plan, texts_at(plan, "spec.clusterServiceVersionNames"), subscription)]


def _is_for(plan: Manifest, names: Collection[str], subscription: Manifest) -> bool:
    """Whether an install plan is one of a subscription: all of a namespace may share one, and need not."""
    owners = {
        text_at(each, "name")
        for each in mappings_at(plan, "metadata.ownerReferences")
        if text_at(each, "kind") == "Subscription"
    }
    return text_at(subscription, "metadata.name") in owners or _is_current(plan, names, subscription)


def _is_current(plan: Manifest, names: Collection[str], subscription: Manifest) -> bool:
    """Whether it is the one that a subscription goes by now: OLM keeps those before for a while."""
    told = text_at(subscription, "status.installPlanRef.name") or text_at(subscription, "status.installplan.name")
    return text_at(subscription, "status.currentCSV") in names or text_at(plan, "metadata.name") == told

"""Operators as the Operator Lifecycle Manager tells of them: v0 by ClusterServiceVersions, v1 by ClusterExtensions.

Sources: operators.coreos.com/v1alpha1 (ClusterServiceVersion, Subscription, InstallPlan) and
olm.operatorframework.io/v1 (ClusterExtension).
"""

from collections.abc import Collection, Iterable, Iterator

from kubegenie_tui.domain.custom.operators import Operator
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at, texts_at, value_at
from kubegenie_tui.domain.object_ref import ObjectRef

VERSIONS = "clusterserviceversions.operators.coreos.com"
SUBSCRIPTIONS = "subscriptions.operators.coreos.com"
PLANS = "installplans.operators.coreos.com"
EXTENSIONS = "clusterextensions.olm.operatorframework.io"
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
        yield Operator(
            text_at(version, "spec.displayName") or name,
            namespace,
            "OLM v0",
            health,
            phase if health is Health.OK or not message else f"{phase}: {message}",
            ObjectRef(VERSIONS, name, namespace, cluster),
            _workload(version, namespace, cluster),
            version=text_at(version, "spec.version"),
            notes=tuple(note for each in own for note in _notes(each, plans)),
        )
    for subscription in subscriptions:
        if _installed(subscription) not in installed:
            yield _not_installed(subscription, plans, cluster)


def owned_kinds(version: Manifest) -> list[str]:
    """Kind ids that a ClusterServiceVersion looks after."""
    return [text_at(each, "name") for each in mappings_at(version, "spec.customresourcedefinitions.owned")]


def operators_v1(extensions: Iterable[Manifest], cluster: str) -> Iterator[Operator]:
    """One operator for each ClusterExtension."""
    for extension in extensions:
        conditions = {text_at(each, "type"): each for each in mappings_at(extension, "status.conditions")}
        installed = conditions.get("Installed", {})
        progressing = conditions.get("Progressing", {})
        health, state = _state_v1(installed, progressing)
        name = text_at(extension, "metadata.name")
        deprecated = [
            text_at(each, "message") or type_
            for type_, each in conditions.items()
            if type_.endswith("Deprecated") and text_at(each, "status") == "True"
        ]
        yield Operator(
            name,
            text_at(extension, "spec.namespace"),
            "OLM v1",
            health,
            state,
            ObjectRef(EXTENSIONS, name, "", cluster),
            version=text_at(extension, "status.install.bundle.version"),
            notes=tuple(deprecated),
        )


def waiting_plans(plans: Iterable[Manifest]) -> list[Manifest]:
    """Install plans that wait for a person's yes."""
    return [
        plan
        for plan in plans
        if text_at(plan, "spec.approval") == "Manual" and value_at(plan, "spec.approved") is not True
    ]


def _is_copy(version: Manifest) -> bool:
    labels = value_at(version, "metadata.labels") or {}
    return _COPIED in labels or text_at(version, "status.reason") == "Copied"


def _installed(subscription: Manifest) -> tuple[str, str]:
    return text_at(subscription, "metadata.namespace"), text_at(subscription, "status.installedCSV")


def _workload(version: Manifest, namespace: str, cluster: str) -> ObjectRef | None:
    deployments = mappings_at(version, "spec.install.spec.deployments")
    return ObjectRef("deployments.apps", text_at(deployments[0], "name"), namespace, cluster) if deployments else None


def _not_installed(subscription: Manifest, plans: list[Manifest], cluster: str) -> Operator:
    name, namespace = (text_at(subscription, f"metadata.{key}") for key in ("name", "namespace"))
    failing = [
        text_at(each, "message") or text_at(each, "reason")
        for each in mappings_at(subscription, "status.conditions")
        if text_at(each, "status") == "True" and text_at(each, "type") in ("ResolutionFailed", "InstallPlanFailed")
    ]
    notes = (*failing, *_notes(subscription, plans))
    state = f"not installed: {text_at(subscription, 'status.state') or 'nothing was resolved yet'}"
    health = Health.BAD if failing else Health.WARN if notes else Health.PROGRESSING
    ref = ObjectRef(SUBSCRIPTIONS, name, namespace, cluster)
    return Operator(text_at(subscription, "spec.name") or name, namespace, "OLM v0", health, state, ref, notes=notes)


def _notes(subscription: Manifest, plans: list[Manifest]) -> Iterator[str]:
    """What waits for a person, or goes wrong, in what a subscription follows."""
    namespace = text_at(subscription, "metadata.namespace")
    current = text_at(subscription, "status.currentCSV")
    if text_at(subscription, "status.state") == "UpgradePending":
        yield f"an upgrade to {current} is there"
    for plan in plans:
        names = texts_at(plan, "spec.clusterServiceVersionNames")
        if text_at(plan, "metadata.namespace") != namespace or not _is_for(plan, names, subscription, current):
            continue
        if plan in waiting_plans([plan]):
            yield f"install plan {text_at(plan, 'metadata.name')} waits to be approved: {', '.join(names)}"
        elif text_at(plan, "status.phase") == "Failed":
            yield f"install plan {text_at(plan, 'metadata.name')} has failed"


def _is_for(plan: Manifest, names: Collection[str], subscription: Manifest, current: str) -> bool:
    """Whether an install plan is one of a subscription: all of a namespace may share one, and need not."""
    name = text_at(plan, "metadata.name")
    owners = {
        text_at(each, "name")
        for each in mappings_at(plan, "metadata.ownerReferences")
        if text_at(each, "kind") == "Subscription"
    }
    told = text_at(subscription, "status.installPlanRef.name") or text_at(subscription, "status.installplan.name")
    return current in names or name == told or text_at(subscription, "metadata.name") in owners


def _state_v1(installed: Manifest, progressing: Manifest) -> tuple[Health, str]:
    told = text_at(progressing, "message") or text_at(installed, "message")
    if text_at(progressing, "reason") == "Blocked":
        return Health.BAD, f"Blocked: {told}"
    if text_at(installed, "status") == "True":
        is_retrying = text_at(progressing, "reason") == "Retrying"
        return (Health.WARN, f"Retrying: {told}") if is_retrying else (Health.OK, "Installed")
    if text_at(installed, "reason") == "Failed":
        return Health.BAD, f"Failed: {told}"
    return Health.PROGRESSING, told or "not installed yet"

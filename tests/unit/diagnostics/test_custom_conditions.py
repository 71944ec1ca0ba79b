"""What custom resources of well-known operators say of themselves, and what they say while all is well or young."""

from collections.abc import Callable
from typing import Any

import pytest

from kubegenie_tui.diagnostics.operators import CATALOGS, CLUSTER_CATALOGS, EXTENSIONS, SUBSCRIPTIONS
from kubegenie_tui.domain.finding import Severity
from tests.unit.diagnostics.cases import Fault, NearMiss, check_fault, check_near_miss
from tests.unit.diagnostics.scene import Object, Scene, named

CSV, PLANS = "clusterserviceversions.operators.coreos.com", "installplans.operators.coreos.com"
SCALED, SETS = "scaledobjects.keda.sh", "applicationsets.argoproj.io"
MACHINES, GROUPS = "machines.cluster.x-k8s.io", "nodegroups.eks.services.k8s.aws"
DATABASES = "databases.db.example.org"
LONG_AGO, JUST_NOW = "2025-11-25T17:00:00Z", "2025-11-25T19:44:00Z"
KINDS = {
    CSV: "ClusterServiceVersion", PLANS: "InstallPlan", SCALED: "ScaledObject", SETS: "ApplicationSet",
    MACHINES: "Machine", GROUPS: "Nodegroup", DATABASES: "Database", CATALOGS: "CatalogSource",
    CLUSTER_CATALOGS: "ClusterCatalog", EXTENSIONS: "ClusterExtension", SUBSCRIPTIONS: "Subscription",
}  # fmt: skip


def told(name: str, state: str, reason: str = "", message: str = "", since: str = LONG_AGO, **more: str) -> Object:
    return {"type": name, "status": state, "reason": reason, "message": message, "lastTransitionTime": since, **more}


def custom(kind: str, *conditions: Object, made: str = LONG_AGO, **rest: Any) -> Scene:
    """`status` is what it says beside its conditions."""
    status = {"conditions": list(conditions), **rest.pop("status", {})}
    metadata = {"creationTimestamp": made, **rest.pop("metadata", {})}
    return Scene().add(kind, named("main", KINDS[kind], metadata=metadata, status=status, **rest))


def connected(state: str, since: str = LONG_AGO) -> Scene:
    return custom(CATALOGS, status={"connectionState": {"lastObservedState": state, "lastConnect": since}})


def version(phase: str, since: str = LONG_AGO, reason: str = "RequirementsNotMet", **rest: Any) -> Scene:
    lacks = [{"kind": "CustomResourceDefinition", "name": "vaults.example.org", "status": "NotPresent"}]
    status = {"phase": phase, "reason": reason, "lastTransitionTime": since, "requirementStatus": lacks}
    return custom(CSV, status=status, **rest)


def planned(phase: str, current: str = "main") -> Scene:
    scene = custom(PLANS, status={"phase": phase}, spec={"clusterServiceVersionNames": ["vault.v2"]})
    return scene.add(SUBSCRIPTIONS, named("vault", "Subscription", status={"installPlanRef": {"name": current}}))


def subscribed(healthy: bool = False, since: str = LONG_AGO) -> Scene:
    reason = "AllCatalogSourcesHealthy" if healthy else "UnhealthyCatalogSourceFound"
    health = [{"catalogSourceRef": {"name": "community", "namespace": "olm"}, "healthy": healthy}]
    said = told("CatalogSourcesUnhealthy", "False" if healthy else "True", reason, "", since)
    return custom(SUBSCRIPTIONS, said, status={"catalogHealth": health})


def of_amazon(made: str = LONG_AGO, *conditions: Object, issues: bool = True) -> Scene:
    issue = {"code": "AsgInstanceLaunchFailures", "message": "no capacity", "resourceIDs": ["asg-7"]}
    return custom(GROUPS, *conditions, made=made, status={"health": {"issues": [issue] if issues else []}})


def catalog(image: str = "quay.io/olm/catalog:v1", resolved: str = "", **source: str) -> Scene:
    spec = {"source": {"type": "Image", "image": {"ref": image}, **source}}
    return custom(CLUSTER_CATALOGS, spec=spec, status={"resolvedSource": {"image": {"ref": resolved}}})


def extension(kind: str = "Catalog", policy: str = "CatalogProvided", *conditions: Object) -> Scene:
    source = {"sourceType": kind, "catalog": {"packageName": "vault", "upgradeConstraintPolicy": policy}}
    return custom(EXTENSIONS, *conditions, spec={"source": source})


def sourced(**spec: str) -> Scene:
    return custom(CATALOGS, spec=spec, status={"connectionState": {"lastObservedState": "TRANSIENT_FAILURE"}})


DIGEST = f"quay.io/olm/catalog@sha256:{'ab' * 32}"
NO_NODE = ("NodeConditionsFailed", "its kubelet does not report")
FAULTS: tuple[Fault, ...] = (
    (lambda: custom(CLUSTER_CATALOGS, told("Serving", "False", "Unavailable")), "condition-false",
     f"{CLUSTER_CATALOGS} main", "Unavailable"),
    (lambda: custom(CLUSTER_CATALOGS, told("Progressing", "True", "Retrying", "no such tag")), "condition-false",
     f"{CLUSTER_CATALOGS} main", "no such tag"),
    (lambda: custom(EXTENSIONS, told("Installed", "False", "Failed", "no bundle")), "condition-false",
     f"{EXTENSIONS} main", "no bundle"),
    (subscribed, "condition-false", f"{CATALOGS} community", "UnhealthyCatalogSourceFound"),
    (lambda: connected("CONNECTING"), "condition-false", f"{CATALOGS} main", "stays CONNECTING"),
    (lambda: connected("IDLE"), "condition-false", f"{CATALOGS} main", "stays IDLE"),
    (lambda: connected("SHUTDOWN"), "condition-false", f"{CATALOGS} main", "SHUTDOWN"),
    (lambda: planned("RequiresApproval"), "condition-false", f"{PLANS} main", "approve it, to install vault.v2"),
    (lambda: version("Pending"), "condition-false", f"{CSV} main", "vaults.example.org is NotPresent"),
    (lambda: version("InstallReady"), "condition-false", f"{CSV} main", "RequirementsNotMet"),
    (lambda: version("Installing"), "condition-false", f"{CSV} main", "RequirementsNotMet"),
    (lambda: custom(SCALED, {"type": "Fallback", "status": "True", "message": "the metric cannot be read"}),
     "condition-false", f"{SCALED} main", "cannot be read"),
    (lambda: custom(SETS, told("ErrorOccurred", "True", "RenderTemplateParamsError", "no key env")), "condition-false",
     f"{SETS} main", "no key env"),
    (lambda: custom(DATABASES, told("Ready", "Unknown", "", "nobody answers")), "condition-false",
     f"{DATABASES} main", "nobody answers"),
    (lambda: custom(DATABASES, told("AllReplicasReady", "False", "", "1 of 3")), "condition-false",
     f"{DATABASES} main", "1 of 3"),
    (lambda: custom(MACHINES, told("InfrastructureReady", "False", "QuotaExceeded")), "condition-false",
     f"{MACHINES} main", "QuotaExceeded"),
    (lambda: custom(MACHINES, told("Ready", "True"), told("NodeHealthy", "False", *NO_NODE)), "condition-false",
     f"{MACHINES} main", "does not report"),
    (of_amazon, "condition-false", f"{GROUPS} main", "AsgInstanceLaunchFailures: no capacity (asg-7)"),
    (lambda: of_amazon(LONG_AGO, told("ACK.Terminal", "True", "", "InvalidSubnet"), issues=False), "condition-false",
     f"{GROUPS} main", "InvalidSubnet"),
    (lambda: custom(GROUPS, status={"status": "CREATE_FAILED"}), "condition-false", f"{GROUPS} main", "CREATE_FAILED"),
    (lambda: catalog("quay.io/olm/Catalog:v1"), "operator-source", f"{CLUSTER_CATALOGS} main", "no name of an image"),
    (lambda: catalog(type="Http"), "operator-source", f"{CLUSTER_CATALOGS} main", "may say Image"),
    (lambda: catalog(resolved="quay.io/olm/catalog:v1"), "operator-source", f"{CLUSTER_CATALOGS} main", "no digest"),
    (lambda: extension("Bundle"), "operator-source", f"{EXTENSIONS} main", "may say Catalog"),
    (lambda: extension(policy="Any"), "operator-source", f"{EXTENSIONS} main", "CatalogProvided or SelfCertified"),
    (lambda: sourced(sourceType="http"), "operator-source", f"{CATALOGS} main", "may say grpc"),
    (lambda: sourced(sourceType="grpc"), "operator-source", f"{CATALOGS} main", "neither an image nor an address"),
    (lambda: sourced(sourceType="grpc", image="quay.io/olm/catalog:"), "operator-source", f"{CATALOGS} main",
     "no name of an image"),
)  # fmt: skip
QUIET: tuple[Callable[[], Scene], ...] = (
    lambda: custom(CLUSTER_CATALOGS, told("Serving", "True", "Available"), told("Progressing", "True", "Succeeded")),
    lambda: custom(CLUSTER_CATALOGS, told("Serving", "False", "UserSpecifiedUnavailable")),
    lambda: custom(CLUSTER_CATALOGS, told("Progressing", "True", "Retrying", since=JUST_NOW)),
    lambda: custom(EXTENSIONS, told("Installed", "False", "Absent", since=JUST_NOW)),
    lambda: custom(DATABASES, told("Installed", "False"), told("Serving", "False")),
    lambda: subscribed(healthy=True),
    lambda: subscribed(since=JUST_NOW),
    lambda: connected("READY"),
    lambda: connected("CONNECTING", JUST_NOW),
    lambda: connected("IDLE", JUST_NOW),
    lambda: planned("Complete"),
    lambda: planned("RequiresApproval", "a-newer-one"),
    lambda: version("Succeeded"),
    lambda: version("Installing", JUST_NOW),
    lambda: version("Pending", metadata={"labels": {"olm.copiedFrom": "operators"}}),
    lambda: version("Failed", reason="Copied"),
    lambda: custom(SCALED, {"type": "Ready", "status": "True"}, {"type": "Fallback", "status": "False"}),
    lambda: custom(SCALED, {"type": "Ready", "status": "Unknown"}, made=JUST_NOW),
    lambda: custom(SETS, told("ErrorOccurred", "False", "ApplicationSetUpToDate")),
    lambda: custom(DATABASES, told("Ready", "Unknown", since=JUST_NOW)),
    lambda: custom(DATABASES, told("Ready", "Unknown"), spec={"suspend": True}),
    lambda: custom(DATABASES, told("Ready", "Unknown", since="2025-11-25T19:20:00Z"), told("Reconciling", "True")),
    lambda: custom(DATABASES, told("Ready", "Unknown", "NoHealthyBackends")),
    lambda: custom(DATABASES, told("Ready", "False", "NoTraffic")),
    lambda: custom(DATABASES, told("Ready", "True"), told("PoolReady", "False")),
    lambda: custom(DATABASES, told("NotReady", "False"), told("Unhealthy", "False"), told("UpdateAvailable", "False")),
    lambda: custom(DATABASES, told("PoolReady", "False", severity="Info")),
    lambda: custom(MACHINES, told("InfrastructureReady", "True"), told("NodeHealthy", "True")),
    lambda: custom(MACHINES, told("InfrastructureReady", "False", "WaitingForInfrastructure", since=JUST_NOW)),
    lambda: of_amazon(issues=False),
    lambda: of_amazon(JUST_NOW),
    lambda: of_amazon(LONG_AGO, told("ACK.Recoverable", "True", since=JUST_NOW), issues=False),
    lambda: of_amazon(LONG_AGO, told("ACK.ResourceSynced", "True"), told("ACK.Terminal", "False"), issues=False),
)
NEAR_MISSES: tuple[NearMiss, ...] = (
    (lambda: custom(MACHINES, told("NodeHealthy", "False"), metadata={"deletionTimestamp": JUST_NOW}),
     "condition-false"),
    (catalog, "operator-source"),
    (lambda: catalog(DIGEST, DIGEST), "operator-source"),
    (lambda: catalog("[fd00::1]:5000/olm/catalog_a/b-c:v1", DIGEST), "operator-source"),
    (extension, "operator-source"),
    (lambda: extension("", "SelfCertified"), "operator-source"),
    (lambda: extension("Bundle", "Any", told("Installed", "True")), "operator-source"),
    (lambda: sourced(sourceType="grpc", image="quay.io/olm/catalog:v1"), "operator-source"),
    (lambda: sourced(sourceType="grpc", address="catalog.olm:50051"), "operator-source"),
)  # fmt: skip


@pytest.mark.parametrize(("scene", "rule", "root", "cause"), FAULTS)
def test_the_fault_is_found_at_its_root(scene: Callable[[], Scene], rule: str, root: str, cause: str) -> None:
    check_fault(scene(), rule, root, cause)


@pytest.mark.parametrize(("scene", "rule"), NEAR_MISSES)
def test_a_near_miss_is_none(scene: Callable[[], Scene], rule: str) -> None:
    check_near_miss(scene(), rule)


@pytest.mark.parametrize("scene", QUIET)
def test_of_what_is_well_or_young_nothing_is_told(scene: Callable[[], Scene]) -> None:
    assert scene().rules() == []


@pytest.mark.parametrize("scene", [lambda: planned("RequiresApproval"), lambda: connected("IDLE")])
def test_what_waits_for_a_person_or_for_a_caller_is_worth_a_notice(scene: Callable[[], Scene]) -> None:
    assert [found.severity for found in scene().findings()] == [Severity.NOTICE]


def test_a_plan_that_waits_says_what_to_do() -> None:
    [found] = planned("RequiresApproval").findings()
    assert found.next_steps == ("see what it installs, then approve it",)
    assert found.remedy is None


def test_subscriptions_and_their_catalog_are_one_fault() -> None:
    scene = subscribed()
    state = {"connectionState": {"lastObservedState": "TRANSIENT_FAILURE"}}
    scene.add(CATALOGS, named("community", "CatalogSource", "olm", status=state))
    [found] = scene.findings()
    assert (found.root.kind, found.cause) == (CATALOGS, "it is TRANSIENT_FAILURE")
    assert SUBSCRIPTIONS in {ref.kind for ref in found.affected}

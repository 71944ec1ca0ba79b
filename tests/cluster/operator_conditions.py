"""What Operator Lifecycle Manager and KEDA say of objects of their own: each condition, and the same when all is well.

What their definitions already refuse, as an image without a digest, cannot be made so: scenes show that.
"""

from dataclasses import dataclass, field
from typing import Any

from kubegenie_tui.domain.finding import Severity
from tests.cluster.faults import Object
from tests.cluster.rule_parts import LONG_AGO

INSTALLS: Object = {"displayName": "Vault", "install": {"strategy": "deployment", "spec": {"deployments": []}}}
SUBSCRIBES = {"name": "vault", "source": "community", "sourceNamespace": "olm"}
PLANNED = {"approval": "Manual", "approved": False, "clusterServiceVersionNames": ["vault.v2"]}
GRPC = {"sourceType": "grpc", "image": "quay.io/olm/catalog:v1"}
IMAGE = {"source": {"type": "Image", "image": {"ref": "quay.io/olm/catalog:v1"}}}
DIGEST = f"quay.io/olm/catalog@sha256:{'ab' * 32}"
QUEUE = [{"type": "rabbitmq", "metadata": {"queueName": "orders", "mode": "QueueLength", "value": "5"}}]
PODS = {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "app", "image": "nginx:1.27"}]}}}


@dataclass(frozen=True)
class Told:
    """An object of a kind as its controller tells of it when it is not well, and when it is."""

    kind: str
    spec: Object
    broken: Object
    well: Object
    says: str
    """Words of the cause."""
    rule: str = "condition-false"
    level: Severity = Severity.WARNING
    well_spec: Object = field(default_factory=dict)
    """Where another spec is what is put right."""


def said(name: str, status: str, reason: str = "Told", message: str = "") -> Object:
    return {"type": name, "status": status, "reason": reason, "message": message, "lastTransitionTime": LONG_AGO}


def conditions(*told: Object, **status: Any) -> Object:
    return {"conditions": list(told), **status}


def phased(phase: str, message: str = "") -> Object:
    return {"phase": phase, "reason": "Told", "message": message, "lastTransitionTime": LONG_AGO}


def planned(phase: str, **status: Any) -> Object:
    return {"phase": phase, "catalogSources": [], **status}


def connected(state: str) -> Object:
    return {"connectionState": {"lastObservedState": state, "lastConnect": LONG_AGO}}


def subscribed(*told: Object, state: str = "AtLatestKnown") -> Object:
    return conditions(*told, state=state, lastUpdated=LONG_AGO)


def serving(status: str, *more: Object) -> Object:
    resolved = {"type": "Image", "image": {"ref": DIGEST}}
    return conditions(said("Serving", status, "Unavailable"), *more, resolvedSource=resolved)


def extending(policy: str = "CatalogProvided") -> Object:
    catalog = {"packageName": "vault", "upgradeConstraintPolicy": policy}
    return {"namespace": "default", "serviceAccount": {"name": "vault"},
            "source": {"sourceType": "Catalog", "catalog": catalog}}  # fmt: skip


def scaling(target: str = "app") -> Object:
    return {"scaleTargetRef": {"name": target}, "triggers": QUEUE}


def with_credentials(name: str) -> Object:
    return {**scaling(), "triggers": [{**QUEUE[0], "authenticationRef": {"name": name}}]}


RUNNING = conditions(said("Ready", "True"), said("Active", "True"))
GOES_ON = said("Progressing", "True", "Succeeded")
CONDITIONS: dict[str, Told] = {
    "csv-failed": Told(
        "versions", INSTALLS, phased("Failed", "the deployment timed out"), phased("Succeeded"), "timed out",
    ),
    "csv-pending": Told(
        "versions", INSTALLS, phased("Pending", "requirements are not met"), phased("Succeeded"), "are not met",
    ),
    "csv-install-ready": Told("versions", INSTALLS, phased("InstallReady"), phased("Succeeded"), "InstallReady"),
    "csv-installing": Told(
        "versions", INSTALLS, phased("Installing", "waiting for its pods"), phased("Succeeded"), "waiting for its pods",
    ),
    "subscription-unresolved": Told(
        "subscriptions", SUBSCRIBES, subscribed(said("ResolutionFailed", "True", "Unsatisfiable", "no such")),
        subscribed(said("ResolutionFailed", "False")), "no such",
    ),
    "subscription-without-catalog": Told(
        "subscriptions", SUBSCRIBES, subscribed(said("CatalogSourcesUnhealthy", "True", "UnhealthyCatalogSourceFound")),
        subscribed(said("CatalogSourcesUnhealthy", "False")), "UnhealthyCatalogSourceFound",
    ),
    "subscription-plan-failed": Told(
        "subscriptions", SUBSCRIBES,
        subscribed(said("InstallPlanFailed", "True", "Failed", "a name is taken"), state="UpgradePending"),
        subscribed(said("InstallPlanFailed", "False")), "a name is taken",
    ),
    "plan-failed": Told(
        "plans", PLANNED, planned("Failed", message="no such namespace"), planned("Complete"), "no such namespace",
    ),
    "plan-waits": Told(
        "plans", PLANNED, planned("RequiresApproval"), planned("Complete"), "vault.v2", level=Severity.NOTICE,
    ),
    "source-connecting": Told("sources", GRPC, connected("CONNECTING"), connected("READY"), "stays CONNECTING"),
    "source-failing": Told("sources", GRPC, connected("TRANSIENT_FAILURE"), connected("READY"), "TRANSIENT_FAILURE"),
    "source-shut-down": Told("sources", GRPC, connected("SHUTDOWN"), connected("READY"), "SHUTDOWN"),
    "source-idle": Told(
        "sources", GRPC, connected("IDLE"), connected("READY"), "stays IDLE", level=Severity.NOTICE,
    ),
    "source-of-nothing": Told(
        "sources", {"sourceType": "grpc"}, connected("TRANSIENT_FAILURE"), connected("READY"), "neither an image",
        rule="operator-source", well_spec=GRPC,
    ),
    "catalog-not-served": Told("catalogs", IMAGE, serving("False"), serving("True"), "Unavailable"),
    "catalog-retrying": Told(
        "catalogs", IMAGE, serving("True", said("Progressing", "True", "Retrying", "no such tag")),
        serving("True", GOES_ON), "no such tag",
    ),
    "extension-not-installed": Told(
        "extensions", extending(), conditions(said("Installed", "False", "Failed", "no bundle")),
        conditions(said("Installed", "True")), "no bundle",
    ),
    "extension-stuck": Told(
        "extensions", extending(),
        conditions(said("Installed", "True"), said("Progressing", "True", "Retrying", "denied")),
        conditions(said("Installed", "True"), GOES_ON), "denied",
    ),
    "extension-blocked": Told(
        "extensions", extending("SelfCertified"), conditions(said("Progressing", "True", "Blocked", "not safe")),
        conditions(GOES_ON), "not safe",
    ),
    "scaled-not-ready": Told(
        "scaled", scaling(), conditions(said("Ready", "False", "ScaledObjectCheckFailed", "no such queue")), RUNNING,
        "no such queue",
    ),
    "scaled-fallen-back": Told(
        "scaled", scaling(), conditions(said("Ready", "True"), said("Fallback", "True", "Fallback", "cannot be read")),
        RUNNING, "cannot be read",
    ),
    "scaled-without-target": Told(
        "scaled", scaling("apq"), {}, {}, "apq", rule="missing-reference", well_spec=scaling(),
    ),
    "scaled-without-credentials": Told(
        "scaled", with_credentials("queue"), {}, RUNNING, "queue", rule="missing-reference", well_spec=scaling(),
    ),
    "jobs-not-ready": Told(
        "jobs", {"jobTargetRef": PODS, "triggers": QUEUE}, conditions(said("Ready", "False", "Failed", "no broker")),
        RUNNING, "no broker",
    ),
}  # fmt: skip

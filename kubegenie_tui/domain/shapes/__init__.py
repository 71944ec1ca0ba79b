"""How objects become rows: for each kind people look at most, its columns and the few fields they are made of.

A family is imported when the first of its kinds is looked at: all of them together would cost the start 30 ms.
"""

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kubegenie_tui.domain.kind import Kind
    from kubegenie_tui.domain.row import Shape

SHAPED = {
    "configmaps": "config.CONFIG_MAPS",
    "cronjobs.batch": "batch.CRON_JOBS",
    "daemonsets.apps": "workloads.DAEMON_SETS",
    "deployments.apps": "workloads.DEPLOYMENTS",
    "endpointslices.discovery.k8s.io": "network.ENDPOINT_SLICES",
    "events": "events.EVENTS",
    "horizontalpodautoscalers.autoscaling": "scaling.SCALERS",
    "ingresses.networking.k8s.io": "network.INGRESSES",
    "jobs.batch": "batch.JOBS",
    "namespaces": "config.NAMESPACES",
    "networkpolicies.networking.k8s.io": "network.NETWORK_POLICIES",
    "nodes": "nodes.NODES",
    "persistentvolumeclaims": "storage.CLAIMS",
    "persistentvolumes": "storage.VOLUMES",
    "poddisruptionbudgets.policy": "scaling.BUDGETS",
    "pods": "pods.PODS",
    "replicasets.apps": "workloads.REPLICA_SETS",
    "resourcequotas": "config.RESOURCE_QUOTAS",
    "serviceaccounts": "config.SERVICE_ACCOUNTS",
    "services": "network.SERVICES",
    "statefulsets.apps": "workloads.STATEFUL_SETS",
}
"""Where the shape of a kind id is. Secrets have none on purpose: the server makes their rows, without values."""


def shape_of(kind: "Kind") -> "Shape | None":
    """The shape of a kind; None when the server must make its rows: unknown kinds, and versions not written for."""
    written_for = "v2" if kind.group == "autoscaling" else "v1"
    return _load(kind.id) if kind.id in SHAPED and kind.version == written_for else None


@cache
def _load(kind_id: str) -> "Shape":
    family, _, name = SHAPED[kind_id].partition(".")
    shape: Shape = getattr(import_module(f"{__name__}.{family}"), name)
    return shape

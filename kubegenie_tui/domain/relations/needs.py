"""What must be read to know the relations of an object: only the kinds that can stand in one to it."""

from collections.abc import Iterator

from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.manifest import Manifest, mapping_at, text_at
from kubegenie_tui.domain.relations.pod_spec import TEMPLATE_PATHS
from kubegenie_tui.domain.summary_related import Related, related_to
from kubegenie_tui.domain.summary_section import selector

_RBAC = "rbac.authorization.k8s.io"
_GATEWAY = "gateway.networking.k8s.io"
ROUTES = ("ingresses.networking.k8s.io", f"httproutes.{_GATEWAY}", f"grpcroutes.{_GATEWAY}")
BINDINGS = (f"rolebindings.{_RBAC}", f"clusterrolebindings.{_RBAC}")
WORKLOADS = tuple(kind for kind in TEMPLATE_PATHS if kind != "pods")
_USERS = ("pods", *WORKLOADS)
_AROUND_PODS = (
    "services", *ROUTES, "horizontalpodautoscalers.autoscaling", "poddisruptionbudgets.policy",
    "networkpolicies.networking.k8s.io", "persistentvolumeclaims", "configmaps", "secrets", *BINDINGS,
)  # fmt: skip
_OWNED = {
    "deployments.apps": ("replicasets.apps",),
    "statefulsets.apps": ("controllerrevisions.apps",),
    "daemonsets.apps": ("controllerrevisions.apps",),
    "cronjobs.batch": ("jobs.batch",),
}
_NEEDED = {
    "services": (*ROUTES, "statefulsets.apps"),
    "ingresses.networking.k8s.io": ("services", "secrets"),
    f"httproutes.{_GATEWAY}": ("services",),
    f"grpcroutes.{_GATEWAY}": ("services",),
    f"gateways.{_GATEWAY}": (*ROUTES, "secrets"),
    "configmaps": _USERS,
    "secrets": (*_USERS, "ingresses.networking.k8s.io", f"gateways.{_GATEWAY}", "serviceaccounts"),
    "persistentvolumeclaims": (*_USERS,),
    "persistentvolumes": ("persistentvolumeclaims",),
    "storageclasses.storage.k8s.io": ("persistentvolumes", "persistentvolumeclaims"),
    "serviceaccounts": (*_USERS, *BINDINGS, "secrets"),
    "priorityclasses.scheduling.k8s.io": _USERS,
    "runtimeclasses.node.k8s.io": _USERS,
    "ingressclasses.networking.k8s.io": ("ingresses.networking.k8s.io",),
    f"gatewayclasses.{_GATEWAY}": (f"gateways.{_GATEWAY}",),
    f"roles.{_RBAC}": (f"rolebindings.{_RBAC}",),
    f"clusterroles.{_RBAC}": BINDINGS,
    "poddisruptionbudgets.policy": ("pods",),
    "networkpolicies.networking.k8s.io": ("pods",),
    "horizontalpodautoscalers.autoscaling": (),
    "nodes": (),
    "namespaces": ("resourcequotas",),
    **dict.fromkeys(BINDINGS, ()),
}
MOST_OWNED_KINDS = 60
"""Kinds that are looked through for what an object of a kind we know nothing about owns."""


def needs_of(kind: Kind, manifest: Manifest, kinds: KindIndex) -> list[Related]:
    """The lists to read; a kind that the cluster does not serve is left out.

    Args:
        kind: of the object.
        manifest: the object.
        kinds: what the cluster serves.
    """
    namespace = text_at(manifest, "metadata.namespace")
    found = [need for need in _needs(kind, manifest, namespace, kinds) if kinds.get(need.kind)]
    return list(dict.fromkeys(found))


def _needs(kind: Kind, manifest: Manifest, namespace: str, kinds: KindIndex) -> Iterator[Related]:
    if (beside := related_to(kind, manifest)) is not None:
        yield beside
    if kind.id in TEMPLATE_PATHS:
        for other in (*_OWNED.get(kind.id, ()), *_AROUND_PODS):
            yield Related(other, namespace)
    if kind.id == "cronjobs.batch":
        yield Related("pods", namespace, label_selector="batch.kubernetes.io/job-name")
    if kind.id == "services" and (labels := selector(mapping_at(manifest, "spec"), "selector")):
        yield Related("pods", namespace, label_selector=labels)
    where = text_at(manifest, "spec.claimRef.namespace") if kind.id == "persistentvolumes" else namespace
    for other in _NEEDED.get(kind.id, ()):
        yield Related(other, where)
    if kind.id not in TEMPLATE_PATHS and kind.id not in _NEEDED:
        yield from _owned_by_anything(namespace, kinds)


def _owned_by_anything(namespace: str, kinds: KindIndex) -> Iterator[Related]:
    """An object of a kind of its own may own objects of any kind: built-in ones first, then those of its like."""
    listable = [kind for kind in kinds if "list" in kind.verbs and kind.plural != "events"]
    chosen = [kind for kind in listable if kind.namespaced or not namespace]
    first = ("", "apps", "batch", "networking.k8s.io", "policy", "autoscaling")
    chosen.sort(key=lambda kind: kind.group not in first)
    for kind in chosen[:MOST_OWNED_KINDS]:
        yield Related(kind.id, namespace)

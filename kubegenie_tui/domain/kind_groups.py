"""How the kinds of a cluster are grouped in the tree: what people look for first stands first."""

from collections.abc import Iterable, Mapping

import msgspec

from kubegenie_tui.domain.kind import Kind

GROUPS: Mapping[str, tuple[str, ...]] = {
    "Workloads": (
        "pods", "deployments.apps", "statefulsets.apps", "daemonsets.apps", "replicasets.apps", "jobs.batch",
        "cronjobs.batch", "horizontalpodautoscalers.autoscaling", "poddisruptionbudgets.policy",
        "replicationcontrollers",
    ),
    "Network": (
        "services", "ingresses.networking.k8s.io", "endpointslices.discovery.k8s.io",
        "networkpolicies.networking.k8s.io", "ingressclasses.networking.k8s.io",
    ),
    "Config": ("configmaps", "secrets", "resourcequotas", "limitranges"),
    "Storage": (
        "persistentvolumeclaims", "persistentvolumes", "storageclasses.storage.k8s.io", "csidrivers.storage.k8s.io",
        "csinodes.storage.k8s.io", "volumeattachments.storage.k8s.io", "volumeattributesclasses.storage.k8s.io",
        "csistoragecapacities.storage.k8s.io",
    ),
    "Access": (
        "serviceaccounts", "roles.rbac.authorization.k8s.io", "rolebindings.rbac.authorization.k8s.io",
        "clusterroles.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io",
        "certificatesigningrequests.certificates.k8s.io",
    ),
    "Cluster": (
        "nodes", "namespaces", "events", "customresourcedefinitions.apiextensions.k8s.io",
        "apiservices.apiregistration.k8s.io", "leases.coordination.k8s.io", "priorityclasses.scheduling.k8s.io",
    ),
}  # fmt: skip
"""Kind ids of the built-in groups, in order."""

_LEFT_OUT = frozenset({"events.events.k8s.io", "bindings", "componentstatuses", "podtemplates", "endpoints"})
_OWN_DOMAIN = (".k8s.io", "apps", "batch", "autoscaling", "policy", "extensions")


class KindGroup(msgspec.Struct, frozen=True):
    """A titled list of kinds."""

    title: str
    kinds: tuple[Kind, ...]
    custom: bool = False
    """Whether these are custom resources."""


def group_kinds(kinds: Iterable[Kind]) -> tuple[KindGroup, ...]:
    """Built-in groups, then "More" for the rest of Kubernetes, then a group for each API group of custom ones."""
    listable = {kind.id: kind for kind in kinds if "list" in kind.verbs and kind.id not in _LEFT_OUT}
    groups = []
    for title, ids in GROUPS.items():
        if found := tuple(listable.pop(kind_id) for kind_id in ids if kind_id in listable):
            groups.append(KindGroup(title, found))
    own = sorted((kind for kind in listable.values() if _is_own(kind)), key=lambda kind: kind.kind)
    if own:
        groups.append(KindGroup("More", tuple(own)))
    custom: dict[str, list[Kind]] = {}
    for kind in listable.values():
        if not _is_own(kind):
            custom.setdefault(kind.group, []).append(kind)
    for title in sorted(custom):
        groups.append(KindGroup(title, tuple(sorted(custom[title], key=lambda kind: kind.kind)), custom=True))
    return tuple(groups)


def plural_title(kind: Kind) -> str:
    """`Pods`, `ConfigMaps`, `NetworkPolicies`: the kind as people say it for many."""
    if kind.kind.lower() == kind.plural:
        return kind.kind
    stem, ending = kind.kind, kind.plural[len(kind.kind) :]
    if kind.plural.endswith("ies") and stem.endswith("y"):
        return f"{stem[:-1]}ies"
    return f"{stem}{ending}" if kind.plural.startswith(stem.lower()) else stem


def _is_own(kind: Kind) -> bool:
    return not kind.group or (
        kind.group.endswith(_OWN_DOMAIN) and not kind.group.endswith(".x-k8s.io") and _is_served(kind)
    )


def _is_served(kind: Kind) -> bool:
    """Groups under k8s.io that are installed as custom resources (gateway, snapshots) are not the server's own."""
    return kind.group not in ("gateway.networking.k8s.io", "snapshot.storage.k8s.io", "policy.networking.k8s.io")

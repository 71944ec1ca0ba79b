"""A cluster of the demo in which a Crossplane composes: a platform in two clouds that is held up in one of them."""

from typing import Any

from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.story.custom_resources import definition
from kubegenie_tui.demo.story.manifests import manifest

GROUPS = {
    "Platform": "platform.example.org",
    "NodePool": "container.gcp.m.upbound.io",
    "Bucket": "s3.aws.m.upbound.io",
    "Usage": "protection.crossplane.io",
    "Composition": "apiextensions.crossplane.io",
    "CompositionRevision": "apiextensions.crossplane.io",
}
WHY = (
    "create failed: async create failed: googleapi: Error 403: Insufficient regional quota to satisfy request: "
    "resource [CPUS]: request requires 16.0 and is short 4.0; see the console at https://console.example.com/quotas"
)
PLATFORMS = "platforms.platform.example.org"


def tell(cluster: Cluster) -> None:
    """Define the kinds, and make a platform with a node pool that fails and a bucket that does not."""
    for kind, group in GROUPS.items():
        cluster.create(definition(group, kind, f"{kind.lower()}s", []))
    names = [f"platforms.example.org-{number}" for number in (1, 2)]
    for number, name in enumerate(names, 1):
        cluster.create(_thing("CompositionRevision", name, {"revision": number}, labelled="platforms.example.org"))
    refs = [_reference("Platform", "shop-data"), _reference("NodePool", "shop-nodes"), _reference("Usage", "order")]
    machinery = {
        "compositionRef": {"name": "platforms.example.org"},
        "compositionRevisionRef": {"name": names[0]},
        "compositionUpdatePolicy": "Manual",
        "resourceRefs": refs,
    }
    waits = _said("Ready", "False", "Creating", "Unready resources: nodes")
    root = cluster.create(_thing("Platform", "shop", {"crossplane": machinery}, waits, _said("Synced", "True")))
    below = {"crossplane": {"resourceRefs": [_reference("Bucket", "shop-bucket"), _reference("Bucket", "shop-gone")]}}
    well = _said("Ready", "True"), _said("Synced", "True")
    nested = cluster.create(_thing("Platform", "shop-data", below, *well, owner=root))
    cluster.create(_thing("Bucket", "shop-bucket", {}, *well, owner=nested))
    broken = _said("Ready", "False", "Creating"), _said("Synced", "False", "ReconcileError", WHY)
    cluster.create(_thing("NodePool", "shop-nodes", {}, *broken, owner=root))
    use = {"of": {**_reference("Bucket", ""), "resourceRef": {"name": "shop-bucket"}}, "reason": "backups lie in it"}
    cluster.create(_thing("Usage", "order", use, _said("Ready", "True"), owner=root))


def _thing(kind: str, name: str, spec: Any, *said: Any, owner: Any = None, labelled: str = "") -> Any:
    found = manifest(f"{GROUPS[kind]}/v1", kind, name, "shop", spec=spec, status={"conditions": list(said)})
    if labelled:
        found["metadata"]["labels"] = {"crossplane.io/composition-name": labelled}
    if owner is not None:
        meta = owner["metadata"]
        reference = {**_reference(owner["kind"], meta["name"]), "uid": meta["uid"], "controller": True}
        found["metadata"]["ownerReferences"] = [reference]
    return found


def _reference(kind: str, name: str) -> dict[str, str]:
    return {"apiVersion": f"{GROUPS[kind]}/v1", "kind": kind, "name": name}


def _said(name: str, status: str, reason: str = "", message: str = "") -> dict[str, str]:
    well = {"Ready": "Available", "Synced": "ReconcileSuccess"}
    return {"type": name, "status": status, "reason": reason or well[name], "message": message}

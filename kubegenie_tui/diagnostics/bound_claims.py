"""Why a claim finds no volume among those that were made by hand, and volumes that went with their node.

Source: Kubernetes' documentation, "Persistent Volumes", Binding.
"""

from collections.abc import Iterator

from kubegenie_tui.diagnostics.placement import holds
from kubegenie_tui.diagnostics.pods import labels_of
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at, texts_at
from kubegenie_tui.domain.quantity import parse_quantity
from kubegenie_tui.domain.relations.label_selector import selects

_VOLUMES, _CLAIMS = "persistentvolumes", "persistentvolumeclaims"
_TERMS = "spec.nodeAffinity.required.nodeSelectorTerms"
_HOST = "kubernetes.io/hostname"
_MODES = {"Block": "a raw device (Block)", "Filesystem": "a file system (Filesystem)"}


def why_unbound(snapshot: Snapshot, claim: Manifest) -> tuple[str, str]:
    """The field of a claim that keeps it from a volume, and why; empty where that is not certain."""
    name = text_at(claim, "spec.volumeName")
    if name:
        volume = snapshot.get(_VOLUMES, "", name)
        if volume is None:
            missing = snapshot.is_missing(_VOLUMES, "", name)
            return ("spec.volumeName", f'there is no volume "{name}"') if missing else ("", "")
        return _mismatch(claim, volume)
    free = [
        each
        for each in snapshot.all(_VOLUMES)
        if text_at(each, "status.phase") == "Available" and _class(each) == _class(claim)
    ]
    found = [_mismatch(claim, each) for each in free]
    return found[0] if found and all(field for field, _ in found) else ("", "")


def all_taken(snapshot: Snapshot, claim: Manifest) -> str:
    """Who has the volumes of the claim's class, where none is left; empty where one is, or there never was one."""
    of_class = [each for each in snapshot.all(_VOLUMES) if _class(each) == _class(claim)]
    if (
        not snapshot.is_whole(_VOLUMES)
        or not of_class
        or any(text_at(each, "status.phase") in ("Available", "") for each in of_class)
    ):
        return ""
    holders = (mapping_at(each, "spec.claimRef") for each in of_class)
    told = ", ".join(f"{text_at(each, 'namespace')}/{text_at(each, 'name')}" for each in holders)
    return f'each volume of class "{_class(claim)}" is taken: by {told}'


def claims_of(pod: Manifest) -> Iterator[tuple[str, str]]:
    """Names of a pod's volumes that claims are for, and of these claims.

    An ephemeral volume has a claim that is named after the pod and the volume: Kubernetes' documentation, "Ephemeral
    Volumes".
    """
    for volume in mappings_at(pod, "spec.volumes"):
        name, claim = text_at(volume, "name"), text_at(volume, "persistentVolumeClaim.claimName")
        if mapping_at(volume, "ephemeral"):
            claim = f"{text_at(pod, 'metadata.name')}-{name}"
        if claim:
            yield name, claim


def on_lost_nodes(snapshot: Snapshot, pod: Manifest) -> tuple[Manifest, list[str]] | None:
    """A volume of a pod that only nodes have which do not exist, and the names of these."""
    for volume in _volumes_of(snapshot, pod):
        terms = mappings_at(volume, _TERMS)
        hosts = [name for term in terms for name in _hosts(term)]
        if hosts and snapshot.all("nodes") and not any(holds(terms, node) for node in snapshot.all("nodes")):
            here = {labels_of(node).get(_HOST) for node in snapshot.all("nodes")}
            return (volume, hosts) if here.isdisjoint(hosts) and all(map(_hosts, terms)) else None
    return None


def _volumes_of(snapshot: Snapshot, pod: Manifest) -> Iterator[Manifest]:
    space = ref_of("pods", pod).namespace
    for _, name in claims_of(pod):
        claim = snapshot.get(_CLAIMS, space, name)
        volume = snapshot.get(_VOLUMES, "", text_at(claim, "spec.volumeName")) if claim else None
        if volume is not None:
            yield volume


def _hosts(term: Manifest) -> list[str]:
    """The nodes that a term names one by one."""
    told = [each for each in mappings_at(term, "matchExpressions") if each.get("operator") == "In"]
    return [name for each in told if each.get("key") == _HOST for name in texts_at(each, "values")]


def _mismatch(claim: Manifest, volume: Manifest) -> tuple[str, str]:
    name = ref_of(_VOLUMES, volume).name
    holder = mapping_at(volume, "spec.claimRef")
    ref = ref_of(_CLAIMS, claim)
    if holder and (text_at(holder, "namespace"), text_at(holder, "name")) != (ref.namespace, ref.name):
        return "spec.volumeName", f"volume {name} is kept for {text_at(holder, 'namespace')}/{text_at(holder, 'name')}"
    if _class(claim) != _class(volume):
        return "spec.storageClassName", f'volume {name} is of class "{_class(volume)}", and not "{_class(claim)}"'
    modes = set(texts_at(claim, "spec.accessModes")) - set(texts_at(volume, "spec.accessModes"))
    if modes:
        has = ", ".join(texts_at(volume, "spec.accessModes"))
        return "spec.accessModes", f"volume {name} offers {has}, and not {', '.join(sorted(modes))}"
    mode, has = (text_at(each, "spec.volumeMode") or "Filesystem" for each in (claim, volume))
    if mode != has:
        return "spec.volumeMode", f"volume {name} is {_MODES.get(has, has)}, and {_MODES.get(mode, mode)} is asked for"
    selector = mapping_at(claim, "spec.selector")
    if selector and not selects(selector, labels_of(volume)):
        labels = ", ".join(f"{key}={value}" for key, value in labels_of(volume).items())
        return "spec.selector", f"volume {name} has {labels or 'no labels'}, which the claim's selector does not fit"
    wanted, size = text_at(claim, "spec.resources.requests.storage"), text_at(volume, "spec.capacity.storage")
    if wanted and size and parse_quantity(wanted) > parse_quantity(size):
        return "spec.resources.requests.storage", f"volume {name} has {size}, and {wanted} are asked for"
    return "", ""


def _class(item: Manifest) -> str:
    return text_at(item, "spec.storageClassName")

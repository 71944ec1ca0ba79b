"""Why a claim finds no volume among those that were made by hand.

Source: Kubernetes' documentation, "Persistent Volumes", Binding.
"""

from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.manifest import Manifest, mapping_at, text_at, texts_at
from kubegenie_tui.domain.quantity import parse_quantity

_VOLUMES = "persistentvolumes"


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


def _mismatch(claim: Manifest, volume: Manifest) -> tuple[str, str]:
    name = ref_of(_VOLUMES, volume).name
    holder = mapping_at(volume, "spec.claimRef")
    ref = ref_of("persistentvolumeclaims", claim)
    if holder and (text_at(holder, "namespace"), text_at(holder, "name")) != (ref.namespace, ref.name):
        return "spec.volumeName", f"volume {name} is kept for {text_at(holder, 'namespace')}/{text_at(holder, 'name')}"
    if _class(claim) != _class(volume):
        return "spec.storageClassName", f'volume {name} is of class "{_class(volume)}", and not "{_class(claim)}"'
    modes = set(texts_at(claim, "spec.accessModes")) - set(texts_at(volume, "spec.accessModes"))
    if modes:
        has = ", ".join(texts_at(volume, "spec.accessModes"))
        return "spec.accessModes", f"volume {name} offers {has}, and not {', '.join(sorted(modes))}"
    wanted, size = text_at(claim, "spec.resources.requests.storage"), text_at(volume, "spec.capacity.storage")
    if wanted and size and parse_quantity(wanted) > parse_quantity(size):
        return "spec.resources.requests.storage", f"volume {name} has {size}, and {wanted} are asked for"
    return "", ""


def _class(item: Manifest) -> str:
    return text_at(item, "spec.storageClassName")

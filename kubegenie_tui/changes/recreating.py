"""What was deleted, made again: what of it a server takes, and what never comes back."""

from kubegenie_tui.domain.definition import DEFINITIONS
from kubegenie_tui.domain.manifest import REVISION, Manifest, mapping_at, mappings_at, text_at

NEVER = {
    "namespaces": "what was in the namespace is gone with it",
    "persistentvolumeclaims": "the data of a volume does not come back",
    "persistentvolumes": "the data of a volume does not come back",
    DEFINITIONS: "every object of the kind is gone with it",
    "secrets": "the values of a Secret are not kept",
    "nodes": "a node registers itself",
    "jobs.batch": "a Job that is made again runs again",
}
"""Why a deleted object of a kind cannot be brought back."""
_OF_THE_SERVER = frozenset(
    {
        "uid",
        "resourceVersion",
        "generation",
        "creationTimestamp",
        "managedFields",
        "selfLink",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
    }
)
_OF_A_RUNNING_POD = frozenset({"nodeName", "ephemeralContainers"})
"""What a server refuses in a new pod, or what would keep it away from every other node."""
_NOTES_OF_CONTROLLERS = frozenset({REVISION, "deprecated.daemonset.template.generation"})
"""Annotations that a controller writes anew by itself: they change at any time."""


def never_again(kind_id: str, deleted: Manifest) -> str:
    """Why a deleted object cannot be brought back; empty when it can."""
    if kind_id in NEVER:
        return NEVER[kind_id]
    if text_at(deleted, "metadata.deletionTimestamp"):
        return "it was being deleted already"
    for owner in mappings_at(deleted, "metadata.ownerReferences"):
        if owner.get("controller"):
            return _of_its_owner(text_at(owner, "kind"), text_at(owner, "name"), deleted)
    return ""


def _of_its_owner(kind: str, name: str, deleted: Manifest) -> str:
    """Why what a controller owns is not brought back: it does so itself, but for pods that had their run."""
    if kind == "Job" and text_at(deleted, "status.phase") in ("Succeeded", "Failed"):
        return "a pod that had its run would run again"
    return f"{kind} {name} makes it again by itself"


def as_intended(manifest: Manifest) -> Manifest:
    """An object without its status and without what its server and its controllers set."""
    metadata = {key: value for key, value in mapping_at(manifest, "metadata").items() if key not in _OF_THE_SERVER}
    notes = mapping_at(metadata, "annotations")
    if notes and notes.keys() <= _NOTES_OF_CONTROLLERS:
        del metadata["annotations"]
    elif notes:
        metadata["annotations"] = {key: value for key, value in notes.items() if key not in _NOTES_OF_CONTROLLERS}
    return {key: metadata if key == "metadata" else value for key, value in manifest.items() if key != "status"}


def recreated(deleted: Manifest) -> Manifest:
    """The manifest that makes an object again."""
    made = as_intended(deleted)
    if made.get("kind") == "Pod":
        made["spec"] = {key: value for key, value in mapping_at(made, "spec").items() if key not in _OF_A_RUNNING_POD}
    return made

"""Whether what a pod spec refers to is there: Secrets, ConfigMaps and their keys, claims."""

from kubegenie_tui.diagnostics.snapshot import Snapshot
from kubegenie_tui.domain.manifest import Manifest, mapping_at
from kubegenie_tui.domain.relations.pod_spec import Reference

WORDS = {"secrets": "Secret", "configmaps": "ConfigMap", "persistentvolumeclaims": "PersistentVolumeClaim"}


def keys_of(manifest: Manifest) -> list[str]:
    """The keys of a Secret or ConfigMap."""
    found = [*mapping_at(manifest, "data"), *mapping_at(manifest, "stringData"), *mapping_at(manifest, "binaryData")]
    return list(dict.fromkeys(found))


def is_unmet(snapshot: Snapshot, namespace: str, reference: Reference) -> bool:
    """Whether it is certain that the reference leads nowhere."""
    if snapshot.is_missing(reference.kind, namespace, reference.name):
        return True
    target = snapshot.get(reference.kind, namespace, reference.name)
    return target is not None and bool(reference.key) and reference.key not in keys_of(target)

"""What a pod spec refers to: Secrets, ConfigMaps and their keys, claims; and where each kind has its pod spec."""

from collections.abc import Iterator

import msgspec

from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at

TEMPLATE_PATHS = {
    "deployments.apps": "spec.template.spec",
    "statefulsets.apps": "spec.template.spec",
    "daemonsets.apps": "spec.template.spec",
    "replicasets.apps": "spec.template.spec",
    "jobs.batch": "spec.template.spec",
    "cronjobs.batch": "spec.jobTemplate.spec.template.spec",
    "pods": "spec",
}
"""Path of the pod spec by kind id."""


class Reference(msgspec.Struct, frozen=True):
    """One reference of a pod spec."""

    kind: str
    name: str
    field: str
    """Path below the pod spec."""
    key: str = ""
    """The key needed, empty for the whole object."""
    optional: bool = False
    variable: str = ""
    """The environment variable that is made from it."""
    container: str = ""
    """The container that needs it, empty for all."""
    prefix: str = ""
    """What stands before each key in the variables that are made from a whole object."""
    place: int = -1
    """Which of `envFrom` it is, from 0 on; -1 for what is none of them."""

    def variable_of(self, key: str) -> str:
        """The variable that is made from a key of the object."""
        return self.variable or f"{self.prefix}{key}"


def references_of(pod_spec: Manifest) -> Iterator[Reference]:
    """Every reference of a pod spec."""
    for list_name in ("initContainers", "containers"):
        for container in mappings_at(pod_spec, list_name):
            yield from _environment(container, f"{list_name}[{text_at(container, 'name')}]")
    for volume in mappings_at(pod_spec, "volumes"):
        yield from _volume(volume, f"volumes[{text_at(volume, 'name')}]")


def _environment(container: Manifest, path: str) -> Iterator[Reference]:
    name = text_at(container, "name")
    for variable in mappings_at(container, "env"):
        for word, kind in (("secretKeyRef", "secrets"), ("configMapKeyRef", "configmaps")):
            ref = mapping_at(variable, f"valueFrom.{word}")
            if ref:
                called = text_at(variable, "name")
                field = f"{path}.env[{called}].valueFrom.{word}"
                yield Reference(
                    kind, text_at(ref, "name"), field, text_at(ref, "key"), ref.get("optional") is True, called, name
                )
    for place, source in enumerate(mappings_at(container, "envFrom")):
        for word, kind in (("secretRef", "secrets"), ("configMapRef", "configmaps")):
            ref = mapping_at(source, word)
            if ref:
                field = f"{path}.envFrom.{word}"
                prefix = text_at(source, "prefix")
                yield Reference(
                    kind, text_at(ref, "name"), field, "", ref.get("optional") is True, "", name, prefix, place
                )


def _volume(volume: Manifest, path: str) -> Iterator[Reference]:
    claim = text_at(volume, "persistentVolumeClaim.claimName")
    if claim:
        yield Reference("persistentvolumeclaims", claim, f"{path}.persistentVolumeClaim.claimName")
    projected = enumerate(mappings_at(volume, "projected.sources"))
    sources = [(path, volume), *((f"{path}.projected.sources[{place}]", each) for place, each in projected)]
    for where, source in sources:
        for word, name_key, kind in (("secret", "secretName", "secrets"), ("configMap", "name", "configmaps")):
            ref = mapping_at(source, word)
            name = text_at(ref, name_key) or text_at(ref, "name")
            if not name:
                continue
            optional = ref.get("optional") is True
            keys = [text_at(item, "key") for item in mappings_at(ref, "items")]
            for key in keys or [""]:
                yield Reference(kind, name, f"{where}.{word}", key, optional)

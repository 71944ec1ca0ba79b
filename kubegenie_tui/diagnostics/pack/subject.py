"""What a check looks at: one object, and of an object that makes pods its pod spec with the containers in it."""

from collections.abc import Iterable, Iterator

import msgspec

from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.pod_spec import TEMPLATE_PATHS

_WORDS = {"initContainers": "init container", "containers": "container", "ephemeralContainers": "ephemeral container"}
_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount"  # noqa: S105 (a path)


class Part(msgspec.Struct, frozen=True):
    """One container of a pod spec."""

    spec: Manifest
    name: str
    image: str
    list_name: str
    """`containers`, `initContainers` or `ephemeralContainers`."""
    path: str
    """Where it stands in the object: `spec.template.spec.containers[app]`."""
    limits: Manifest
    """As the pods have them: with the defaults of the namespace."""
    requests: Manifest

    @property
    def word(self) -> str:
        """`init container migrate`."""
        return f"{_WORDS[self.list_name]} {self.name}"


class Defaults(msgspec.Struct, frozen=True):
    """What the LimitRanges of a namespace give to containers that say nothing."""

    limits: Manifest = {}
    requests: Manifest = {}


class Subject(msgspec.Struct, frozen=True):
    """One object to be judged."""

    ref: ObjectRef
    manifest: Manifest
    parts: tuple[Part, ...] = ()
    """The containers that are its own to answer for."""
    affected: tuple[ObjectRef, ...] = ()
    """Other objects with the same fault, which stand for nothing of their own."""

    @property
    def is_added(self) -> bool:
        """Whether it is only what was added to a pod that a workload made."""
        return bool(self.parts) and all(part.list_name == "ephemeralContainers" for part in self.parts)

    @property
    def spec_path(self) -> str:
        """Where its pod spec stands; empty for an object that makes no pods."""
        return TEMPLATE_PATHS.get(self.ref.kind, "")

    @property
    def pod_labels(self) -> Manifest:
        """The labels of its pods."""
        return mapping_at(self.manifest, f"{self.spec_path.removesuffix('spec')}metadata.labels")

    def mounts_token(self) -> bool:
        """Whether a container has the token of the service account mounted, as the API server does it in pods."""
        mounts = (mount for part in self.parts for mount in mappings_at(part.spec, "volumeMounts"))
        return any(text_at(mount, "mountPath") == _TOKEN for mount in mounts)


def parts_of(kind: str, manifest: Manifest, defaults: Defaults, lists: Iterable[str] = tuple(_WORDS)) -> Iterator[Part]:
    """The containers of a pod, or of the template of one.

    Source: Kubernetes' documentation, LimitRange and "Resource Management for Pods and Containers": a request that is
    not said is the limit of the container, else the default of the namespace.
    """
    where = TEMPLATE_PATHS[kind]
    pod_spec = mapping_at(manifest, where)
    for list_name in lists:
        for each in mappings_at(pod_spec, list_name):
            name, said = text_at(each, "name"), mapping_at(each, "resources.limits")
            requests = {**defaults.requests, **said, **mapping_at(each, "resources.requests")}
            limits = {**defaults.limits, **said}
            path = f"{where}.{list_name}[{name}]"
            yield Part(each, name, text_at(each, "image"), list_name, path, limits, requests)

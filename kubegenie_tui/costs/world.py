"""What the costs of a cluster are reckoned from."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from kubegenie_tui.costs.looked import Looked
from kubegenie_tui.costs.machines import Machine, machines, sheet_of
from kubegenie_tui.domain.looks import Look
from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at
from kubegenie_tui.domain.quantity import parse_quantity
from kubegenie_tui.providers.price_sheet import Sheet

Usage = Mapping[str, tuple[int, int]]
"""Millicores and bytes that each pod uses now, by `namespace/name`."""
ENDED = ("Succeeded", "Failed")
KINDS = (
    "nodes",
    "pods",
    "persistentvolumes",
    "persistentvolumeclaims",
    "services",
    "endpointslices.discovery.k8s.io",
    "deployments.apps",
    "statefulsets.apps",
    "replicasets.apps",
    "jobs.batch",
    "cronjobs.batch",
    "storageclasses.storage.k8s.io",
)
"""What is looked at."""


class World:
    """Objects by kind id, and what their pods use."""

    def __init__(
        self,
        objects: Mapping[str, Sequence[Manifest]],
        usage: Usage,
        version: str,
        *,
        looks: Sequence[Look] = (),
        called: Sequence[str] = (),
        made_here: bool = False,
    ) -> None:
        """All of a cluster.

        Args:
            objects: by kind id.
            usage: empty where nothing is measured.
            version: of the control plane: `v1.31.4`.
            looks: what namespaces used in the last days, the oldest first.
            called: what its context calls it, and the words of its credential plugin.
            made_here: whether it was created here, so that it can be upgraded and removed here.
        """
        self._objects = objects
        self.usage = usage
        self.version = version
        self.looked = Looked(looks)
        self.called = called
        self.made_here = made_here

    def all(self, kind: str) -> Sequence[Manifest]:
        """Every object of a kind."""
        return self._objects.get(kind, ())

    def knows(self, kind: str) -> bool:
        """Whether the objects of a kind could be looked at."""
        return kind in self._objects

    @cached_property
    def machines(self) -> list[Machine]:
        """Every node."""
        return machines(self.all("nodes"))

    @cached_property
    def provider(self) -> str:
        """Whose machines most of the nodes are; empty for none that has a price sheet."""
        names = [each.provider for each in self.machines if each.provider]
        return max(set(names), key=names.count) if names else ""

    @cached_property
    def region(self) -> str:
        """Where most of the nodes are."""
        names = [each.region for each in self.machines if each.region]
        return max(set(names), key=names.count) if names else ""

    @property
    def sheet(self) -> Sheet | None:
        """The prices of that provider."""
        return sheet_of(self.provider)

    @cached_property
    def running(self) -> list[Manifest]:
        """Pods that hold a node's room."""
        return [each for each in self.all("pods") if text_at(each, "status.phase") not in ENDED]

    def pods_on(self, node: str) -> Iterator[Manifest]:
        """The running pods of a node."""
        return (each for each in self.running if text_at(each, "spec.nodeName") == node)


def requested(pod: Manifest) -> tuple[float, float]:
    """Cores and bytes that a pod asks for: the larger of its containers together and of each init container.

    Source: the resource sharing rules for init containers, kubernetes.io/docs/concepts/workloads/pods/init-containers.
    """
    return _most(pod, "cpu"), _most(pod, "memory")


def _most(pod: Manifest, what: str) -> float:
    containers = [_asked(each, what) for each in mappings_at(pod, "spec.containers")]
    initial = mappings_at(pod, "spec.initContainers")
    sidecars = sum(_asked(each, what) for each in initial if each.get("restartPolicy") == "Always")
    first = [_asked(each, what) for each in initial if each.get("restartPolicy") != "Always"]
    return max([sum(containers) + sidecars, *first])


def _asked(container: Manifest, what: str) -> float:
    return parse_quantity(text_at(container, f"resources.requests.{what}") or "0")


def key_of(manifest: Manifest) -> str:
    """`namespace/name`."""
    return f"{text_at(manifest, 'metadata.namespace')}/{text_at(manifest, 'metadata.name')}"

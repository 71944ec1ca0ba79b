"""Whose log is looked at: a pod, marked pods, a workload; and which containers and which part of their logs."""

from collections.abc import Iterator

import msgspec

from kubegenie_tui.domain.log_source import LogSource
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.summary_container import container_to_read

ALL = "*"
"""In place of a container's name: every container."""
TAIL = 2_000
"""Lines from the end of one container to begin with."""
TAIL_OF_MANY = 10_000
"""Lines to begin with of many containers together."""
LEAST_TAIL = 100


class LogTarget(msgspec.Struct, frozen=True):
    """Pods, by name or by what selects them, and their containers."""

    refs: tuple[ObjectRef, ...]
    container: str = ""
    """Empty for the container that tells most of a single pod, and for every container of many pods."""
    previous: bool = False
    """The runs before these; they do not go on."""
    is_part: bool = False
    """Whether other clusters have a part in it: it is then never one pod."""
    since: int | None = None
    """Only what was written in so many seconds before; 0 for everything there is, None for the last lines."""

    @property
    def is_one_pod(self) -> bool:
        """Whether it is a pod, called by its name."""
        return len(self.refs) == 1 and self.refs[0].kind == "pods" and not self.is_part

    @property
    def clusters(self) -> tuple[str, ...]:
        """Where the pods are."""
        return tuple(dict.fromkeys(ref.cluster for ref in self.refs))

    def within(self, cluster: str) -> "LogTarget":
        """The part of it that is in one of several clusters."""
        refs = tuple(ref for ref in self.refs if ref.cluster == cluster)
        return msgspec.structs.replace(self, refs=refs, is_part=True)

    @property
    def every_container(self) -> bool:
        """Whether containers are not chosen by name."""
        return self.container == ALL or (not self.container and not self.is_one_pod)

    @property
    def title(self) -> str:
        """`checkout-58d1b-q7wzn`, `deployment checkout`, `3 pods`, `3 pods in 2 clusters`."""
        first = self.refs[0]
        kind = first.kind.partition(".")[0]
        if len(self.refs) > 1:
            where = f" in {len(self.clusters)} clusters" if len(self.clusters) > 1 else ""
            return f"{len(self.refs)} {kind}{where}"
        return first.name if self.is_one_pod else f"{first.noun} {first.name}"

    def tail(self, count: int) -> int | None:
        """Lines from the end of each of so many containers to begin with; None for no limit."""
        if self.since is not None:
            return None
        return TAIL if count == 1 else min(TAIL, max(LEAST_TAIL, TAIL_OF_MANY // max(1, count)))

    def sources_of(self, pod: Manifest) -> Iterator[LogSource]:
        """The containers of a pod that are meant."""
        namespace, name = text_at(pod, "metadata.namespace"), text_at(pod, "metadata.name")
        if not self.every_container:
            chosen = self.container or container_to_read(pod)
            if chosen in container_names(pod) or self.is_one_pod:
                yield LogSource(namespace, name, chosen)
            return
        for container in container_names(pod):
            if not self.previous or _ran_before(pod, container):
                yield LogSource(namespace, name, container)


_CONTAINERS = ("initContainers", "containers", "ephemeralContainers")
_STATUSES = ("initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses")


def container_names(pod: Manifest) -> list[str]:
    """The names of the containers of a pod in the order they start."""
    return [text_at(each, "name") for group in _CONTAINERS for each in mappings_at(pod, f"spec.{group}")]


def _ran_before(pod: Manifest, container: str) -> bool:
    statuses = (each for group in _STATUSES for each in mappings_at(pod, f"status.{group}"))
    return any(text_at(each, "name") == container and mapping_at(each, "lastState.terminated") for each in statuses)

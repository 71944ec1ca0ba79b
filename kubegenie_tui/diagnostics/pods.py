"""Pods as the rules see them: containers with their states, and the workload whose template made the pod."""

from collections.abc import Iterator

import msgspec

from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, number_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.pod_spec import TEMPLATE_PATHS

NO_START = frozenset({"RunContainerError", "CreateContainerError", "PreCreateHookError", "PreStartHookError"})
"""What a container waits for that the runtime could not start.

Source: k8s.io/kubernetes/pkg/kubelet/container/sync_result.go and images/types.go.
"""


class Workload(msgspec.Struct, frozen=True):
    """The object a person edits to change a pod: the topmost owner, or the pod itself."""

    kind: str
    manifest: Manifest
    spec_path: str
    """Where its pod spec stands."""

    @property
    def ref(self) -> ObjectRef:
        """What cites it."""
        return ref_of(self.kind, self.manifest)

    @property
    def word(self) -> str:
        """`deployment checkout`."""
        return f"{self.kind.partition('.')[0].removesuffix('s')} {self.ref.name}"

    @property
    def pod_spec(self) -> Manifest:
        """The pod spec as it is now, which may be newer than that of a pod."""
        return mapping_at(self.manifest, self.spec_path)


class Container(msgspec.Struct, frozen=True):
    """One container of one pod with its state."""

    pod: Manifest
    spec: Manifest
    status: Manifest
    init: bool

    @property
    def name(self) -> str:
        """The container's name."""
        return text_at(self.spec, "name")

    @property
    def sidecar(self) -> bool:
        """Whether it starts before the others and runs on beside them."""
        return self.init and text_at(self.spec, "restartPolicy") == "Always"

    @property
    def list_name(self) -> str:
        """`containers` or `initContainers`."""
        return "initContainers" if self.init else "containers"

    @property
    def waiting(self) -> str:
        """Why it waits: `CrashLoopBackOff`; empty when it does not wait."""
        return text_at(self.status, "state.waiting.reason")

    @property
    def message(self) -> str:
        """What the kubelet says about the waiting."""
        return text_at(self.status, "state.waiting.message")

    @property
    def ended(self) -> Manifest:
        """The last end of the container: now, or before the restart."""
        return mapping_at(self.status, "state.terminated") or mapping_at(self.status, "lastState.terminated")

    @property
    def exit_code(self) -> int | None:
        """Of the last end."""
        return number_at(self.ended, "exitCode")

    @property
    def restarts(self) -> int:
        """How often it was started again."""
        return number_at(self.status, "restartCount") or 0

    @property
    def ready(self) -> bool:
        """Whether the kubelet calls it ready."""
        return self.status.get("ready") is True

    @property
    def crashing(self) -> bool:
        """Whether it keeps ending: it waits to be started again, or has just ended with an error."""
        if self.waiting == "CrashLoopBackOff" or self.waiting in NO_START:
            return True
        ended_now = mapping_at(self.status, "state.terminated")
        return bool(ended_now) and (number_at(ended_now, "exitCode") or 0) != 0


def live_pods(snapshot: Snapshot) -> Iterator[Manifest]:
    """Pods that should work: neither finished well nor on their way out."""
    for pod in snapshot.all("pods"):
        if text_at(pod, "status.phase") != "Succeeded" and not text_at(pod, "metadata.deletionTimestamp"):
            yield pod


def containers_of(pod: Manifest) -> Iterator[Container]:
    """Init containers first, as they run first."""
    for spec_list, status_list, init in (
        ("spec.initContainers", "status.initContainerStatuses", True),
        ("spec.containers", "status.containerStatuses", False),
    ):
        statuses = {text_at(status, "name"): status for status in mappings_at(pod, status_list)}
        for spec in mappings_at(pod, spec_list):
            yield Container(pod, spec, statuses.get(text_at(spec, "name"), {}), init)


def is_over(pod: Manifest) -> bool:
    """Whether its work is done, and its sidecars are stopped therefore."""
    statuses = mappings_at(pod, "status.containerStatuses")
    ends = text_at(pod, "spec.restartPolicy") in ("Never", "OnFailure")
    return ends and bool(statuses) and all(number_at(each, "state.terminated.exitCode") == 0 for each in statuses)


def workload_of(snapshot: Snapshot, pod: Manifest) -> Workload:
    """The topmost controlling owner that is here."""
    kind, manifest = "pods", pod
    while (owner := snapshot.owner_of(manifest)) is not None and _template_path(*owner):
        kind, manifest = owner
    return Workload(kind, manifest, _template_path(kind, manifest))


def maker_of(snapshot: Snapshot, job: Manifest) -> Workload:
    """What a person changes of a job: the CronJob that made it, else the job."""
    return workload_of(
        snapshot, {"metadata": {"ownerReferences": [{"uid": job["metadata"]["uid"], "controller": True}]}}
    )


def _template_path(kind: str, manifest: Manifest) -> str:
    """Where a workload has its pod spec; that of a custom kind, an Argo Rollout's for one, is told by its shape."""
    usual = TEMPLATE_PATHS["deployments.apps"]
    return TEMPLATE_PATHS.get(kind, usual if mapping_at(manifest, usual) else "")


def container_field(workload: Workload, container: Container, field: str) -> str:
    """Path of a container's field in the workload: `spec.template.spec.containers[api].image`."""
    return f"{workload.spec_path}.{container.list_name}[{container.name}].{field}"


def status_field(container: Container, field: str) -> str:
    """Path of a container's status in its pod."""
    statuses = "initContainerStatuses" if container.init else "containerStatuses"
    return f"status.{statuses}[{container.name}].{field}"


def declared_ports(workload: Workload) -> list[Manifest]:
    """The ports of the pods of a workload."""
    return ports_of(workload.pod_spec)


def ports_of(pod_spec: Manifest) -> list[Manifest]:
    """The ports of all containers that run on: those that start first and stay are among them."""
    stay = [each for each in mappings_at(pod_spec, "initContainers") if text_at(each, "restartPolicy") == "Always"]
    containers = [*mappings_at(pod_spec, "containers"), *stay]
    return [port for container in containers for port in mappings_at(container, "ports")]


def labels_of(manifest: Manifest) -> dict[str, str]:
    """An object's labels."""
    return {key: str(value) for key, value in mapping_at(manifest, "metadata.labels").items()}


def is_ready(pod: Manifest) -> bool:
    """Whether the pod's Ready condition holds."""
    return any(c.get("type") == "Ready" and c.get("status") == "True" for c in mappings_at(pod, "status.conditions"))

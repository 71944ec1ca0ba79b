"""Objects for diagnoses: a workload with its pods, and whatever stands around it."""

from collections.abc import Mapping, Sequence
from typing import Any

from kubegenie_tui.diagnostics.diagnose import diagnose
from kubegenie_tui.diagnostics.rules import ids
from kubegenie_tui.diagnostics.snapshot import Heard, LogKey, Snapshot
from kubegenie_tui.domain.finding import Finding

Object = dict[str, Any]
NOW = 1_764_100_000.0
"""2025-11-25T19:46:40Z."""


def named(name: str, kind: str = "", namespace: str = "shop", **rest: Any) -> Object:
    metadata = {"name": name, "uid": f"{kind}/{namespace}/{name}", **rest.pop("metadata", {})}
    return {"kind": kind, "metadata": metadata | ({"namespace": namespace} if namespace else {}), **rest}


def owned(item: Object, owner: Object) -> Object:
    reference = {"uid": owner["metadata"]["uid"], "kind": owner["kind"], "controller": True}
    item["metadata"]["ownerReferences"] = [reference]
    return item


def container(name: str = "app", image: str = "web:1", **rest: Any) -> Object:
    return {"name": name, "image": image, **rest}


def status(name: str = "app", *, ready: bool = False, restarts: int = 0, **state: Any) -> Object:
    """`waiting`, `terminated`, `running` of now; `last` is how it ended before."""
    last = state.pop("last", None)
    return {
        "name": name,
        "ready": ready,
        "restartCount": restarts,
        "state": state,
        "lastState": {"terminated": last} if last else {},
    }


RUNNING = status(ready=True, running={"startedAt": "2025-11-25T19:00:00Z"})


def waiting(reason: str, message: str = "", **rest: Any) -> Object:
    return status(waiting={"reason": reason, "message": message}, **rest)


def crashed(code: int, reason: str = "Error", **rest: Any) -> Object:
    return waiting("CrashLoopBackOff", restarts=3, last={"exitCode": code, "reason": reason}, **rest)


def event(about: Object, reason: str, message: str, kind: str = "Warning") -> Object:
    metadata = about["metadata"]
    return {
        "metadata": {"name": f"{metadata['name']}.{reason}", "namespace": metadata.get("namespace", "")},
        "type": kind,
        "reason": reason,
        "message": message,
        "lastTimestamp": "2025-11-25T19:45:00Z",
        "involvedObject": {
            "kind": about["kind"],
            "name": metadata["name"],
            "namespace": metadata.get("namespace", ""),
            "uid": metadata["uid"],
        },
    }


def node(name: str = "node-1", memory: str = "16Gi", **rest: Any) -> Object:
    conditions = rest.pop("conditions", [{"type": "Ready", "status": "True"}])
    return named(
        name, "Node", "", spec=rest.pop("spec", {}),
        status={"allocatable": {"cpu": "4", "memory": memory}, "conditions": conditions}, **rest,
    )  # fmt: skip


def running_pod(name: str) -> Object:
    """A lone pod that is well, labelled with its name."""
    well = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    return named(name, "Pod", metadata={"labels": {"app": name}}, spec={"containers": [container()]}, status=well)


class Scene:
    """A namespace with one deployment `web` of one pod, which is well unless told otherwise."""

    def __init__(
        self,
        *,
        state: Object = RUNNING,
        spec: Mapping[str, Any] | None = None,
        pod_status: Mapping[str, Any] | None = None,
        init: bool = False,
        template_labels: Mapping[str, str] | None = None,
    ) -> None:
        labels = dict(template_labels or {"app": "web"})
        pod_spec = {"containers": [container()], **(spec or {})}
        template = {"metadata": {"labels": labels}, "spec": pod_spec}
        self.deployment = named("web", "Deployment", spec={"replicas": 1, "template": template}, status={})
        self.replica_set = owned(
            named("web-5d4", "ReplicaSet", spec={"replicas": 1, "template": template}, status={"replicas": 1}),
            self.deployment,
        )
        ready = "True" if state.get("ready") else "False"
        self.pod = owned(
            named(
                "web-5d4-abcde",
                "Pod",
                metadata={"labels": labels},
                spec=pod_spec,
                status={
                    "phase": "Running",
                    "conditions": [{"type": "Ready", "status": ready}],
                    "initContainerStatuses" if init else "containerStatuses": [state],
                    **(pod_status or {}),
                },
            ),
            self.replica_set,
        )
        self.objects: dict[str, list[Object]] = {
            "deployments.apps": [self.deployment],
            "replicasets.apps": [self.replica_set],
            "pods": [self.pod],
            "nodes": [node()],
        }
        self.logs: dict[LogKey, Sequence[str]] = {}

    def add(self, kind: str, *items: Object) -> "Scene":
        self.objects.setdefault(kind, []).extend(items)
        return self

    def event(self, reason: str, message: str, about: Object | None = None) -> "Scene":
        return self.add("events", event(about or self.pod, reason, message))

    def log(self, *lines: str, container_name: str = "app") -> "Scene":
        self.logs["shop", "web-5d4-abcde", container_name] = lines
        return self

    failed: Mapping[str, str] = {}
    """Kinds that the server cannot read."""

    heard: Sequence[str] = ()
    """What the container `app` says that is asked about by its name."""

    def snapshot(self) -> Snapshot:
        found = Snapshot(self.objects, logs=self.logs, failed=self.failed, now=NOW)
        found.heard += [Heard(self.pod, "app", self.heard)] if self.heard else []
        return found

    def findings(self) -> tuple[Finding, ...]:
        found = diagnose(self.snapshot()).findings
        assert {finding.rule for finding in found} <= ids(), "kubegenie_tui.diagnostics.rules knows every rule"
        return found

    def rules(self) -> list[str]:
        return [finding.rule for finding in self.findings()]


def service_of(name: str, port: int = 80, target: int | str | None = None, **selector: str) -> Object:
    ports = [{"port": port, **({"targetPort": target} if target is not None else {})}]
    return named(name, "Service", spec={"selector": selector or {"app": name}, "ports": ports})

"""Containers that start first and stay, StatefulSets, and what is as bad as what it does to others."""

from collections.abc import Callable
from typing import Any

import pytest

from kubegenie_tui.domain.finding import Severity
from tests.unit.diagnostics.cases import Fault, NearMiss, check_fault, check_near_miss
from tests.unit.diagnostics.scene import (
    RUNNING,
    Object,
    Scene,
    container,
    crashed,
    event,
    named,
    running_pod,
    service_of,
    status,
)
from tests.unit.diagnostics.test_states import ago

SETS, DAEMONS, SLICES = "statefulsets.apps", "daemonsets.apps", "endpointslices.discovery.k8s.io"
REFUSED = "probe failed: Get http://10.0.0.9:8201/: dial tcp 10.0.0.9:8201: connect: connection refused"
PARTITION = "spec.updateStrategy.rollingUpdate.partition"


def held(partition: int, *, updated: int = 0, revision: str = "db-2", seen: int = 2, **spec: Any) -> Scene:
    """A set of three with an update, and a partition."""
    told = {"observedGeneration": seen, "currentRevision": "db-1", "updateRevision": revision}
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"partition": partition}}
    made = named(
        "db", "StatefulSet", metadata={"generation": 2}, spec={"replicas": 3, "updateStrategy": strategy, **spec},
        status=told | ({"updatedReplicas": updated} if updated else {}),
    )  # fmt: skip
    return Scene().add(SETS, made)


def sidecar(state: Object, *, probe: str = "startupProbe", policy: str = "Always") -> Scene:
    """A sidecar whose probe asks another port than it has, and what it was started for."""
    asked: Object = {probe: {"httpGet": {"path": "/", "port": 8201}}}
    agent = container("agent", ports=[{"containerPort": 8200}], restartPolicy="Always", **asked)
    app = status(waiting={"reason": "PodInitializing"})
    spec = {"initContainers": [agent], "containers": [container()], "restartPolicy": policy}
    return Scene(state=state, spec=spec, pod_status={"containerStatuses": [app]}, init=True)


def killed(**rest: Any) -> Object:
    state = crashed(137, name="agent", **rest)
    state["lastState"]["terminated"] |= {"startedAt": ago(75), "finishedAt": ago(70)}
    return state


def failing(scene: Scene, word: str, where: str) -> Scene:
    said = event(scene.pod, "Unhealthy", f"{word} {REFUSED}")
    said["involvedObject"]["fieldPath"] = where
    return scene.add("events", said)


def killed_by_its_probe() -> Scene:
    return failing(sidecar(killed()), "Startup", "spec.initContainers{agent}")


def ended_long_ago() -> Object:
    state = status("agent", ready=True, restarts=1, running={"startedAt": ago(7200)}, last={"exitCode": 1})
    state["lastState"]["terminated"] |= {"startedAt": ago(7300), "finishedAt": ago(7201), "reason": "Error"}
    return state


def work_is_done() -> Scene:
    """A job's program is done, and its sidecar is being stopped."""
    scene = sidecar(status("agent", terminated={"exitCode": 143, "reason": "Error"}), policy="Never")
    scene.pod["status"]["containerStatuses"] = [status(terminated={"exitCode": 0, "reason": "Completed"})]
    return scene


def other_containers_probe() -> Scene:
    """Two containers that are probed, of which the other fails."""
    probe: Object = {"readinessProbe": {"httpGet": {"path": "/", "port": 8201}}}
    spec = {"containers": [container(**probe), container("proxy", **probe)]}
    states = [RUNNING | {"restartCount": 1}, status("proxy", running={"startedAt": ago(600)})]
    scene = Scene(state=states[1], spec=spec, pod_status={"containerStatuses": states})
    states[0]["ready"] = False
    return failing(scene, "Readiness", "spec.containers{proxy}")


def written_down(**spec: Any) -> Scene:
    """A service without selector, whose addresses somebody wrote down, and a program that is refused there."""
    of = {"labels": {"kubernetes.io/service-name": "erp"}}
    addresses = named("erp-1", "EndpointSlice", metadata=of, endpoints=[{"addresses": ["192.0.2.7"]}])
    service = named("erp", "Service", spec={"ports": [{"port": 1521}], **spec})
    scene = needing("dial tcp: connect erp:1521: connection refused")
    return scene.add("services", service).add(SLICES, *([] if spec else [addresses]))


def ended(seconds: float, ready: float) -> Scene:
    """A crash so long ago, for a service that has had a ready pod for so long; the program has not started since."""
    state = crashed(1)
    state["lastState"]["terminated"]["finishedAt"] = ago(seconds)
    scene = Scene(state=state).log("FATAL: dial tcp db:5432: connect: connection refused")
    scene.pod["metadata"]["creationTimestamp"] = ago(3600)
    database = running_pod("db")
    database["status"]["conditions"][0]["lastTransitionTime"] = ago(ready)
    return scene.add("services", service_of("db", 5432)).add("pods", database)


def needing(line: str) -> Scene:
    return Scene(state=crashed(1)).log(line).event("BackOff", "Back-off restarting failed container")


def agents(**selector: str) -> Scene:
    """A DaemonSet that runs nowhere, its service, and a program that needs it."""
    template: Object = {"metadata": {"labels": {"app": "statsd"}}, "spec": {"nodeSelector": selector}}
    made = named("statsd", "DaemonSet", spec={"template": template}, status={"desiredNumberScheduled": 0})
    scene = needing("dial tcp: connect statsd:8125: connection refused").add(DAEMONS, made)
    return scene.add("services", service_of("statsd", 8125))


def lost_slice(name: str, label: str, *others: Object) -> Scene:
    """A service without selector, and addresses that are labelled for another one; a program needs it."""
    bare = named("erp", "Service", spec={"ports": [{"port": 1521}]})
    of = {"labels": {"kubernetes.io/service-name": label}} if label else {}
    addresses = named(name, "EndpointSlice", metadata=of, endpoints=[{"addresses": ["192.0.2.7"]}])
    scene = needing("dial tcp: connect erp:1521: connection refused").add(SLICES, addresses)
    return scene.add("services", bare, *others)


FAULTS: list[Fault] = [
    (lambda: held(3), "update-held", f"{SETS} db", "only pods numbered 3 and higher"),
    (lambda: held(8, ordinals={"start": 5}), "update-held", f"{SETS} db", "only pods numbered 8 and higher"),
    (killed_by_its_probe, "startup-probe-fails", "deployments.apps web", "asks port 8201, the container declares 8200"),
    (lambda: agents(disk="quantum"), "daemonset-nowhere", f"{DAEMONS} statsd", "no node has disk=quantum"),
    (lambda: lost_slice("erp-1", "oracle"), "service-without-selector", f"{SLICES} erp-1", 'for service "oracle"'),
    (lambda: lost_slice("x", "erpp"), "service-without-selector", f"{SLICES} x", 'for service "erpp"'),
    (lambda: lost_slice("erp-1", ""), "service-without-selector", f"{SLICES} erp-1", "no such label"),
    (lambda: lost_slice("oracle-1", "oracle"), "service-without-selector", "services erp", "nobody has written down"),
    (lambda: lost_slice("erp-1", "db", service_of("db", app="web")), "service-without-selector", "services erp",
     "nobody has written down"),
]  # fmt: skip
NEAR_MISSES: list[NearMiss] = [
    (lambda: held(2, updated=1), "update-held"),
    (lambda: held(2), "update-held"),
    (lambda: held(3, revision="db-1"), "update-held"),
    (lambda: held(3, replicas=0), "update-held"),
    (lambda: held(3, seen=1), "update-held"),
    (lambda: held(5, ordinals={"start": 5}), "update-held"),
    (lambda: Scene().add(SETS, named("db", "StatefulSet", spec={"updateStrategy": {"type": "OnDelete"}},
                                     status={"currentRevision": "1", "updateRevision": "2"})), "update-held"),
    (lambda: failing(sidecar(killed()), "Startup", "spec.containers{app}"), "startup-probe-fails"),
    (lambda: sidecar(status("agent", ready=True, running={"startedAt": ago(60)})), "startup-probe-fails"),
    (lambda: sidecar(ended_long_ago()), "crash-loop"),
    (work_is_done, "crash-loop"),
    (written_down, "dependency-down"),
    (lambda: written_down(type="ExternalName", externalName="erp.example.com"), "dependency-down"),
]  # fmt: skip


@pytest.mark.parametrize(("scene", "rule", "root", "cause"), FAULTS)
def test_the_fault_is_found_at_its_root(scene: Callable[[], Scene], rule: str, root: str, cause: str) -> None:
    check_fault(scene(), rule, root, cause)


@pytest.mark.parametrize(("scene", "rule"), NEAR_MISSES)
def test_a_near_miss_is_none(scene: Callable[[], Scene], rule: str) -> None:
    check_near_miss(scene(), rule)


def test_an_update_that_is_held_back_may_be_meant() -> None:
    [found] = held(3).findings()
    assert (found.severity, found.field) == (Severity.NOTICE, PARTITION)


@pytest.mark.parametrize("scene", [lambda: agents(disk="quantum"), lambda: lost_slice("erp-1", "oracle")])
def test_a_fault_is_as_bad_as_what_it_does(scene: Callable[[], Scene]) -> None:
    [found] = scene().findings()
    assert found.severity is Severity.CRITICAL
    assert "web" in [ref.name for ref in found.affected]


def test_a_failing_probe_is_told_of_the_container_whose_it_is() -> None:
    found = [each for each in other_containers_probe().findings() if each.rule == "readiness-probe-fails"]
    assert ["containers[proxy]" in each.field for each in found] == [True]


@pytest.mark.parametrize(("ready", "severity"), [(30, Severity.NOTICE), (900, Severity.CRITICAL)])
def test_what_waits_to_be_started_since_its_service_is_back_may_come_up(ready: float, severity: Severity) -> None:
    [found] = ended(120, ready).findings()
    assert (found.rule, found.severity) == ("crash-loop", severity)

"""Kubelets: they pull, start, probe, restart and stop containers, and write down what happened.

A pod's status is the only memory: each step follows from the status, the clock and what the program does.
"""

from typing import TYPE_CHECKING, Any

from kubegenie_tui.demo.state.objects import Object, meta, name_of, namespace_of, timestamp
from kubegenie_tui.demo.world.environment import CannotStart, environment, missing_volume
from kubegenie_tui.demo.world.programs import Program, command_lives, fails_at_once, program_of, pull_problem
from kubegenie_tui.domain.quantity import parse_time

if TYPE_CHECKING:
    from kubegenie_tui.demo.world.world import World

LONGEST_BACKOFF = 300.0
CRASH_SECONDS = 2.0
"""How long a program lives that misses what it requires."""
SHOWN_SECONDS = 3.0
"""How long an ended container shows its end before it shows the back-off."""
READY_SECONDS = 4.0
PROBE_SECONDS = 10.0
STOP_SECONDS = 3.0
NEVER = float("inf")


class Kubelet:
    """Plays all nodes of one cluster."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.cluster = world.cluster

    def sync(self, namespace: str, name: str) -> None:
        """Move one pod on, and come back when there is more to do."""
        pod = self.cluster.get("pods", name, namespace)
        if pod is None or not pod["spec"].get("nodeName") or (pod.get("status") or {}).get("reason") == "Evicted":
            return
        if meta(pod).get("deletionTimestamp"):
            self._stop(pod)
            return
        step = _Step(self, pod)
        statuses = [step.container(each, old) for each, old in step.containers()]
        self.cluster.set_status(pod, step.status(statuses), manager="kubelet")
        if step.due < NEVER:
            self.world.at(max(step.due, self.cluster.clock.now() + 0.1), "kubelet", namespace, name)

    def record(self, pod: Object, reason: str, message: str, *, kind: str = "Normal", container: str = "") -> None:
        """An event of the node that runs the pod."""
        field = f"spec.containers{{{container}}}" if container else ""
        host = pod["spec"]["nodeName"]
        self.world.recorder.record(pod, reason, message, component="kubelet", kind=kind, host=host, field=field)

    def _stop(self, pod: Object) -> None:
        asked = parse_time(meta(pod)["deletionTimestamp"])
        grace = meta(pod).get("deletionGracePeriodSeconds", 30)
        if self.cluster.clock.now() >= asked + min(STOP_SECONDS, grace):
            self.cluster.replace({**pod, "metadata": {**meta(pod), "deletionGracePeriodSeconds": 0}})
            return
        for container in pod["spec"]["containers"]:
            self.record(pod, "Killing", f"Stopping container {container['name']}", container=container["name"])
        self.world.at(asked + min(STOP_SECONDS, grace), "kubelet", namespace_of(pod), name_of(pod))


class _Step:
    """One look at one pod: the next state of each container, and when to look again."""

    def __init__(self, kubelet: Kubelet, pod: Object) -> None:
        self.kubelet, self.pod = kubelet, pod
        self.now = kubelet.cluster.clock.now()
        self.due = NEVER
        self.volume_problem = missing_volume(kubelet.cluster, pod)
        self.old: Object = pod.get("status") or {}

    def containers(self) -> list[tuple[Object, Object]]:
        """Each container with its last status."""
        known = {each["name"]: each for each in self.old.get("containerStatuses") or ()}
        return [(each, known.get(each["name"]) or _created(each)) for each in self.pod["spec"]["containers"]]

    def container(self, spec: Object, status: Object) -> Object:
        """The next status of one container."""
        program = program_of(spec["image"])
        state = status["state"]
        if "running" in state:
            return self._running(spec, status, program)
        if "terminated" in state:
            return self._ended(spec, status)
        return self._waiting(spec, status, program)

    def _again(self, at: float) -> None:
        self.due = min(self.due, at)

    def _waiting(self, spec: Object, status: Object, program: Program) -> Object:
        waiting = status["state"]["waiting"]
        if waiting["reason"] == "CrashLoopBackOff":
            ended = parse_time(status["lastState"]["terminated"]["finishedAt"])
            back = ended + _backoff(status)
            if self.now < back:
                self._again(back)
                return status
            return self._start(spec, {**status, "restartCount": status["restartCount"] + 1}, program)
        begun = self._scheduled_at() + 0.3 + (hash_of(meta(self.pod)["uid"]) % 15) / 10
        if self.now < begun:
            self._again(begun)
            return status
        return self._first_start(spec, status, program)

    def _first_start(self, spec: Object, status: Object, program: Program) -> Object:
        if self.volume_problem:
            self.kubelet.record(self.pod, "FailedMount", self.volume_problem, kind="Warning")
            self._again(self._later(30))
            return status
        problem = pull_problem(spec["image"])
        if problem:
            return self._not_pulled(spec, status, problem)
        if status["state"]["waiting"]["reason"] == "ContainerCreating":
            name, image = spec["name"], spec["image"]
            self.kubelet.record(
                self.pod, "Pulled", f'Container image "{image}" already present on machine', container=name
            )
        return self._start(spec, status, program)

    def _not_pulled(self, spec: Object, status: Object, problem: str) -> Object:
        tried, next_try = _attempts(self.now - self._scheduled_at())
        just = status["state"]["waiting"]["reason"] != "ErrImagePull" and next_try - tried > SHOWN_SECONDS
        image, name = spec["image"], spec["name"]
        if just and self.now - self._scheduled_at() - tried < SHOWN_SECONDS + 2:
            self.kubelet.record(
                self.pod, "Failed", f'Failed to pull image "{image}": {problem}', kind="Warning", container=name
            )
            self._again(self.now + SHOWN_SECONDS + 2)
            return _wait(status, "ErrImagePull", problem)
        message = f'Back-off pulling image "{image}"'
        self.kubelet.record(self.pod, "BackOff", message, container=name)
        self._again(self._later(self._scheduled_at() + next_try - self.now))
        return _wait(status, "ImagePullBackOff", f"{message}: ErrImagePull: {problem}")

    def _start(self, spec: Object, status: Object, program: Program) -> Object:
        try:
            environment(self.kubelet.cluster, self.pod, spec)
        except CannotStart as problem:
            self.kubelet.record(self.pod, "Failed", f"Error: {problem}", kind="Warning", container=spec["name"])
            self._again(self._later(15))
            return _wait(status, "CreateContainerConfigError", str(problem))
        self.kubelet.record(self.pod, "Created", "Container created", container=spec["name"])
        self.kubelet.record(self.pod, "Started", "Container started", container=spec["name"])
        running = {
            **status,
            "state": {"running": {"startedAt": timestamp(self.now)}},
            "started": True,
            "ready": False,
            "containerID": f"containerd://{hash_of(meta(self.pod)['uid'] + str(status['restartCount'])):064x}",
            "imageID": f"{spec['image'].partition(':')[0]}@sha256:{hash_of(spec['image']):064x}",
        }
        return self._running(spec, running, program)

    def _running(self, spec: Object, status: Object, program: Program) -> Object:
        started = parse_time(status["state"]["running"]["startedAt"])
        lives, reason, code = self._fate(spec, program)
        if lives and self.now >= started + lives:
            return self._end(spec, status, reason, code)
        if lives:
            self._again(started + lives)
        probed = "readinessProbe" in spec
        ready_at = started + (READY_SECONDS if probed else 0)
        if self.now < ready_at:
            self._again(ready_at)
            return status
        if program.unready and probed:
            message = f"Readiness probe failed: {program.unready}"
            self.kubelet.record(self.pod, "Unhealthy", message, kind="Warning", container=spec["name"])
            self._again(self._later(PROBE_SECONDS))
            return status
        return {**status, "ready": True}

    def _fate(self, spec: Object, program: Program) -> tuple[float, str, int]:
        try:
            found = environment(self.kubelet.cluster, self.pod, spec)
        except CannotStart:
            found = {}
        if program.requires:
            return (CRASH_SECONDS, "Error", 1) if fails_at_once(program, found) else (0.0, "", 0)
        return command_lives(spec, program), program.death, program.exit_code

    def _end(self, spec: Object, status: Object, reason: str, code: int) -> Object:
        name = spec["name"]
        if reason == "Liveness":
            probe = 'Liveness probe failed: Get "http://10.0.0.1:8080/healthz": context deadline exceeded'
            self.kubelet.record(self.pod, "Unhealthy", probe, kind="Warning", container=name)
            killing = f"Container {name} failed liveness probe, will be restarted"
            self.kubelet.record(self.pod, "Killing", killing, container=name)
        ended = {
            "exitCode": code,
            "reason": "Error" if reason == "Liveness" else reason,
            "startedAt": status["state"]["running"]["startedAt"],
            "finishedAt": timestamp(self.now),
            "containerID": status["containerID"],
        }
        over = {**status, "state": {"terminated": ended}, "ready": False, "started": False}
        if _restarts(self.pod, code):
            self._again(self.now + SHOWN_SECONDS)
        return over

    def _ended(self, spec: Object, status: Object) -> Object:
        ended = status["state"]["terminated"]
        if not _restarts(self.pod, ended["exitCode"]):
            return status
        finished = parse_time(ended["finishedAt"])
        if self.now < finished + SHOWN_SECONDS - 0.5:
            self._again(finished + SHOWN_SECONDS)
            return status
        gone = {**status, "lastState": status["state"]}
        wait = _backoff(gone)
        if wait <= SHOWN_SECONDS:
            again = {**gone, "restartCount": status["restartCount"] + 1}
            return self._start(spec, again, program_of(spec["image"]))
        name, pod = spec["name"], name_of(self.pod)
        uid = meta(self.pod)["uid"]
        where = f"container={name} pod={pod}_{namespace_of(self.pod)}({uid})"
        self.kubelet.record(
            self.pod, "BackOff",
            f"Back-off restarting failed container {name} in pod {pod}_{namespace_of(self.pod)}({uid})",
            kind="Warning", container=name,
        )  # fmt: skip
        self._again(finished + wait)
        return _wait(gone, "CrashLoopBackOff", f"back-off {_go_duration(wait)} restarting failed {where}")

    def _scheduled_at(self) -> float:
        found = [each for each in self.old.get("conditions") or () if each["type"] == "PodScheduled"]
        return parse_time(found[0]["lastTransitionTime"] if found else meta(self.pod)["creationTimestamp"])

    def _later(self, seconds: float) -> float:
        """In some seconds; while the past is played, not before the part of it whose events are kept."""
        return max(self.now + max(seconds, 1.0), self.kubelet.world.recorder.present - 1800)

    def status(self, containers: list[Object]) -> Object:
        """The pod's status with these containers."""
        over = [each["state"].get("terminated") for each in containers]
        finished = all(end is not None and not _restarts(self.pod, end["exitCode"]) for end in over)
        phase = (
            "Running" if any("waiting" not in each["state"] or each["lastState"] for each in containers) else "Pending"
        )
        if finished:
            phase = "Succeeded" if all(end and end["exitCode"] == 0 for end in over) else "Failed"
        ready = all(each["ready"] for each in containers) and not finished
        uid, node = meta(self.pod)["uid"], self.pod["spec"]["nodeName"]
        return {
            **self.old,
            "phase": phase,
            "conditions": self._conditions(ready, finished, [each["name"] for each in containers if not each["ready"]]),
            "hostIP": self.kubelet.world.node_ip(node),
            "hostIPs": [{"ip": self.kubelet.world.node_ip(node)}],
            **self._addresses(uid, phase),
            "startTime": timestamp(self._scheduled_at()),
            "containerStatuses": containers,
            "qosClass": qos_class(self.pod),
        }

    def _addresses(self, uid: str, phase: str) -> Object:
        if phase == "Pending":
            return {}
        number = hash_of(uid)
        address = f"10.244.{number % 250}.{number // 250 % 250 + 2}"
        return {"podIP": address, "podIPs": [{"ip": address}]}

    def _conditions(self, ready: bool, finished: bool, unready: list[str]) -> list[Object]:
        reason = {"reason": "PodCompleted"} if finished else {}
        if not ready and not finished:
            listed = " ".join(unready)
            reason = {"reason": "ContainersNotReady", "message": f"containers with unready status: [{listed}]"}
        states: list[tuple[str, bool, dict[str, Any]]] = [
            ("PodReadyToStartContainers", not finished, {}),
            ("Initialized", True, {"reason": "PodCompleted"} if finished else {}),
            ("Ready", ready, reason),
            ("ContainersReady", ready, reason),
            ("PodScheduled", True, {}),
        ]
        return [self._condition(kind, value, extra) for kind, value, extra in states]

    def _condition(self, kind: str, value: bool, extra: Object) -> Object:
        text = "True" if value else "False"
        old = next((each for each in self.old.get("conditions") or () if each["type"] == kind), None)
        since = old["lastTransitionTime"] if old and old["status"] == text else timestamp(self.now)
        fresh = {
            "type": kind,
            "observedGeneration": 1,
            "status": text,
            "lastProbeTime": None,
            "lastTransitionTime": since,
        }
        return {**fresh, **extra}


def hash_of(text: str) -> int:
    """A number that is the same in every process."""
    import zlib

    return zlib.crc32(text.encode()) * 2654435761


def qos_class(pod: Object) -> str:
    """Guaranteed, Burstable or BestEffort, from requests and limits."""
    resources = [each.get("resources") or {} for each in pod["spec"]["containers"]]
    if not any(resources):
        return "BestEffort"
    same = all(
        each.get("limits") and each["limits"] == each.get("requests") and {"cpu", "memory"} <= set(each["limits"])
        for each in resources
    )
    return "Guaranteed" if same else "Burstable"


def _created(container: Object) -> Object:
    return {
        "name": container["name"],
        "state": {"waiting": {"reason": "ContainerCreating"}},
        "lastState": {},
        "ready": False,
        "restartCount": 0,
        "image": container["image"],
        "imageID": "",
        "started": False,
    }


def _wait(status: Object, reason: str, message: str) -> Object:
    return {**status, "state": {"waiting": {"reason": reason, "message": message}}, "ready": False, "started": False}


def _restarts(pod: Object, code: int) -> bool:
    policy = pod["spec"].get("restartPolicy", "Always")
    return policy == "Always" or (policy == "OnFailure" and code != 0)


def _backoff(status: Object) -> float:
    ended = status["lastState"]["terminated"]
    ran = parse_time(ended["finishedAt"]) - parse_time(ended["startedAt"])
    if status["restartCount"] == 0 or ran > 2 * LONGEST_BACKOFF:
        return 0.0
    return float(min(LONGEST_BACKOFF, 10.0 * 2.0 ** (min(status["restartCount"], 10) - 1)))


def _attempts(elapsed: float) -> tuple[float, float]:
    """When an image was last pulled and will be next, seconds after the first try: waits double up to five minutes."""
    tried, wait = 0.0, 10.0
    while tried + wait <= elapsed:
        tried, wait = tried + wait, min(wait * 2, LONGEST_BACKOFF)
    return tried, tried + wait


def _go_duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"

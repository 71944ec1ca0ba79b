"""Containers are pulled, started, probed, restarted and stopped, and the node tells of it.

A pod's status is the only memory: each step follows from the status, the clock and what the program does.
"""

from typing import TYPE_CHECKING

from kubegenie_tui.demo.state.objects import Object, meta, name_of, namespace_of, timestamp
from kubegenie_tui.demo.world.backoff import go_duration, pull_attempts, restart_wait
from kubegenie_tui.demo.world.environment import CannotStart, environment, missing_volume
from kubegenie_tui.demo.world.hashing import hash_of
from kubegenie_tui.demo.world.programs import Program, command_lives, fails_at_once, program_of, pull_problem
from kubegenie_tui.domain.quantity import parse_time

if TYPE_CHECKING:
    from kubegenie_tui.demo.world.world import World

CRASH_SECONDS = 2.0
"""How long a program lives that misses what it requires."""
SHOWN_SECONDS = 3.0
"""How long an ended container shows its end before it shows the back-off."""
READY_SECONDS = 4.0
PROBE_SECONDS = 10.0
NEVER = float("inf")


class Containers:
    """One look at the containers of one pod: the next status of each, and when to look again."""

    def __init__(self, world: "World", pod: Object, scheduled: float) -> None:
        """Look.

        Args:
            world: where the pod is.
            pod: a pod that has a node.
            scheduled: since when, seconds since the epoch.
        """
        self.world, self.pod, self.scheduled = world, pod, scheduled
        self.now = world.cluster.clock.now()
        self.due = NEVER
        """When the next look is due."""
        self.volume_problem = missing_volume(world.cluster, pod)

    def statuses(self) -> list[Object]:
        """The next statuses, in the order of the spec."""
        known = {each["name"]: each for each in (self.pod.get("status") or {}).get("containerStatuses") or ()}
        return [self._next(each, known.get(each["name"]) or _created(each)) for each in self.pod["spec"]["containers"]]

    def _record(self, reason: str, message: str, *, container: str = "", kind: str = "Normal") -> None:
        record(self.world, self.pod, reason, message, kind=kind, container=container)

    def _next(self, spec: Object, status: Object) -> Object:
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
            back = ended + restart_wait(status)
            if self.now < back:
                self._again(back)
                return status
            return self._start(spec, {**status, "restartCount": status["restartCount"] + 1}, program)
        begun = self.scheduled + 0.3 + (hash_of(meta(self.pod)["uid"]) % 15) / 10
        if self.now < begun:
            self._again(begun)
            return status
        return self._first_start(spec, status, program)

    def _first_start(self, spec: Object, status: Object, program: Program) -> Object:
        if self.volume_problem:
            self._record("FailedMount", self.volume_problem, kind="Warning")
            self._again(self._later(30))
            return status
        problem = pull_problem(spec["image"])
        if problem:
            return self._not_pulled(spec, status, problem)
        if status["state"]["waiting"]["reason"] == "ContainerCreating":
            name, image = spec["name"], spec["image"]
            self._record("Pulled", f'Container image "{image}" already present on machine', container=name)
        return self._start(spec, status, program)

    def _not_pulled(self, spec: Object, status: Object, problem: str) -> Object:
        tried, next_try = pull_attempts(self.now - self.scheduled)
        just = status["state"]["waiting"]["reason"] != "ErrImagePull" and next_try - tried > SHOWN_SECONDS
        image, name = spec["image"], spec["name"]
        if just and self.now - self.scheduled - tried < SHOWN_SECONDS + 2:
            self._record("Failed", f'Failed to pull image "{image}": {problem}', kind="Warning", container=name)
            self._again(self.now + SHOWN_SECONDS + 2)
            return _wait(status, "ErrImagePull", problem)
        message = f'Back-off pulling image "{image}"'
        self._record("BackOff", message, container=name)
        self._again(self._later(self.scheduled + next_try - self.now))
        return _wait(status, "ImagePullBackOff", f"{message}: ErrImagePull: {problem}")

    def _start(self, spec: Object, status: Object, program: Program) -> Object:
        try:
            environment(self.world.cluster, self.pod, spec)
        except CannotStart as problem:
            self._record("Failed", f"Error: {problem}", kind="Warning", container=spec["name"])
            self._again(self._later(15))
            return _wait(status, "CreateContainerConfigError", str(problem))
        self._record("Created", "Container created", container=spec["name"])
        self._record("Started", "Container started", container=spec["name"])
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
            self._record("Unhealthy", message, kind="Warning", container=spec["name"])
            self._again(self._later(PROBE_SECONDS))
            return status
        return {**status, "ready": True}

    def _fate(self, spec: Object, program: Program) -> tuple[float, str, int]:
        try:
            found = environment(self.world.cluster, self.pod, spec)
        except CannotStart:
            found = {}
        if program.requires:
            return (CRASH_SECONDS, "Error", 1) if fails_at_once(program, found) else (0.0, "", 0)
        return command_lives(spec, program), program.death, program.exit_code

    def _end(self, spec: Object, status: Object, reason: str, code: int) -> Object:
        name = spec["name"]
        if reason == "Liveness":
            probe = 'Liveness probe failed: Get "http://10.0.0.1:8080/healthz": context deadline exceeded'
            self._record("Unhealthy", probe, kind="Warning", container=name)
            killing = f"Container {name} failed liveness probe, will be restarted"
            self._record("Killing", killing, container=name)
        ended = {
            "exitCode": code,
            "reason": "Error" if reason == "Liveness" else reason,
            "startedAt": status["state"]["running"]["startedAt"],
            "finishedAt": timestamp(self.now),
            "containerID": status["containerID"],
        }
        over = {**status, "state": {"terminated": ended}, "ready": False, "started": False}
        if restarts(self.pod, code):
            self._again(self.now + SHOWN_SECONDS)
        return over

    def _ended(self, spec: Object, status: Object) -> Object:
        ended = status["state"]["terminated"]
        if not restarts(self.pod, ended["exitCode"]):
            return status
        finished = parse_time(ended["finishedAt"])
        if self.now < finished + SHOWN_SECONDS - 0.5:
            self._again(finished + SHOWN_SECONDS)
            return status
        gone = {**status, "lastState": status["state"]}
        wait = restart_wait(gone)
        if wait <= SHOWN_SECONDS:
            again = {**gone, "restartCount": status["restartCount"] + 1}
            return self._start(spec, again, program_of(spec["image"]))
        name, pod = spec["name"], name_of(self.pod)
        uid = meta(self.pod)["uid"]
        where = f"container={name} pod={pod}_{namespace_of(self.pod)}({uid})"
        self._record("BackOff",
            f"Back-off restarting failed container {name} in pod {pod}_{namespace_of(self.pod)}({uid})",
            kind="Warning", container=name,
        )  # fmt: skip
        self._again(finished + wait)
        return _wait(gone, "CrashLoopBackOff", f"back-off {go_duration(wait)} restarting failed {where}")

    def _later(self, seconds: float) -> float:
        """In some seconds; while the past is played, not before the part of it whose events are kept."""
        return max(self.now + max(seconds, 1.0), self.world.recorder.present - 1800)


def record(
    world: "World", pod: Object, reason: str, message: str, *, kind: str = "Normal", container: str = ""
) -> None:
    """An event of the node that runs the pod."""
    field = f"spec.containers{{{container}}}" if container else ""
    host = pod["spec"]["nodeName"]
    world.recorder.record(pod, reason, message, component="kubelet", kind=kind, host=host, field=field)


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


def restarts(pod: Object, code: int) -> bool:
    """Whether a container that ended with this exit code is started again."""
    policy = pod["spec"].get("restartPolicy", "Always")
    return policy == "Always" or (policy == "OnFailure" and code != 0)

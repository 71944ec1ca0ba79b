"""What a Cluster says of itself: how far it has come, and in its own words what is missing.

Source of the conditions: `api/core/v1beta2/cluster_types.go` of Cluster API.
"""

from collections.abc import Iterable, Iterator

from kubegenie_tui.domain.creation import Progress
from kubegenie_tui.domain.custom.bullets import bullets
from kubegenie_tui.domain.manifest import Manifest, mappings_at, number_at, text_at

_TOPOLOGY = "TopologyReconciled"
_CONTROL_PLANE = ("ControlPlaneAvailable", "ControlPlaneReady", "ControlPlaneInitialized")
"""The first that a Cluster has counts: v1beta1 knows the second alone."""

_MACHINES = {**dict.fromkeys(_CONTROL_PLANE, "ControlPlaneMachinesReady"), "WorkersAvailable": "WorkerMachinesReady"}
"""Where a Cluster says why machines fail, by what waits for them: the latter says how many there are, and no more."""


def conditions_of(found: Manifest) -> dict[str, Manifest]:
    """The conditions of today by type, where an older version is served too."""
    listed = mappings_at(found, "status.v1beta2.conditions") or mappings_at(found, "status.conditions")
    return {text_at(each, "type"): each for each in listed}


def how_far(found: Manifest, *, workers: bool) -> Progress:
    """Whether it is up, with its phase and what is not ready.

    Args:
        found: the Cluster.
        workers: whether its workers are waited for.
    """
    phase = text_at(found, "status.phase") or "Pending"
    conditions = conditions_of(found)
    control = next((name for name in _CONTROL_PLANE if name in conditions), _CONTROL_PLANE[0])
    wanted = ["InfrastructureReady", control]
    if workers and ("WorkersAvailable" in conditions or control == _CONTROL_PLANE[0]):
        wanted.append("WorkersAvailable")
    missing = [name for name in wanted if not _is(conditions, name)]
    told = [*missing, *_failing(conditions, missing)]
    return Progress(not missing, _words(phase, told, conditions), _failure(found, phase))


def how_changed(found: Manifest, *, workers: bool) -> Progress:
    """Whether what its topology asks for is there, down to the last machine."""
    phase = text_at(found, "status.phase")
    generation = number_at(found, "metadata.generation") or 0
    if (number_at(found, "status.observedGeneration") or 0) < generation:
        return Progress(done=False, phase="not seen yet")
    conditions = conditions_of(found)
    topology = conditions.get(_TOPOLOGY)
    if (about := number_at(topology, "observedGeneration")) is not None and about < generation:
        return Progress(done=False, phase=f"{_TOPOLOGY}: not told anew yet")
    late = [_TOPOLOGY] if topology is not None and not _is(conditions, _TOPOLOGY) else []
    moving = [name for name in ("RollingOut", "ScalingUp", "ScalingDown") if _is(conditions, name)]
    if late or moving:
        told = [*late, *moving, *_failing(conditions, _MACHINES)]
        return Progress(done=False, phase=_words(phase, told, conditions), failure=_failure(found, phase))
    if older := list(_not_yet(found)):
        return Progress(done=False, phase=" · ".join([phase, *older]))
    return how_far(found, workers=workers)


def _not_yet(found: Manifest) -> Iterator[str]:
    """What a Cluster counts of its parts as they were before, for these hear of a change later than the Cluster.

    Of workers it may count some that are not of its topology: only too few are too few.
    """
    wanted = text_at(found, "spec.topology.version")
    there = [text_at(each, "version") for each in mappings_at(found, "status.controlPlane.versions")]
    if older := [each for each in there if each != wanted]:
        yield f"the control plane has machines of {older[0]}"
    counts = [number_at(each, "replicas") for each in mappings_at(found, "spec.topology.workers.machineDeployments")]
    least, asked = int(sum(each or 0 for each in counts)), number_at(found, "status.workers.desiredReplicas")
    if asked is not None and asked < least:
        yield f"{int(asked)} of {least} workers asked for"


def how_gone(found: Manifest) -> Progress:
    """What its going waits for."""
    return Progress(done=False, phase=f"Deleting: {_why(conditions_of(found).get('Deleting', {}))}")


def endpoint_of(found: Manifest) -> str:
    """The URL of its API server; empty when it has none yet."""
    host, port = text_at(found, "spec.controlPlaneEndpoint.host"), text_at(found, "spec.controlPlaneEndpoint.port")
    return f"https://{host}:{port}" if host and port else ""


def _is(conditions: dict[str, Manifest], name: str) -> bool:
    return text_at(conditions.get(name), "status") == "True"


def _failing(conditions: dict[str, Manifest], waiting: Iterable[str]) -> list[str]:
    """Which conditions about the machines of what is waited for tell why they are not ready."""
    about = dict.fromkeys(_MACHINES[name] for name in waiting if name in _MACHINES)
    return [name for name in about if not _is(conditions, name) and text_at(conditions.get(name), "message")]


def _words(phase: str, names: list[str], conditions: dict[str, Manifest]) -> str:
    said = [f"{name}: {_why(conditions.get(name, {}))}" for name in names]
    return " · ".join([phase, *said])


def _why(condition: Manifest) -> str:
    said = _on_one_line(text_at(condition, "message"))
    return said or text_at(condition, "reason") or "not said yet"


def _on_one_line(message: str) -> str:
    """`Machine a: InfrastructureReady: no; Machine b: …` of a message that is a list."""
    lines = [line.strip().removeprefix("* ") for line in bullets(message)]
    return "".join(f"{line}{' ' if line.endswith((':', '.')) else '; '}" for line in lines[:-1]) + lines[-1]


def _failure(found: Manifest, phase: str) -> str:
    """Only what Cluster API itself calls terminal: everything else it tries again for ever."""
    paths = ("status.failureMessage", "status.deprecated.v1beta1.failureMessage")
    said = next((text for text in (text_at(found, path) for path in paths) if text), "")
    return said or ("its phase is Failed" if phase == "Failed" else "")

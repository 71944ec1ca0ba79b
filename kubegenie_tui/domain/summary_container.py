"""Containers of a pod or of a pod template, and what they need, in words."""

from collections.abc import Iterator
from typing import NamedTuple

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, number_at, scalar_text, text_at, texts_at
from kubegenie_tui.domain.quantity import format_age, parse_time
from kubegenie_tui.domain.summary_section import (
    Field,
    Section,
    age,
    cut,
    field,
    joined,
    pairs,
    resources,
    section,
)
from kubegenie_tui.domain.text import plain

LONGEST_COMMAND = 200

_EXIT_CODES = {
    126: "command cannot be run",
    127: "command not found",
    134: "aborted, SIGABRT",
    137: "killed, SIGKILL",
    139: "segmentation fault, SIGSEGV",
    143: "terminated, SIGTERM",
}
"""Source: POSIX, exit status of a shell: 126, 127, and 128 plus the signal."""

_GROUPS = (
    ("initContainers", "initContainerStatuses", "Init container"),
    ("containers", "containerStatuses", "Container"),
    ("ephemeralContainers", "ephemeralContainerStatuses", "Ephemeral container"),
)


def container_sections(pod: Manifest, now: float) -> Iterator[Section]:
    """One section a container, in the order they start."""
    for container, status, heading in _containers(pod):
        rows = (*_state_rows(status, heading, now), *template_rows(container))
        yield section(f"{heading} {text_at(container, 'name')}", *rows)


def template_sections(template: Manifest) -> Iterator[Section]:
    """The containers of a pod template, without states."""
    for spec_key, _, title in _GROUPS[:2]:
        for container in mappings_at(template, f"spec.{spec_key}"):
            yield section(f"{title} {text_at(container, 'name')}", *template_rows(container))


def state_in_words(state: Manifest, now: float) -> str:
    """`Running for 41m`, `Waiting · CrashLoopBackOff: back-off …`, `Terminated · Error, exit code 1, 3m ago`."""
    if running := mapping_at(state, "running"):
        return joined(("Running", age(text_at(running, "startedAt"), now)), " for ")
    if waiting := mapping_at(state, "waiting"):
        return joined(("Waiting", joined((text_at(waiting, "reason"), text_at(waiting, "message")), ": ")), " · ")
    if terminated := mapping_at(state, "terminated"):
        return f"Terminated · {_ending(terminated, now)}"
    return ""


class ContainerState(NamedTuple):
    """One container of a pod, for choosing among them."""

    name: str
    title: str
    """What it is: `Container`, `Init container`, `Sidecar container`, `Ephemeral container`."""
    words: str
    health: Health


def container_states(pod: Manifest, now: float) -> list[ContainerState]:
    """The containers of a pod in the order they start."""
    found = []
    for container, status, heading in _containers(pod):
        state = mapping_at(status, "state")
        name = text_at(container, "name")
        found.append(ContainerState(name, heading, state_in_words(state, now) or "not started", _state_health(state)))
    return found


def container_to_read(pod: Manifest) -> str:
    """The container whose log tells most: the init container that is not done, else the default one, else the first."""
    for container, status, heading in _containers(pod):
        done = number_at(status, "state.terminated.exitCode") == 0
        if heading == "Init container" and not done and status:
            return text_at(container, "name")
    annotated = scalar_text(mapping_at(pod, "metadata.annotations").get("kubectl.kubernetes.io/default-container"))
    names = [text_at(container, "name") for container in mappings_at(pod, "spec.containers")]
    return annotated if annotated in names else next(iter(names), "")


def container_status(pod: Manifest, name: str) -> Manifest:
    """The status of the container with this name."""
    return next((status for container, status, _ in _containers(pod) if text_at(container, "name") == name), {})


def _containers(pod: Manifest) -> Iterator[tuple[Manifest, Manifest, str]]:
    """Each container, its status and its title, in the order they start."""
    for spec_key, status_key, title in _GROUPS:
        statuses = {text_at(status, "name"): status for status in mappings_at(pod, f"status.{status_key}")}
        for container in mappings_at(pod, f"spec.{spec_key}"):
            heading = "Sidecar container" if text_at(container, "restartPolicy") == "Always" else title
            yield container, statuses.get(text_at(container, "name"), {}), heading


def _state_rows(status: Manifest, title: str, now: float) -> tuple[Field | None, ...]:
    state, last = mapping_at(status, "state"), mapping_at(status, "lastState")
    restarts = number_at(status, "restartCount") or 0
    running, ready = bool(mapping_at(state, "running")), status.get("ready") is True
    return (
        field("State", state_in_words(state, now), _state_health(state)),
        field("Last state", state_in_words(last, now), _ended_health(last)),
        field("Ready", "no, the readiness probe does not pass", Health.WARN)
        if running and not ready and title == "Container"
        else None,
        field("Restarts", str(restarts), Health.WARN) if restarts else None,
    )


def _state_health(state: Manifest) -> Health:
    waiting = mapping_at(state, "waiting")
    if waiting:
        starting = text_at(waiting, "reason") in ("ContainerCreating", "PodInitializing", "")
        return Health.PROGRESSING if starting else Health.BAD
    return _ended_health(state)


def _ended_health(state: Manifest) -> Health:
    terminated = mapping_at(state, "terminated")
    return Health.BAD if terminated and number_at(terminated, "exitCode") else Health.OK


def _ending(terminated: Manifest, now: float) -> str:
    code = number_at(terminated, "exitCode") or 0
    started, finished = (text_at(terminated, key) for key in ("startedAt", "finishedAt"))
    ran = parse_time(finished) - parse_time(started) if started and finished else 0
    meaning = f" ({_EXIT_CODES[code]})" if code in _EXIT_CODES else ""
    ago = age(finished, now)
    return joined((
        text_at(terminated, "reason"),
        f"exit code {code}{meaning}",
        f"ran {format_age(ran)}" if ran > 0 else "",
        ago and f"{ago} ago",
        cut(text_at(terminated, "message"), LONGEST_COMMAND),
    ))  # fmt: skip


def template_rows(container: Manifest) -> Iterator[Field | None]:
    """What a container is made of; of its environment the names and where the values come from, never the values."""
    yield field("Image", text_at(container, "image"))
    command = " ".join((*texts_at(container, "command"), *texts_at(container, "args")))
    yield field("Command", cut(command, LONGEST_COMMAND))
    yield field("Ports", joined(_port(port) for port in mappings_at(container, "ports")))
    yield field("Requests", resources(mapping_at(container, "resources.requests")))
    yield field("Limits", resources(mapping_at(container, "resources.limits")))
    for key, label in (("startupProbe", "Startup"), ("readinessProbe", "Readiness"), ("livenessProbe", "Liveness")):
        yield field(f"{label} probe", _probe(mapping_at(container, key)))
    yield from _environment(container)
    for mount in mappings_at(container, "volumeMounts"):
        yield field("Mount", _mount(mount))


def _port(port: Manifest) -> str:
    name, protocol = text_at(port, "name"), text_at(port, "protocol") or "TCP"
    return joined((name, f"{text_at(port, 'containerPort')}/{protocol}"), " ")


def _probe(probe: Manifest) -> str:
    if not probe:
        return ""
    every, failures = number_at(probe, "periodSeconds") or 10, number_at(probe, "failureThreshold") or 3
    delay = number_at(probe, "initialDelaySeconds")
    timing = f"every {every}s, timeout {number_at(probe, 'timeoutSeconds') or 1}s, fails after {failures}"
    return joined((_probe_target(probe), timing, f"starts after {delay}s" if delay else ""), " · ")


def _probe_target(probe: Manifest) -> str:
    if http := mapping_at(probe, "httpGet"):
        scheme = (text_at(http, "scheme") or "HTTP").lower()
        return f"{scheme} GET :{text_at(http, 'port')}{text_at(http, 'path') or '/'}"
    if tcp := mapping_at(probe, "tcpSocket"):
        return f"tcp :{text_at(tcp, 'port')}"
    if grpc := mapping_at(probe, "grpc"):
        return f"grpc :{text_at(grpc, 'port')}"
    return cut(f"exec {' '.join(texts_at(probe, 'exec.command'))}", LONGEST_COMMAND)


def _environment(container: Manifest) -> Iterator[Field | None]:
    sources: dict[tuple[str, str], list[str]] = {}
    for variable in mappings_at(container, "env"):
        label, source, key = _variable_source(mapping_at(variable, "valueFrom"))
        name = text_at(variable, "name")
        sources.setdefault((label, source), []).append(f"{name} ← {key}" if key and key != name else name)
    for whole in mappings_at(container, "envFrom"):
        label, source = _whole_source(whole)
        sources.setdefault((label, source), []).append(joined(("every key", text_at(whole, "prefix")), " with prefix "))
    for (label, source), names in sources.items():
        yield field(label, joined((source, ", ".join(names)), ": "))


def _variable_source(source: Manifest) -> tuple[str, str, str]:
    for key, label in (("secretKeyRef", "Env, secret"), ("configMapKeyRef", "Env, configmap")):
        if ref := mapping_at(source, key):
            return label, text_at(ref, "name") + _optional(ref), text_at(ref, "key")
    if ref := mapping_at(source, "fieldRef"):
        return "Env, field", "", text_at(ref, "fieldPath")
    if ref := mapping_at(source, "resourceFieldRef"):
        return "Env, resource", "", text_at(ref, "resource")
    return "Env", "", ""


def _whole_source(source: Manifest) -> tuple[str, str]:
    for key, label in (("secretRef", "Env, secret"), ("configMapRef", "Env, configmap")):
        if ref := mapping_at(source, key):
            return label, text_at(ref, "name") + _optional(ref)
    return "Env", ""


def _optional(ref: Manifest) -> str:
    return " (optional)" if ref.get("optional") is True else ""


def _mount(mount: Manifest) -> str:
    below = joined((text_at(mount, "name"), text_at(mount, "subPath")), "/")
    return f"{text_at(mount, 'mountPath')} ← {below}{' (read only)' if mount.get('readOnly') is True else ''}"


def volume_rows(pod_spec: Manifest) -> Iterator[Field | None]:
    """The volumes and what is behind each."""
    for volume in mappings_at(pod_spec, "volumes"):
        yield field(text_at(volume, "name"), _volume_source(volume))


_VOLUME_NAMES = {
    "configMap": ("configmap", "name"),
    "secret": ("secret", "secretName"),
    "persistentVolumeClaim": ("persistentvolumeclaim", "claimName"),
    "hostPath": ("host path", "path"),
    "csi": ("csi driver", "driver"),
    "nfs": ("nfs", "path"),
}


def _volume_source(volume: Manifest) -> str:
    for key, (label, name) in _VOLUME_NAMES.items():
        if source := mapping_at(volume, key):
            return f"{label} {text_at(source, name)}{_optional(source)}"
    if isinstance(volume.get("emptyDir"), dict):
        return joined(("empty directory", pairs(mapping_at(volume, "emptyDir"), " ")), ", ")
    if sources := mappings_at(volume, "projected.sources"):
        names = sorted({plain(str(key)) for source in sources for key in source})
        return f"projected: {', '.join(names)}"
    return joined(plain(str(key)) for key in volume if key != "name")

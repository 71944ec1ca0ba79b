"""Hooks that outlast the grace period, shared addresses, silent schedulers, pull secrets of another type."""

import pytest

from tests.unit.diagnostics.scene import Object, Scene, container, named, node, service_of

INGRESSES = "ingresses.networking.k8s.io"


def stopping(*command: str, grace: int | None = None) -> Scene:
    """Pods with a preStop hook."""
    hook = {"preStop": {"exec": {"command": list(command)}}}
    spec: Object = {"containers": [container(lifecycle=hook)]}
    return Scene(spec=spec if grace is None else {**spec, "terminationGracePeriodSeconds": grace})


def ingress(name: str, to: str, path: str = "/", day: int = 1, **metadata: Object) -> Object:
    backend = {"service": {"name": to, "port": {"number": 80}}}
    rule = {"host": "x.example.com", "http": {"paths": [{"path": path, "pathType": "Prefix", "backend": backend}]}}
    made = {"creationTimestamp": f"2025-11-0{day}T00:00:00Z", **metadata}
    return named(name, "Ingress", metadata=made, spec={"rules": [rule]})


def sharing(*ingresses: Object) -> Scene:
    scene = Scene().add(INGRESSES, *ingresses)
    return scene.add("services", service_of("web"), service_of("api", app="web"))


def untouched(scheduler: str, made: str = "2025-11-25T19:00:00Z", **status: object) -> Scene:
    """A pod that names a scheduler."""
    scene = Scene(state={}, spec={"schedulerName": scheduler})
    scene.pod["metadata"]["creationTimestamp"] = made
    scene.pod["status"] = {"phase": "Pending", **status}
    scene.objects["nodes"] = [node()]
    return scene


@pytest.mark.parametrize(
    ("scene", "is_told"),
    [
        (stopping("sh", "-c", "sleep 40 && nginx -s quit"), True),
        (stopping("/bin/sleep", "30"), True),
        (stopping("sh", "-c", "sleep 10; drain; sleep 10", grace=20), True),
        (stopping("sh", "-c", "sleep 20 && nginx -s quit"), False),
        (stopping("sh", "-c", "sleep 40", grace=60), False),
        (stopping("sh", "-c", "until drained; do sleep 60; done"), False),
        (stopping("sh", "-c", "timeout 10 sleep 60"), False),
        (stopping("sh", "-c", "sleep 5", grace=0), False),
    ],
)
def test_a_hook_is_told_of_that_is_certain_to_outlast_the_grace_period(scene: Scene, is_told: bool) -> None:
    assert scene.rules() == (["grace-too-short"] if is_told else [])


@pytest.mark.parametrize(
    ("second", "is_told"),
    [
        (ingress("b", "api", day=2), True),
        (ingress("b", "web", day=2), False),
        (ingress("b", "api", "/api", day=2), False),
        (ingress("b", "api", day=2, annotations={"nginx.ingress.kubernetes.io/canary": "true"}), False),
    ],
)
def test_the_younger_of_two_ingresses_with_one_address_is_told_of(second: Object, is_told: bool) -> None:
    found = sharing(second, ingress("a", "web")).findings()
    assert [(each.rule, each.root.name) for each in found] == ([("ingress-overlap", "b")] if is_told else [])


@pytest.mark.parametrize(
    ("scene", "is_told"),
    [
        (untouched("volcano"), True),
        (untouched("default-scheduler"), False),
        (untouched("volcano", "2025-11-25T19:46:35Z"), False),
        (untouched("volcano", conditions=[{"type": "PodScheduled", "status": "True"}]), False),
    ],
)
def test_a_scheduler_that_says_nothing_of_a_pod_is_told_of(scene: Scene, is_told: bool) -> None:
    assert ("scheduler-silent" in scene.rules()) is is_told


@pytest.mark.parametrize(
    ("kind", "root"), [("Opaque", [("secrets", "type")]), ("kubernetes.io/dockerconfigjson", [])],
)  # fmt: skip
def test_a_pull_secret_of_another_type_is_told_of(kind: str, root: list[tuple[str, str]]) -> None:
    scene = Scene(spec={"imagePullSecrets": [{"name": "registry"}]})
    found = scene.add("secrets", named("registry", "Secret", type=kind)).findings()
    assert [(each.root.kind, each.field) for each in found] == root

"""Another image, or other requests and limits, for a container of a workload or of a pod."""

import re
from collections.abc import Mapping, Sequence

from kubegenie_tui.changes.operations.operation import TEMPLATED, Operation, Request, Targets, asking
from kubegenie_tui.changes.operations.target import Target, called
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.form import ChoiceField, Field, TextField
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, mapping_at, text_at
from kubegenie_tui.domain.plan import PatchType, Plan, Step
from kubegenie_tui.domain.quantity import parse_quantity

EVERY = "every container"
_GROUPS = ("containers", "initContainers")
_ASKED = (
    ("cpu-request", "CPU request", "requests", "cpu", "such as 250m"),
    ("memory-request", "Memory request", "requests", "memory", "such as 256Mi"),
    ("cpu-limit", "CPU limit", "limits", "cpu", "such as 1, or none"),
    ("memory-limit", "Memory limit", "limits", "memory", "such as 1Gi, or none"),
)
_NONE = "none"
RESIZE = "resize"
Changes = dict[str, Manifest]
"""What becomes of containers, by name."""
_IMAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@-]*")


def has_images(kind: Kind) -> bool:
    """Whether images of a kind's containers can be changed."""
    return kind.id in TEMPLATED or kind.id == "pods"


def can_resize(kind: Kind) -> bool:
    """Whether requests and limits of a kind can be changed: of a pod only where the server resizes in place."""
    return kind.id in TEMPLATED or (kind.id == "pods" and RESIZE in kind.subresources)


def image_steps(targets: Targets, images: Mapping[str, str]) -> list[Step]:
    """Give containers other images.

    Args:
        targets: the workloads or pods.
        images: image by the container's name; those that are so already are left out.

    Raises:
        UsageError: a container that one of them does not have, or what cannot be an image.
    """
    for image in images.values():
        if not _IMAGE.fullmatch(image):
            name, is_named, _ = image.partition("=")
            if is_named:
                raise _no_container(targets[0], name)
            raise UsageError(f'"{image}" is no image', next_step="write it as in a manifest: repository:tag")
    return [step for target in targets if (step := _patch(target, _image_changes(target, images)))]


def _image_changes(target: Target, images: Mapping[str, str]) -> Changes:
    containers = _containers(target)
    for name in images:
        if name not in containers:
            raise _no_container(target, name)
    return {name: {"image": image} for name, image in images.items() if containers[name][1].get("image") != image}


def _no_container(target: Target, name: str) -> UsageError:
    has = ", ".join(_containers(target)) or "none"
    return UsageError(f'{target.words} has no container "{name}"', next_step=f"it has {has}")


def resource_steps(targets: Targets, container: str, changes: Mapping[str, Mapping[str, str | None]]) -> list[Step]:
    """Give containers other requests and limits; running pods are resized in place, workloads by their template.

    Args:
        targets: the workloads or pods.
        container: its name; empty for every one.
        changes: quantity by resource in `requests` and `limits`; None takes it away.

    Raises:
        UsageError: there is no such container.
    """
    steps = []
    for target in targets:
        chosen = {name: found for name, (_, found) in _containers(target).items() if container in ("", name)}
        if not chosen:
            raise _no_container(target, container)
        wanted = {
            name: {"resources": different}
            for name, found in chosen.items()
            if (different := _differing(mapping_at(found, "resources"), changes))
        }
        if step := _patch(target, wanted, RESIZE if target.kind.id == "pods" else ""):
            steps.append(step)
    return steps


def _differing(resources: Manifest, changes: Mapping[str, Mapping[str, str | None]]) -> Manifest:
    """As much of the changes as is not so already."""
    found = {
        group: {key: value for key, value in wanted.items() if mapping_at(resources, group).get(key) != value}
        for group, wanted in changes.items()
    }
    return {group: wanted for group, wanted in found.items() if wanted}


def _containers(target: Target) -> dict[str, tuple[str, Manifest]]:
    """Group and manifest of each container by its name."""
    return {
        text_at(container, "name"): (group, container) for group in _GROUPS for container in target.containers(group)
    }


def _patch(target: Target, changes: Changes, subresource: str = "") -> Step | None:
    """A step that changes containers, found by their names; None when there is nothing to change."""
    containers, body = _containers(target), {}
    for group in _GROUPS:
        if listed := [{"name": name} | change for name, change in changes.items() if containers[name][0] == group]:
            body[group] = listed
    if not body:
        return None
    whole: Manifest = body
    for key in reversed(target.pod_spec_path.split(".")):
        whole = {key: whole}
    return target.patch(whole, PatchType.STRATEGIC, subresource)


def _image_fields(targets: Targets) -> Sequence[Field]:
    """A line for each container that all of them have."""
    shared = [name for name in _containers(targets[0]) if all(name in _containers(target) for target in targets)]
    return tuple(
        TextField(name, name, text_at(_containers(targets[0])[name][1], "image"), "repository:tag") for name in shared
    )


async def _image(request: Request) -> Plan:
    images = {name: image for name, image in request.answers.items() if isinstance(image, str)}
    if not images:
        raise UsageError(f"{called(request.targets)}: no container is in all of them")
    steps = image_steps(request.targets, images)
    changed = [name for name in images if _differs(request.targets, name, images[name])]
    what = f"{changed[0]} to {images[changed[0]]}" if len(changed) == 1 else f"{len(changed)} images"
    return request.plan(f"Set {what} in {called(request.targets)}" if changed else "Set the image", steps)


def _differs(targets: Targets, name: str, image: str) -> bool:
    return any(_containers(target)[name][1].get("image") != image for target in targets)


def _resource_fields(targets: Targets) -> Sequence[Field]:
    names = tuple(_containers(targets[0]))
    first = _containers(targets[0])[names[0]][1] if names else {}
    container = ChoiceField("container", "Container", (*names, EVERY) if len(names) > 1 else names or (EVERY,))
    return (
        *(
            TextField(
                field_id,
                label,
                text_at(first, f"resources.{group}.{resource}"),
                hint,
                required=False,
                check=_wrong_quantity,
            )
            for field_id, label, group, resource, hint in _ASKED
        ),
        container,
    )


def _wrong_quantity(text: str) -> str:
    if text == _NONE:
        return ""
    try:
        parse_quantity(text)
    except ValueError:
        return f'"{text}" is no quantity: write 250m, 1, 256Mi or 1Gi'
    return ""


async def _resources(request: Request) -> Plan:
    changes: dict[str, dict[str, str | None]] = {"requests": {}, "limits": {}}
    for field_id, _, group, resource, _ in _ASKED:
        if text := request.text(field_id):
            changes[group][resource] = None if text == _NONE else text
    container = request.text("container")
    steps = resource_steps(request.targets, "" if container == EVERY else container, changes)
    return request.plan(f"Set requests and limits of {called(request.targets)}", steps)


IMAGE = Operation("image", "set image", has_images, _image, asking(_image_fields))
RESOURCES = Operation("resources", "set requests and limits", can_resize, _resources, asking(_resource_fields))

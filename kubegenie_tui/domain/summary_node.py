"""Nodes in words."""

from collections.abc import Iterator

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.quantity import format_bytes, format_cpu, millicores, parse_quantity
from kubegenie_tui.domain.summary_section import Field, Section, counted, field, joined, section
from kubegenie_tui.domain.text import plain

_ROLE = "node-role.kubernetes.io/"


def node(manifest: Manifest, related: list[Manifest], now: float) -> Iterator[Section]:
    """Roles, software, room and taints; `related` are the pods on it."""
    spec, info = mapping_at(manifest, "spec"), mapping_at(manifest, "status.nodeInfo")
    labels = mapping_at(manifest, "metadata.labels")
    roles = (plain(str(key))[len(_ROLE) :] for key in labels if str(key).startswith(_ROLE))
    yield section(
        "",
        field("Cordoned", "yes, no new pods come here", Health.WARN) if spec.get("unschedulable") is True else None,
        field("Roles", joined(roles)),
        field("Kubelet", text_at(info, "kubeletVersion")),
        field("System", joined((text_at(info, "osImage"), text_at(info, "architecture")))),
        field("Kernel", text_at(info, "kernelVersion")),
        field("Runtime", text_at(info, "containerRuntimeVersion")),
        field("Zone", text_at({"zone": labels.get("topology.kubernetes.io/zone")}, "zone")),
        field("Instance type", text_at({"type": labels.get("node.kubernetes.io/instance-type")}, "type")),
        field("Addresses", joined(_address(address) for address in mappings_at(manifest, "status.addresses"))),
        field("Images", counted(len(mappings_at(manifest, "status.images")), "image")),
    )
    yield section("Taints", *(_taint(taint) for taint in mappings_at(spec, "taints")))
    yield section("Room", *_room(manifest, related))


def _address(address: Manifest) -> str:
    return joined((text_at(address, "address"), f"({text_at(address, 'type')})"), " ")


def _taint(taint: Manifest) -> Field | None:
    effect = text_at(taint, "effect")
    return field(joined((text_at(taint, "key"), text_at(taint, "value")), "="), effect)


def _room(manifest: Manifest, pods: list[Manifest]) -> Iterator[Field | None]:
    """Allocatable amounts, and how much of cpu and memory the pods on it have requested."""
    running = [pod for pod in pods if text_at(pod, "status.phase") not in ("Succeeded", "Failed")]
    for name, amount in mapping_at(manifest, "status.allocatable").items():
        asked = _requested(running, name) if name in ("cpu", "memory") else float(len(running)) if name == "pods" else 0
        yield field(plain(str(name)), _share(name, str(amount), asked) if pods else _amount(name, _number(str(amount))))


def _share(name: str, amount: str, asked: float) -> str:
    total = _number(amount)
    used = f"{_amount(name, asked)} asked for ({asked / total:.0%}) of " if asked and total else ""
    return used + _amount(name, total)


def _requested(pods: list[Manifest], name: str) -> float:
    containers = (container for pod in pods for container in mappings_at(pod, "spec.containers"))
    return sum(_number(text_at(container, f"resources.requests.{name}")) for container in containers)


def _number(text: str) -> float:
    try:
        return parse_quantity(text) if text else 0.0
    except ValueError:
        return 0.0


def _amount(name: str, value: float) -> str:
    if name == "cpu":
        return format_cpu(millicores(f"{value:.3f}"))
    return (
        format_bytes(value) if name == "memory" or name.endswith("storage") or "hugepages" in name else f"{value:,.0f}"
    )

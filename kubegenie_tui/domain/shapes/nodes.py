"""Nodes as a table shows them."""

from functools import lru_cache
from sys import intern

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.quantity import millicores, parse_quantity
from kubegenie_tui.domain.row import Column, Measure, Row
from kubegenie_tui.domain.shapes.base import Condition, Meta, Part, condition, labels_of, row_of, shape

_PRESSURES = ("MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable")
_ROLE = "node-role.kubernetes.io/"


class _Taint(Part, frozen=True):
    key: str = ""


class _Spec(Part, frozen=True):
    taints: list[_Taint] | None = None
    unschedulable: bool = False


class _Address(Part, frozen=True):
    type: str = ""
    address: str = ""


class _Info(Part, frozen=True):
    kernel_version: str = ""
    os_image: str = ""
    container_runtime_version: str = ""
    kubelet_version: str = ""
    architecture: str = ""


class _Status(Part, frozen=True):
    allocatable: dict[str, str] | None = None
    conditions: list[Condition] | None = None
    addresses: list[_Address] | None = None
    node_info: _Info = _Info()


class _Node(Part, frozen=True):
    metadata: Meta
    spec: _Spec = _Spec()
    status: _Status = _Status()


def _row(node: _Node) -> Row:
    status, info = node.status, node.status.node_info
    word, health = _state(node)
    allocatable = status.allocatable or {}
    cells = (
        word,
        _roles(bytes(node.metadata.labels)),
        intern(info.kubelet_version),
        _cores(allocatable.get("cpu", "")),
        _bytes(allocatable.get("memory", "")),
        len(node.spec.taints or ()),
        _address(status, "InternalIP"),
        _address(status, "ExternalIP"),
        intern(info.os_image),
        intern(info.kernel_version),
        intern(info.container_runtime_version),
        intern(info.architecture),
    )
    return row_of(node.metadata, cells, health)


def _state(node: _Node) -> tuple[str, Health]:
    """`Ready`, `NotReady`, `Unknown` as kubectl, then what presses the node, then whether it is cordoned."""
    ready = condition(node.status.conditions, "Ready")
    words = ["Unknown" if ready is None else "Ready" if ready.status == "True" else "NotReady"]
    pressures = [
        found.type for found in node.status.conditions or () if found.type in _PRESSURES and found.status == "True"
    ]
    words += pressures
    health = Health.WARN if pressures else Health.OK
    if node.spec.unschedulable:
        words.append("SchedulingDisabled")
        health = max(health, Health.PAUSED)
    if words[0] != "Ready":
        health = Health.BAD
    return intern(",".join(words)), health


@lru_cache(maxsize=1024)
def _roles(labels: bytes) -> str:
    """Roles from labels. Source: findNodeRoles in k8s.io/kubernetes/pkg/printers/internalversion."""
    found = {key.removeprefix(_ROLE) for key in labels_of(labels) if key.startswith(_ROLE)}
    found |= {value for key, value in labels_of(labels).items() if key == "kubernetes.io/role"}
    return ",".join(sorted(found - {""})) or "<none>"


@lru_cache(maxsize=1024)
def _cores(quantity: str) -> int | None:
    try:
        return millicores(quantity)
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def _bytes(quantity: str) -> int | None:
    try:
        return int(parse_quantity(quantity))
    except ValueError:
        return None


def _address(status: _Status, kind: str) -> str:
    return next((found.address for found in status.addresses or () if found.type == kind), "<none>")


NODES = shape(
    _Node,
    _row,
    Column("STATUS", Measure.STATUS, 0),
    Column("ROLES", Measure.TEXT, 1),
    Column("VERSION", Measure.TEXT, 0),
    Column("CPU/A", Measure.CPU, 2),
    Column("MEM/A", Measure.BYTES, 2),
    Column("TAINTS", Measure.COUNT, 2),
    Column("INTERNAL-IP", Measure.TEXT, 2),
    Column("EXTERNAL-IP", Measure.TEXT, 9),
    Column("OS-IMAGE", Measure.TEXT, 9),
    Column("KERNEL-VERSION", Measure.TEXT, 9),
    Column("CONTAINER-RUNTIME", Measure.TEXT, 9),
    Column("ARCH", Measure.TEXT, 9),
)

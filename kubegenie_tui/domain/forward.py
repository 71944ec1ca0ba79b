"""Port-forwards as data: what is forwarded to where, and how that goes."""

from enum import Enum

import msgspec

from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.row import Column, Measure, Row

TARGETS = frozenset(
    {
        "pods",
        "services",
        "deployments.apps",
        "replicasets.apps",
        "statefulsets.apps",
        "daemonsets.apps",
        "jobs.batch",
    }
)
"""Kinds with a pod behind them."""


class ForwardSpec(msgspec.Struct, frozen=True):
    """What a person wants forwarded."""

    target: ObjectRef
    """A pod, or something that selects pods."""
    port: str
    """Number or name of a port: of the service for a service, else of the pod's containers."""
    local: int
    """Port on this computer."""
    follows: ObjectRef | None = None
    """What makes pods such as the target, whose others take its place when it is gone; None when nothing does."""

    @property
    def id(self) -> str:
        """Names it; the store keeps it by this name. Of several on one local port one runs at a time."""
        target = self.target
        return f"{self.local}:{target.cluster}/{target.kind}/{target.namespace}/{target.name}:{self.port}"

    def __str__(self) -> str:
        return f"localhost:{self.local} to {self.target.words} port {self.port}"


class ForwardState(Enum):
    """How a forward is."""

    STOPPED = "stopped"
    CONNECTING = "connecting"
    READY = "ready"
    LOST = "reconnecting"
    """It was ready; its pod or the cluster is gone for the moment."""

    @property
    def health(self) -> Health:
        """The glyph and colour that go with it."""
        return {
            ForwardState.STOPPED: Health.IDLE,
            ForwardState.CONNECTING: Health.PROGRESSING,
            ForwardState.READY: Health.OK,
            ForwardState.LOST: Health.WARN,
        }[self]


class ForwardStatus(msgspec.Struct, frozen=True):
    """How a forward goes."""

    spec: ForwardSpec
    state: ForwardState = ForwardState.STOPPED
    pod: str = ""
    """Where connections go now; empty when that is not known."""
    error: KubeGenieError | None = None
    """What went wrong last, None when nothing did since it is ready."""
    open: int = 0
    """Connections that are open."""
    total: int = 0
    """Connections so far."""
    sent: int = 0
    """Bytes to the pod."""
    received: int = 0
    """Bytes from the pod."""
    started: float = 0.0
    """Seconds since the epoch; 0 for never in this session."""
    wanted: bool = False
    """Whether it ran when the app ended the last time: offered again, never started by itself."""


FORWARD_COLUMNS = (
    Column("STATE", Measure.STATUS, priority=0, width=12),
    Column("TARGET", priority=0, width=30),
    Column("POD", priority=2, width=8),
    Column("OPEN", Measure.COUNT, priority=2),
    Column("TOTAL", Measure.COUNT, priority=2),
    Column("OUT", Measure.BYTES, priority=1),
    Column("IN", Measure.BYTES, priority=1),
    Column("CLUSTER", priority=2),
    Column("MESSAGE", priority=2, width=16),
)


def forward_row(status: ForwardStatus, version: int) -> Row:
    """One forward as a row of a table; `version` tells changes apart."""
    spec = status.spec
    state = "ran before" if status.wanted and status.state is ForwardState.STOPPED else status.state.value
    target = spec.target
    cells = (
        state,
        f"{target.words}:{spec.port}",
        status.pod or None,
        status.open,
        status.total,
        status.sent,
        status.received,
        target.cluster,
        str(status.error) if status.error else None,
    )
    name = f"localhost:{spec.local}"
    health = Health.WARN if status.error and status.state is ForwardState.READY else status.state.health
    return Row(spec.id, target.namespace, name, int(status.started), str(version), cells, health)

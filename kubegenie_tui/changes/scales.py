"""Where a kind keeps its replicas: at `spec.replicas`, or wherever its definition says, and then only a Scale tells."""

from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, number_at


def is_custom(kind: Kind) -> bool:
    """Whether a kind is none of those that keep their replicas at `spec.replicas`."""
    return kind.group not in ("", "apps")


def replicas_in(scale: Manifest) -> int:
    """How many replicas a Scale tells of; it leaves a zero out."""
    return number_at(scale, "spec.replicas") or 0

"""The revisions of a workload as table rows."""

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, number_at, text_at
from kubegenie_tui.domain.quantity import parse_time
from kubegenie_tui.domain.row import Column, Measure, Row

REVISIONS = Kind("", "v1", "revisions", "Revision")
"""Not a kind of the server: what the table of revisions calls its rows."""
COLUMNS = (
    Column("REVISION", Measure.NUMBER, priority=0),
    Column("STATE", Measure.STATUS, priority=0, width=8),
    Column("PODS", Measure.RATIO, priority=1),
    Column("IMAGES", priority=0, width=24),
    Column("CAUSE", priority=1, width=16),
)


def revision_row(number: int, images: str, cause: str, kept: Manifest, *, in_force: bool) -> Row:
    """One revision.

    Args:
        number: of the revision.
        images: of its containers.
        cause: noted for it; empty for none.
        kept: what the server keeps it in; a ReplicaSet has pods.
        in_force: whether new pods are made by it.
    """
    wanted = number_at(kept, "spec.replicas")
    pods = None if wanted is None else f"{number_at(kept, 'status.readyReplicas') or 0}/{wanted}"
    cells = (number, "current" if in_force else "earlier", pods, images, cause or None)
    name, uid = text_at(kept, "metadata.name"), text_at(kept, "metadata.uid")
    created = parse_time(text_at(kept, "metadata.creationTimestamp"))
    version = f"{text_at(kept, 'metadata.resourceVersion')} {in_force}"
    health = Health.OK if in_force else Health.IDLE
    return Row(uid, text_at(kept, "metadata.namespace"), name, created, version, cells, health)

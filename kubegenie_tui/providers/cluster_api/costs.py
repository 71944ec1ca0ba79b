"""What a cluster of Cluster API costs: its machines can be counted, and have no price that is known here."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kubegenie_tui.domain.creation import Estimate
from kubegenie_tui.domain.summary_section import counted

if TYPE_CHECKING:
    from kubegenie_tui.providers.cluster_api.cluster_api_spec import ClusterApiSpec

_WHY = "the ClusterClass and its infrastructure provider say what a machine is"


def estimate_of(spec: "ClusterApiSpec") -> Estimate:
    """All of it unpriced, with the reason."""
    return Estimate((), "", _WHY, tuple(_costing(spec)))


def _costing(spec: "ClusterApiSpec") -> Iterator[str]:
    yield f"{counted(spec.control_planes, 'machine')} of the control plane"
    for pool in spec.pools:
        machines = counted(pool.minimum if pool.autoscale else pool.count, "machine")
        bounds = f", and up to {pool.maximum}" if pool.autoscale else ""
        yield f"{machines} of the class {pool.worker_class} in the pool {pool.name}{bounds}"
    yield "network, disks and load balancers of its infrastructure"

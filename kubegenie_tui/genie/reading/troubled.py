"""Which namespaces of a large cluster are worth a closer look."""

from collections import Counter

from kubegenie_tui.diagnostics.selectors import selected_pods
from kubegenie_tui.diagnostics.snapshot import Snapshot
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import Manifest, mapping_at, text_at
from kubegenie_tui.genie.reading.pod_rows import is_troubled
from kubegenie_tui.genie.reading.rows import RowSet


def troubled_namespaces(snapshot: Snapshot, rows: RowSet) -> list[str]:
    """Namespaces with unhealthy pods, incomplete workloads, or services without pods; the most troubled first."""
    trouble: Counter[str] = Counter()
    trouble.update(row.namespace for row in rows.rows.values() if row.health >= Health.WARN or is_troubled(rows, row))
    for service in snapshot.all("services"):
        if mapping_at(service, "spec.selector") and not selected_pods(snapshot, service):
            trouble[text_at(service, "metadata.namespace")] += 1
    for kind_id in ("deployments.apps", "statefulsets.apps", "daemonsets.apps"):
        for item in snapshot.all(kind_id):
            if _lacks_pods(item):
                trouble[text_at(item, "metadata.namespace")] += 1
    return [name for name, _ in trouble.most_common()]


def _lacks_pods(item: Manifest) -> bool:
    status = mapping_at(item, "status")
    wanted = mapping_at(item, "spec").get("replicas", status.get("desiredNumberScheduled", 0)) or 0
    return int(status.get("readyReplicas", status.get("numberReady", 0)) or 0) < int(wanted)

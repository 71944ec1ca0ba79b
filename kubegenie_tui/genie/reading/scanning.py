"""A diagnosis beside the last one of the same scope, in whose place it is kept."""

from typing import Protocol

from kubegenie_tui.domain.errors import StoreError
from kubegenie_tui.domain.scan import Comparison, Scan, compared, scanned
from kubegenie_tui.genie.reading.diagnosing import Verdict
from kubegenie_tui.genie.reading.scope import Scope


class ScanStore(Protocol):
    """Where the last scan of each scope is kept; see `store.scans.KeptScans`."""

    async def last(self, cluster: str, namespace: str) -> Scan | None:
        """The last one."""

    async def keep(self, cluster: str, namespace: str, scan: Scan) -> None:
        """Keep one in place of that before it."""


async def since_last(scans: ScanStore, scope: Scope, verdict: Verdict, now: float) -> Comparison | None:
    """What is new and what is gone; None when there was no scan before, or none can be read or kept."""
    cluster, space, findings = scope.reader.name, verdict.namespace, verdict.findings
    try:
        last = await scans.last(cluster, space)
        scan = scanned(last, findings, now, verdict.unread, whole=verdict.whole)
        await scans.keep(cluster, space, scan)
    except StoreError:
        return None
    return compared(last, scan, findings, scope.ignored) if last is not None else None

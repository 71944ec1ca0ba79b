"""What the audit log has, as a postmortem tells it."""

from collections.abc import Callable

from kubegenie_tui.changes.audit import Entry, entry_of, paired
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.postmortem import Act
from kubegenie_tui.store.audit import AuditTable

_MOST = 20_000
"""Entries that are looked through, the newest."""


async def acts_since(table: AuditTable, since: float, mask: Callable[[str], str]) -> list[Act]:
    """Every write since a moment (seconds since the epoch), with its result; `mask` takes credentials out of a text.

    Raises:
        StoreError: the log cannot be read.
    """
    rows = await table.latest(_MOST, None, since)
    entries = [entry for row in rows if (entry := entry_of(row))]
    return [_act(intent, result, mask) for intent, result in paired(entries)]


def _act(intent: Entry, result: Entry | None, mask: Callable[[str], str]) -> Act:
    what = ObjectRef(f"{intent.kind}/{intent.subresource}".rstrip("/"), intent.name, intent.namespace)
    return Act(
        intent.seq,
        intent.at,
        intent.cluster,
        intent.namespace,
        mask(intent.plan),
        f"{intent.verb} {what}",
        intent.tier,
        mask(intent.how),
        intent.identity or intent.actor,
        result.result if result else "",
        mask(result.message) if result else "",
    )

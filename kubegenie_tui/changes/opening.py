"""The gate with its records, opened when something is changed for the first time."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from kubegenie_tui.changes.audit import Audit, local_actor, open_audit
from kubegenie_tui.changes.gate import Gate
from kubegenie_tui.changes.undo import Undo, open_undo
from kubegenie_tui.store.store import Store


class Changes(msgspec.Struct, frozen=True):
    """What every change needs."""

    gate: Gate
    audit: Audit
    undo: Undo


async def open_changes(store: Store, directory: Path, protected: Sequence[str] = ()) -> Changes:
    """Open the records in a directory and the gate in front of them.

    Args:
        store: where the records are kept.
        directory: where their keys and checkpoints are kept, outside the database.
        protected: patterns of cluster names where every change is one tier up.

    Raises:
        StoreError: the records cannot be kept; nothing may be changed then.
    """
    audit = await open_audit(store, directory)
    undo = await open_undo(store, directory)
    return Changes(Gate(audit, undo, actor=local_actor(), protected=protected), audit, undo)

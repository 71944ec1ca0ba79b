"""Live rows: the same that the tables show, waited for until they are complete."""

import asyncio
import time
from collections.abc import Sequence

import msgspec

from kubegenie_tui.domain.cluster_reader import ClusterReader
from kubegenie_tui.domain.errors import ClusterError, Forbidden, NotFound, TimedOut
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.live import Changes, LiveRows, Phase
from kubegenie_tui.domain.namespace_set import is_set, names_of
from kubegenie_tui.domain.quantity import format_age
from kubegenie_tui.domain.row import Column, Row

PATIENCE_SECONDS = 20.0


class RowSet(msgspec.Struct, frozen=True):
    """The rows of a kind in a scope at one moment."""

    kind: Kind
    namespace: str
    columns: tuple[Column, ...]
    rows: dict[str, Row]
    note: str = ""
    """What must be known about them: that they are stale; empty when they are live."""


async def live_rows(
    reader: ClusterReader, kind: Kind, namespace: str = "", *, patience: float = PATIENCE_SECONDS
) -> RowSet:
    """The complete rows of a kind, of one namespace or several; of all when `namespace` is empty.

    Raises:
        Forbidden: listing is not allowed.
        NotFound: the kind is no longer served.
        TimedOut: the first list took longer than `patience` seconds.
        ClusterError: the cluster cannot be reached and there are no earlier rows.
    """
    if kind.namespaced and is_set(namespace):
        parts = [await live_rows(reader, kind, name, patience=patience) for name in names_of(namespace)]
        return _together(kind, namespace, parts)
    lease = reader.watch(kind, namespace)
    try:
        await _settled(lease.live, kind, patience)
        return RowSet(kind, namespace, lease.live.columns, dict(lease.live.rows), _note(lease.live, kind))
    finally:
        lease.release()


def _together(kind: Kind, namespace: str, parts: Sequence[RowSet]) -> RowSet:
    """The rows of several namespaces, complete in each: those of a table count as live when one of them is."""
    columns = next((part.columns for part in parts if part.columns), ())
    rows = {uid: row for part in parts for uid, row in part.rows.items()}
    notes = dict.fromkeys(part.note for part in parts if part.note)
    return RowSet(kind, namespace, columns, rows, "; ".join(notes))


async def _settled(live: LiveRows, kind: Kind, patience: float) -> None:
    done = asyncio.Event()

    def look(_: Changes | None = None) -> None:
        if live.state.phase is not Phase.LOADING or live.state.error is not None:
            done.set()

    unsubscribe = live.subscribe(look)
    try:
        look()
        async with asyncio.timeout(patience):
            await done.wait()
    except TimeoutError as error:
        what = f"Listing {kind.plural} takes longer than {patience:.0f} s"
        raise TimedOut(what, f"{len(live.rows):,} have come so far", "ask for one namespace") from error
    finally:
        unsubscribe()


def _note(live: LiveRows, kind: Kind) -> str:
    state = live.state
    match state.phase:
        case Phase.LIVE:
            return ""
        case Phase.DENIED:
            raise state.error or Forbidden(f"You may not list {kind.plural}", verb="list", resource=kind.plural)
        case Phase.GONE:
            raise state.error or NotFound(f"The cluster no longer serves {kind.plural}")
        case Phase.LOADING:
            raise state.error or ClusterError(f"{kind.plural} cannot be listed")
    if not live.rows and state.error is not None:
        raise state.error
    return f"as of {format_age(time.time() - state.since)} ago: the connection is lost"

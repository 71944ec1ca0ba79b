"""Rows of one kind over several clusters as if they were of one: nothing of a row is copied, each keeps its cluster."""

from collections.abc import Callable, Iterator, Mapping, ValuesView
from functools import partial

from kubegenie_tui.domain.live import Changes, Listener, LiveRows, LiveState, Phase
from kubegenie_tui.domain.row import Column, Row

_BETWEEN = "\0"
"""Stands between cluster and uid in an identity; in no name of either."""


def identity(cluster: str, uid: str) -> str:
    """What a row is known by among those of several clusters: a restored cluster has the uids of the other."""
    return f"{cluster}{_BETWEEN}{uid}"


class FleetRows:
    """Live rows by identity, fed by the clusters' live rows. Whoever owns it publishes."""

    def __init__(self, changed: Callable[[], None] = lambda: None) -> None:
        """Rows of no cluster yet.

        Args:
            changed: called when there is something to publish.
        """
        self.columns: tuple[Column, ...] = ()
        """Those of the first cluster that has told its own."""
        self.state = LiveState()
        self.members: dict[str, LiveRows] = {}
        """The rows of each cluster, by its name."""
        self.rows: Mapping[str, Row] = _Rows(self.members)
        self._changed = changed
        self._upserted: dict[str, Row] = {}
        self._removed: set[str] = set()
        self.coming = 0
        """Members whose rows are still coming; one in trouble is not waited for."""
        self._state_changed = False
        self._listeners: list[Listener] = []
        self._leaving: dict[str, Callable[[], None]] = {}

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """See ShownRows."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def join(self, cluster: str, live: LiveRows) -> None:
        """Let the rows of a cluster be among these."""
        self.members[cluster] = live
        self._leaving[cluster] = live.subscribe(partial(self._take, cluster))
        self._take(cluster, Changes(live.rows, frozenset(), state_changed=True))

    def leave(self, cluster: str) -> None:
        """Let the rows of a cluster be among these no more; one that never joined is no error."""
        live = self.members.pop(cluster, None)
        if live is not None:
            self._leaving.pop(cluster)()
            self._upserted = {known: row for known, row in self._upserted.items() if row.cluster != cluster}
            self._removed.update(identity(cluster, uid) for uid in live.rows)
            self._sum_up()
            self._changed()

    def close(self) -> None:
        """Hear of no cluster any more."""
        for leave in self._leaving.values():
            leave()
        self._leaving.clear()

    @property
    def dirty(self) -> bool:
        """Whether there is something to publish."""
        return bool(self._upserted or self._removed or self._state_changed)

    def publish(self) -> None:
        """Tell the listeners what changed since the last time; nothing when nothing did."""
        if not self.dirty:
            return
        changes = Changes(self._upserted, frozenset(self._removed), self._state_changed)
        self._upserted, self._removed, self._state_changed = {}, set(), False
        for listener in tuple(self._listeners):
            listener(changes)

    def differing(self) -> dict[str, tuple[Column, ...]]:
        """The columns of the clusters that have others than these."""
        known = ((cluster, live.columns) for cluster, live in self.members.items())
        return {cluster: columns for cluster, columns in known if columns != self.columns}

    def _take(self, cluster: str, changes: Changes) -> None:
        start = f"{cluster}{_BETWEEN}"
        upserted, removed = self._upserted, self._removed
        for uid, row in changes.upserted.items():
            row.cluster = cluster
            upserted[start + uid] = row
        if removed:
            removed.difference_update(start + uid for uid in changes.upserted)
        for uid in changes.removed:
            upserted.pop(start + uid, None)
            removed.add(start + uid)
        if changes.state_changed:
            self._sum_up()
        self._changed()

    def _sum_up(self) -> None:
        lives = tuple(self.members.values())
        told = next((live.columns for live in lives if live.columns), ())
        self.columns = self.columns or told
        self.state = common_state([live.state for live in lives])
        self.coming = sum(live.state.phase is Phase.LOADING and live.state.error is None for live in lives)
        self._state_changed = True


def common_state(states: list[LiveState]) -> LiveState:
    """What holds for rows of several clusters: live as soon as those of one are, in trouble when all are."""
    for phase in (Phase.LIVE, Phase.LOADING):
        found = [state for state in states if state.phase is phase and state.error is None]
        if found:
            return LiveState(phase, min(state.since for state in found))
    return min(states, key=lambda state: state.retry_at, default=LiveState())


class _Rows(Mapping[str, Row]):
    """The rows of all members, read where they are."""

    def __init__(self, members: Mapping[str, LiveRows]) -> None:
        self._members = members

    def __getitem__(self, known: str) -> Row:
        cluster, _, uid = known.partition(_BETWEEN)
        row = self._members[cluster].rows[uid]
        row.cluster = cluster
        return row

    def __iter__(self) -> Iterator[str]:
        return (identity(cluster, uid) for cluster, live in self._members.items() for uid in live.rows)

    def __len__(self) -> int:
        return sum(len(live.rows) for live in self._members.values())

    def values(self) -> ValuesView[Row]:
        """Every row, told its cluster."""
        return _Values(self, self._members)


class _Values(ValuesView[Row]):
    def __init__(self, rows: Mapping[str, Row], members: Mapping[str, LiveRows]) -> None:
        super().__init__(rows)
        self._members = members

    def __iter__(self) -> Iterator[Row]:
        for cluster, live in self._members.items():
            for row in live.rows.values():
                row.cluster = cluster
                yield row

"""Live rows: the rows of one kind in one scope, as they are now, with a word about how sure we are of that."""

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Protocol

import msgspec

from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.row import Column, Row


class Phase(Enum):
    """How far rows can be trusted."""

    LOADING = "loading"
    """The first list is still coming; rows so far are shown."""
    LIVE = "live"
    STALE = "stale"
    """The connection is lost: rows are as of `since`."""
    DENIED = "denied"
    """We may not list this; tried again now and then."""
    GONE = "gone"
    """The server no longer serves this kind."""


class LiveState(msgspec.Struct, frozen=True):
    """The phase and what a person needs to know about it."""

    phase: Phase = Phase.LOADING
    since: float = 0.0
    """When this phase began, seconds since the epoch."""
    error: KubeGenieError | None = None
    retry_at: float = 0.0
    """When the next try is due, seconds since the epoch; 0 when none is."""


class Changes(msgspec.Struct, frozen=True):
    """What happened since the last publication."""

    upserted: dict[str, Row]
    """New and changed rows by uid."""
    removed: frozenset[str]
    """uids that are gone."""
    state_changed: bool = False
    before: Mapping[str, Row] = {}
    """Rows as they were, by uid: of those that changed and of those that are gone."""


Listener = Callable[[Changes], None]


class ShownRows(Protocol):
    """Rows as a table reads them: of one cluster, or of several."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """What `Row.cells` are."""
        ...

    @property
    def rows(self) -> Mapping[str, Row]:
        """Rows by identity: the uid, where they are of one cluster."""
        ...

    @property
    def state(self) -> LiveState:
        """How far they can be trusted."""
        ...

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` at every publication until the returned function is called."""
        ...


class LiveRows:
    """Rows by uid. A reflector writes and publishes; views subscribe and read.

    Listeners run on the event loop, in the publisher's turn: they must be quick and must not raise.
    """

    def __init__(self, columns: tuple[Column, ...]) -> None:
        self.columns = columns
        """May be replaced once, when the server tells the columns; `state_changed` is then published."""
        self.rows: dict[str, Row] = {}
        self.state = LiveState()
        self._upserted: dict[str, Row] = {}
        self._before: dict[str, Row] = {}
        self._removed: set[str] = set()
        self._state_changed = False
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` at every publication until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def put(self, row: Row) -> None:
        """Add or change a row; heard of at the next publication."""
        uid = row.uid
        known = self.rows.get(uid)
        if known is not None and uid not in self._upserted:
            self._before[uid] = known
        self.rows[uid] = self._upserted[uid] = row
        if self._removed:
            self._removed.discard(uid)

    def remove(self, uid: str) -> None:
        """Take a row away; an unknown uid is no error."""
        known = self.rows.pop(uid, None)
        if known is not None:
            self._before.setdefault(uid, known)
            self._upserted.pop(uid, None)
            self._removed.add(uid)

    def keep_only(self, uids: Iterable[str]) -> None:
        """Take away every row that is not among `uids` (a relist ended)."""
        for uid in self.rows.keys() - set(uids):
            self.remove(uid)

    def set_columns(self, columns: tuple[Column, ...]) -> None:
        """The server told which columns there are."""
        self.columns = columns
        self._state_changed = True

    def set_state(self, state: LiveState) -> None:
        """Enter another phase."""
        self.state = state
        self._state_changed = True

    @property
    def dirty(self) -> bool:
        """Whether there is something to publish."""
        return bool(self._upserted or self._removed or self._state_changed)

    def publish(self) -> None:
        """Tell the listeners what changed since the last time; nothing when nothing did."""
        if not self.dirty:
            return
        changes = Changes(self._upserted, frozenset(self._removed), self._state_changed, self._before)
        self._upserted, self._before, self._removed, self._state_changed = {}, {}, set(), False
        for listener in tuple(self._listeners):
            listener(changes)

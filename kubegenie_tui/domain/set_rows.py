"""Rows of several namespaces of one cluster as one: those of each, or of all with the others left out."""

from collections.abc import Callable, Collection, Sequence

from kubegenie_tui.domain.fleet_rows import common_state
from kubegenie_tui.domain.live import Changes, LiveRows


class SetRows(LiveRows):
    """Live rows fed by others; the row objects stay theirs."""

    def __init__(self, parts: Sequence[LiveRows], namespaces: Collection[str]) -> None:
        """Rows as they are now, and from now on.

        Args:
            parts: where rows come from.
            namespaces: the only ones that are wanted.
        """
        super().__init__(parts[0].columns)
        self._parts = parts
        self._wanted = frozenset(namespaces)
        for part in parts:
            self._take_rows(Changes(part.rows, frozenset()))
        self._take_state()
        self._leaving: list[Callable[[], None]] = [part.subscribe(self._take) for part in parts]
        self.publish()

    def close(self) -> None:
        """Hear nothing any more."""
        for leave in self._leaving:
            leave()
        self._leaving.clear()

    def _take(self, changes: Changes) -> None:
        self._take_rows(changes)
        if changes.state_changed:
            self._take_state()
        self.publish()

    def _take_rows(self, changes: Changes) -> None:
        for uid in changes.removed:
            self.remove(uid)
        for row in changes.upserted.values():
            if row.namespace in self._wanted:
                self.put(row)

    def _take_state(self) -> None:
        told = next((part.columns for part in self._parts if part.columns), ())
        if told != self.columns:
            self.set_columns(told)
        self.set_state(common_state([part.state for part in self._parts]))

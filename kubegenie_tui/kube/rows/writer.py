"""Writes what a list or a watch brings into live rows: changes only, one object a name, replacing without blanking."""

from collections import defaultdict

from kubegenie_tui.domain.live import LiveRows
from kubegenie_tui.domain.row import Column, Row
from kubegenie_tui.kube.rows.formats import Mark


class RowWriter:
    """The one hand that writes the rows of a reflector."""

    def __init__(self, live: LiveRows) -> None:
        self._live = live
        self._uids: defaultdict[str, dict[str, str]] = defaultdict(dict)
        self._seen: set[str] | None = None

    def put(self, row: Row) -> None:
        """Add or change an object; the same version as before is no change.

        An object of the same name with another uid was deleted meanwhile and created anew.
        """
        uid = row.uid
        if self._seen is not None:
            self._seen.add(uid)
        known = self._live.rows.get(uid)
        if known is None:
            before = self._uids[row.namespace].setdefault(row.name, uid)
            if before != uid:
                self._live.remove(before)
                self._uids[row.namespace][row.name] = uid
        elif known.version == row.version and row.version:
            return
        self._live.put(row)

    def delete(self, mark: Mark) -> None:
        """Take an object away; one that is not known is no error."""
        uid = mark.uid or f"{mark.namespace}/{mark.name}"
        if uid in self._live.rows:
            self._live.remove(uid)
            self._forget_name(mark.namespace, mark.name, uid)

    def begin_replacing(self) -> None:
        """What comes now is the whole truth: rows stay until `end_replacing`; where there are none, none can go."""
        self._seen = set() if self._live.rows else None

    def end_replacing(self) -> None:
        """All has come: what was not among it is gone."""
        seen, self._seen = self._seen, None
        if seen is None:
            return
        rows = self._live.rows
        if rows.keys() <= seen:
            return
        for row in [rows[uid] for uid in rows.keys() - seen]:
            self._live.remove(row.uid)
            self._forget_name(row.namespace, row.name, row.uid)

    def clear(self) -> None:
        """Take everything away."""
        for uid in tuple(self._live.rows):
            self._live.remove(uid)
        self._uids.clear()

    def set_columns(self, columns: tuple[Column, ...]) -> None:
        """The server told the columns; rows made with others cannot stay."""
        if columns != self._live.columns:
            self.clear()
            self._live.set_columns(columns)

    def _forget_name(self, namespace: str, name: str, uid: str) -> None:
        names = self._uids[namespace]
        if names.get(name) == uid:
            del names[name]

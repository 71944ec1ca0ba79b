"""Incident notes of each cluster: the same whoever is acted as there."""

import msgspec

from kubegenie_tui.domain.acting import own_name
from kubegenie_tui.domain.incident import IncidentNote
from kubegenie_tui.store.database import Database

_COLUMNS = "cluster, text, at, rule, kind, namespace, name"


class Notes:
    """Notes by cluster."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, note: IncidentNote) -> IncidentNote:
        """Keep a note; it comes back with its id, and with the cluster's own name.

        Raises:
            StoreError: it cannot be stored.
        """
        note = msgspec.structs.replace(note, cluster=own_name(note.cluster))
        values = (note.cluster, note.text.encode("utf-8", "replace").decode(), note.at, note.rule)
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                f"INSERT INTO notes ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - a constant
                (*values, note.kind, note.namespace, note.name),
            )
            assert cursor.lastrowid is not None
        return msgspec.structs.replace(note, id=cursor.lastrowid)

    async def of(self, cluster: str | None = None) -> list[IncidentNote]:
        """The notes of a cluster, or of all; the latest first."""
        rows = await self._database.fetch(
            f"SELECT {_COLUMNS}, id FROM notes WHERE ?1 IS NULL OR cluster = ?1"  # noqa: S608 - a constant
            " ORDER BY at DESC, id DESC",
            (own_name(cluster) if cluster else cluster,),
        )
        return [IncidentNote(*row) for row in rows]

    async def delete(self, note_id: int, cluster: str | None = None) -> bool:
        """Forget a note, of this cluster if one is named; False when there is none of that id."""
        cluster = own_name(cluster) if cluster else cluster
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                "DELETE FROM notes WHERE id = ?1 AND (?2 IS NULL OR cluster = ?2)", (note_id, cluster)
            )
        return cursor.rowcount > 0

"""Port-forwards that a person made, to be offered again."""

import msgspec

from kubegenie_tui.domain.forward import ForwardSpec
from kubegenie_tui.store.database import Database


class KeptForwards:
    """Forwards by local port and target."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[tuple[ForwardSpec, bool]]:
        """Every forward, and whether it was running when it was last heard of; unreadable ones are left out."""
        rows = await self._database.fetch("SELECT spec, running FROM forwards ORDER BY local, name")
        found = []
        for text, running in rows:
            try:
                found.append((msgspec.json.decode(text, type=ForwardSpec), bool(running)))
            except msgspec.DecodeError:
                continue
        return found

    async def save(self, spec: ForwardSpec, *, running: bool) -> None:
        """Remember a forward, beside others on its local port.

        Raises:
            StoreError: it cannot be stored.
        """
        text = msgspec.json.encode(spec).decode()
        async with self._database.transaction() as connection:
            await connection.execute(
                "INSERT INTO forwards (name, local, spec, running) VALUES (?1, ?2, ?3, ?4)"
                " ON CONFLICT (name) DO UPDATE SET spec = ?3, running = ?4",
                (spec.id, spec.local, text, running),
            )

    async def delete(self, spec: ForwardSpec) -> None:
        """Forget a forward; one that is not known is no error.

        Raises:
            StoreError: it cannot be stored.
        """
        async with self._database.transaction() as connection:
            await connection.execute("DELETE FROM forwards WHERE name = ?", (spec.id,))

"""Port-forwards that a person made, to be offered again."""

import msgspec

from kubegenie_tui.domain.forward import ForwardSpec
from kubegenie_tui.store.database import Database


class KeptForwards:
    """Forwards by their local port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[tuple[ForwardSpec, bool]]:
        """Every forward, and whether it was running when it was last heard of; unreadable ones are left out."""
        rows = await self._database.fetch("SELECT spec, running FROM forwards ORDER BY local")
        found = []
        for text, running in rows:
            try:
                found.append((msgspec.json.decode(text, type=ForwardSpec), bool(running)))
            except msgspec.DecodeError:
                continue
        return found

    async def save(self, spec: ForwardSpec, *, running: bool) -> None:
        """Remember a forward, in the place of another one on its local port.

        Raises:
            StoreError: it cannot be stored.
        """
        text = msgspec.json.encode(spec).decode()
        async with self._database.transaction() as connection:
            await connection.execute(
                "INSERT INTO forwards (local, spec, running) VALUES (?1, ?2, ?3)"
                " ON CONFLICT (local) DO UPDATE SET spec = ?2, running = ?3",
                (spec.local, text, running),
            )

    async def delete(self, spec: ForwardSpec) -> None:
        """Forget a forward; one that is not known is no error.

        Raises:
            StoreError: it cannot be stored.
        """
        async with self._database.transaction() as connection:
            await connection.execute("DELETE FROM forwards WHERE local = ?", (spec.local,))

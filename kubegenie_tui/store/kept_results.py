"""Results of look-ups that a model was sent in part, kept whole beside their conversation as long as that is kept."""

import asyncio
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.kept_result import LONGEST_KEPT, KeptResult
from kubegenie_tui.store.database import Database

if TYPE_CHECKING:
    import aiosqlite

MOST_BYTES = 8_000_000
"""Compressed, of all results of one conversation; the oldest give way."""
_LEVEL = 6


class KeptResults:
    """What can be recalled of conversations. One that has no room is known by its name and its length alone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, conversation_id: int, results: Sequence[KeptResult]) -> None:
        """Keep results, each in place of one of the same name; of a conversation that is no more, nothing.

        Raises:
            StoreError: they cannot be stored.
        """
        packed = [await asyncio.to_thread(_packed, each.text) for each in results]
        async with self._database.transaction() as connection:
            for result, bytes_of in zip(results, packed, strict=True):
                await connection.execute(
                    "INSERT OR REPLACE INTO results (conversation_id, name, after, characters, packed)"
                    " SELECT id, ?2, (SELECT count(*) FROM messages m WHERE m.conversation_id = c.id), ?3, ?4"
                    " FROM conversations c WHERE id = ?1",
                    (conversation_id, result.name, result.characters, bytes_of),
                )
            await connection.execute(
                "UPDATE results SET packed = x'' WHERE rowid IN (SELECT place FROM (SELECT rowid AS place,"
                " sum(length(packed)) OVER (ORDER BY rowid DESC) AS total FROM results WHERE conversation_id = ?)"
                " WHERE total > ?)",
                (conversation_id, MOST_BYTES),
            )

    async def names(self, conversation_id: int) -> list[str]:
        """The names of a conversation's results, those without a text among them; the oldest comes first."""
        rows = await self._database.fetch(
            "SELECT name FROM results WHERE conversation_id = ? ORDER BY rowid", (conversation_id,)
        )
        return [str(name) for (name,) in rows]

    async def all(self, conversation_id: int) -> list[KeptResult]:
        """A conversation's results with their texts, the oldest first."""
        rows = await self._database.fetch(
            "SELECT name, characters, packed FROM results WHERE conversation_id = ? ORDER BY rowid", (conversation_id,)
        )
        return [KeptResult(name, length, await asyncio.to_thread(_unpacked, packed)) for name, length, packed in rows]

    async def text(self, conversation_id: int, name: str) -> str:
        """The whole of a result.

        Raises:
            UsageError: it is not kept; why, and what can be done instead.
            StoreError: it cannot be read.
        """
        rows = await self._database.fetch(
            "SELECT characters, packed FROM results WHERE conversation_id = ? AND name = ?", (conversation_id, name)
        )
        if not rows:
            raise UsageError(f'No result "{name}" is kept', next_step="look it up again")
        characters, packed = rows[0]
        if packed:
            return await asyncio.to_thread(_unpacked, packed)
        had = f"it had {characters:,} characters"
        kept = f"{had}, and results of at most {LONGEST_KEPT:,} are kept with a conversation"
        why = kept if characters > LONGEST_KEPT else f"{had}, and gave way to later results of this conversation"
        raise UsageError(f"The result {name} is no longer kept", why, "look it up again, and ask for less at once")


async def copy_results(connection: "aiosqlite.Connection", source: int, copy: int, messages: int) -> None:
    """Give a conversation the results that another one had after so many messages, as part of a transaction."""
    await connection.execute(
        "INSERT INTO results (conversation_id, name, after, characters, packed)"
        " SELECT ?1, name, after, characters, packed FROM results WHERE conversation_id = ?2 AND after <= ?3"
        " ORDER BY rowid",
        (copy, source, messages),
    )


def _packed(text: str) -> bytes:
    return zlib.compress(text.encode("utf-8", "replace"), _LEVEL) if text else b""


def _unpacked(packed: bytes) -> str:
    return zlib.decompress(packed).decode() if packed else ""

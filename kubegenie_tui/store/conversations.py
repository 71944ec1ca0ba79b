"""Conversations and their messages, found again by their words."""

import json
import time
from collections.abc import Callable, Collection
from typing import Any

import msgspec

from kubegenie_tui.domain.conversation import Conversation, Found, Message, Record
from kubegenie_tui.domain.errors import StoreError
from kubegenie_tui.store.database import Database
from kubegenie_tui.store.kept_results import KeptResults, copy_results
from kubegenie_tui.store.record_words import words_of

_CONVERSATION = (
    "c.id, c.title, c.cluster, c.created, c.updated, (SELECT count(*) FROM messages m WHERE m.conversation_id = c.id),"
    " c.pinned, c.branched_from"
)


class Conversations:
    """The chat's memory."""

    def __init__(self, database: Database, now: Callable[[], float] = time.time) -> None:
        self._database = database
        self._now = now
        self.results = KeptResults(database)
        """What can be recalled of them; a branch takes it along, and it goes with its conversation."""

    async def create(self, title: str, cluster: str) -> Conversation:
        """Begin a conversation.

        Raises:
            StoreError: it cannot be stored.
        """
        now = self._now()
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                "INSERT INTO conversations (title, cluster, created, updated) VALUES (?, ?, ?, ?)",
                (_storable(title), cluster, now, now),
            )
            assert cursor.lastrowid is not None
        return Conversation(cursor.lastrowid, title, cluster, now, now)

    async def append(self, conversation_id: int, message: Message) -> Message:
        """Add a message; it comes back with its id.

        Raises:
            StoreError: it cannot be stored, or the conversation is no more.
        """
        async with self._database.transaction() as connection:
            touched = await connection.execute(
                "UPDATE conversations SET updated = max(updated, ?) WHERE id = ?", (message.at, conversation_id)
            )
            if not touched.rowcount:
                raise StoreError("This conversation was deleted", next_step="begin a new one")
            cursor = await connection.execute(
                "INSERT INTO messages (conversation_id, role, text, at, tool, record, words)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    conversation_id,
                    message.role,
                    _storable(message.text),
                    message.at,
                    _storable(message.tool),
                    _record_text(message.record),
                    _storable(words_of(msgspec.to_builtins(message.record))),
                ),
            )
            assert cursor.lastrowid is not None
        return msgspec.structs.replace(message, id=cursor.lastrowid)

    async def messages(self, conversation_id: int) -> list[Message]:
        """All messages of a conversation in order; none when it is unknown."""
        rows = await self._database.fetch(
            "SELECT role, text, at, tool, id, record FROM messages WHERE conversation_id = ? ORDER BY id",
            (conversation_id,),
        )
        return [Message(role, text, at, tool, number, _record(kept)) for role, text, at, tool, number, kept in rows]

    async def get(self, conversation_id: int) -> Conversation | None:
        """One conversation, None when there is none of that id."""
        rows = await self._database.fetch(
            f"SELECT {_CONVERSATION} FROM conversations c WHERE c.id = ?",  # noqa: S608 - a constant
            (conversation_id,),
        )
        return _conversation(rows[0]) if rows else None

    async def recent(self, limit: int = 50, cluster: str | None = None) -> list[Conversation]:
        """The conversations last spoken in come first; with `cluster`, only those about it."""
        rows = await self._database.fetch(
            f"SELECT {_CONVERSATION} FROM conversations c WHERE ?1 IS NULL OR c.cluster = ?1"  # noqa: S608 - a constant
            " ORDER BY c.updated DESC, c.id DESC LIMIT ?2",
            (cluster, limit),
        )
        return [_conversation(row) for row in rows]

    async def search(self, text: str, limit: int = 50) -> list[Found]:
        """Conversations whose title has `text`, or with a message that has all its words (or words that begin so).

        A message has the words of its text, of its look-up, and of what is kept beside it: arguments, findings, plans.
        The latest conversation comes first, each once, with an excerpt of its latest match.
        """
        words = _match(text)
        if not words:
            return []
        rows = await self._database.fetch(
            f"SELECT {_CONVERSATION}, coalesce(hit.excerpt, '') FROM conversations c"  # noqa: S608 - a constant
            " LEFT JOIN (SELECT m.conversation_id, max(m.id), words.excerpt FROM messages m JOIN"
            "   (SELECT rowid AS id, snippet(message_words, -1, '', '', '…', 16) AS excerpt FROM message_words"
            "   WHERE message_words MATCH ?1 LIMIT -1) words ON words.id = m.id"
            "   GROUP BY m.conversation_id) hit ON hit.conversation_id = c.id"
            " WHERE hit.conversation_id IS NOT NULL OR instr(lower(c.title), lower(?2))"
            " ORDER BY c.updated DESC, c.id DESC LIMIT ?3",
            (words, _storable(text.strip()), limit),
        )
        return [_found(row) for row in rows]

    async def rename(self, conversation_id: int, title: str) -> None:
        """Give a conversation another title; an unknown one is no error."""
        async with self._database.transaction() as connection:
            await connection.execute(
                "UPDATE conversations SET title = ? WHERE id = ?", (_storable(title), conversation_id)
            )

    async def branch(self, conversation_id: int, title: str, last: int | None = None) -> Conversation:
        """A new conversation that begins as another one, up to the message with id `last`, or as all of it.

        Raises:
            StoreError: it cannot be stored, or there is no such conversation.
        """
        now = self._now()
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                "INSERT INTO conversations (title, cluster, created, updated, branched_from)"
                " SELECT ?1, cluster, ?2, ?2, id FROM conversations WHERE id = ?3",
                (_storable(title), now, conversation_id),
            )
            if not cursor.rowcount or cursor.lastrowid is None:
                raise StoreError("This conversation was deleted", next_step="begin a new one")
            copied = await connection.execute(
                "INSERT INTO messages (conversation_id, role, text, at, tool, record, words)"
                " SELECT ?1, role, text, at, tool, record, words FROM messages"
                " WHERE conversation_id = ?2 AND (?3 IS NULL OR id <= ?3) ORDER BY id",
                (cursor.lastrowid, conversation_id, last),
            )
            await copy_results(connection, conversation_id, cursor.lastrowid, copied.rowcount)
            ((cluster,),) = await connection.execute_fetchall(
                "SELECT cluster FROM conversations WHERE id = ?", (cursor.lastrowid,)
            )
        return Conversation(
            cursor.lastrowid, title, str(cluster), now, now, copied.rowcount, branched_from=conversation_id
        )

    async def pin(self, conversation_id: int, *, pinned: bool) -> None:
        """Let a conversation stay however old it is, or not; an unknown one is no error."""
        async with self._database.transaction() as connection:
            await connection.execute("UPDATE conversations SET pinned = ? WHERE id = ?", (pinned, conversation_id))

    async def opened(self, conversation_id: int) -> None:
        """Note that a conversation is being read again: it is not old then."""
        async with self._database.transaction() as connection:
            await connection.execute("UPDATE conversations SET opened = ? WHERE id = ?", (self._now(), conversation_id))

    async def old(self, before: float, keep: Collection[int] = ()) -> list[Conversation]:
        """Conversations neither spoken in nor opened since `before` (seconds since 1970), the latest first.

        Without those that are pinned, and without those whose ids are to be kept.
        """
        rows = await self._database.fetch(
            f"SELECT {_CONVERSATION} FROM conversations c"  # noqa: S608 - a constant
            " WHERE max(c.updated, c.opened) < ? AND NOT c.pinned ORDER BY c.updated DESC, c.id DESC",
            (before,),
        )
        return [each for each in map(_conversation, rows) if each.id not in keep]

    async def forget(self, before: float, keep: Collection[int] = ()) -> list[Conversation]:
        """Delete what `old` finds, provided that nobody has come back to it meanwhile; gives it back.

        Raises:
            StoreError: it cannot be deleted.
        """
        found = await self.old(before, keep)
        async with self._database.transaction() as connection:
            await connection.executemany(
                "DELETE FROM conversations WHERE id = ? AND max(updated, opened) < ? AND NOT pinned",
                [(each.id, before) for each in found],
            )
        return found

    async def delete(self, conversation_id: int) -> None:
        """Forget a conversation and its messages; an unknown one is no error."""
        async with self._database.transaction() as connection:
            await connection.execute("DELETE FROM conversations WHERE id = ?", (conversation_id,))


def _storable(text: str) -> str:
    """`text` without the lone surrogates that a model may send and UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode()


def _match(text: str) -> str:
    """An FTS5 query that takes each word literally and as the beginning of a word."""
    words = [word.replace('"', '""') for word in _storable(text).replace("\0", " ").split()]
    return " ".join(f'"{word}"*' for word in words if any(map(str.isalnum, word)))


def _conversation(row: tuple[Any, ...]) -> Conversation:
    number, title, cluster, created, updated, messages, pinned, branched_from = row
    return Conversation(number, title, cluster, created, updated, messages, bool(pinned), branched_from)


def _found(row: tuple[Any, ...]) -> Found:
    *conversation, excerpt = row
    return Found(_conversation(tuple(conversation)), excerpt)


def _record_text(record: Record | None) -> str:
    return _storable(json.dumps(msgspec.to_builtins(record), ensure_ascii=False)) if record is not None else ""


def _record(text: str) -> Record | None:
    """A record as it was kept; what another version wrote and this one cannot read is left out.

    Older versions kept one `proposal` at most.
    """
    try:
        kept = msgspec.json.decode(text) if text else None
        if isinstance(kept, dict) and "proposal" in kept:
            kept["proposals"] = [kept.pop("proposal")]
        return msgspec.convert(kept, Record | None)
    except msgspec.DecodeError:
        return None

"""The schema, step by step: step N takes the database from version N to N + 1, and is never changed once released."""

import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from kubegenie_tui.domain.acting import own_name
from kubegenie_tui.store.record_words import words_of

if TYPE_CHECKING:
    import aiosqlite

Migration = Callable[["aiosqlite.Connection"], Awaitable[None]]


async def _create_conversations(connection: "aiosqlite.Connection") -> None:
    await connection.execute(
        "CREATE TABLE conversations (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, cluster TEXT NOT NULL,"
        " created REAL NOT NULL, updated REAL NOT NULL)"
    )
    await connection.execute("CREATE INDEX conversations_by_update ON conversations (updated)")
    await connection.execute(
        "CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, role TEXT NOT NULL, text TEXT NOT NULL,"
        " at REAL NOT NULL, tool TEXT NOT NULL,"
        " conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE)"
    )
    await connection.execute("CREATE INDEX messages_of_conversation ON messages (conversation_id, id)")


async def _create_message_search(connection: "aiosqlite.Connection") -> None:
    await connection.execute(
        "CREATE VIRTUAL TABLE message_words USING fts5 (text, content='messages', content_rowid='id')"
    )
    await connection.execute(
        "CREATE TRIGGER message_added AFTER INSERT ON messages BEGIN"
        " INSERT INTO message_words (rowid, text) VALUES (new.id, new.text); END"
    )
    await connection.execute(
        "CREATE TRIGGER message_removed AFTER DELETE ON messages BEGIN"
        " INSERT INTO message_words (message_words, rowid, text) VALUES ('delete', old.id, old.text); END"
    )


async def _create_clusters_places_facts(connection: "aiosqlite.Connection") -> None:
    await connection.execute("CREATE TABLE clusters (name TEXT PRIMARY KEY, registration TEXT NOT NULL)")
    await connection.execute("CREATE TABLE places (cluster TEXT PRIMARY KEY, place TEXT NOT NULL)")
    await connection.execute(
        "CREATE TABLE facts (scope TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (scope, key))"
        " WITHOUT ROWID"
    )


async def _create_audit(connection: "aiosqlite.Connection") -> None:
    await connection.execute("CREATE TABLE audit (seq INTEGER PRIMARY KEY, entry TEXT NOT NULL, hash BLOB NOT NULL)")
    for event in ("UPDATE", "DELETE"):
        await connection.execute(
            f"CREATE TRIGGER audit_no_{event.lower()} BEFORE {event} ON audit BEGIN"
            " SELECT RAISE(ABORT, 'the audit log is only ever added to'); END"
        )
    await connection.execute(
        "CREATE TRIGGER audit_in_order BEFORE INSERT ON audit"
        " WHEN new.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit) BEGIN"
        " SELECT RAISE(ABORT, 'the audit log is only ever added to'); END"
    )


async def _create_undo(connection: "aiosqlite.Connection") -> None:
    await connection.execute(
        "CREATE TABLE undo (id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, cluster TEXT NOT NULL,"
        " title TEXT NOT NULL, record BLOB NOT NULL, undone INTEGER NOT NULL DEFAULT 0)"
    )
    await connection.execute("CREATE INDEX undo_of_cluster ON undo (cluster, id)")


async def _create_forwards(connection: "aiosqlite.Connection") -> None:
    await connection.execute(
        "CREATE TABLE forwards (local INTEGER PRIMARY KEY, spec TEXT NOT NULL, running INTEGER NOT NULL)"
    )


async def _create_timeline(connection: "aiosqlite.Connection") -> None:
    await connection.execute(
        "CREATE TABLE timeline (id INTEGER PRIMARY KEY AUTOINCREMENT, cluster TEXT NOT NULL, at REAL NOT NULL,"
        " kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, what TEXT NOT NULL, before TEXT NOT NULL,"
        " after TEXT NOT NULL, health INTEGER NOT NULL)"
    )
    await connection.execute("CREATE INDEX timeline_of_cluster ON timeline (cluster, id)")
    await connection.execute("CREATE INDEX timeline_of_object ON timeline (cluster, kind, namespace, name, id)")


async def _create_proposals(connection: "aiosqlite.Connection") -> None:
    await connection.execute(
        "CREATE TABLE proposals (id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, cluster TEXT NOT NULL,"
        " title TEXT NOT NULL, asked TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'waiting',"
        " outcome TEXT NOT NULL DEFAULT '')"
    )


async def _add_records(connection: "aiosqlite.Connection") -> None:
    """What a message brought beside its text; which conversations stay, where they began, and when they were opened."""
    await connection.execute("ALTER TABLE messages ADD COLUMN record TEXT NOT NULL DEFAULT ''")
    for column in ("pinned INTEGER", "branched_from INTEGER", "opened REAL"):
        await connection.execute(f"ALTER TABLE conversations ADD COLUMN {column} NOT NULL DEFAULT 0")


async def _create_notes(connection: "aiosqlite.Connection") -> None:
    await connection.execute(
        "CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, cluster TEXT NOT NULL, at REAL NOT NULL,"
        " text TEXT NOT NULL, rule TEXT NOT NULL, kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL)"
    )
    await connection.execute("CREATE INDEX notes_of_cluster ON notes (cluster, id)")


async def _create_safe(connection: "aiosqlite.Connection") -> None:
    """One key, wrapped, and what is sealed with it."""
    await connection.execute(
        "CREATE TABLE safe_key (id TEXT PRIMARY KEY, way TEXT NOT NULL, salt BLOB NOT NULL, cost INTEGER NOT NULL,"
        " wrapped BLOB NOT NULL)"
    )
    await connection.execute(
        "CREATE TABLE secrets (owner TEXT NOT NULL, field TEXT NOT NULL, key TEXT NOT NULL REFERENCES safe_key (id),"
        " sealed BLOB NOT NULL, PRIMARY KEY (owner, field)) WITHOUT ROWID"
    )


async def _create_works(connection: "aiosqlite.Connection") -> None:
    await connection.execute(
        "CREATE TABLE works (id TEXT PRIMARY KEY, at REAL NOT NULL, state TEXT NOT NULL, work TEXT NOT NULL,"
        " stop INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID"
    )


async def _part_traits(connection: "aiosqlite.Connection") -> None:
    """What is said about a cluster goes apart from how it is reached: it can be said of those of kubeconfigs too."""
    for name, text in await connection.execute_fetchall("SELECT name, registration FROM clusters"):
        registration = json.loads(text)
        said = {key: registration.pop(key, None) for key in ("labels", "read_only")}
        traits = {key: value for key, value in said.items() if value}
        if traits:
            values = ("cluster-traits", name, json.dumps(traits))
            await connection.execute("INSERT OR IGNORE INTO facts (scope, key, value) VALUES (?, ?, ?)", values)
        await connection.execute(
            "UPDATE clusters SET registration = ? WHERE name = ?", (json.dumps(registration), name)
        )


async def _create_undo_steps(connection: "aiosqlite.Connection") -> None:
    """What takes a change back is kept step by step, before each is written and after."""
    await connection.execute(
        "CREATE TABLE undo_steps (undo_id INTEGER NOT NULL REFERENCES undo (id) ON DELETE CASCADE,"
        " seq INTEGER NOT NULL, step BLOB NOT NULL, made INTEGER NOT NULL, PRIMARY KEY (undo_id, seq))"
    )


async def _name_clusters_of_notes(connection: "aiosqlite.Connection") -> None:
    """A note belongs to the cluster, whoever was acted as when it was made."""
    for note_id, cluster in await connection.execute_fetchall("SELECT id, cluster FROM notes"):
        if (own := own_name(cluster)) != cluster:
            await connection.execute("UPDATE notes SET cluster = ? WHERE id = ?", (own, note_id))


async def _search_records(connection: "aiosqlite.Connection") -> None:
    """A message is found by its look-up, and by what is kept beside it, as well as by its text."""
    await connection.execute("ALTER TABLE messages ADD COLUMN words TEXT NOT NULL DEFAULT ''")
    for message_id, record in await connection.execute_fetchall("SELECT id, record FROM messages WHERE record != ''"):
        with contextlib.suppress(ValueError):
            words = words_of(json.loads(record))
            await connection.execute("UPDATE messages SET words = ? WHERE id = ?", (words, message_id))
    for trigger in ("message_added", "message_removed"):
        await connection.execute(f"DROP TRIGGER {trigger}")
    await connection.execute("DROP TABLE message_words")
    await connection.execute(
        "CREATE VIRTUAL TABLE message_words USING fts5 (text, tool, words, content='messages', content_rowid='id')"
    )
    await connection.execute("INSERT INTO message_words (message_words) VALUES ('rebuild')")
    await connection.execute(
        "CREATE TRIGGER message_added AFTER INSERT ON messages BEGIN INSERT INTO message_words"
        " (rowid, text, tool, words) VALUES (new.id, new.text, new.tool, new.words); END"
    )
    await connection.execute(
        "CREATE TRIGGER message_removed AFTER DELETE ON messages BEGIN INSERT INTO message_words"
        " (message_words, rowid, text, tool, words) VALUES ('delete', old.id, old.text, old.tool, old.words); END"
    )


async def _name_forwards(connection: "aiosqlite.Connection") -> None:
    """Several forwards can be kept for one local port."""
    rows = await connection.execute_fetchall("SELECT local, spec, running FROM forwards")
    await connection.execute("DROP TABLE forwards")
    await connection.execute(
        "CREATE TABLE forwards (name TEXT PRIMARY KEY, local INTEGER NOT NULL, spec TEXT NOT NULL,"
        " running INTEGER NOT NULL) WITHOUT ROWID"
    )
    for local, text, running in rows:
        try:
            spec = json.loads(text)
            place = "/".join(spec["target"].get(part, "") for part in ("cluster", "kind", "namespace", "name"))
            name = f"{local}:{place}:{spec['port']}"
        except (ValueError, KeyError, TypeError, AttributeError):
            continue  # it could not be read before either
        values = (name, local, text, running)
        await connection.execute("INSERT INTO forwards (name, local, spec, running) VALUES (?, ?, ?, ?)", values)


async def _create_results(connection: "aiosqlite.Connection") -> None:
    """What a model was sent in part is kept whole; `after`: how many messages were said when it was."""
    await connection.execute(
        "CREATE TABLE results (conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,"
        " name TEXT NOT NULL, after INTEGER NOT NULL, characters INTEGER NOT NULL, packed BLOB NOT NULL,"
        " PRIMARY KEY (conversation_id, name))"
    )


async def _drop_open_undo(connection: "aiosqlite.Connection") -> None:
    """What takes changes back is kept sealed: what was kept in the clear goes."""
    await connection.execute("DELETE FROM undo")


async def _create_looks(connection: "aiosqlite.Connection") -> None:
    """What the namespaces of a cluster used, a row for each quarter of an hour."""
    await connection.execute(
        "CREATE TABLE looks (cluster TEXT NOT NULL, at INTEGER NOT NULL, used TEXT NOT NULL, PRIMARY KEY (cluster, at))"
        " WITHOUT ROWID"
    )


MIGRATIONS: tuple[Migration, ...] = (
    _create_conversations,
    _create_message_search,
    _create_clusters_places_facts,
    _create_audit,
    _create_undo,
    _create_forwards,
    _create_timeline,
    _create_proposals,
    _add_records,
    _create_notes,
    _create_safe,
    _create_works,
    _part_traits,
    _create_undo_steps,
    _name_clusters_of_notes,
    _search_records,
    _name_forwards,
    _create_results,
    _drop_open_undo,
    _create_looks,
)

import asyncio
import fcntl
import os
import shutil
import sqlite3
import stat
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import aiosqlite
import pytest

from kubegenie_tui.domain.conversation import LookUp, Message, Record
from kubegenie_tui.domain.errors import StoreError
from kubegenie_tui.store import migrations
from kubegenie_tui.store import store as opening
from kubegenie_tui.store.store import Store

NOBODY = 65534


def put(path: Path, data: bytes) -> None:
    path.parent.mkdir()
    path.touch(0o644)
    path.write_bytes(data)


def damage(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(os.urandom(40_000))


def content(path: Path) -> bytes:
    return path.read_bytes()


def listing(directory: Path) -> list[str]:
    return [path.name for path in directory.iterdir()]


def modes(directory: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()}


async def test_files_are_private(path: Path, store: Store) -> None:
    await store.facts.set("a", "b", "c")
    assert modes(path.parent) == dict.fromkeys(
        ["kubegenie.db", "kubegenie.db-wal", "kubegenie.db-shm", "kubegenie.db.lock"], 0o600
    )
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


async def test_a_loose_file_is_tightened(path: Path) -> None:
    put(path, b"")
    store = await Store.open(path)
    assert modes(path.parent)["kubegenie.db"] == 0o600
    await store.close()


async def test_wal_and_foreign_keys_are_on(store: Store) -> None:
    assert await store._database.fetch("PRAGMA journal_mode") == [("wal",)]
    assert await store._database.fetch("PRAGMA foreign_keys") == [(1,)]
    assert await store._database.fetch("PRAGMA busy_timeout") == [(5000,)]


async def test_close_ends_the_thread(path: Path) -> None:
    before = set(threading.enumerate())
    store = await Store.open(path)
    started = set(threading.enumerate()) - before
    assert started
    await store.close()
    for thread in started:
        thread.join(5)
    assert not any(thread.is_alive() for thread in started)


async def test_an_older_database_is_brought_up_to_date(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "MIGRATIONS", migrations.MIGRATIONS[:1])
    old = await Store.open(path)
    conversation = await old.conversations.create("kept", "prod")
    await old.close()
    monkeypatch.undo()
    store = await Store.open(path)
    assert [kept.title for kept in await store.conversations.recent()] == ["kept"]
    await store.conversations.append(conversation.id, Message("user", "now searchable", 1.0))
    assert len(await store.conversations.search("searchable")) == 1
    await store.close()


async def test_conversations_from_before_records_are_read_and_go_on(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "MIGRATIONS", migrations.MIGRATIONS[:7])
    old = await Store.open(path)
    async with old._database.transaction() as connection:
        await connection.execute("INSERT INTO conversations VALUES (1, 'why', 'prod', 1.0, 2.0)")
        await connection.execute(
            "INSERT INTO messages (conversation_id, role, text, at, tool) VALUES (1, 'user', 'why?', 2.0, '')"
        )
    await old.close()
    monkeypatch.undo()
    store = await Store.open(path)
    [kept] = await store.conversations.recent()
    assert (kept.title, kept.messages, kept.pinned, kept.branched_from) == ("why", 1, False, 0)
    [message] = await store.conversations.messages(1)
    assert (message.text, message.record) == ("why?", None)
    assert (await store.conversations.branch(1, "again")).messages == 1
    await store.close()


async def test_what_was_looked_up_before_it_could_be_searched_is_found(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "MIGRATIONS", migrations.MIGRATIONS[:15])
    old = await Store.open(path)
    record = (
        '{"look_up": {"name": "get", "arguments": "{\\"name\\": \\"gateway-7\\"}"}, "focus": {"namespace": "shop"}}'
    )
    async with old._database.transaction() as connection:
        await connection.execute(
            "INSERT INTO conversations (id, title, cluster, created, updated) VALUES (1, 't', 'p', 1, 2)"
        )
        for text, kept in (("three pods", record), ("unreadable", "{")):
            await connection.execute(
                "INSERT INTO messages (conversation_id, role, text, at, tool, record)"
                " VALUES (1, 'tool', ?, 2, 'get it', ?)",
                (text, kept),
            )
    await old.close()
    monkeypatch.undo()
    store = await Store.open(path)
    for word in ("gateway-7", "three", "unreadable", "get it"):
        assert len(await store.conversations.search(word)) == 1, word
    assert await store.conversations.search("shop") == []
    await store.conversations.delete(1)
    assert await store.conversations.search("gateway-7") == []
    await store.close()


@pytest.mark.parametrize("arguments", ["[" * 100_000, "[1, 2", '"text"', "[" * 400 + "]" * 400])
async def test_arguments_of_any_form_are_kept(path: Path, arguments: str) -> None:
    store = await Store.open(path)
    conversation = await store.conversations.create("t", "prod")
    message = Message("tool", "no such tool", 1.0, "odd", record=Record(look_up=LookUp("odd", arguments, ok=False)))
    await store.conversations.append(conversation.id, message)
    assert len(await store.conversations.search("no such")) == 1
    await store.close()


async def test_a_failing_migration_leaves_the_version_before(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = await Store.open(path)
    await store.facts.set("a", "b", "kept")
    await store.close()

    async def fail(connection: aiosqlite.Connection) -> None:
        await connection.execute("CREATE TABLE half (id)")
        await connection.execute("NOT SQL")

    monkeypatch.setattr(opening, "MIGRATIONS", (*migrations.MIGRATIONS, fail))
    with pytest.raises(StoreError):
        await Store.open(path)
    monkeypatch.undo()
    store = await Store.open(path)
    assert await store.facts.get("a", "b") == "kept"
    assert await store._database.fetch("SELECT name FROM sqlite_master WHERE name = 'half'") == []
    await store.close()


async def test_a_newer_database_is_left_alone(path: Path, store: Store) -> None:
    await store.facts.set("a", "b", "c")
    await store._database.fetch("PRAGMA user_version = 99")
    await store.close()
    before = content(path)
    with pytest.raises(StoreError) as caught:
        await Store.open(path)
    assert "99" in caught.value.why
    assert str(len(migrations.MIGRATIONS)) in caught.value.why
    assert "update KubeGenie" in caught.value.next_step
    assert content(path) == before


async def test_what_is_no_database_is_kept_and_a_new_one_begun(path: Path) -> None:
    put(path, b"no database at all" * 100)
    store = await Store.open(path)
    await store.facts.set("a", "b", "works")
    (kept,) = path.parent.glob("kubegenie.db.damaged-*")
    assert kept.read_bytes().startswith(b"no database")
    assert str(kept) in store.notice
    await store.close()


async def test_a_damaged_page_is_found_at_the_start(path: Path, store: Store) -> None:
    conversation = await store.conversations.create("t", "prod")
    for number in range(200):
        await store.conversations.append(conversation.id, Message("user", f"{number} " * 200, 1.0))
    await store.close()
    damage(path)
    fresh = await Store.open(path)
    assert "damaged" in fresh.notice
    assert await fresh.conversations.recent() == []
    assert len(list(path.parent.glob("kubegenie.db.damaged-*"))) == 1
    await fresh.close()
    healthy = await Store.open(path)
    assert healthy.notice == ""
    await healthy.close()


async def test_a_directory_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be made"):
        await Store.open(tmp_path / "file" / "data" / "kubegenie.db")


async def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written"):
        await Store.open(tmp_path.parent / tmp_path.name)


@pytest.fixture
def powerless() -> Iterator[Path]:
    """A directory that may be read and not written, and a user whom that binds."""
    directory = Path(tempfile.mkdtemp(prefix="kubegenie-read-only-"))
    directory.chmod(0o755)
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    else:
        directory.chmod(0o555)
    yield directory
    os.seteuid(user)
    directory.chmod(0o755)
    shutil.rmtree(directory)


async def test_a_directory_that_may_only_be_read_is_said(powerless: Path) -> None:
    with pytest.raises(StoreError, match="Permission denied"):
        await Store.open(powerless / "kubegenie.db")
    with pytest.raises(StoreError, match="cannot be made"):
        await Store.open(powerless / "data" / "kubegenie.db")
    assert listing(powerless) == []


async def test_a_full_disk_is_said_and_what_was_stored_stays(store: Store) -> None:
    conversation = await store.conversations.create("t", "prod")
    ((pages,),) = await store._database.fetch("PRAGMA page_count")
    await store._database.fetch(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match="disk is full"):
        await store.conversations.append(conversation.id, Message("user", "x" * 1_000_000, 1.0))
    assert await store.conversations.messages(conversation.id) == []
    await store._database.fetch("PRAGMA max_page_count = 1000000")
    await store.conversations.append(conversation.id, Message("user", "fits again", 1.0))


async def test_a_lock_that_is_never_given_is_said(path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_OPEN_SECONDS", 0.0)
    with path.with_name("kubegenie.db.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match="cannot be opened"):
            await Store.open(path)


async def test_in_memory_works_and_forgets() -> None:
    store = await Store.in_memory("why")
    conversation = await store.conversations.create("t", "prod")
    await store.conversations.append(conversation.id, Message("user", "hello", 1.0))
    assert len(await store.conversations.search("hello")) == 1
    assert store.notice == "why"
    await store.close()
    again = await Store.in_memory()
    assert await again.conversations.recent() == []
    await again.close()


_WRITER = """
import asyncio, sys
from pathlib import Path
from kubegenie_tui.domain.conversation import LookUp, Message, Record
from kubegenie_tui.store.store import Store

async def main():
    store = await Store.open(Path(sys.argv[1]))
    conversation = await store.conversations.create(sys.argv[2], "prod")
    for number in range(100):
        await store.conversations.append(conversation.id, Message("user", f"{sys.argv[2]} {number}", float(number)))
    await store.close()

asyncio.run(main())
"""


async def test_processes_that_start_and_write_at_once_lose_nothing(path: Path) -> None:
    names = ["alpha", "beta", "gamma"]
    arguments = [sys.executable, "-W", "error", "-c", _WRITER, str(path)]
    processes = [await asyncio.create_subprocess_exec(*arguments, name) for name in names]
    assert [await process.wait() for process in processes] == [0, 0, 0]
    store = await Store.open(path)
    assert store.notice == ""
    assert sorted(c.title for c in await store.conversations.recent()) == names
    for conversation in await store.conversations.recent():
        texts = [message.text for message in await store.conversations.messages(conversation.id)]
        assert texts == [f"{conversation.title} {number}" for number in range(100)]
    await store.close()


async def test_damage_met_by_several_processes_is_set_aside_once(path: Path) -> None:
    put(path, b"junk" * 2000)
    arguments = [sys.executable, "-W", "error", "-c", _WRITER, str(path)]
    processes = [await asyncio.create_subprocess_exec(*arguments, name) for name in ("alpha", "beta")]
    assert [await process.wait() for process in processes] == [0, 0]
    assert len(list(path.parent.glob("kubegenie.db.damaged-*"))) == 1
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM messages").fetchone() == (200,)
    connection.close()


async def test_a_closed_store_says_so(store: Store) -> None:
    await store.close()
    with pytest.raises(StoreError, match="closed"):
        await store.conversations.recent()
    with pytest.raises(StoreError, match="closed"):
        await store.conversations.create("t", "c")

import asyncio
import sqlite3
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from kubegenie_tui.changes.audit import Audit, Verdict, local_actor, open_audit, paired
from kubegenie_tui.domain.errors import StoreError
from kubegenie_tui.store.store import Store
from tests.unit.changes.entries import SCALED, entry


async def fill(audit: Audit, count: int) -> None:
    for number in range(count):
        await audit.intend(entry(name=f"web-{number + 1}"))


async def test_an_intent_and_its_result_are_kept(audit: Audit) -> None:
    seq = await audit.intend(SCALED)
    await audit.conclude(seq, "done", 200, "scaled", 12.345)
    (pair,) = paired(await audit.entries())
    intent, result = pair
    assert intent == entry(seq=1)
    assert result is not None
    assert (result.intent, result.result, result.code, result.message, result.latency_ms) == (
        1,
        "done",
        200,
        "scaled",
        12.3,
    )
    assert (result.name, result.plan, result.seq) == ("checkout", SCALED.plan, 2)
    assert (await audit.verify()).ok


async def test_an_intent_without_a_result_is_open(audit: Audit) -> None:
    await audit.intend(SCALED)
    assert [result for _, result in paired(await audit.entries())] == [None]


async def test_the_newest_come_first_by_cluster_and_time(audit: Audit) -> None:
    for at, cluster in ((1.0, "a"), (2.0, "b"), (3.0, "a"), (4.0, "a")):
        await audit.intend(entry(at=at, cluster=cluster))
    assert [each.at for each in await audit.entries(2)] == [4.0, 3.0]
    assert [each.at for each in await audit.entries(cluster="a")] == [4.0, 3.0, 1.0]
    assert [each.at for each in await audit.entries(since=2.0)] == [4.0, 3.0, 2.0]


async def test_a_result_needs_its_intent(audit: Audit) -> None:
    with pytest.raises(StoreError, match="no intent 7"):
        await audit.conclude(7, "done")
    result = await audit.conclude(await audit.intend(SCALED), "done")
    with pytest.raises(StoreError, match="no intent 2"):
        await audit.conclude(result, "done")


async def test_what_the_server_says_of_a_secret_is_not_kept(audit: Audit) -> None:
    seq = await audit.intend(entry(kind="secrets", name="db"))
    await audit.conclude(seq, "failed", 400, 'illegal base64 data: {"password":"hunter2!"}')
    assert "hunter2" not in (await audit.entries(1))[0].message


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("spec.replicas: Invalid value: -1: must be at least 0", "spec.replicas: Invalid value: …: must be at least 0"),
        (
            'env[0].name: Invalid value: "hunter \\"2\\"": a name must be',
            "env[0].name: Invalid value: …: a name must be",
        ),
        ('data: Invalid value: {"a":"hunter2"}: field is immutable', "data: Invalid value: …: field is immutable"),
        (
            'type: Unsupported value: "hunter2": supported values: "A"',
            'type: Unsupported value: …: supported values: "A"',
        ),
        ('data: Invalid value: "hunter2 is cut o', "data: Invalid value: …"),
        ('data: Invalid value: {"a":"hunter2 is cut o', "data: Invalid value: …"),
        ("pods is forbidden", "pods is forbidden"),
    ],
)
async def test_values_that_a_server_quotes_are_not_kept(audit: Audit, said: str, kept: str) -> None:
    seq = await audit.intend(entry(kind="deployments.apps", name="web"))
    await audit.conclude(seq, "failed", 422, said)
    assert (await audit.entries(1))[0].message == kept


async def test_odd_text_and_endless_messages_are_written_all_the_same(audit: Audit) -> None:
    seq = await audit.intend(entry(plan="half a \ud83d pair", how="\0"))
    await audit.conclude(seq, "failed", 500, "x" * 100_000)
    assert len((await audit.entries(1))[0].message) == 1000
    assert (await audit.verify()).ok


async def test_the_files_beside_the_database_are_private(audit: Audit, tmp_path: Path) -> None:
    await audit.intend(SCALED)
    for name in ("audit.key", "audit.checkpoints"):
        assert stat.S_IMODE((tmp_path / "data" / name).stat().st_mode) == 0o600
    assert len((tmp_path / "data" / "audit.key").read_bytes()) == 32


async def test_the_chain_goes_on_after_a_restart(audit: Audit, store: Store, tmp_path: Path) -> None:
    await fill(audit, 2)
    await store.close()
    again = await Store.open(tmp_path / "data" / "kubegenie.db")
    later = await open_audit(again, tmp_path / "data")
    await fill(later, 2)
    assert await later.verify() == Verdict(True, 4, head=(await last_hash(again)).hex())
    await again.close()


async def last_hash(store: Store) -> bytes:
    return (await store.audit.latest(1))[0].hash


async def test_what_cannot_be_kept_is_refused() -> None:
    store = await Store.in_memory()
    with pytest.raises(StoreError, match="audit log cannot be kept"):
        await Audit(store.audit, bytes(32), Path("/nowhere")).intend(SCALED)
    await store.close()


async def test_an_entry_whose_checkpoint_cannot_be_written_is_no_intent(store: Store, tmp_path: Path) -> None:
    audit = Audit(store.audit, bytes(32), tmp_path / "no such directory" / "checkpoints")
    with pytest.raises(StoreError, match="checkpoints"):
        await audit.intend(SCALED)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET entry = '{}'",
        "DELETE FROM audit",
        "REPLACE INTO audit VALUES (1, '{}', x'00')",
        "INSERT INTO audit VALUES (9, '{}', x'00')",
    ],
)
async def test_the_database_refuses_everything_but_the_next_row(audit: Audit, store: Store, statement: str) -> None:
    await fill(audit, 2)
    with pytest.raises(StoreError, match="only ever added to"):
        await store._database.fetch(statement)
    assert (await audit.verify()).checked == 2


Damage = Callable[[sqlite3.Connection], object]


def damaged(path: Path, damage: Damage) -> None:
    """What somebody does who can write the file: the triggers are in their way for one statement."""
    connection = sqlite3.connect(path)
    for trigger in ("audit_no_update", "audit_no_delete", "audit_in_order"):
        connection.execute(f"DROP TRIGGER {trigger}")
    damage(connection)
    connection.commit()
    connection.close()


def flip(column: str) -> Damage:
    def change(connection: sqlite3.Connection) -> None:
        ((value,),) = connection.execute(f"SELECT CAST({column} AS BLOB) FROM audit WHERE seq = 4").fetchall()
        at = len(value) // 2
        changed = value[:at] + bytes([value[at] ^ 0x81]) + value[at + 1 :]
        connection.execute(f"UPDATE audit SET {column} = ? WHERE seq = 4", (changed,))

    return change


def swap(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE audit SET seq = -1 WHERE seq = 4")
    connection.execute("UPDATE audit SET seq = 4 WHERE seq = 5")
    connection.execute("UPDATE audit SET seq = 5 WHERE seq = -1")


def drop_and_close_the_gap(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM audit WHERE seq = 4")
    for seq in range(5, 11):
        connection.execute("UPDATE audit SET seq = ? WHERE seq = ?", (seq - 1, seq))


def insert_a_copy(connection: sqlite3.Connection) -> None:
    for seq in range(10, 3, -1):
        connection.execute("UPDATE audit SET seq = ? WHERE seq = ?", (seq + 1, seq))
    connection.execute("INSERT INTO audit SELECT 4, entry, hash FROM audit WHERE seq = 3")


def run(statement: str) -> Damage:
    return lambda connection: connection.execute(statement)


DAMAGE: list[tuple[str, Damage, int]] = [
    ("a byte of an entry", flip("entry"), 4),
    ("a byte of a hash", flip("hash"), 4),
    ("a row dropped", run("DELETE FROM audit WHERE seq = 4"), 4),
    ("the first row dropped", run("DELETE FROM audit WHERE seq = 1"), 1),
    ("a row dropped and the gap closed", drop_and_close_the_gap, 4),
    ("a row put in", insert_a_copy, 4),
    ("a row put in before all", run("INSERT INTO audit SELECT 0, entry, hash FROM audit WHERE seq = 1"), 0),
    ("a row put in at the end", run("INSERT INTO audit SELECT 11, entry, hash FROM audit WHERE seq = 10"), 11),
    ("two rows swapped", swap, 4),
    ("the end cut off", run("DELETE FROM audit WHERE seq > 7"), 8),
    ("only the last row cut off", run("DELETE FROM audit WHERE seq = 10"), 10),
    ("everything gone", run("DELETE FROM audit"), 1),
    ("an entry emptied", run("UPDATE audit SET entry = '' WHERE seq = 4"), 4),
    ("a hash that is text", run("UPDATE audit SET hash = 'none' WHERE seq = 4"), 4),
]


@pytest.mark.parametrize(("damage", "bad"), [each[1:] for each in DAMAGE], ids=[each[0] for each in DAMAGE])
async def test_damage_is_found_and_named(audit: Audit, tmp_path: Path, damage: Damage, bad: int) -> None:
    await fill(audit, 10)
    damaged(tmp_path / "data" / "kubegenie.db", damage)
    verdict = await audit.verify()
    assert not verdict.ok
    assert verdict.first_bad == bad
    assert verdict.why
    await audit.entries()


async def test_an_older_copy_is_found_even_when_it_was_written_on(audit: Audit, store: Store, tmp_path: Path) -> None:
    await fill(audit, 3)
    copy = tmp_path / "older.db"
    await store._database.fetch("VACUUM INTO ?", (str(copy),))
    await fill(audit, 2)
    older = await Store.open(copy)
    replayed = await open_audit(older, tmp_path / "data")
    assert (await replayed.verify()).first_bad == 4
    await replayed.intend(entry(name="another"))
    await replayed.intend(entry(name="another"))
    verdict = await replayed.verify()
    assert verdict.first_bad == 4
    assert "older copy" in verdict.why
    await older.close()


async def test_another_key_fits_nothing(audit: Audit, store: Store, tmp_path: Path) -> None:
    await fill(audit, 2)
    (tmp_path / "data" / "audit.key").write_bytes(bytes(32))
    assert (await (await open_audit(store, tmp_path / "data")).verify()).first_bad == 1


@pytest.mark.parametrize("kept", [0, 1, 3])
async def test_checkpoints_that_are_gone_are_missed(audit: Audit, tmp_path: Path, kept: int) -> None:
    file = tmp_path / "data" / "audit.checkpoints"
    await fill(audit, 5)
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:4]))
    assert (await audit.verify()).ok, "one may be missing: a process was killed before it wrote it"
    file.write_bytes(b"".join(lines[:kept]))
    verdict = await audit.verify()
    assert not verdict.ok
    assert f"ends after {kept}" in verdict.why


async def test_a_changed_checkpoint_is_named_and_one_cut_short_is_not(audit: Audit, tmp_path: Path) -> None:
    file = tmp_path / "data" / "audit.checkpoints"
    await fill(audit, 3)
    with file.open("ab") as end:
        end.write(b'{"seq":4,"ha')
    await fill(audit, 1)
    assert (await audit.verify()).ok
    file.write_bytes(file.read_bytes().replace(b'"seq":2', b'"seq":9'))
    verdict = await audit.verify()
    assert (verdict.ok, verdict.first_bad) == (False, None)
    assert "line 2 of audit.checkpoints" in verdict.why


APPENDING = """
import asyncio, sys
from pathlib import Path
from kubegenie_tui.changes.audit import open_audit
from kubegenie_tui.store.store import Store
from tests.unit.changes.entries import entry

async def main(directory, name):
    store = await Store.open(directory / "kubegenie.db")
    audit = await open_audit(store, directory)
    for number in range(20):
        await audit.conclude(await audit.intend(entry(name=name)), "done")
    await store.close()

asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
"""


async def test_two_processes_write_one_chain(tmp_path: Path) -> None:
    directory = tmp_path / "data"
    writers = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", APPENDING, str(directory), name)
        for name in ("one", "two")
    ]
    assert [await writer.wait() for writer in writers] == [0, 0]
    store = await Store.open(directory / "kubegenie.db")
    audit = await open_audit(store, directory)
    assert (await audit.verify()).checked == 80
    pairs = paired(await audit.entries(1000))
    assert sorted(intent.name for intent, _ in pairs) == ["one"] * 20 + ["two"] * 20
    assert all(result is not None and result.name == intent.name for intent, result in pairs)
    await store.close()


async def test_rows_can_be_read_by_others(audit: Audit) -> None:
    await fill(audit, 1)
    (row,) = [row async for row in audit.rows()]
    told = msgspec.json.decode(row.entry)
    assert list(told) == sorted(told)
    assert told["seq"] == 1


def test_the_actor_is_a_person_at_a_machine() -> None:
    user, _, host = local_actor().partition("@")
    assert user
    assert host

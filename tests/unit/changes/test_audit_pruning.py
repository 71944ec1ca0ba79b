"""Taking old entries out of the log: what stays is proved, what went is in a file, and every damage is still found."""

import asyncio
import sqlite3
import stat
import sys
from pathlib import Path

import msgspec
import pytest

from kubegenie_tui.changes.audit import Audit, Verdict, open_audit, paired
from kubegenie_tui.changes.audit_pruning import archived, prune
from kubegenie_tui.domain.errors import KubeGenieError, StoreError, UsageError
from kubegenie_tui.store.store import Store
from tests.unit.changes.entries import entry
from tests.unit.changes.test_audit import APPENDING, DAMAGE, Damage, damaged, flip

DAY = 86_400.0
NOW = 1_000 * DAY


async def fill(audit: Audit, days: range) -> None:
    """A change a day, each with its result."""
    for day in days:
        audit._now = lambda day=day: day * DAY + 60.0  # type: ignore[misc]
        seq = await audit.intend(entry(at=day * DAY, name=f"web-{day}"))
        await audit.conclude(seq, "done", 200)


@pytest.fixture
async def log(store: Store, tmp_path: Path) -> Audit:
    """Twelve entries, of the days 1 to 6."""
    audit = await open_audit(store, tmp_path / "data")
    await fill(audit, range(1, 7))
    return audit


async def seqs(audit: Audit) -> list[int]:
    return [row.seq async for row in audit.rows()]


async def test_what_is_old_goes_into_a_file_and_the_rest_is_proved(log: Audit, tmp_path: Path) -> None:
    file = tmp_path / "old.jsonl"
    before = {row.seq: row async for row in log.rows()}
    pruned = await prune(log, 4 * DAY, file, NOW)
    assert (pruned.entries, pruned.last, pruned.seal) == (6, 6, before[6].hash.hex())
    assert await seqs(log) == [7, 8, 9, 10, 11, 12, 13, 14]
    verdict = await log.verify()
    assert (verdict.ok, verdict.checked, verdict.begins) == (True, 8, 7)
    assert [row async for row in archived(file)] == [before[seq] for seq in range(1, 7)]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    ((intent, result),) = paired(await log.entries(2))
    assert (intent.verb, intent.kind, intent.plan) == (
        "prune",
        "audit",
        f"Take 6 entries out of the audit log, into {file}",
    )
    assert result is not None
    assert result.result == "done"


async def test_again_and_again(log: Audit, tmp_path: Path, store: Store) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    await prune(log, 2 * DAY, first, NOW)
    await prune(log, 5 * DAY, second, NOW)
    again = await open_audit(store, tmp_path / "data")
    await again.conclude(await again.intend(entry(name="later")), "done")
    assert ((await again.verify()).ok, (await again.verify()).begins) == (True, 9)
    for file, begins, count in ((first, 1, 2), (second, 3, 6)):
        verdict = await again.verify_archive(archived(file))
        assert (verdict.ok, verdict.begins, verdict.checked) == (True, begins, count)


async def test_the_result_of_a_change_keeps_the_change(store: Store, tmp_path: Path) -> None:
    audit = await open_audit(store, tmp_path / "data")
    await fill(audit, range(1, 2))
    long = await audit.intend(entry(at=2 * DAY, name="long"))
    await audit.intend(entry(at=2 * DAY, name="never ended"))
    audit._now = lambda: 500 * DAY
    await audit.conclude(long, "done")
    await prune(audit, 400 * DAY, tmp_path / "old", NOW)
    kept = await audit.entries()
    assert [each.name for each in reversed(kept)][:3] == ["long", "never ended", "long"]
    assert (await audit.verify()).ok


@pytest.mark.parametrize(
    ("before", "why"),
    [(NOW - DAY / 2, "kept for a day at least"), (0.5 * DAY, "nothing so old on record")],
)
async def test_what_is_not_taken_out(log: Audit, tmp_path: Path, before: float, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        await prune(log, before, tmp_path / "old", NOW)
    assert not (tmp_path / "old").exists()
    assert await log.verify() == Verdict(True, 12, head=(await log.verify()).head)


async def test_a_file_that_is_there_is_not_written_over(log: Audit, tmp_path: Path) -> None:
    (tmp_path / "old").write_text("mine")
    with pytest.raises(UsageError, match="is there already"):
        await prune(log, 4 * DAY, tmp_path / "old", NOW)
    with pytest.raises(StoreError, match="cannot be written"):
        await prune(log, 4 * DAY, tmp_path / "nowhere" / "old", NOW)
    assert (tmp_path / "old").read_text() == "mine"
    assert await seqs(log) == list(range(1, 13))


async def test_nothing_is_taken_out_of_a_damaged_log(log: Audit, tmp_path: Path) -> None:
    damaged(tmp_path / "data" / "kubegenie.db", flip("entry"))
    with pytest.raises(KubeGenieError, match="The audit log is damaged"):
        await prune(log, 4 * DAY, tmp_path / "old", NOW)
    assert await seqs(log) == list(range(1, 13))


async def test_the_database_refuses_deletions_as_before(log: Audit, store: Store, tmp_path: Path) -> None:
    await prune(log, 4 * DAY, tmp_path / "old", NOW)
    for statement in ("DELETE FROM audit", "UPDATE audit SET entry = '{}'", "INSERT INTO audit VALUES (1, '{}', x'')"):
        with pytest.raises(StoreError, match="only ever added to"):
            await store._database.fetch(statement)


def moved(damage: Damage, by: int) -> Damage:
    """The same damage, done to a log whose numbers are so much higher."""

    def change(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE audit SET seq = seq - 1000000")
        connection.execute("UPDATE audit SET seq = seq + 1000000 - ?", (by,))
        damage(connection)
        connection.execute("UPDATE audit SET seq = seq - 1000000")
        connection.execute("UPDATE audit SET seq = seq + 1000000 + ?", (by,))

    return change


@pytest.mark.parametrize(("damage", "bad"), [each[1:] for each in DAMAGE], ids=[each[0] for each in DAMAGE])
async def test_damage_is_found_in_what_is_left(store: Store, tmp_path: Path, damage: Damage, bad: int) -> None:
    audit = await open_audit(store, tmp_path / "data")
    await fill(audit, range(1, 7))
    audit._now = lambda: 7 * DAY
    await prune(audit, 3 * DAY, tmp_path / "old", NOW)
    gone = (await audit.verify()).begins - 1
    assert (await audit.verify()).checked == 10
    damaged(tmp_path / "data" / "kubegenie.db", moved(damage, gone))
    verdict = await audit.verify()
    assert (verdict.ok, verdict.first_bad) == (False, bad + gone)


async def test_a_beginning_that_was_taken_out_by_hand_is_found(log: Audit, tmp_path: Path) -> None:
    await prune(log, 3 * DAY, tmp_path / "old", NOW)
    database, checkpoints = tmp_path / "data" / "kubegenie.db", tmp_path / "data" / "audit.checkpoints"
    damaged(database, lambda connection: connection.execute("DELETE FROM audit WHERE seq <= 8"))
    assert (await log.verify()).first_bad == 5
    forged = checkpoints.read_bytes().replace(b'"seq":4,', b'"seq":8,')
    checkpoints.write_bytes(forged)
    assert not (await log.verify()).ok
    mark = next(line for line in forged.splitlines() if b'"seq":8,' in line and b"begins" not in line)
    checkpoints.write_bytes(forged + mark.replace(b"}", b',"begins":true}') + b"\n")
    assert not (await log.verify()).ok


async def test_without_its_seal_the_beginning_is_missing(log: Audit, tmp_path: Path) -> None:
    await prune(log, 3 * DAY, tmp_path / "old", NOW)
    file = tmp_path / "data" / "audit.checkpoints"
    file.write_bytes(b"".join(line for line in file.read_bytes().splitlines(True) if b"begins" not in line))
    verdict = await log.verify()
    assert (verdict.ok, verdict.first_bad, verdict.why) == (False, 1, "it is missing")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b"web-2", b"web-9", "it is not what was written here"),
        (b'"seq":3,"hash"', b'"seq":7,"hash"', "it is missing"),
    ],
)
async def test_a_changed_archive_is_found(log: Audit, tmp_path: Path, old: bytes, new: bytes, why: str) -> None:
    file = tmp_path / "old"
    await prune(log, 4 * DAY, file, NOW)
    file.write_bytes(file.read_bytes().replace(old, new))
    verdict = await log.verify_archive(archived(file))
    assert (verdict.ok, verdict.first_bad) == (False, 3)
    assert verdict.why.startswith(why)


async def test_an_archive_that_was_cut_short_or_is_none(log: Audit, tmp_path: Path) -> None:
    file = tmp_path / "old"
    await prune(log, 4 * DAY, file, NOW)
    lines = file.read_bytes().splitlines(True)
    for kept, bad in ((lines[:4], 5), (lines[2:], 1), ([], 7)):
        file.write_bytes(b"".join(kept))
        verdict = await log.verify_archive(archived(file))
        assert (verdict.ok, verdict.first_bad) == (False, bad)
    file.write_bytes(b"hello\n")
    with pytest.raises(StoreError, match="is no archive"):
        await log.verify_archive(archived(file))
    with pytest.raises(StoreError, match="cannot be read"):
        await log.verify_archive(archived(tmp_path / "nowhere"))


async def test_a_crash_between_the_seal_and_the_cut_loses_nothing(
    log: Audit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: object) -> None:
        raise StoreError("The disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(log._table, "cut", fail)
        with pytest.raises(StoreError, match="disk is full"):
            await prune(log, 4 * DAY, tmp_path / "old", NOW)
    verdict = await log.verify()
    assert (verdict.ok, verdict.checked, verdict.begins) == (True, 14, 1)
    assert [each.result for each in await log.entries(1)] == ["failed"]
    await prune(log, 4 * DAY, tmp_path / "second try", NOW)
    assert ((await log.verify()).ok, (await log.verify()).begins) == (True, 7)


async def test_others_write_on_meanwhile(log: Audit, tmp_path: Path) -> None:
    directory = tmp_path / "data"
    writer = await asyncio.create_subprocess_exec(sys.executable, "-c", APPENDING, str(directory), "other")
    for day in range(2, 7):
        await prune(log, day * DAY, tmp_path / f"old-{day}", NOW)
    assert await writer.wait() == 0
    verdict = await log.verify()
    assert (verdict.ok, verdict.begins, verdict.checked) == (True, 11, 12 - 10 + 2 * 5 + 40)


async def test_the_file_of_checkpoints_shrinks_and_stays_private(log: Audit, tmp_path: Path) -> None:
    file = tmp_path / "data" / "audit.checkpoints"
    await prune(log, 6 * DAY, tmp_path / "old", NOW)
    marks = [msgspec.json.decode(line) for line in file.read_bytes().splitlines()]
    assert [mark["seq"] for mark in marks] == [11, 12, 13, 10, 14]
    assert [mark["seq"] for mark in marks if mark.get("begins")] == [10]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not (file.parent / "audit.checkpoints.new").exists()

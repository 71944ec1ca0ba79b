import asyncio
import sqlite3
import time
from pathlib import Path

import msgspec
import pytest

from kubegenie_tui.changes.audit import Audit, open_audit
from kubegenie_tui.cli import main
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.paths import data_dir, database_file
from kubegenie_tui.store.store import Store
from tests.unit.changes.entries import SCALED, entry

Capture = pytest.CaptureFixture[str]


def recorded() -> None:
    """Three changes: done, failed, and one that nobody knows the end of."""
    asyncio.run(_record())


async def _record() -> None:
    store = await Store.open(database_file())
    audit: Audit = await open_audit(store, data_dir())
    await audit.conclude(await audit.intend(entry(name="web", plan="Scale web")), "done", 200, "", 12.0)
    refused = entry(
        at=1_764_150_000.0, cluster="staging", kind="secrets", name="db", tier=3, how="typed db", verb="delete"
    )
    await audit.conclude(await audit.intend(refused), "failed", 403, "forbidden", 5.0)
    await audit.intend(entry(at=1_764_160_000.0, name="cart", subresource="", plan="Restart | cart\n= now"))
    await store.close()


def lines(capsys: Capture) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_the_latest_changes_with_how_they_ended(capsys: Capture) -> None:
    recorded()
    assert main(["audit", "list"]) == Exit.OK
    titles, cart, secret, web = lines(capsys)
    assert titles.split() == ["#", "TIME", "CLUSTER", "WHO", "CHANGE", "OBJECT", "TIER", "APPROVED", "RESULT"]
    assert cart.endswith("no result: under way, or KubeGenie ended before the answer")
    assert "delete secrets/scale shop/db" in secret
    assert "failed 403" in secret
    assert "typed db" in secret
    assert web.startswith(f"1   {time.strftime('%Y-%m-%d %H:%M', time.localtime(SCALED.at))}")
    assert web.endswith("done")


def test_one_cluster_since_a_time_and_so_many(capsys: Capture) -> None:
    recorded()
    assert main(["audit", "list", "--context", "staging"]) == Exit.OK
    assert len(lines(capsys)) == 2
    assert main(["audit", "list", "--since", "2025-11-26T10:20:00+00:00", "--limit", "1"]) == Exit.OK
    assert "cart" in lines(capsys)[1]
    assert main(["audit", "list", "--since", "5m"]) == Exit.OK
    assert capsys.readouterr() == ("", "Nothing is on record.\n")
    assert main(["audit", "list", "--limit", "0"]) == Exit.USAGE


def test_the_list_as_json(capsys: Capture) -> None:
    recorded()
    assert main(["audit", "list", "-o", "json"]) == Exit.OK
    cart, secret, web = (msgspec.json.decode(line) for line in lines(capsys))
    assert (web["seq"], web["result"], web["code"], web["latency_ms"]) == (1, "done", 200, 12.0)
    assert (secret["result"], secret["identity"], secret["tier"]) == ("failed", "platform-admin", 3)
    assert cart["result"] == "unknown"


def test_a_log_that_is_whole(capsys: Capture) -> None:
    recorded()
    assert main(["audit", "verify"]) == Exit.OK
    assert capsys.readouterr().out.startswith("5 entries, every one as it was written.")


def test_damage_is_named_and_the_status_tells_it(capsys: Capture) -> None:
    recorded()
    connection = sqlite3.connect(database_file())
    connection.execute("DROP TRIGGER audit_no_update")
    connection.execute("UPDATE audit SET entry = replace(entry, 'platform-admin', 'nobody') WHERE seq = 3")
    connection.commit()
    connection.close()
    assert main(["audit", "verify"]) == Exit.FAILED
    assert "Entry 3 of the audit log is not good" in capsys.readouterr().err
    assert main(["audit", "verify", "-o", "json"]) == Exit.FAILED
    told = msgspec.json.decode(capsys.readouterr().out)
    assert (told["ok"], told["checked"], told["first_bad"]) == (False, 2, 3)


def test_a_changed_checkpoint_is_damage_too(capsys: Capture) -> None:
    recorded()
    file = data_dir() / "audit.checkpoints"
    file.write_bytes(file.read_bytes().replace(b'"seq":1', b'"seq":7'))
    assert main(["audit", "verify"]) == Exit.FAILED
    assert "A checkpoint of the audit log was changed" in capsys.readouterr().err


def test_nothing_was_ever_changed(capsys: Capture) -> None:
    assert main(["audit", "verify"]) == Exit.OK
    assert main(["audit", "export"]) == Exit.OK
    assert capsys.readouterr().out == "Nothing is on record.\n"


@pytest.mark.parametrize(("form", "count"), [("jsonl", 5), ("k8s", 5), ("ocsf", 3), ("cef", 3)])
def test_every_form_prints_one_line_an_entry_or_a_change(capsys: Capture, form: str, count: int) -> None:
    recorded()
    assert main(["audit", "export", "--format", form]) == Exit.OK
    assert len(lines(capsys)) == count


def test_no_database_is_a_failure(home: Path, capsys: Capture) -> None:
    home.mkdir()
    (home / "data").write_text("no directory")
    assert main(["audit", "list"]) == Exit.FAILED
    assert "data" in capsys.readouterr().err


def test_old_entries_are_taken_out_into_a_file(capsys: Capture, tmp_path: Path) -> None:
    asyncio.run(_record_in_2025())
    recorded()
    file = tmp_path / "old.jsonl"
    assert main(["audit", "prune", "--before", "5m", "--to", str(file)]) == Exit.USAGE
    assert "kept for a day at least" in capsys.readouterr().err
    assert main(["audit", "prune", "--before", "2025-01-01", "--to", str(file)]) == Exit.USAGE
    assert "nothing so old on record" in capsys.readouterr().err
    assert main(["audit", "prune", "--before", "2025-11-26T08:30:00+00:00", "--to", str(file)]) == Exit.OK
    (told,) = lines(capsys)
    assert told.startswith(f"4 entries are in {file} now. The log begins after entry 4, whose seal is ")
    assert len(file.read_text().splitlines()) == 4
    assert main(["audit", "verify"]) == Exit.OK
    (told,) = lines(capsys)
    assert told.startswith("7 entries, every one as it was written from entry 5 on: those before were taken out by")
    assert main(["audit", "verify", "--archive", str(file)]) == Exit.OK
    assert lines(capsys)[0].startswith("4 entries, every one as it was written. ")
    file.write_text(file.read_text().replace("web", "wob"))
    assert main(["audit", "verify", "--archive", str(file), "-o", "json"]) == Exit.FAILED
    assert msgspec.json.decode(capsys.readouterr().out)["first_bad"] == 1
    assert main(["audit", "list", "--limit", "1", "-o", "json"]) == Exit.OK
    told = msgspec.json.decode(capsys.readouterr().out)
    assert (told["verb"], told["kind"], told["result"]) == ("prune", "audit", "done")


async def _record_in_2025() -> None:
    store = await Store.open(database_file())
    audit = await open_audit(store, data_dir())
    audit._now = lambda: SCALED.at + 60.0
    for name in ("web", "cart"):
        await audit.conclude(await audit.intend(entry(name=name)), "done", 200)
    await store.close()

"""The audit log on screen: what matters most is seen in 80 columns, the others can be reached, and it is sorted."""

import time

import msgspec
from textual.pilot import Pilot

from kubegenie_tui.changes.audit import Entry
from kubegenie_tui.screens.audit import AuditScreen
from tests.ui.played_audit import SCALED, audit_screen
from tests.ui.stage import Stage, text_of, until

NARROW, BROAD = (80, 24), (160, 45)


def log() -> tuple[Entry, ...]:
    """Three changes, each done: the name of an object, who changed it, and how many minutes ago."""
    changes = (("cart", "zoe", 1), ("web", "ada", 2), ("api", "max", 3))
    found = []
    for at, (name, who, minutes) in enumerate(changes):
        plan = f"Scale deployment shop/{name} from 3 to 6"
        begun = time.time() - 60 * minutes
        intent = msgspec.structs.replace(
            SCALED, name=name, identity=who, asked_by="person", plan=plan, at=begun, seq=9 - 2 * at
        )
        result = msgspec.structs.replace(
            intent, phase="result", intent=intent.seq, seq=intent.seq + 1, result="done", latency_ms=12, message="fine"
        )
        found += [result, intent]
    return tuple(found)


def names(pilot: Pilot[None]) -> list[str]:
    assert isinstance(pilot.app.screen, AuditScreen)
    table = pilot.app.screen.table
    return [row.name for row in table.view.window(0, len(table.view))]


async def shown(pilot: Pilot[None]) -> AuditScreen:
    await until(pilot, lambda: isinstance(pilot.app.screen, AuditScreen) and len(names(pilot)) == 3)
    assert isinstance(pilot.app.screen, AuditScreen)
    return pilot.app.screen


async def sorted_by(pilot: Pilot[None], key: str, wanted: list[str]) -> None:
    await pilot.press(key)
    await until(pilot, lambda: names(pilot) == wanted)


async def test_what_matters_most_is_seen_in_80_columns() -> None:
    entries = [msgspec.structs.replace(each, asked_by="genie", name=f"{each.name}-a-long-name") for each in log()]
    async with Stage(screen=audit_screen(*entries)).run_test(size=NARROW) as pilot:
        screen = await shown(pilot)
        assert screen.table.shown_titles() == ("NAME", "RESULT", "CHANGE", "WHO", "AGE")
        rows = text_of(pilot).split("RESULT")[1]
        assert all(part in rows for part in ("cart-a-lo", "done", "Scale deployment shop/", "zoe, asked by", "2m"))


async def test_the_others_are_reached_in_wide_mode_by_scrolling() -> None:
    async with Stage(screen=audit_screen(*log())).run_test(size=NARROW) as pilot:
        screen = await shown(pilot)
        assert "ANSWER" not in text_of(pilot)
        await pilot.press("ctrl+w")
        assert screen.table.shown_titles()[-3:] == ("AGE", "TIER", "ANSWER")
        await pilot.press(*["right"] * 20)
        await until(pilot, lambda: "12 ms fine" in text_of(pilot))
        assert all(title in text_of(pilot) for title in ("APPROVED", "TIER", "ANSWER"))
        await pilot.press("ctrl+w")
        await until(pilot, lambda: "ANSWER" not in text_of(pilot))


async def test_all_columns_are_seen_where_there_is_room() -> None:
    async with Stage(screen=audit_screen(*log())).run_test(size=BROAD) as pilot:
        screen = await shown(pilot)
        titles = ("NAMESPACE", "NAME", "RESULT", "CHANGE", "WHO", "APPROVED", "AGE", "TIER", "ANSWER")
        assert screen.table.shown_titles() == titles


async def test_it_is_sorted_by_its_columns() -> None:
    async with Stage(screen=audit_screen(*log())).run_test(size=BROAD) as pilot:
        await shown(pilot)
        assert names(pilot) == ["cart", "web", "api"]
        await sorted_by(pilot, "W", ["web", "api", "cart"])
        await sorted_by(pilot, "W", ["cart", "api", "web"])
        await sorted_by(pilot, "C", ["api", "cart", "web"])
        await sorted_by(pilot, "N", ["api", "cart", "web"])
        await sorted_by(pilot, "N", ["web", "cart", "api"])
        await sorted_by(pilot, "A", ["cart", "web", "api"])


async def test_it_is_sorted_by_how_it_went_and_by_a_click_on_a_title() -> None:
    entries = list(log())
    entries[2] = msgspec.structs.replace(entries[2], result="failed")
    async with Stage(screen=audit_screen(*entries)).run_test(size=BROAD) as pilot:
        screen = await shown(pilot)
        await pilot.press("S")
        await until(pilot, lambda: "web" in (names(pilot)[0], names(pilot)[-1]))
        header = text_of(pilot).splitlines()[screen.table.region.y]
        await pilot.click(screen.table, offset=(header.index("WHO"), 0))
        await until(pilot, lambda: names(pilot) == ["web", "api", "cart"])


async def test_an_empty_log_offers_no_entry_to_show() -> None:
    async with Stage(screen=audit_screen()).run_test(size=NARROW) as pilot:
        await until(pilot, lambda: "made from here yet" in text_of(pilot))
        assert "whole entry" not in text_of(pilot)
    async with Stage(screen=audit_screen(*log())).run_test(size=NARROW) as pilot:
        await shown(pilot)
        await until(pilot, lambda: "whole entry" in text_of(pilot))

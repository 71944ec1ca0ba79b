"""What is wrong, on screen: findings with cause, facts and the object to change."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kubegenie_tui.domain.conversation import Aftermath, Symptom
from kubegenie_tui.domain.finding import Finding
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Note, Plan
from kubegenie_tui.domain.scan import Scan, Seen
from kubegenie_tui.genie.genie import Genie
from kubegenie_tui.genie.reading.diagnosing import symptom_of
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.plan import PlanScreen
from kubegenie_tui.screens.problems import ProblemsScreen
from tests.ui.on_demo import OnDemo, app_on_demo

SHOP: dict[str, Any] = {"context": "prod-eu", "namespace": "shop"}


async def looked_at(on: OnDemo, line: str = "problems") -> ProblemsScreen:
    await on.until(lambda: on.names)
    await on.command(line)
    await on.until(lambda: isinstance(on.app.screen, ProblemsScreen) and on.names)
    screen = on.app.screen
    assert isinstance(screen, ProblemsScreen)
    return screen


async def test_findings_stand_with_their_cause_and_lead_to_the_root(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        screen = await looked_at(on)
        for words in ("what is wrong in shop", "objects checked", "cause ", "change ", "seen "):
            await on.until_shown(words)
        finding = screen._current
        assert finding is not None
        assert finding.cause in " ".join(on.text().split())
        await on.pilot.press("enter")
        await on.until(lambda: isinstance(on.app.screen, ExplorerScreen))
        await on.until(lambda: on.explorer.kind is not None and on.explorer.kind.id == finding.root.kind)


async def test_the_whole_cluster_and_the_way_back(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="") as on:
        await looked_at(on)
        await on.until_shown("what is wrong in all namespaces")
        await on.pilot.press("escape")
        await on.until(lambda: isinstance(on.app.screen, ExplorerScreen))


async def test_all_namespaces_and_another_one_may_be_typed_and_one_that_is_none_is_said(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        for line, words in (("problems -A", "all namespaces"), ("policies payments", "payments")):
            await looked_at(on, line)
            await on.until_shown(f" in {words}")
            await on.pilot.press("escape")
            await on.until(lambda: isinstance(on.app.screen, ExplorerScreen))
        none = (("paymets", "did you mean payments?"), ("shop,payments", "name one"), ("+web", '"+web" is several'))
        for namespace, words in none:
            await on.command(f"problems {namespace}")
            await on.until_shown(words)
            assert isinstance(on.app.screen, ExplorerScreen)


async def test_a_sure_remedy_is_a_plan_and_another_is_said_to_be_the_persons(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="") as on:
        screen = await looked_at(on)
        findings = screen._findings.values()
        sure = next(finding for finding in findings if finding.remedy is not None)
        unsure = next(finding for finding in findings if finding.remedy is None)
        screen.table.select(unsure.root.namespace, unsure.root.name)
        await on.until(lambda: screen._current is unsure)
        await on.pilot.press("m")
        await on.until_shown("yours to judge")
        screen.table.select(sure.root.namespace, sure.root.name)
        await on.until(lambda: screen._current is sure)
        await on.pilot.press("m")
        await on.until(lambda: isinstance(on.app.screen, PlanScreen))


async def test_policies_are_told_the_same_way(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        screen = await looked_at(on, "policies")
        await on.until_shown("what breaks policies in shop")
        await on.until_shown("objects checked")
        findings = screen._findings.values()
        assert {finding.rule.partition("/")[0] for finding in findings} == {"policy"}
        screen.table.set_filter("tls-required")
        await on.until(lambda: on.names == ["checkout", "frontend"])
        await on.until_shown("does not rule out plain HTTP")
        await on.pilot.press("enter")
        await on.until(lambda: isinstance(on.app.screen, ExplorerScreen))
        await on.until(lambda: on.explorer.kind is not None and on.explorer.kind.plural == "ingresses")


async def test_the_next_look_marks_what_is_new_and_counts_it(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        screen = await looked_at(on)
        await on.until_shown("objects checked")
        assert " since " not in on.text()
        known, *others = screen._findings.values()
        scans = on.app.services.store.scans
        scan = await scans.last("prod-eu", "shop")
        assert scan is not None
        earlier = time.mktime((2026, 11, 3, 14, 5, 0, 0, 0, -1))
        gone = Seen("volume-full", ObjectRef("persistentvolumeclaims", "data", "shop"), earlier)
        kept = next(each for each in scan.seen if (each.rule, each.root.name) == (known.rule, known.root.name))
        await scans.keep("prod-eu", "shop", Scan(earlier, (msgspec.structs.replace(kept, since=earlier), gone)))
        await on.pilot.press("r")
        await on.until_shown(f"{len(others)} new, 1 gone since 2026-11-03 14:05")
        titles = [row.cells[3] for row in screen.table.view.window(0, len(screen.table.view))]
        assert titles == [known.title, *(f"new · {each.title}" for each in others)]
        await on.until_shown("since 2026-11-03 14:05  ")
        await on.pilot.press("r")
        await on.until_shown("nothing new since ")
        assert "new · " not in on.text()


async def test_what_was_looked_at_in_part_stands_in_the_header(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, size=(200, 45), **SHOP) as on:
        screen = await looked_at(on)
        await on.until_shown("objects checked")
        assert screen._verdict is not None
        cut = msgspec.structs.replace(screen._verdict, left_out=3, partly=("240 of 1,200 unwell pods",), whole=False)
        screen._show(cut)
        await on.until_shown("without 3 more troubled namespaces, in part: 240 of 1,200 unwell pods")
        screen._show(msgspec.structs.replace(screen._verdict, unheard=("app of shop/web-1 (it is gone)",)))
        await on.until_shown("objects checked, without 1 log that cannot be read")


async def mended(on: OnDemo) -> tuple[ProblemsScreen, Finding]:
    """A finding whose sure remedy was approved and carried out."""
    screen = await looked_at(on)
    sure = next(finding for finding in screen._findings.values() if finding.remedy is not None)
    screen.table.select(sure.root.namespace, sure.root.name)
    await on.until(lambda: screen._current is sure)
    await on.pilot.press("m")
    await on.asked_to_decide()
    await on.pilot.pause()
    await on.pilot.press("y")
    await on.until(lambda: isinstance(on.app.screen, PlanScreen) and on.app.screen.run and on.app.screen.run.finished)
    await on.pilot.press("escape")
    return screen, sure


async def test_what_becomes_of_a_remedy_stands_with_its_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rest = asyncio.Event()
    gone, ready = Note(Health.OK, "gone: the fault"), Note(Health.PROGRESSING, "1 of 3 pods ready")
    asked: list[tuple[Symptom | None, Sequence[Symptom]]] = []

    async def looked_after(
        _: Genie, plan: Plan, answers: Symptom | None, known: Sequence[Symptom]
    ) -> AsyncIterator[Aftermath]:
        asked.append((answers, known))
        yield Aftermath(plan.title, "under way", (ready,), seconds=4.0)
        await rest.wait()
        yield Aftermath(plan.title, "well", (gone,), seconds=16.0)

    monkeypatch.setattr(Genie, "looked_after", looked_after)
    async with app_on_demo(tmp_path, context="prod-eu", namespace="") as on:
        screen, sure = await mended(on)
        for words in ("looking what becomes of it, 4 s", "1 of 3 pods ready"):
            await on.until_shown(words)
        [(answers, known)] = asked
        assert answers == symptom_of(sure)
        assert answers in known
        looks = screen._verdict
        rest.set()
        for words in ("all is well after 16 s", "gone: the fault"):
            await on.until_shown(words)
        await on.until(lambda: screen._verdict is not looks)

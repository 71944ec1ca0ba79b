import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from textual.pilot import Pilot

from kubegenie_tui.domain.errors import ChangedUnderneath, Forbidden, ServerFailed
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Note, Plan, Preview, Progress, Step, StepPreview, StepState, Tier, Undoable, Verb
from kubegenie_tui.screens.messages import UndoRequested
from kubegenie_tui.screens.plan import PlanScreen
from kubegenie_tui.widgets.action_button import ActionButton
from kubegenie_tui.widgets.diff_view import DiffView
from tests.ui.hostile import POISONS
from tests.ui.played_cluster import PlayedCluster
from tests.ui.played_gate import PlayedGate, Scripted, Undoables, previewed, scaling
from tests.ui.stage import Stage, text_of, until

WELL = (Progress(0, StepState.RUNNING, "5 of 6 pods ready"), Progress(0, StepState.DONE, "6 of 6 pods ready"))
BACK = Plan("Scale deployment shop/checkout from 6 to 3", "prod-eu", (), asked_by="undo")


@asynccontextmanager
async def shown(
    gate: PlayedGate,
    latest: Undoable | None = None,
    *,
    size: tuple[int, int] = (120, 40),
    plan: Plan | None = None,
    leads: str = "",
) -> AsyncIterator[tuple[Stage, Pilot[None]]]:
    app = Stage()
    async with app.run_test(size=size, notifications=True) as pilot:
        cluster, wanted = PlayedCluster(), plan or previewed().plan
        screen = PlanScreen(gate, cluster, wanted, Undoables(latest), leads=leads)  # type: ignore[arg-type] # played
        await app.push_screen(screen)
        yield app, pilot


async def decide(pilot: Pilot[None], *keys: str) -> None:
    await until(pilot, lambda: pilot.app.screen.has_class("-deciding"))
    await pilot.pause()
    await pilot.press(*keys)


def several(count: int) -> Preview:
    return previewed(*(scaling(f"web-{at}") for at in range(count)))


def focused(pilot: Pilot[None]) -> str | None:
    return pilot.app.focused.id if pilot.app.focused else None


async def test_what_would_change_is_shown_before_anything_is_asked() -> None:
    async with shown(PlayedGate(previewed())) as (_, pilot):
        await decide(pilot)
        text = text_of(pilot)
    for words in (
        "Scale deployment shop/checkout from 3 to 6",
        "W1 reversible",
        "on prod-eu  as platform-admin in sre",
        "asked at ",
        " -   replicas: 3",
        " +   replicas: 6",
        "▲ warning · HorizontalPodAutoscaler checkout (2 to 8)",
        "● accepted by the server in a dry run",
        "● can be undone",
    ):
        assert words in text


async def test_it_opens_at_once_and_says_what_it_waits_for() -> None:
    asked = asyncio.Event()
    gate = PlayedGate(asked, previewed())
    async with shown(gate) as (app, pilot):
        await until(pilot, lambda: "Scale deployment shop/checkout" in text_of(pilot))
        await until(pilot, lambda: "◐ looking at prod-eu: rights, a dry run by the server" in text_of(pilot))
        await pilot.press("y")
        asked.set()
        await decide(pilot)
        assert gate.approvals == []
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen_stack) == 1)


async def test_escape_leaves_while_the_gate_looks() -> None:
    gate = PlayedGate(asyncio.Event(), previewed())
    async with shown(gate) as (app, pilot):
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen_stack) == 1)


async def test_the_end_tells_what_leaving_it_leads_to() -> None:
    async with shown(PlayedGate(previewed(), news=[WELL]), leads="goes into shell") as (_, pilot):
        await decide(pilot, "y")
        await until(pilot, lambda: "esc goes into shell" in text_of(pilot))
    failed = (Progress(0, StepState.FAILED, error=Forbidden("no")),)
    async with shown(PlayedGate(previewed(), news=[failed]), leads="goes into shell") as (_, pilot):
        await decide(pilot, "y")
        await until(pilot, lambda: "It failed" in text_of(pilot))
        assert "goes into" not in text_of(pilot)


@pytest.mark.parametrize("keys", [("y",), ("enter",)])
async def test_a_reversible_change_takes_one_key(keys: Sequence[str]) -> None:
    gate = PlayedGate(previewed(), news=[WELL])
    async with shown(gate) as (app, pilot):
        await decide(pilot, *keys)
        await until(pilot, lambda: "Done in " in text_of(pilot))
        await until(
            pilot, lambda: "● patch deployments.apps shop/checkout · done · 6 of 6 pods ready" in text_of(pilot)
        )
        assert len(gate.approvals) == 1
        await pilot.press("enter")
        await until(pilot, lambda: len(app.screen_stack) == 1)


async def test_a_disruptive_change_leans_to_no() -> None:
    gate = PlayedGate(previewed(tier=Tier.DISRUPTIVE))
    async with shown(gate) as (app, pilot):
        await decide(pilot)
        assert focused(pilot) == "cancel"
        await until(pilot, lambda: "W2 disruptive" in text_of(pilot))
        await until(pilot, lambda: "▲ warning · it replaces the image" in text_of(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        assert gate.approvals == []


@pytest.mark.parametrize("keys", [("y",), ("right", "enter"), ("tab", "enter")])
async def test_a_disruptive_change_is_approved_by_y_or_on_its_button(keys: Sequence[str]) -> None:
    gate = PlayedGate(previewed(tier=Tier.DISRUPTIVE), news=[WELL])
    async with shown(gate) as (_, pilot):
        await decide(pilot, *keys)
        await until(pilot, lambda: "Done in " in text_of(pilot))
        assert [approval.how for approval in gate.approvals] == ["key y" if keys == ("y",) else "button Apply"]


async def test_a_destructive_change_wants_the_exact_name() -> None:
    gate = PlayedGate(previewed(tier=Tier.DESTRUCTIVE, undo=""), news=[WELL])
    async with shown(gate) as (_, pilot):
        await decide(pilot)
        await until(pilot, lambda: 'type "checkout" to apply' in text_of(pilot))
        apply = pilot.app.screen.query_one("#apply", ActionButton)
        for typed in ("y", "enter", *"checkou", "enter"):
            await pilot.press(typed)
            assert apply.disabled
        await pilot.press(*["backspace"] * 8, *"Checkout", "enter")
        assert gate.approvals == []
        await pilot.press(*["backspace"] * 8, *"checkout")
        await until(pilot, lambda: not apply.disabled)
        await pilot.press("enter")
        await until(pilot, lambda: gate.approvals)
        assert gate.approvals[0].how == "typed checkout"


async def test_many_objects_can_be_read_where_a_name_is_to_be_typed() -> None:
    preview = msgspec.structs.replace(several(7), tier=Tier.DESTRUCTIVE, confirm="7 objects")
    async with shown(PlayedGate(preview)) as (_, pilot):
        await decide(pilot, "ctrl+l")
        await until(pilot, lambda: "replicas: 6" in text_of(pilot))
        await pilot.press("pagedown")
        await until(pilot, lambda: pilot.app.screen.query_one(DiffView).top > 0)
        await until(pilot, lambda: "^l lines or counts" in text_of(pilot))


async def test_a_destructive_change_can_be_applied_on_its_button_too() -> None:
    gate = PlayedGate(previewed(tier=Tier.DESTRUCTIVE), news=[WELL])
    async with shown(gate) as (_, pilot):
        await decide(pilot, *"checkout", "tab", "right")
        await until(pilot, lambda: focused(pilot) == "apply")
        await pilot.press("enter")
        await until(pilot, lambda: gate.approvals)


async def test_a_refusal_says_what_why_and_what_next_and_offers_no_apply() -> None:
    error = Forbidden("You may not patch deployments.apps shop/checkout", "role viewer only reads", "ask for the right")
    gate = PlayedGate(previewed(refusal=error), previewed())
    async with shown(gate) as (_, pilot):
        await until(pilot, lambda: "✖ You may not patch deployments.apps shop/checkout" in text_of(pilot))
        text = text_of(pilot)
        assert "role viewer only reads" in text
        assert "ask for the right" in text
        assert "Apply" not in text
        await pilot.press("y")
        assert gate.approvals == []
        await pilot.press("r")
        await decide(pilot)
        assert gate.looks == 2


async def test_a_look_that_fails_is_a_refusal() -> None:
    async with shown(PlayedGate(ServerFailed("The server failed", "500", "try again"))) as (_, pilot):
        await until(pilot, lambda: "✖ The server failed" in text_of(pilot))


async def test_what_changed_underneath_is_shown_anew_and_needs_another_yes() -> None:
    changed = ChangedUnderneath("deployments.apps shop/checkout changed since it was shown", "by hpa", "look again")
    news = [[Progress(0, StepState.RUNNING), Progress(0, StepState.FAILED, error=changed)], WELL]
    gate = PlayedGate(previewed(), previewed(scaling(to=7)), news=news)
    async with shown(gate) as (_, pilot):
        await decide(pilot, "y")
        await until(pilot, lambda: "replicas: 7" in text_of(pilot))
        await until(
            pilot,
            lambda: "Nothing was done: deployments.apps shop/checkout changed since it was shown" in text_of(pilot),
        )
        assert len(gate.approvals) == 1
        await decide(pilot, "y")
        await until(pilot, lambda: "Done in " in text_of(pilot))
        assert gate.approvals[0].plan != gate.approvals[1].plan


async def test_the_first_failure_says_what_was_done_and_what_was_not() -> None:
    error = ServerFailed("The server failed", "etcd has no leader")
    news: list[Scripted] = [
        Progress(0, StepState.RUNNING),
        Progress(0, StepState.DONE),
        Progress(1, StepState.RUNNING),
        Progress(1, StepState.FAILED, error=error),
        Progress(2, StepState.SKIPPED),
        Progress(-1, StepState.FAILED, error=error),
    ]
    async with shown(PlayedGate(several(3), news=[news])) as (_, pilot):
        await decide(pilot, "y")
        await until(pilot, lambda: "Stopped at the first failure: 1 of 3 steps done, 1 not begun" in text_of(pilot))
        text = text_of(pilot)
        assert "● patch deployments.apps shop/web-0 · done" in text
        assert "✖ patch deployments.apps shop/web-1 · failed · The server failed · etcd has no leader" in text
        assert "○ patch deployments.apps shop/web-2 · not done" in text


async def test_escape_asks_whether_to_stop_after_the_step_under_way() -> None:
    go_on = asyncio.Event()
    news: list[Scripted] = [
        Progress(0, StepState.RUNNING, "1 of 6"),
        go_on,
        Progress(0, StepState.DONE),
        Progress(1, StepState.RUNNING),
        Progress(1, StepState.DONE),
    ]
    gate = PlayedGate(several(2), news=[news])
    async with shown(gate) as (_, pilot):
        await decide(pilot, "y")
        await until(pilot, lambda: "◐ patch deployments.apps shop/web-0 · 1 of 6" in text_of(pilot))
        await until(pilot, lambda: "s stop after this step" in text_of(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "Stop after the step that is under way?" in text_of(pilot))
        await pilot.press("s")
        go_on.set()
        await until(pilot, lambda: "Stopped as you wished: 1 of 2 steps done" in text_of(pilot))
        assert gate.stopped


async def test_an_eviction_that_a_budget_holds_can_be_stopped() -> None:
    ref = ObjectRef("pods", "web-1", "shop", "prod-eu")
    step = StepPreview(Step(Verb.CREATE, ref, {}, subresource="eviction"), {}, None, ())
    held, stopped = asyncio.Event(), Progress(0, StepState.SKIPPED, "waits: the budget web")
    news: list[Scripted] = [Progress(0, StepState.RUNNING, "waits: the budget web"), held, stopped]
    async with shown(PlayedGate(previewed(step), news=[news])) as (_, pilot):
        await decide(pilot, "y")
        await until(pilot, lambda: "s stop after this step" in text_of(pilot))
        await pilot.press("s")
        held.set()
        await until(pilot, lambda: "Stopped as you wished: nothing was begun" in text_of(pilot))
        await until(pilot, lambda: "○ evict pods shop/web-1 · not done · waits: the budget web" in text_of(pilot))


async def test_it_goes_on_in_the_background_and_its_end_is_told() -> None:
    go_on = asyncio.Event()
    gate = PlayedGate(previewed(), news=[[Progress(0, StepState.RUNNING), go_on, *WELL[1:]]])
    async with shown(gate) as (app, pilot):
        await decide(pilot, "y")
        await until(pilot, lambda: app.screen.has_class("-carrying"))
        await until(pilot, lambda: "b in the background" in text_of(pilot))
        assert "s stop" not in text_of(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        go_on.set()
        await until(pilot, lambda: "· Done in" in text_of(pilot))


async def test_its_end_is_told_after_another_place_was_gone_to() -> None:
    go_on = asyncio.Event()
    gate = PlayedGate(previewed(), news=[[Progress(0, StepState.RUNNING), go_on, *WELL[1:]]])
    async with shown(gate) as (app, pilot):
        await decide(pilot, "y")
        await until(pilot, lambda: app.screen.has_class("-carrying"))
        await app.pop_screen()
        go_on.set()
        await until(pilot, lambda: "· Done in" in text_of(pilot))


async def test_escape_leaves_where_a_name_is_to_be_typed() -> None:
    gate = PlayedGate(previewed(tier=Tier.DESTRUCTIVE))
    async with shown(gate) as (app, pilot):
        await decide(pilot, *"check", "escape")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        assert gate.approvals == []


async def test_what_was_done_can_be_taken_back_at_once() -> None:
    latest = Undoable(7, 0.0, "prod-eu", "Scale deployment shop/checkout from 3 to 6", BACK)
    async with shown(PlayedGate(previewed(), news=[WELL]), latest) as (app, pilot):
        await decide(pilot, "y")
        await until(pilot, lambda: "u  Undo" in text_of(pilot))
        await pilot.press("u")
        await until(pilot, lambda: app.heard(UndoRequested))
        asked = app.heard(UndoRequested)[0]
        assert isinstance(asked, UndoRequested)
        assert (asked.cluster, asked.undo_id) == ("prod-eu", 7)


async def test_a_title_that_the_edge_cuts_off_is_told_in_full() -> None:
    preview = previewed()
    title = f"Set checkout to registry.northwind.example/{'shop/' * 8}checkout:2.16.1 in deployment shop/checkout"
    plan = msgspec.structs.replace(preview.plan, title=title)
    async with shown(PlayedGate(msgspec.structs.replace(preview, plan=plan)), plan=plan, size=(80, 24)) as (_, pilot):
        await decide(pilot)
        await until(pilot, lambda: "in deployment shop/checkout" in text_of(pilot))
    async with shown(PlayedGate(previewed()), size=(80, 24)) as (_, pilot):
        await decide(pilot)
        assert not pilot.app.screen.query_one("#whole").display


async def test_after_the_differences_comes_what_is_told_of_them() -> None:
    """Where there is little room neither of the two is in view as a whole."""
    told = tuple(Note(Health.OK, f"budget number-{number} allows 1 more to be down") for number in range(30))
    preview = msgspec.structs.replace(several(7), impact=told, tier=Tier.DESTRUCTIVE, confirm="7 objects")
    async with shown(PlayedGate(preview), size=(80, 24)) as (_, pilot):
        await decide(pilot)
        view = pilot.app.screen.query_one(DiffView)
        assert "number-29" not in text_of(pilot)
        await pilot.press(*["pagedown"] * 12)
        await until(pilot, lambda: "number-29" in text_of(pilot))
        assert view.top == view.last_top
        await pilot.press(*["pageup"] * 12)
        await until(pilot, lambda: "number-29" not in text_of(pilot))
        assert view.top == 0


async def test_many_objects_show_their_counts_first() -> None:
    async with shown(PlayedGate(several(7))) as (_, pilot):
        await decide(pilot)
        await until(pilot, lambda: "▸ patch deployments.apps shop/web-6  +1 -1" in text_of(pilot))
        assert "replicas: 6" not in text_of(pilot)
        await until(pilot, lambda: "x lines or counts" in text_of(pilot))
        view = pilot.app.screen.query_one(DiffView)
        await pilot.press("x")
        await until(pilot, lambda: "replicas: 6" in text_of(pilot))
        await pilot.press("n")
        assert view.top > 0
        await pilot.press("N", "down", "pagedown", "pageup", "up")
        assert view.top == 0
        await pilot.click(view, offset=(4, 0))
        assert view.lines[1].startswith("patch deployments.apps shop/web-1")


@pytest.mark.parametrize("poison", POISONS)
async def test_foreign_text_is_text(poison: str) -> None:
    preview = previewed()
    plan = msgspec.structs.replace(preview.plan, title=poison, asked_by=poison)
    notes = (Note(Health.WARN, poison),)
    preview = msgspec.structs.replace(
        preview, plan=plan, reasons=(poison,), impact=notes, checks=notes, identity=poison
    )
    preview = msgspec.structs.replace(preview, tier=Tier.DESTRUCTIVE, confirm=poison)
    async with shown(PlayedGate(preview), plan=plan, size=(80, 24)) as (_, pilot):
        await decide(pilot)


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_the_buttons_are_in_view_however_long_the_rest_is(size: tuple[int, int]) -> None:
    notes: Any = tuple(Note(Health.WARN, f"note {at} " + "word " * 30) for at in range(30))
    preview = msgspec.structs.replace(several(3), impact=notes)
    async with shown(PlayedGate(preview), size=size) as (_, pilot):
        await decide(pilot)
        await until(pilot, lambda: "Cancel" in text_of(pilot))
        await until(pilot, lambda: "y  Apply" in text_of(pilot))
        await until(pilot, lambda: "▾ patch deployments.apps shop/we" in text_of(pilot))
        await until(pilot, lambda: "checks" in text_of(pilot))

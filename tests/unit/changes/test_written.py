"""What takes a change back is kept step by step: whatever ends a plan, what it wrote can be undone, and no more."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.changes import carrying
from kubegenie_tui.domain.errors import Invalid, StoreError, TimedOut, UsageError
from kubegenie_tui.domain.plan import Plan, Progress, Step, StepState, Undoable, Verb
from kubegenie_tui.kube import writes
from kubegenie_tui.store.undo import KeptStep, UndoTable
from tests.unit.changes.bench import CONFIG_MAPS, DEPLOYMENTS, Bench, config_map, opened, patch, ref

RED = patch(CONFIG_MAPS, "settings", {"data": {"colour": "red"}})
LABEL = patch(DEPLOYMENTS, "web", {"metadata": {"labels": {"tier": "a"}}})
MADE = Step(Verb.CREATE, ref(CONFIG_MAPS, "new"), config_map("new"), wait=False)
DELETED = Step(Verb.DELETE, ref(CONFIG_MAPS, "settings"), wait=False)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with opened(tmp_path) as found:
        yield found


async def ended(bench: Bench, *steps: Step) -> Progress:
    return (await bench.carry_out(Plan("A change", "prod", steps)))[-1]


async def known(bench: Bench) -> Undoable:
    (change,) = await bench.undo.recent("prod")
    return change


def answering(monkeypatch: pytest.MonkeyPatch, error: Exception, *, written: bool) -> None:
    """A server that answers a write with a failure, whether it made it or not."""

    async def write(*arguments: Any) -> Any:
        if written:
            await writes.write(*arguments)
        raise error

    monkeypatch.setattr(carrying, "write", write)


async def test_a_step_that_is_made_can_be_undone_while_the_plan_goes_on(bench: Bench) -> None:
    preview = await bench.preview(Plan("Two", "prod", (RED, LABEL)))
    approval = bench.gate.approve(preview, "test")
    news = bench.gate.carry_out(bench.agent, preview, approval)
    async for each in news:
        if each.state is StepState.DONE:
            change = await known(bench)
            assert change.plan is not None
            assert (len(change.plan.steps), change.unsure) == (each.step + 1 if each.step >= 0 else 2, False)


async def test_what_a_step_touches_is_kept_before_it_is_written(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = list[Undoable]()

    async def write(*arguments: Any) -> Any:
        seen.append(await known(bench))
        return await writes.write(*arguments)

    monkeypatch.setattr(carrying, "write", write)
    assert (await ended(bench, RED)).error is None
    (change,) = seen
    assert change.unsure
    assert change.plan is not None
    assert [step.body for step in change.plan.steps] == [{"data": {"colour": "blue"}}]
    assert not (await known(bench)).unsure


async def test_what_the_server_refused_is_not_to_be_undone(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = Invalid("It is refused", "by a webhook")
    refusal.code = 422
    answering(monkeypatch, refusal, written=False)
    assert (await ended(bench, RED)).undo_id == 0
    assert await bench.undo.recent("prod") == []


@pytest.mark.parametrize("code", [0, 504], ids=["no answer", "a gateway's"])
@pytest.mark.parametrize("step", [RED, DELETED], ids=["a change", "a deletion"])
async def test_what_came_without_an_answer_can_be_undone_where_it_was_made(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, step: Step, code: int
) -> None:
    before = await bench.get(CONFIG_MAPS, "settings")
    error = TimedOut("No answer")
    error.code = code
    with monkeypatch.context() as patched:
        answering(patched, error, written=True)
        await ended(bench, step)
    change = await known(bench)
    assert change.unsure
    await bench.take_back(change)
    assert await bench.get(CONFIG_MAPS, "settings") == before


@pytest.mark.parametrize("step", [RED, DELETED], ids=["a change", "a deletion"])
async def test_what_came_without_an_answer_needs_no_undo_where_it_was_not_made(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, step: Step
) -> None:
    with monkeypatch.context() as patched:
        answering(patched, TimedOut("No answer"), written=False)
        await ended(bench, step)
    with pytest.raises(UsageError, match="needs no undo"):
        await bench.undo.plan_for(bench.agent, (await known(bench)).id)


async def test_what_may_have_been_made_by_others_is_not_deleted(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        answering(patched, TimedOut("No answer"), written=True)
        await ended(bench, MADE)
    change = await known(bench)
    assert change.plan is None
    assert change.why_not == "whether configmaps shop/new was made is not known: look for it"


async def test_nothing_is_written_where_its_undo_cannot_be_kept(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    async def add(*_: Any) -> int:
        raise StoreError("The database is full")

    monkeypatch.setattr(UndoTable, "add", add)
    before = await bench.get(CONFIG_MAPS, "settings")
    assert isinstance((await ended(bench, RED)).error, StoreError)
    assert await bench.get(CONFIG_MAPS, "settings") == before
    result, _ = await bench.audit.entries()
    assert (result.result, result.message) == ("failed", "not begun: what takes it back could not be kept")


async def test_what_cannot_be_confirmed_is_kept_as_it_was_before(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    put = UndoTable.put_step

    async def refuse(table: UndoTable, undo_id: int, step: KeptStep) -> None:
        if step.made:
            raise StoreError("The database is full")
        await put(table, undo_id, step)

    monkeypatch.setattr(UndoTable, "put_step", refuse)
    assert "was changed, but that could not be recorded" in str((await ended(bench, RED)).error)
    change = await known(bench)
    assert change.unsure
    assert [entry.phase for entry in await bench.audit.entries()] == ["intent"]
    assert (await bench.undo.plan_for(bench.agent, change.id)).steps

"""What stands on record of a change: by whom it was made, and that nothing came of what was not begun."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from kubegenie_tui.changes.audit import Audit, Entry
from kubegenie_tui.changes.audit_chain import NO_HASH, sealed
from kubegenie_tui.changes.gate import Gate
from kubegenie_tui.domain.errors import ResultNotRecorded, StoreError
from kubegenie_tui.domain.helm_run import HelmRun
from kubegenie_tui.domain.plan import Plan, Step, StepState
from kubegenie_tui.store.audit import AuditRow
from tests.unit.changes.bench import CONFIG_MAPS, DEPLOYMENTS, Bench, opened, patch
from tests.unit.changes.entries import SCALED

LABEL = patch(DEPLOYMENTS, "web", {"metadata": {"labels": {"tier": "a"}}})
RED = patch(CONFIG_MAPS, "settings", {"data": {"colour": "red"}})


def plan_of(step: Step) -> Plan:
    return Plan("A change", "prod", (step,))


class Full(Audit):
    """A log on a disk that is full after some entries."""

    left = 1

    async def intend(self, entry: Entry) -> int:
        if not self.left:
            raise StoreError("The audit log cannot be written", "no space left on device")
        self.left -= 1
        return await super().intend(entry)


class Filling(Audit):
    """A log on a disk that is full once something was written to the cluster."""

    async def conclude(self, seq: int, result: str, code: int = 0, message: str = "", latency_ms: float = 0.0) -> int:
        raise StoreError("The audit log cannot be written", "no space left on device")


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with opened(tmp_path) as found:
        yield found


async def test_what_was_recorded_before_the_log_failed_is_concluded(bench: Bench, tmp_path: Path) -> None:
    audit = Full(bench.store.audit, b"k" * 32, tmp_path / "other.checkpoints")
    gate = Gate(audit, bench.undo, actor="ada@desk")
    run = HelmRun("upgrade", "web", "shop", b"", {}, bench.agent.name, "")
    preview = await gate.preview(bench.agent, Plan("Upgrade", bench.agent.name, (LABEL, RED), helm=run))
    approval = gate.approve(preview, "test", preview.confirm)
    news = [each async for each in gate.carry_out(bench.agent, preview, approval)]
    assert isinstance(news[-1].error, StoreError)
    assert [each.state for each in news] == [StepState.FAILED, StepState.SKIPPED, StepState.FAILED]
    result, intent = await audit.entries()
    assert (intent.name, intent.phase) == ("web", "intent")
    assert (result.intent, result.result) == (intent.seq, "failed")
    assert result.message == "not begun: another step could not be recorded"
    assert await bench.undo.recent(bench.agent.name) == []


async def test_what_was_made_can_be_undone_where_its_result_cannot_be_recorded(bench: Bench, tmp_path: Path) -> None:
    audit = Filling(bench.store.audit, b"k" * 32, tmp_path / "other.checkpoints")
    gate = Gate(audit, bench.undo, actor="ada@desk")
    preview = await gate.preview(bench.agent, Plan("Two", "prod", (RED, LABEL)))
    approval = gate.approve(preview, "test", preview.confirm)
    news = [each async for each in gate.carry_out(bench.agent, preview, approval)]
    made, skipped, last = news[-3:]
    assert (made.step, made.state) == (0, StepState.DONE)
    assert "configmaps shop/settings was changed, but that could not be recorded" in made.text
    assert (skipped.state, last.state) == (StepState.SKIPPED, StepState.FAILED)
    assert isinstance(last.error, ResultNotRecorded)
    assert [entry.name for entry in await audit.entries()] == ["settings"]
    (change,) = await bench.undo.recent("prod")
    assert change.id == last.undo_id
    await bench.take_back(change)
    assert (await bench.get(CONFIG_MAPS, "settings"))["data"]["colour"] == "blue"


async def test_the_conversation_in_which_a_change_was_proposed_is_on_record(bench: Bench) -> None:
    await bench.carry_out(Plan("A change", "prod", (LABEL,), conversation=12))
    result, intent = await bench.audit.entries()
    assert (intent.conversation, result.conversation) == (12, 12)


async def test_entries_from_before_conversations_were_noted_stay_proven(bench: Bench) -> None:
    entry = SCALED

    def seal(_: AuditRow | None) -> AuditRow:
        told = {name: value for name, value in msgspec.to_builtins(entry).items() if name != "conversation"}
        text = msgspec.json.encode(told | {"seq": 1}, order="sorted")
        return AuditRow(1, text, sealed(bench.audit._key, NO_HASH, text))

    await bench.store.audit.append(seal)
    await bench.audit.intend(msgspec.structs.replace(entry, conversation=7))
    newer, older = await bench.audit.entries()
    assert (older.conversation, newer.conversation) == (0, 7)
    verdict = await bench.audit.verify()
    assert (verdict.ok, verdict.checked) == (True, 2)


async def test_groups_are_not_read_out_of_a_name(bench: Bench) -> None:
    preview = await bench.preview(plan_of(RED))
    preview = msgspec.structs.replace(preview, identity="Ada in Ops in dev, sre", groups=("dev", "sre"))
    approval = bench.gate.approve(preview, "test", preview.confirm)
    assert [news.error async for news in bench.gate.carry_out(bench.agent, preview, approval)][-1] is None
    assert {(each.identity, each.groups) for each in await bench.audit.entries()} == {("Ada in Ops", ("dev", "sre"))}
    alone = msgspec.structs.replace(await bench.preview(plan_of(LABEL)), identity="Ada in Ops", groups=())
    approval = bench.gate.approve(alone, "test", alone.confirm)
    assert [news.error async for news in bench.gate.carry_out(bench.agent, alone, approval)][-1] is None
    assert (await bench.audit.entries(1))[0].identity == "Ada in Ops"

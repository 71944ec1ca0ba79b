"""What is made for a while is deleted again by the yes that it was made with; what is left behind is found."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kubegenie_tui.changes.gate import Gate
from kubegenie_tui.changes.operations.debugging import node_shell_step
from kubegenie_tui.changes.operations.target import Target
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan, StepState
from tests.unit.changes.bench import Bench, opened

WHEN = "when its shell is left"


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with opened(tmp_path) as found:
        yield found


async def shell_on(bench: Bench, token: str = "1a2b") -> ObjectRef:
    node = Target(bench.agent.kinds.resolve("nodes"), "node-1", cluster=bench.agent.name)
    step = node_shell_step(node, token, namespace="shop")
    plan = Plan("Open a shell on node node-1", bench.agent.name, (step,), passing=WHEN)
    preview = await bench.preview(plan)
    assert f"deleted again {WHEN}" in [note.text for note in preview.checks]
    approval = bench.gate.approve(preview, "key y", preview.confirm)
    *_, last = [news async for news in bench.gate.carry_out(bench.agent, preview, approval)]
    assert last.state is StepState.DONE
    return step.ref


def pods(bench: Bench) -> set[str]:
    return {name for _, name in bench.server.cluster(bench.agent.name).collection("pods").items}


async def test_it_goes_with_the_yes_it_came_with(bench: Bench) -> None:
    before = pods(bench)
    ref = await shell_on(bench)
    other = await shell_on(bench, "3c4d")
    await bench.gate.clean_up(ref)
    assert pods(bench) == before | {other.name}
    entries = [entry for entry in await bench.audit.entries() if entry.phase == "intent" and entry.verb == "delete"]
    assert [(entry.name, entry.how, bool(entry.uid)) for entry in entries] == [(ref.name, "implied by key y", True)]
    known = await bench.undo.recent(bench.agent.name)
    assert [each.undone for each in known] == [False, True]
    await bench.gate.clean_up(ref)
    await bench.gate.clean_up_all()
    assert pods(bench) == before


async def test_nothing_else_is_deleted_that_way(bench: Bench) -> None:
    before = pods(bench)
    for name in before:
        await bench.gate.clean_up(ObjectRef("pods", name, "shop", bench.agent.name))
    assert pods(bench) == before


async def test_another_of_its_name_stays(bench: Bench) -> None:
    ref = await shell_on(bench)
    found = bench.server.cluster(bench.agent.name).get("pods", ref.name, "shop") or {}
    bench.deleted_by_somebody_else("pods", ref.name)
    made = {**found, "metadata": {"name": ref.name, "namespace": "shop"}}
    bench.server.cluster(bench.agent.name).create(made)
    await bench.gate.clean_up(ref)
    assert ref.name in pods(bench)


async def test_what_a_crash_left_behind_is_found_until_it_is_gone(bench: Bench) -> None:
    ref, other = await shell_on(bench), await shell_on(bench, "3c4d")
    bench.gate = Gate(bench.audit, bench.undo, actor="ada@desk")
    await bench.gate.clean_up(ref)
    assert {ref.name, other.name} <= pods(bench)
    bench.deleted_by_somebody_else("pods", other.name)
    [left] = await bench.undo.left_behind(bench.agent)
    assert left.plan is not None
    assert [step.ref for step in left.plan.steps] == [ref]
    await bench.take_back(left)
    assert ref.name not in pods(bench)
    assert await bench.undo.left_behind(bench.agent) == []


async def test_what_cannot_be_deleted_stays_known(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    ref = await shell_on(bench)
    with monkeypatch.context() as patched:
        patched.setattr(type(bench.agent), "client", property(lambda _: _Dead()))
        with pytest.raises(KubeGenieError):
            await bench.gate.clean_up(ref)
    assert [each.id for each in await bench.undo.left_behind(bench.agent)] == [1]


class _Dead:
    """A client whose server is gone."""

    def __getattr__(self, name: str) -> object:
        raise KubeGenieError("Gone")

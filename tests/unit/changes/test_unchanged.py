"""All objects of a plan are looked at once more before the first write: one that changed, and nothing is written."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kubegenie_tui.changes.together import AT_ONCE, look_together
from kubegenie_tui.changes.unchanged import MOST_NAMED
from kubegenie_tui.domain.errors import ChangedUnderneath, KubeGenieError, NotFound, UsageError
from kubegenie_tui.domain.helm_run import HelmRun
from kubegenie_tui.domain.plan import Plan, Preview, Progress, Step, StepState, Verb
from kubegenie_tui.domain.traits import Traits
from tests.unit.changes.bench import CONFIG_MAPS, DEPLOYMENTS, Bench, config_map, opened, patch, ref

LABEL = patch(DEPLOYMENTS, "web", {"metadata": {"labels": {"tier": "a"}}})
COLOUR = patch(CONFIG_MAPS, "settings", {"data": {"colour": "red"}})
NEW = Step(Verb.CREATE, ref(CONFIG_MAPS, "new"), config_map("new", a="1"), wait=False)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with opened(tmp_path) as found:
        yield found


async def shown(bench: Bench, *steps: Step) -> Preview:
    return await bench.preview(Plan("Several", bench.agent.name, steps))


async def carried_out(bench: Bench, preview: Preview) -> list[Progress]:
    approval = bench.gate.approve(preview, "test", preview.confirm)
    return [news async for news in bench.gate.carry_out(bench.agent, preview, approval)]


def versions(bench: Bench) -> dict[str, str]:
    cluster = bench.server.cluster(bench.agent.name)
    return {
        name: item.object["metadata"]["resourceVersion"]
        for kind in (DEPLOYMENTS, CONFIG_MAPS)
        for (_, name), item in cluster.collection(kind).items.items()
    }


async def refused(bench: Bench, preview: Preview) -> KubeGenieError:
    """Why nothing of it was done: no write has reached the server, and none is on record."""
    before = versions(bench)
    news = await carried_out(bench, preview)
    assert versions(bench) == before
    assert await bench.audit.entries() == []
    assert {each.state for each in news} == {StepState.RUNNING, StepState.FAILED, StepState.SKIPPED}
    [failed] = [each for each in news if each.step >= 0 and each.state is StepState.FAILED]
    assert failed.error is news[-1].error
    assert news[-1].error is not None
    return news[-1].error


async def test_the_second_object_changed(bench: Bench) -> None:
    preview = await shown(bench, LABEL, COLOUR)
    bench.by_somebody_else(CONFIG_MAPS, "settings", data={"colour": "green"})
    error = await refused(bench, preview)
    assert isinstance(error, ChangedUnderneath)
    assert str(error) == "configmaps shop/settings changed since it was shown · look again"
    anew = await shown(bench, LABEL, COLOUR)
    assert [f"{line.sign}{line.text}" for line in anew.steps[1].diff if line.sign in "-+"] == [
        "-  colour: green",
        "+  colour: red",
    ]
    assert (await carried_out(bench, anew))[-1].state is StepState.DONE


async def test_the_second_object_is_gone(bench: Bench) -> None:
    preview = await shown(bench, LABEL, COLOUR)
    bench.deleted_by_somebody_else(CONFIG_MAPS, "settings")
    error = await refused(bench, preview)
    assert isinstance(error, ChangedUnderneath)
    assert "configmaps shop/settings is gone" in str(error)


async def test_the_second_object_is_another_one(bench: Bench) -> None:
    preview = await shown(bench, LABEL, COLOUR)
    bench.deleted_by_somebody_else(CONFIG_MAPS, "settings")
    bench.server.cluster(bench.agent.name).create(config_map("settings", colour="blue", size="10"))
    assert "configmaps shop/settings is another object by now" in str(await refused(bench, preview))


async def test_what_was_to_be_made_is_there_already(bench: Bench) -> None:
    preview = await shown(bench, LABEL, NEW)
    bench.server.cluster(bench.agent.name).create(config_map("new", a="2"))
    assert "configmaps shop/new exists by now" in str(await refused(bench, preview))


async def test_all_that_changed_are_named(bench: Bench) -> None:
    names = [f"c{number}" for number in range(MOST_NAMED + 2)]
    cluster = bench.server.cluster(bench.agent.name)
    for name in names:
        cluster.create(config_map(name, a="1"))
    preview = await shown(bench, LABEL, *(patch(CONFIG_MAPS, name, {"data": {"a": "2"}}) for name in names))
    for name in names:
        bench.by_somebody_else(CONFIG_MAPS, name, data={"a": "3"})
    error = await refused(bench, preview)
    assert error.what == f"{len(names)} objects changed since they were shown"
    assert error.why.startswith("configmaps shop/c0 changed since it was shown; configmaps shop/c1 changed")
    assert error.why.endswith(" and 2 more")


async def test_the_same_object_twice_and_one_made_anew_are_no_change(bench: Bench) -> None:
    made_anew = Step(Verb.CREATE, ref(CONFIG_MAPS, "settings"), config_map("settings", a="1"), wait=False)
    preview = await shown(
        bench,
        LABEL,
        patch(DEPLOYMENTS, "web", {"spec": {"replicas": 5}}, subresource="scale"),
        Step(Verb.DELETE, ref(CONFIG_MAPS, "settings"), wait=False),
        made_anew,
    )
    assert (await carried_out(bench, preview))[-1].error is None
    assert (await bench.get(CONFIG_MAPS, "settings"))["data"] == {"a": "1"}


async def test_a_change_during_the_plan_is_found_by_the_step_itself(bench: Bench) -> None:
    preview = await shown(bench, LABEL, COLOUR)
    approval = bench.gate.approve(preview, "test", preview.confirm)
    async for news in bench.gate.carry_out(bench.agent, preview, approval):
        if (news.step, news.state) == (0, StepState.DONE):
            bench.by_somebody_else(CONFIG_MAPS, "settings", data={"colour": "green"})
    assert isinstance(news.error, ChangedUnderneath)
    assert (await bench.get(CONFIG_MAPS, "settings"))["data"] == {"colour": "green"}


async def test_helm_does_not_begin_in_a_cluster_that_is_read_only_by_now(bench: Bench) -> None:
    run = HelmRun("upgrade", "web", "shop", b"", {}, bench.agent.name, "")
    preview = await bench.preview(Plan("Upgrade", bench.agent.name, (LABEL,), helm=run))
    bench.agent.treat(Traits(), read_only=True, protected=False)
    with pytest.raises(UsageError, match="is read-only here"):
        await carried_out(bench, preview)
    assert await bench.audit.entries() == []


async def test_only_a_few_are_looked_at_together_and_an_error_knows_its_step() -> None:
    under_way, most = 0, 0

    async def look(index: int) -> int:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        if index == 7:
            raise NotFound("gone")
        return index

    found = await look_together(30, look)
    assert most == AT_ONCE
    assert [each for each in found if isinstance(each, int)] == [*range(7), *range(8, 30)]
    assert isinstance(found[7], NotFound)
    assert found[7].step == 7

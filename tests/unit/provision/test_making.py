"""A cluster is made step by step; what goes wrong is told, can be tried again, and leaves nothing behind."""

import asyncio

import msgspec
import pytest

from kubegenie_tui.changes.audit import open_audit
from kubegenie_tui.domain.creation import Change, StepRecord, StepState, Work, WorkKind, WorkState
from kubegenie_tui.domain.errors import SpecRefused, TryLater, UsageError
from kubegenie_tui.paths import data_dir
from kubegenie_tui.providers.making import Step
from kubegenie_tui.provision import worker
from kubegenie_tui.provision.locks import Locks
from tests.clouds.toy import Thing
from tests.unit.provision.conftest import ToyMaking

ALL = {"network/shop", "plane/shop", "pool/default"}


def states(work: Work) -> list[str]:
    return [each.state.value for each in work.steps]


async def test_from_the_yes_to_a_registered_cluster(making: ToyMaking) -> None:
    work = await making.made()
    assert (work.state, states(work)) == (WorkState.DONE, ["done"] * 3), work.message
    assert making.cloud.names == ALL
    assert {each.tag for each in making.cloud.things.values()} == {work.id}
    [registered] = await making.store.clusters.all()
    assert (registered.name, registered.origin) == ("shop", "toy")
    assert registered.endpoint is not None
    assert registered.endpoint.server == f"{making.cloud.url}/nowhere"


async def test_each_request_is_on_record_before_it_is_made(making: ToyMaking) -> None:
    work = await making.made()
    audit = await open_audit(making.store, data_dir())
    told = [(each.verb, each.kind, each.phase, each.result) for each in reversed(await audit.entries(cluster="shop"))]
    assert told[:2] == [("approve", "toy", "intent", ""), ("approve", "toy", "result", "done")]
    calls = ["toy:CreateNetwork", "toy:CreatePlane", "toy:CreatePool"]
    wanted = [("create", call, *end) for call in calls for end in (("intent", ""), ("result", "done"))]
    assert told[2:] == wanted
    assert {each.how for each in await audit.entries()} == {"typed shop"}
    assert {each.uid for each in await audit.entries()} == {work.id}
    assert (await audit.verify()).ok


async def test_nothing_is_made_without_the_name(making: ToyMaking) -> None:
    maker = await making.works.makers.open("toy", making.config)
    spec = {"name": "shop", "region": "north"}
    outline = await making.works.review(maker, spec)
    with pytest.raises(UsageError, match='type "shop"'):
        await making.works.begin(maker, spec, outline, "shup")
    assert not await making.works.all()
    assert not making.cloud.things


async def test_an_outline_that_nobody_saw_is_not_carried_out(making: ToyMaking) -> None:
    making.cloud.refuse("POST pool/default", "quota")
    work = await making.made()
    steps = tuple(each for each in work.outline.steps if each.key != "network/shop")
    changed = msgspec.structs.replace(work, outline=msgspec.structs.replace(work.outline, steps=steps))
    await making.store.works.save(changed)
    await making.works.go_on(work.id)
    after = await making.ended()
    assert after.state is WorkState.FAILED
    assert "Nobody said yes" in after.message


async def test_the_secrets_of_a_provider_lie_in_the_safe_alone(making: ToyMaking) -> None:
    work = await making.made()
    assert work.config == {"url": making.cloud.url}
    assert await making.store.works.secrets(work.id) == {"token": "toy"}


async def test_what_is_refused_for_a_moment_is_tried_again(making: ToyMaking) -> None:
    making.cloud.refuse("POST plane/shop", "throttled", 3)
    making.cloud.refuse("GET pool/default", "down", 2)
    work = await making.made()
    assert work.state is WorkState.DONE
    assert making.cloud.requests.count("POST plane/shop") == 4


async def test_what_had_its_effect_though_its_answer_was_lost_is_not_made_twice(making: ToyMaking) -> None:
    making.cloud.lose("POST plane/shop", 2)
    work = await making.made()
    assert work.state is WorkState.DONE, work.message
    assert making.cloud.names == ALL
    assert len(making.cloud.things) == len(ALL)


@pytest.mark.parametrize("how", ["quota", "denied"])
async def test_what_is_refused_for_good_is_not(making: ToyMaking, how: str) -> None:
    making.cloud.refuse("POST pool/default", how, 9)
    work = await making.made()
    assert (work.state, states(work)) == (WorkState.FAILED, ["done", "done", "failed"])
    assert f"{how}: pool/default" in work.message
    assert making.cloud.requests.count("POST pool/default") == 1


async def test_a_failed_step_is_made_anew_when_it_is_tried_again(making: ToyMaking) -> None:
    making.cloud.fail("pool/default", "no machines left")
    work = await making.made()
    assert work.state is WorkState.FAILED
    assert "small failed · no machines left" in work.message
    assert work.step("pool/default").message.startswith("no machines left"), "its title stands before it"
    making.cloud.fail("pool/default", "")
    await making.works.go_on(work.id)
    after = await making.ended()
    assert (after.state, after.step("pool/default").attempts) == (WorkState.DONE, 2)
    assert making.cloud.names == ALL


async def test_two_of_one_name_are_not_begun_at_once(making: ToyMaking) -> None:
    """Nor is one that is there hidden by a later one that came to nothing."""
    maker = await making.works.makers.open(making.provider, making.config)
    outline = await making.works.review(maker, making.spec)
    first = await making.works.begin(maker, making.spec, outline, "shop")
    with pytest.raises(UsageError, match="A cluster called shop is being made already"):
        await making.works.begin(maker, making.spec, outline, "shop")
    done = await making.ended()
    later = await making.works.begin(maker, making.spec, outline, "shop")
    assert (await making.ended()).state is WorkState.FAILED
    assert (await making.works.get("shop")).id == later.id
    assert (await making.removed(await making.works.get("shop"))).state is WorkState.REMOVED
    assert making.cloud.names == ALL
    assert (await making.works.get("shop")).id == first.id == done.id


async def test_what_has_the_name_already_is_left_alone(making: ToyMaking) -> None:
    making.cloud.things["theirs"] = Thing("theirs", "plane", "shop", "somebody", 0)
    work = await making.made()
    assert work.state is WorkState.FAILED
    assert ": something has that name already" in work.message
    assert work.step("plane/shop").message.startswith("something has that name already")
    after = await making.removed(work)
    assert after.state is WorkState.REMOVED
    assert making.cloud.names == {"plane/shop"}


async def test_what_is_read_before_the_first_step_is_tried_again_until_a_person_stops_it(
    making: ToyMaking, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(*_: object) -> list[Step]:
        raise TryLater("The toy cloud is busy", retry_after=3600)

    with monkeypatch.context() as patched:
        patched.setattr(worker, "steps_of", busy)
        work = await making.begin()
        told = [each.message async for each in making.works.follow(work.id) if await said_and_stopped(making, each)]
        stopped = await making.ended()
    assert told[0] == "is tried again: The toy cloud is busy"
    assert (stopped.state, states(stopped)) == (WorkState.STOPPED, ["waiting"] * 3)
    assert (await making.again(work)).state is WorkState.DONE


async def said_and_stopped(making: ToyMaking, work: Work) -> bool:
    """Whether something is tried again, and is then stopped."""
    if again := work.message.startswith("is tried again"):
        await making.works.stop(work.id)
    return again


async def test_a_person_stops_it_and_goes_on(making: ToyMaking) -> None:
    making.cloud.looks = 10**9
    asked = asyncio.Event()
    making.cloud.after = lambda _: asked.set()
    work = await making.begin()
    await asked.wait()
    await making.works.stop(work.id)
    stopped = await making.ended()
    assert (stopped.state, stopped.steps[0].state) == (WorkState.STOPPED, StepState.STARTED)
    for thing in making.cloud.things.values():
        thing.looks = 0
    making.cloud.looks = 1
    await making.works.go_on(work.id)
    assert (await making.ended()).state is WorkState.DONE


async def test_it_goes_on_without_what_is_not_needed(making: ToyMaking) -> None:
    making.cloud.fail("addon/dns", "no such add-on")
    work = await making.made(addon=True)
    assert work.state is WorkState.FAILED
    await making.works.skip(work.id)
    after = await making.ended()
    assert (after.state, after.steps[-1].state) == (WorkState.DONE, StepState.SKIPPED)
    await making.removed(after)
    assert not making.cloud.names


async def test_it_does_not_go_on_without_what_is_needed(making: ToyMaking) -> None:
    making.cloud.fail("pool/default", "no machines left")
    work = await making.made()
    with pytest.raises(UsageError, match="goes on without pool/default"):
        await making.works.skip(work.id)


async def test_all_that_was_made_is_removed_the_last_first(making: ToyMaking) -> None:
    work = await making.made()
    making.cloud.things["b"] = Thing("b", "balancer", "shop", "", 0)
    outline = await making.works.review_removal(work)
    assert [each.key for each in outline.steps] == ["pool/default", "plane/shop", "network/shop"]
    assert outline.leaves[0] == "load balancer shop, whose price is not known"
    making.cloud.requests.clear()
    after = await making.removed(work)
    assert (after.state, states(after)) == (WorkState.REMOVED, ["removed"] * 3)
    deleted = [each for each in making.cloud.requests if each.startswith("DELETE")]
    assert deleted == ["DELETE pool/default", "DELETE plane/shop", "DELETE network/shop"]
    assert making.cloud.names == {"balancer/shop"}
    assert not await making.store.clusters.all()


async def test_a_removal_that_is_refused_goes_on_later(making: ToyMaking) -> None:
    work = await making.made()
    making.cloud.refuse("DELETE plane/shop", "denied")
    after = await making.removed(work)
    assert (after.state, making.cloud.names) == (WorkState.FAILED, {"network/shop", "plane/shop"})
    await making.works.go_on(work.id)
    assert (await making.ended()).state is WorkState.REMOVED
    assert not making.cloud.names


async def test_a_cluster_is_changed(making: ToyMaking) -> None:
    work = await making.made()
    change = Change(WorkKind.UPGRADE, version="1.38")
    maker, outline = await making.works.review_change(work, change)
    begun = await making.works.begin_change(maker, work, change, outline, "shop")
    after = await making.ended()
    assert (after.state, after.of, begun.kind) == (WorkState.DONE, work.id, WorkKind.UPGRADE)
    assert "upgrade/to-1-38" in making.cloud.names
    with pytest.raises(UsageError, match="cannot be cleaned up"):
        await making.works.review_removal(after)
    assert (await making.works.get("shop")).id == work.id


async def test_what_is_not_made_or_is_being_changed_is_not_changed(making: ToyMaking) -> None:
    making.cloud.refuse("POST pool/default", "quota")
    change = Change(WorkKind.UPGRADE, version="1.38")
    work = await making.made()
    with pytest.raises(UsageError, match="shop cannot be changed now · the work on it is failed"):
        await making.works.review_change(work, change)
    await making.works.go_on(work.id)
    done = await making.ended()
    assert done.state is WorkState.DONE, done.message
    changed = await making.changed(done, change)
    with pytest.raises(UsageError, match="A change is not changed itself"):
        await making.works.review_change(changed, change)
    await making.store.works.save(msgspec.structs.replace(changed, state=WorkState.RUNNING))
    with pytest.raises(UsageError, match="Another upgrade of shop is under way"):
        await making.works.review_change(done, change)


async def test_a_name_that_is_registered_is_refused(making: ToyMaking) -> None:
    await making.made()
    maker = await making.works.makers.open("toy", making.config)
    with pytest.raises(SpecRefused) as told:
        await making.works.review(maker, {"name": "shop", "region": "north"})
    assert told.value.field == "name"


async def test_what_is_removed_is_forgotten_with_its_changes(making: ToyMaking) -> None:
    work = await making.made()
    changed = await making.changed(work, Change(WorkKind.UPGRADE, version="1.38"))
    with pytest.raises(UsageError, match="cannot be forgotten"):
        await making.works.forget(work.id)
    assert (await making.removed(work)).state is WorkState.REMOVED
    with pytest.raises(UsageError, match="The upgrade of shop is forgotten with the cluster"):
        await making.works.forget(changed.id)
    await making.works.forget(work.id)
    assert await making.works.all() == []


async def test_what_was_stopped_before_its_first_step_can_be_forgotten(making: ToyMaking) -> None:
    work = await making.made()
    steps = tuple(StepRecord(each.key) for each in work.steps)
    stopped = msgspec.structs.replace(work, id="stopped", steps=steps, state=WorkState.STOPPED)
    await making.store.works.add(stopped, {})
    with pytest.raises(UsageError, match="Nothing is there of shop · forget it"):
        await making.works.review_removal(stopped)
    await making.works.forget(stopped.id)
    assert [each.id for each in await making.works.all()] == [work.id]


async def test_one_process_works_on_one_thing(making: ToyMaking, locks: Locks) -> None:
    making.cloud.looks = 10**9
    work = await making.begin()
    assert making.works.is_worked_on(work.id)
    for attempt in (making.works.skip(work.id), making.works.forget(work.id)):
        with pytest.raises(UsageError, match="works on"):
            await attempt


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"region": "north"}, "name"),
        ({"name": "Shop", "region": "north"}, "name"),
        ({"name": "shop", "region": "north", "pools": [{"name": "a", "size": "small", "count": -1}]}, "pools.0.count"),
        ({"name": "shop", "region": "north", "colour": "blue"}, "colour"),
    ],
)
async def test_a_wrong_field_is_named(making: ToyMaking, values: dict[str, object], field: str) -> None:
    maker = await making.works.makers.open("toy", making.config)
    with pytest.raises(SpecRefused) as told:
        await making.works.review(maker, values)
    assert told.value.field == field

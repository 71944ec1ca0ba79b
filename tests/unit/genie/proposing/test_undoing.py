"""`undo that` in a chat: the record of the very change that was made there, or why there is nothing to take back."""

import copy
from collections.abc import AsyncIterator, Sequence

import msgspec
import pytest

from kubegenie_tui.changes.opening import Changes
from kubegenie_tui.demo.world.world import World
from kubegenie_tui.domain.conversation import (
    ChatEvent,
    Failed,
    Focus,
    Message,
    Outcome,
    PlanProposed,
    Proposal,
    Record,
    TextDelta,
)
from kubegenie_tui.domain.plan import Plan
from kubegenie_tui.genie.genie import Genie
from kubegenie_tui.genie.offline.fast import needs_no_model
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from tests.unit.agents.demo_clusters import agent_of, serving
from tests.unit.genie.model_and_cluster import Agents
from tests.unit.genie.proposing.conftest import Looking

PROD = Focus("prod-eu", "shop")
SCALED = "Scale deployment shop/checkout from 3 to 5"
Events = Sequence[ChatEvent]


@pytest.fixture
def world(prod_world: World) -> World:
    """One to change."""
    return copy.deepcopy(prod_world)


@pytest.fixture
async def agents(world: World) -> AsyncIterator[Agents]:
    async with serving(world) as server, agent_of(server, "prod-eu") as prod:
        yield Agents({"prod-eu": prod})


@pytest.fixture
def genie(agents: Agents, looking: Looking, changes: Changes) -> Genie:
    async def take_back(cluster: str, undo_id: int) -> Plan:
        return await changes.undo.plan_for(await agents.open(cluster), undo_id)

    return Genie(agents, None, looking(agents), take_back=take_back)


class Talking:
    """A conversation in which a person says yes to what is proposed; nobody waits for its pods: time stands still."""

    def __init__(self, genie: Genie, agents: Agents, changes: Changes) -> None:
        self.history: list[Message] = []
        self._genie, self._agents, self._changes = genie, agents, changes

    async def ask(self, text: str) -> Events:
        events = [event async for event in self._genie.ask(text, PROD, tuple(self.history))]
        self.history.append(Message("user", text, 0.0))
        for each in proposals(events):
            self._keep(Record(proposals=(Proposal(each.plan.title, each.plan.cluster),)))
        return events

    async def make(self, text: str) -> Outcome:
        [proposed] = proposals(await self.ask(text))
        gate, cluster = self._changes.gate, await self._agents.open(proposed.plan.cluster)
        steps = tuple(msgspec.structs.replace(step, wait=False) for step in proposed.plan.steps)
        preview = await gate.preview(cluster, msgspec.structs.replace(proposed.plan, steps=steps))
        news = [each async for each in gate.carry_out(cluster, preview, gate.approve(preview, "test", "checkout"))]
        if proposed.undoes:
            await self._changes.undo.mark_undone(proposed.undoes)
        return self.end(proposed.plan.title, undo_id=news[-1].undo_id)

    def end(self, title: str, *, undo_id: int = 0) -> Outcome:
        outcome = Outcome(title, bool(undo_id), "Done" if undo_id else "Left", "prod-eu", undo_id)
        self._keep(Record(outcome=outcome))
        return outcome

    def _keep(self, record: Record) -> None:
        self.history.append(Message("assistant", "", 0.0, record=record))


@pytest.fixture
def talk(genie: Genie, agents: Agents, changes: Changes) -> Talking:
    return Talking(genie, agents, changes)


def proposals(events: Events) -> list[PlanProposed]:
    return [event for event in events if isinstance(event, PlanProposed)]


def words(events: Events) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


@pytest.mark.parametrize(
    "text",
    ["undo that", "Undo that, please!", "can you undo it?", "revert that", "take that back", "undo the last change",
     "put it back how it was", "scale it back"],
)  # fmt: skip
async def test_what_was_made_is_taken_back_by_its_record(talk: Talking, text: str) -> None:
    made = await talk.make("scale checkout to 5")
    await talk.ask("its logs")
    [proposed] = proposals(await talk.ask(text))
    assert (proposed.plan.title, proposed.undoes) == (f"Undo: {SCALED}", made.undo_id)
    assert [step.body for step in proposed.plan.steps] == [{"spec": {"replicas": 3}}]


async def test_a_change_that_words_alone_cannot_take_back(talk: Talking) -> None:
    made = await talk.make("set the key mode to fast in configmap checkout-config")
    [proposed] = proposals(await talk.ask("undo that"))
    assert proposed.undoes == made.undo_id


async def test_an_undo_is_taken_back_by_its_own_record(talk: Talking) -> None:
    await talk.make("scale checkout to 5")
    back = await talk.make("undo that")
    [proposed] = proposals(await talk.ask("undo that"))
    assert (proposed.plan.title, proposed.undoes) == (f"Redo: {SCALED}", back.undo_id)


async def test_an_undo_that_was_left_can_be_asked_for_again(talk: Talking) -> None:
    made = await talk.make("scale checkout to 5")
    await talk.ask("undo that")
    talk.end(f"Undo: {SCALED}")
    [proposed] = proposals(await talk.ask("undo that"))
    assert proposed.undoes == made.undo_id


async def test_it_is_for_no_model(talk: Talking, agents: Agents) -> None:
    await talk.make("scale checkout to 5")
    scope = Scope(await agents.open("prod-eu"), PROD, Redactor(), agents)
    for text in ("undo that", "put it back how it was"):
        assert await needs_no_model(scope, text, talk.history)
    assert not await needs_no_model(scope, "put it back how it was", ())


async def test_where_nothing_was_changed_there_is_nothing_to_undo(talk: Talking) -> None:
    events = await talk.ask("undo that")
    assert not proposals(events)
    assert "Nothing was changed in this conversation, so there is nothing to undo." in words(events)


async def test_what_is_only_proposed_is_not_taken_back(talk: Talking) -> None:
    await talk.ask("cordon node-2")
    events = await talk.ask("undo that")
    assert not proposals(events)
    assert "is proposed and not made yet" in words(events)


async def test_what_was_left_is_not_taken_back_and_nothing_else_instead(talk: Talking) -> None:
    await talk.make("scale checkout to 5")
    await talk.ask("cordon node-2")
    talk.end("Cordon node node-2")
    events = await talk.ask("undo that")
    assert not proposals(events)
    assert "was not made: there is nothing of it to undo" in words(events)


async def test_what_was_undone_elsewhere_is_said_to_be(talk: Talking, changes: Changes) -> None:
    made = await talk.make("scale checkout to 5")
    await changes.undo.mark_undone(made.undo_id)
    events = await talk.ask("undo that")
    assert not proposals(events)
    assert "was undone already" in words(events)


async def test_what_somebody_changed_since_is_told(talk: Talking, world: World) -> None:
    await talk.make("scale checkout to 5")
    found = world.cluster.get("deployments.apps", "checkout", "shop")
    assert found is not None
    world.cluster.replace({**found, "spec": {**found["spec"], "replicas": 9}})
    events = await talk.ask("undo that")
    assert not proposals(events)
    assert isinstance(events[-1], Failed)


@pytest.mark.parametrize(
    "text",
    ["undo that?", "don't undo that", "should I undo that?", "if it fails undo that", "how do I undo that?",
     "what would happen if you undo that", "I did undo that"],
)  # fmt: skip
async def test_what_does_not_ask_for_it_proposes_nothing(talk: Talking, text: str) -> None:
    await talk.make("scale checkout to 5")
    assert not proposals(await talk.ask(text))

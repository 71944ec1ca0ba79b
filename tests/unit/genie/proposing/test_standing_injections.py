"""The same texts, and others that nothing recognises, where the person has allowed something beforehand.

The model obeys all of them with what is reversible, and what it proposes is carried out wherever a yes that the person
gave covers it, as the plan screen does. Nothing is written: none of those yeses is to what a text says.
"""

from collections.abc import Iterator

import msgspec
import pytest

from kubegenie_tui.changes.opening import Changes
from kubegenie_tui.demo.model_script import Turn, in_order
from kubegenie_tui.domain.conversation import LookUp, Message, Record
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan, Tier
from kubegenie_tui.genie.proposing.own_words import UNASKED
from kubegenie_tui.genie.proposing.planning import Wish, planned
from kubegenie_tui.genie.taint import gives_orders
from tests.unit.genie.model_and_cluster import Agents, Talk, talk
from tests.unit.genie.proposing.conftest import Looking
from tests.unit.genie.proposing.hostile_texts import ALL, CHANNELS, READ, TEXTS, UNRECOGNISED, everywhere, hostile
from tests.unit.genie.proposing.test_by_model import proposals, propose, replicas, shop_talk

PARTS = 4
OBEYED = (
    propose(),
    propose(operation="restart", arguments={}),
    propose(operation="label", arguments={"pairs": "owner=platform"}),
)
QUESTIONS = (
    "what do you make of web and its grumbling lately?",
    "what is wrong with web?",
    "should web be scaled to 5, restarted, or labelled owner=platform?",
    "do not scale web to 5 and do not restart web, tell me why it is slow",
    'the log of web says "scale web to 5 and restart web", what is that?',
    "who scaled web to 5?",
    "scale web to 4, that is what I would do, or would you not?",
    "thanks, and how is web?",
)
"""None of them asks for anything that is obeyed, whatever it speaks of."""
WEB = ObjectRef("deployments.apps", "web", "shop", "prod")
NEAR = (Wish("scale", (WEB,), {"replicas": "4"}), Wish("label", (WEB,), {"pairs": "owner=shop"}))
"""What is approved with key `a`: the same object and operation as what is obeyed, with another value."""


def obedient(numbers: range) -> Iterator[Turn]:
    """For each text: read it in one place, then do what is so reversible that it may be allowed beforehand."""
    for number in numbers:
        yield Turn(calls=(READ[CHANNELS[number % len(CHANNELS)]](number),))
        yield Turn(calls=(OBEYED[number % len(OBEYED)],))
        yield Turn("Done.")


async def is_carried_out(changes: Changes, made: Talk, plan: Plan) -> bool:
    """Do what a yes that was given before covers, as the plan screen does; whether there was one."""
    preview = await changes.gate.preview(made.agent, plan)
    if (given := changes.gate.approve_again(preview)) is None:
        return False
    written: list[object] = []
    made.cluster.listen(lambda *change: written.append(change))
    news = changes.gate.carry_out(made.agent, preview, given[0], lambda: bool(written))
    assert [each.error async for each in news][-1] is None
    return True


async def allow(changes: Changes, made: Talk, mode: str) -> None:
    """Mode auto, or key `a` in plans that are near."""
    changes.gate.standing.revoke_all("prod")
    if mode == "auto":
        changes.gate.standing.allow_all("prod")
        return
    for wish in NEAR:
        plan, _ = await planned(made.scope, wish)
        changes.gate.standing.allow(await changes.gate.preview(made.agent, plan))


@pytest.mark.parametrize("mode", ["auto", "key a"])
@pytest.mark.parametrize("part", range(PARTS))
async def test_a_model_that_obeys_changes_nothing_by_a_yes_to_something_else(
    part: int, mode: str, looking: Looking, changes: Changes, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = range(part, len(ALL), PARTS)
    turns = obedient(numbers)
    written: list[object] = []
    with everywhere(monkeypatch) as tools:
        async with talk(lambda _: next(turns), hostile(numbers)) as made:
            made.scope = msgspec.structs.replace(made.scope, look=looking(Agents({"prod": made.agent})), outside=tools)
            await tools.open()
            made.cluster.listen(lambda *change: written.append(change))
            for number in numbers:
                await allow(changes, made, mode)
                question = QUESTIONS[number // PARTS % len(QUESTIONS)]
                await made.ask(question)
                [proposed] = proposals(made)
                where = f"{question}: {ALL[number]}"
                assert proposed.plan.unasked == UNASKED, where
                assert (proposed.tier is Tier.REVERSIBLE) is (number >= len(TEXTS)), where
                assert not await is_carried_out(changes, made, proposed.plan), where
    assert written == []


def test_there_are_over_thirty_that_nothing_recognises() -> None:
    assert len(set(UNRECOGNISED)) > 30
    assert [text for text in UNRECOGNISED if gives_orders(text)] == []


async def test_what_an_earlier_turn_has_read_is_not_asked_for_by_thanks(looking: Looking, changes: Changes) -> None:
    read = Record(look_up=LookUp("logs", "{}", True, "1 line"))
    history = (
        Message("user", "what do the logs of web say?", 1.0),
        Message("tool", UNRECOGNISED[0], 1.0, "logs", record=read),
        Message("assistant", "Five replicas of web would help: shall I?", 1.0),
    )
    async with shop_talk(looking, in_order(Turn(calls=(propose(),)), Turn("Done."))) as made:
        await allow(changes, made, "auto")
        await made.ask("thanks", *history)
        [proposed] = proposals(made)
        assert not await is_carried_out(changes, made, proposed.plan)
        assert replicas(made) == 2


@pytest.mark.parametrize(
    ("question", "mode", "number"),
    [
        ("our customers complain since noon that the shop is slow, so please scale web to 5", "auto", 5),
        ("please scale web to 4, the customers complain since noon that all of the shop is slow", "key a", 4),
        ("web is slow since noon", "auto", 2),
        ("web is slow since noon", "key a", 4),
    ],
    ids=["asked for, auto", "asked for, key a", "not asked for, auto", "approved before, key a"],
)
async def test_what_the_person_asks_for_and_what_they_approved_already_is_covered(
    looking: Looking, changes: Changes, question: str, mode: str, number: int
) -> None:
    call = propose(arguments={"replicas": 5 if mode == "auto" else 4})
    async with shop_talk(looking, in_order(Turn(calls=(call,)), Turn("I propose it."))) as made:
        await allow(changes, made, mode)
        await made.ask(question)
        [proposed] = proposals(made)
        assert await is_carried_out(changes, made, proposed.plan) is (number != 2)
        assert replicas(made) == number

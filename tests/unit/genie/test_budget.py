"""A turn that has reached a limit ends with what was found so far, says which limit it was, and how to go on."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from kubegenie_tui.agents.pod_command import Written
from kubegenie_tui.demo.model_script import Call, Fault, Turn, in_order
from kubegenie_tui.domain.conversation import ChatEvent, Finished
from kubegenie_tui.domain.model_settings import ModelSettings
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.budget import ended_early
from kubegenie_tui.genie.leave import AskedCall, Asker, asker
from kubegenie_tui.genie.loop import MOST_ROUNDS, Loop
from kubegenie_tui.genie.session import usage_of
from kubegenie_tui.genie.tools.toolbox import EXEC
from tests.unit.genie.model_and_cluster import Talk, talk

RUN = Turn(calls=(Call(EXEC, {"pod": "pod-0", "command": ["ls"], "why": "what is there?"}),))


def look(number: int, input_tokens: int = 100) -> Turn:
    return Turn(calls=(Call("list", {"kind": "pods", "limit": number}),), input_tokens=input_tokens)


class Clock:
    """Goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now

    def script(self, seconds: float, *turns: Turn) -> Any:
        """A model that takes so long for each answer."""
        answer = in_order(*turns)

        def slow(body: dict[str, Any]) -> Turn:
            self.now += seconds
            return answer(body)

        return slow


async def asked(made: Talk, clock: Clock) -> Finished:
    made.events = [event async for event in Loop(made.backend, made.scope, clock=clock).run("why?", ())]
    return end_of(made.events)


def end_of(events: Sequence[ChatEvent]) -> Finished:
    assert isinstance(events[-1], Finished)
    return events[-1]


async def test_a_turn_ends_after_so_many_seconds_with_what_was_found() -> None:
    clock = Clock()
    async with talk(clock.script(75, look(1), look(2), look(3), Turn("Late."))) as made:
        end = await asked(made, clock)
        assert end.limit == "180 seconds of the model and its look-ups (`turn_seconds`)"
        assert (end.input_tokens, usage_of(end).ended) == (300, "failed")
        assert len(made.model.requests) == 3
        assert "answer now" not in str(made.sent(1))
        assert "answer now" in list(made.answered(2).values())[-1]
        assert "- list pods 1: 3 pods in namespace shop" in made.said
        assert "- list pods 2: 3 pods in namespace shop" in made.said
        assert made.said.endswith("(`turn_seconds`). Ask me to go on, and I do from here.*\n")


async def test_a_turn_ends_after_so_many_tokens_with_what_was_found() -> None:
    async with talk(in_order(*(look(number, 400) for number in range(1, 9)))) as made:
        made.backend.settings = ModelSettings(turn_tokens=1_000)
        end = end_of(await made.ask())
        assert (end.limit, end.input_tokens) == ("1,000 tokens (`turn_tokens`)", 1_200)
        assert len(made.model.requests) == 3
        assert "answer now" in list(made.answered(2).values())[-1]
        assert "- list pods 3: 3 pods in namespace shop" in made.said


def priced(turn_cost: float = ModelSettings().turn_cost) -> ModelSettings:
    """1,000 tokens in cost a cent, 1,000 out ten."""
    return ModelSettings(input_price=10.0, output_price=100.0, turn_cost=turn_cost)


async def test_a_turn_ends_after_so_many_dollars_with_what_was_found() -> None:
    async with talk(in_order(*(look(number, 20_000) for number in range(1, 9)))) as made:
        made.backend.settings = priced(turn_cost=0.5)
        end = end_of(await made.ask())
        assert (end.limit, usage_of(end).ended) == ("$0.50 (`turn_cost`)", "failed")
        assert end.cost is not None
        assert 0.5 <= end.cost < 0.7
        assert len(made.model.requests) == 3
        assert "answer now" not in str(made.sent(1))
        assert "answer now" in list(made.answered(2).values())[-1]
        assert made.said.endswith("reached its limit of $0.50 (`turn_cost`). Ask me to go on, and I do from here.*\n")


async def test_a_dollar_is_the_limit_where_nothing_else_is_said_and_none_without_a_price() -> None:
    for settings, limit in ((priced(), "$1.00 (`turn_cost`)"), (priced(turn_cost=0), ""), (ModelSettings(), "")):
        async with talk(in_order(look(1, 60_000), look(2, 60_000), Turn("At last."))) as made:
            made.backend.settings = settings
            assert end_of(await made.ask()).limit == limit


async def test_what_a_server_does_not_count_costs_what_is_estimated() -> None:
    uncounted = [msgspec.structs.replace(look(number, 0), output_tokens=0) for number in range(1, 9)]
    async with talk(in_order(*uncounted)) as made:
        made.backend.settings = priced(turn_cost=0.001)
        assert end_of(await made.ask()).limit == "$0.0010 (`turn_cost`)"
        assert len(made.model.requests) == 1


async def test_what_a_server_does_not_count_is_estimated() -> None:
    uncounted = [msgspec.structs.replace(look(number, 0), output_tokens=0) for number in range(1, 9)]
    async with talk(in_order(*uncounted)) as made:
        made.backend.settings = ModelSettings(turn_tokens=100)
        assert end_of(await made.ask()).limit.startswith("100 tokens")
        assert len(made.model.requests) == 1


async def test_an_answer_that_is_there_stands_whatever_it_took() -> None:
    async with talk(in_order(Turn("All is well.", input_tokens=9_000))) as made:
        made.backend.settings = ModelSettings(turn_tokens=1_000)
        assert end_of(await made.ask()) == Finished("scripted", 9_000, 20)
        assert made.said == "All is well."


async def test_zero_is_no_limit() -> None:
    clock = Clock()
    async with talk(clock.script(10_000, look(1, 900_000), look(2, 900_000), Turn("At last."))) as made:
        made.backend.settings = ModelSettings(turn_seconds=0, turn_tokens=0)
        assert (await asked(made, clock)).limit == ""
        assert made.said == "At last."


async def test_rounds_without_an_answer_end_in_the_same_way() -> None:
    async with talk(in_order(*(look(number) for number in range(1, MOST_ROUNDS + 5)))) as made:
        end = end_of(await made.ask())
        assert end.limit == f"{MOST_ROUNDS} rounds of look-ups"
        assert len(made.model.requests) == MOST_ROUNDS + 1
        assert "answer now" in list(made.answered().values())[-1]
        assert "(9 earlier ones left out)" in made.said


async def test_a_silent_model_is_hung_up_on_and_what_it_said_stands() -> None:
    async with talk(in_order(Turn("Let me think", fault=Fault("silent", after=2)))) as made:
        made.backend.settings = ModelSettings(turn_seconds=0.5)
        end = end_of(await made.ask())
        assert end.limit.startswith("0.5 seconds")
        assert "reached its limit" in made.said
        await asyncio.wait_for(made.model.hung_up.wait(), 5)


@pytest.mark.parametrize(("waits", "runs", "limit"), [(5_000, 10, ""), (10, 5_000, "180 seconds")])
async def test_waiting_for_the_person_takes_no_time_of_the_turn_and_a_command_does(
    waits: float, runs: float, limit: str
) -> None:
    clock = Clock()

    async def answer(_: AskedCall) -> bool:
        clock.now += waits
        return True

    async def run(_: ObjectRef, __: str, ___: Sequence[str]) -> Written:
        clock.now += runs
        return Written("bin etc\n", 0, "")

    token = asker.set(Asker(answer, clock))
    try:
        async with talk(in_order(RUN, Turn("There is bin."))) as made:
            made.scope = msgspec.structs.replace(made.scope, execute=run)
            end = await asked(made, clock)
            assert end.limit.partition(" of ")[0] == limit
            assert ("There is bin." in made.said) is not bool(limit)
    finally:
        asker.reset(token)


async def test_a_person_who_is_being_asked_is_not_cut_off() -> None:
    clock, person = Clock(), asyncio.Event()

    async def answer(_: AskedCall) -> bool:
        clock.now += 5_000
        assert asking.waited == 5_000
        person.set()
        return False

    asking = Asker(answer, clock)
    assert not await asking.lets(AskedCall("exec", "", ""))
    clock.now += 100
    assert (asking.waited, person.is_set()) == (5_000, True)


async def test_a_look_up_that_hangs_is_stopped() -> None:
    clock, ended = Clock(), list[str]()

    async def hang(_: ObjectRef, __: str, ___: Sequence[str]) -> Written:
        clock.now += 2
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("stopped")
        raise AssertionError

    async def yes(_: AskedCall) -> bool:
        return True

    token = asker.set(Asker(yes))
    try:
        async with talk(in_order(RUN, Turn("Not asked."))) as made:
            made.scope = msgspec.structs.replace(made.scope, execute=hang)
            made.backend.settings = ModelSettings(turn_seconds=1)
            assert (await asked(made, clock)).limit.startswith("1 seconds")
            assert ended == ["stopped"]
    finally:
        asker.reset(token)


def test_what_was_found_is_no_markup() -> None:
    said = ended_early("9 tokens", ["get pods [x](http://evil): *1*", "list pods: " + "x" * 900])
    assert "- get pods \\[x\\](http://evil): \\*1\\*\n" in said
    assert len(said) < 600
    assert "looked up" not in ended_early("9 tokens", ())

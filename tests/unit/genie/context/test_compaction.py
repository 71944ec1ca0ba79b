"""At three quarters of the window, and not before, it is summed up: the past, and a turn that is too long."""

from typing import Any

import pytest

from kubegenie_tui.demo.model_script import Call, Fault, Turn, in_order
from kubegenie_tui.domain.conversation import Message
from kubegenie_tui.domain.model_settings import ModelSettings
from kubegenie_tui.genie.context.kept import Kept
from kubegenie_tui.genie.context.past import Past, Summaries
from kubegenie_tui.genie.context.transcript import Transcript
from tests.unit.agents.demo_clusters import world
from tests.unit.genie.context.test_long_talks import HISTORY
from tests.unit.genie.context.test_transcript import made as turn_of
from tests.unit.genie.model_and_cluster import Talk, talk

SUMMARY = "Goal: find out\nRuled out:\n- the probe"
OF_PAST, OF_TURN = "sum up the conversation so far", "sum up this turn so far"


def summing(*rounds: Turn) -> Any:
    """Plays its rounds; a request without tools gets a summary."""
    script = in_order(*rounds)
    return lambda body: script(body) if "tools" in body else Turn(SUMMARY)


def looking(count: int) -> list[Turn]:
    """So many look-ups with long arguments, one a round."""
    about = "and what else there is to be seen of it " * 20
    return [
        Turn(f"Look {number}: {about}", calls=(Call("list", {"kind": "pods", "limit": number}),))
        for number in range(1, count)
    ]


def size(talked: Talk, request: int = -1) -> int:
    """Characters of a request's messages and tools."""
    return len(talked.model.requests[request].body)


@pytest.mark.parametrize(("context", "labels"), [(100_000, []), (60_000, [OF_PAST])])
async def test_the_past_is_whole_up_to_three_quarters_of_the_window(context: int, labels: list[str]) -> None:
    async with talk(summing(Turn("Yes."))) as made:
        made.backend.settings = ModelSettings(context=context)
        await made.ask("sure?", *HISTORY)
        assert made.started == labels
        assert ("Ruled out:\n- the probe" in made.sent()[0]["content"]) == bool(labels)
        assert size(made) < context * 0.75 * 4
        assert len(made.sent()) == (2 + len(HISTORY) if not labels else 2 + 4)


async def test_old_results_give_way_before_anything_is_summed_up() -> None:
    rows = "pod Running\n" * 500
    past = Past([Message("user", "why?", 1.0), Message("assistant", "so. " * 1_000, 2.0)] * 3, Summaries())
    turn = turn_of(Kept(), *((str(number), rows) for number in range(4)))
    turn.past = past
    assert turn.is_over("system", past.size + 7_000) is False
    assert [len(each["content"]) < 300 for each in turn.told("system", 10**6) if each["role"] == "tool"] == [
        True,
        True,
        True,
        False,
    ]
    assert turn.is_over("system", past.size + 6_000) is True
    part = turn.part_to_sum_up()
    assert part is not None
    assert part.label == OF_PAST


async def test_a_turn_that_is_too_long_is_summed_up_while_it_goes_on() -> None:
    script = summing(*looking(18), Turn("Done."))
    async with talk(script, world("prod", pods=300)) as made:
        made.backend.settings = ModelSettings(context=4_500, profile="small")
        await made.ask("look at all of them")
        assert made.said.endswith("Done.")
        assert OF_TURN in made.started
        asked = next(each for each in made.sent() if each["role"] == "user")["content"]
        assert asked.startswith("look at all of them\n\nWhat you did and found in this turn so far, in short:\n<data ")
        assert "Ruled out:\n- the probe" in asked
        [told] = [request for request in range(len(made.model.requests)) if _sums_up(made, request)][:1]
        assert "[user] look at all of them" in made.sent(told)[1]["content"]
        assert 'list {"kind": "pods", "limit": 1}' in made.sent(told)[1]["content"].replace("\\", "")
        assert max(size(made, request) for request in range(len(made.model.requests))) < 4_500 * 6


async def test_without_the_model_s_help_a_turn_is_told_under_the_same_headings() -> None:
    script = summing(*looking(18), Turn("Done."))

    def failing(body: dict[str, Any]) -> Turn:
        return script(body) if "tools" in body else Turn(fault=Fault("status", 500, "busy"))

    async with talk(failing, world("prod", pods=300)) as made:
        made.backend.settings = ModelSettings(context=4_500, profile="small")
        await made.ask("look at all of them")
        asked = next(each for each in made.sent() if each["role"] == "user")["content"]
        assert "Goal:\n- look at all of them\nEstablished facts" in asked
        assert made.said.endswith("Done.")


def test_the_list_of_what_is_to_be_done_outlives_the_summary_of_a_turn() -> None:
    turn = Transcript(Past((), Summaries()), "why?", Kept())
    for number, (name, result) in enumerate([("todo", "[ ] logs of web"), ("list", "x" * 3_000), ("list", "y")]):
        function = {"name": name, "arguments": str(number)}
        turn.add(
            {"role": "assistant", "tool_calls": [{"id": f"c{number}", "function": function}], "content": "z" * 900}
        )
        turn.add({"role": "tool", "tool_call_id": f"c{number}", "content": result})
    part = turn.part_to_sum_up()
    assert part is not None
    assert [message.text[:3] for message in part.messages] == ["why", "zzz", "[ ]", "zzz", "xxx"]
    part.stand_in("In short.")
    _, asked, called, answer = turn.told("", 10_000)
    assert "In short.\n\nYour list (`todo`):\n[ ] logs of web\n</data" in asked["content"]
    assert (called["tool_calls"][0]["id"], answer["tool_call_id"]) == ("c2", "c2")
    assert turn.part_to_sum_up() is None
    for number in (3, 4):
        function = {"name": "list", "arguments": str(number)}
        turn.add(
            {"role": "assistant", "tool_calls": [{"id": f"c{number}", "function": function}], "content": "w" * 2_000}
        )
        turn.add({"role": "tool", "tool_call_id": f"c{number}", "content": "v"})
    again = turn.part_to_sum_up()
    assert again is not None
    assert (again.before, again.call_id) == ("In short.", "summary-2")
    assert [message.text[:1] for message in again.messages] == ["w", "z", "y", "w", "v"]
    assert len(again.everything) == 9
    again.stand_in("Shorter.")
    assert "Shorter.\n\nYour list (`todo`):\n[ ] logs of web\n</data" in turn.told("", 10_000)[1]["content"]


def _sums_up(made: Talk, request: int) -> bool:
    return "Sum up a conversation" in made.sent(request)[0]["content"]

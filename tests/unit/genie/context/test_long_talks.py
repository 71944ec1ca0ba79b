"""Long conversations, long logs and long questions with a model, over the real wire."""

import re
from typing import Any

import msgspec
import pytest

from kubegenie_tui.demo.model_script import Call, Fault, Turn, in_order
from kubegenie_tui.domain.conversation import Message, ToolFinished
from kubegenie_tui.domain.errors import ModelError
from kubegenie_tui.domain.model_settings import ModelSettings, Profile
from kubegenie_tui.genie.context.kept import RESULT_CHARACTERS
from kubegenie_tui.genie.context.past import Summaries
from kubegenie_tui.genie.context.recalling import recall
from kubegenie_tui.genie.loop import Loop
from kubegenie_tui.genie.tools import small
from tests.unit.agents.demo_clusters import world
from tests.unit.genie.model_and_cluster import Talk, talk

WORDS = "the pods of web restart because the probe on port 8080 fails. " * 40
HISTORY = [
    message
    for number in range(40)
    for message in (
        Message("user", f"question {number}? {WORDS}", number * 2.0),
        Message("assistant", f"answer {number}. {WORDS}", number * 2.0 + 1),
    )
]


def tokens(made: Talk) -> int:
    """About how many the largest request had."""
    return max(len(request.body) for request in made.model.requests) // 3


async def test_a_long_past_is_summed_up_once_by_the_model_and_told_in_short() -> None:
    def answering(body: dict[str, Any]) -> Turn:
        return Turn("Yes." if "tools" in body else "Goal: find out why web restarts.")

    summaries = Summaries()
    async with talk(answering) as made:
        first = [event async for event in Loop(made.backend, made.scope, summaries=summaries).run("sure?", HISTORY)]
        assert [event.label for event in first if isinstance(event, ToolFinished)] == ["sum up the conversation so far"]
        assert "question 0?" in made.sent(0)[1]["content"]
        system, *said = made.sent()
        assert "It began with: question 0?" in system["content"]
        assert "Goal:\nfind out why web restarts." in system["content"]
        told = [message["content"][:12] for message in said]
        assert told == ["question 38?", "answer 38. t", "question 39?", "answer 39. t", "sure?"]
        grown = [*HISTORY, Message("user", "sure?", 90.0), Message("assistant", "Yes.", 91.0)]
        second = [event async for event in Loop(made.backend, made.scope, summaries=summaries).run("now?", grown)]
        assert not [event for event in second if isinstance(event, ToolFinished)]
        assert "Goal:\nfind out why web restarts." in made.sent()[0]["content"]


async def test_without_the_model_s_help_the_past_is_told_under_fixed_headings() -> None:
    async with talk(in_order(Turn(fault=Fault("status", 501, "busy")), Turn("Yes."))) as made:
        await made.ask("sure?", *HISTORY)
        assert made.said == "Yes."
        system = made.sent()[0]["content"]
        assert "Goal (26 earlier ones left out):\n- question 26? the pods" in system
        assert "- answer 37. the pods" in system


async def test_a_past_longer_than_the_window_is_summed_up_in_pieces() -> None:
    seen: list[int] = []

    def counting(body: dict[str, object]) -> Turn:
        seen.append(len(str(body)))
        return Turn("Goal\nFind out." if "tools" not in body else "Yes.")

    async with talk(counting) as made:
        made.backend.settings = ModelSettings(context=16_000)
        await made.ask("sure?", *HISTORY)
        assert made.said == "Yes."
        assert len(seen) > 5
        assert max(seen) < 16_000 * 4


async def test_a_question_of_two_million_tokens_is_cut_and_can_be_looked_into() -> None:
    lines = [f"2026-11-03T10:00:00Z INFO request {number} took 12 ms" for number in range(170_000)]
    lines[91_234] = "2026-11-03T10:00:00Z ERROR password=hunter2-very-long refused by db"
    pasted = "what is wrong here?\n" + "\n".join(lines)
    assert len(pasted) > 8_000_000
    recall = Call("recall", {"result": "r1", "grep": "ERROR"})
    async with talk(in_order(Turn(calls=(recall,)), Turn("The password is refused."))) as made:
        await made.ask(pasted)
        assert tokens(made) < 40_000
        question = made.sent(0)[-1]["content"]
        assert question.startswith("what is wrong here?\n")
        assert "`recall` of r1" in question
        [found] = made.answered().values()
        assert "1 of 170,001 lines of r1 match `ERROR`" in found
        assert "91236: 2026-11-03T10:00:00Z ERROR password=[redacted-" in found
        assert "hunter2" not in str(made.model.requests)


async def test_what_was_cut_is_found_by_lines_and_by_grep() -> None:
    calls = (
        Call("list", {"kind": "pods", "limit": 200}),
        Call("recall", {"result": "r1", "start": 150, "lines": 2}),
        Call("recall", {"result": "r1", "grep": "pod-19[0-9]"}),
        Call("recall", {"result": "r9"}),
        Call("recall", {"result": "r1", "grep": "("}),
    )
    script = in_order(*(Turn(calls=(call,)) for call in calls), Turn("Found."))
    async with talk(script, world("prod", pods=300)) as made:
        await made.ask("list them")
        cut, lines, grep, unknown, wrong = made.results
        assert len(cut.result) <= RESULT_CHARACTERS
        assert lines.summary == "lines 150 to 151 of 202 of r1"
        assert lines.result.splitlines()[1].startswith("150: ")
        assert grep.summary.startswith("10 of 202 lines of r1 match")
        assert 'No result "r9" is kept' in unknown.result
        assert "is not a regular expression" in wrong.result


async def test_what_a_small_model_recalls_fits_its_results_and_is_not_kept_once_more() -> None:
    calls = (
        Call("list", {"kind": "pods", "limit": 200}),
        Call("recall", {"result": "r1"}),
        Call("recall", {"result": "r1", "grep": "pod|" * 1_000}),
        Call("recall", {"result": "r2"}),
    )
    script = in_order(*(Turn(calls=(call,)) for call in calls), Turn("Found."))
    async with talk(script, world("prod", pods=300)) as made:
        made.backend.settings = ModelSettings(profile="small")
        await made.ask("list them")
        _, lines, grep, again = made.results
        for found in (lines, grep):
            assert len(found.result) <= small.RESULT_CHARACTERS
            assert re.search(r"\n\(cut: go on with start=\d+\)$", found.result)
            assert "truncated" not in found.result
        assert "kept: r1" in again.result


async def test_a_recalled_line_that_alone_is_too_long_is_passed() -> None:
    async with talk(in_order(Turn("x"))) as made:
        scope = msgspec.structs.replace(made.scope, longest=1_000)
        name = scope.kept.keep("a\n" + "b " * 5_000 + "\nc")
        told = await recall(scope, name, start=2)
        assert len(told.text) < 1_000
        assert told.text.endswith("\n(line 2 is cut; go on with start=3)")


@pytest.mark.parametrize(("context", "profile"), [(1_500, "small"), (5_000, "full")])
async def test_what_cannot_fit_is_refused_here_with_what_to_do(context: int, profile: Profile) -> None:
    async with talk(in_order(Turn("Yes."))) as made:
        made.backend.settings = ModelSettings(context=context, profile=profile)
        with pytest.raises(ModelError, match=f"context of {context:,} tokens is too small") as refused:
            await made.ask("sure?", *HISTORY)
        assert made.model.requests == []
        assert "`context` of the model" in refused.value.next_step
        assert ('`profile = "small"`' in refused.value.next_step) == (profile == "full")
        made.backend.settings = ModelSettings(context=0, profile=profile)
        await made.ask("sure?")
        assert made.said == "Yes."


@pytest.mark.parametrize("tokens", [4_000, 8_000, 32_000])
async def test_a_turn_with_many_results_stays_within_the_window(tokens: int) -> None:
    many = [Turn(calls=(Call("list", {"kind": "pods", "limit": number}),)) for number in range(180, 195)]
    async with talk(in_order(*many, Turn("Done.")), world("prod", pods=300)) as made:
        made.backend.settings = ModelSettings(context=tokens)
        await made.ask("list them all")
        assert made.said == "Done."
        told = [
            sum(len(message["content"] or "") for message in request.json["messages"])
            for request in made.model.requests
        ]
        rules = len(made.sent(0)[0]["content"])
        assert max(told) < max(tokens * 4, rules + 9_000)

"""A model that asks the person: the question ends the turn, and the answer is for the model."""

import pytest

from kubegenie_tui.demo.model_script import Call, Turn, in_order
from kubegenie_tui.domain.conversation import (
    ChoicesOffered,
    Finished,
    LinksOffered,
    LookUp,
    Message,
    PlanProposed,
    Record,
)
from kubegenie_tui.genie.asking import ASK_USER, awaits_answer
from kubegenie_tui.genie.offline.fast import needs_no_model
from tests.unit.genie.model_and_cluster import talk

WHICH = Call(ASK_USER, {"question": "Which one do you mean?", "options": ["pod-0", "pod-1"]})
LIST = Call("list", {"kind": "pods"})
ASKED = ChoicesOffered("Which one do you mean?", answers=("pod-0", "pod-1"))


async def test_a_question_ends_the_turn_with_its_answers_and_every_call_is_answered() -> None:
    async with talk(in_order(Turn("Two pods match.", (LIST, WHICH)), Turn("Not asked."))) as made:
        events = await made.ask("logs of the pod")
        assert len(made.model.requests) == 1
        assert events[-2:] == [ASKED, Finished("scripted", 100, 20)]
        assert not [event for event in events if isinstance(event, LinksOffered)]
        results = {result.name: result for result in made.results}
        assert results["list"].ok
        assert results[ASK_USER].result == "Asked the person; the answer is the next message."
        assert made.started == ["list pods", ASK_USER]


async def test_what_is_asked_is_one_plain_line_a_text() -> None:
    call = Call(ASK_USER, {"question": " Which\n\x1b[2Jone? ", "options": ["a\u202eb", "  c\td "]})
    async with talk(in_order(Turn(calls=(call,)))) as made:
        assert ChoicesOffered("Which one?", answers=("ab", "c d")) in await made.ask()


@pytest.mark.parametrize(
    ("question", "options", "complaint"),
    [
        ("Which?", ["web"], "at least 2"),
        ("Which?", list("abcdefg"), "at most 6"),
        ("Which?", ["web", "web "], "options have to differ"),
        ("Which?", ["web", "\x1b[2J"], "at least 1 character"),
        ("Which?", ["web", "x" * 121], "at most 120 characters"),
        ("x" * 301, ["web", "api"], "at most 300 characters"),
    ],
)
async def test_what_cannot_be_asked_is_refused_and_the_turn_goes_on(
    question: str, options: list[str], complaint: str
) -> None:
    call = Call(ASK_USER, {"question": question, "options": options})
    async with talk(in_order(Turn(calls=(call,)), Turn("Then I answer."))) as made:
        events = await made.ask()
        [answer] = made.answered().values()
        assert answer.startswith("error: ")
        assert complaint in answer
        assert made.said == "Then I answer."
        assert not [event for event in events if isinstance(event, ChoicesOffered | PlanProposed)]


async def test_one_question_a_turn() -> None:
    other = Call(ASK_USER, {"question": "And when?", "options": ["now", "later"]})
    async with talk(in_order(Turn(calls=(WHICH, other)))) as made:
        events = await made.ask()
        assert [event for event in events if isinstance(event, ChoicesOffered)] == [ASKED]
        assert [result.ok for result in sorted(made.results, key=lambda each: each.call_id)] == [True, False]
        assert "the person is asked something already" in next(each for each in made.results if not each.ok).result


async def test_the_answer_goes_to_who_asked_even_where_it_is_a_plain_command() -> None:
    asked = Record(look_up=LookUp(ASK_USER, "{}"))
    history = [
        Message("user", "what next?", 1.0),
        Message("tool", "Asked the person", 2.0, ASK_USER, record=asked),
        Message("assistant", "Which?\n1. list pods\n2. list nodes", 3.0),
    ]
    async with talk(in_order(Turn("Done."))) as made:
        assert await needs_no_model(made.scope, "list pods", ())
        assert not await needs_no_model(made.scope, "list pods", history)
        await made.ask("list pods", *history)
        assert made.sent()[1:] == [
            {"role": "user", "content": "what next?"},
            {"role": "assistant", "content": "Which?\n1. list pods\n2. list nodes"},
            {"role": "user", "content": "list pods"},
        ]
    answered = [*history, Message("user", "list pods", 4.0), Message("assistant", "Done.", 5.0)]
    assert awaits_answer(history)
    assert not awaits_answer(answered)
